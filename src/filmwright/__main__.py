"""`python -m filmwright`."""

from filmwright.apps.cli import app

app(prog_name="filmwright")
