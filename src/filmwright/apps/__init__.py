"""The doors: parse, start a job, draw its progress."""
