"""The work: one typed request in, one typed result out, progress through `report`."""
