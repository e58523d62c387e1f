"""A film in five lines: python examples/make_film.py [scan]."""

import sys
from pathlib import Path

import filmwright

film = filmwright.Film(scan=Path(sys.argv[1]) if sys.argv[1:] else None, brief="Calm. 'Slow down.' 8 seconds")
made = filmwright.make(film, Path("films"))
print(made.video.path, f"{float(made.video.seconds):.1f} s")
