"""Words as they are meant: tricks undone, lists, and a classifier of the project's own."""
