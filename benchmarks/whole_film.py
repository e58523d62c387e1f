"""Seconds from the bundled sample to a finished film, stage by stage: python benchmarks/whole_film.py"""

import argparse
import tempfile
import time
from pathlib import Path

from bundled import machine, table

from filmwright.jobs.film import Film
from filmwright.jobs.make import make

BRIEF = "A calm luxury spot for a perfume. 'Made to last.'"


def main() -> None:
    """Make one film in a fresh folder and print what each stage took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--quality", default="standard", choices=["draft", "standard", "final"])
    parser.add_argument("--size", type=int, default=720)
    options = parser.parse_args()
    film = Film(brief=BRIEF, seconds=options.seconds, size=options.size)
    film = film.model_copy(update={"render": film.render.having(quality=options.quality)})
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = make(film, Path(folder))
        total = time.perf_counter() - began
    frames = sum(take.num_frames for take in made.manifest.takes)
    rows = [[part, f"{seconds:.1f}"] for part, seconds in made.manifest.timings.items()]
    rows += [["whole film", f"{total:.1f}"], ["frames rendered", str(frames)]]
    rows += [
        [f"  {take.name}", f"{take.num_frames / take.render_seconds:.2f} frames/s"] for take in made.manifest.takes
    ]
    size = f"{made.video.width}x{made.video.height}"
    print(f"{machine()}; {options.seconds:g} s, {options.quality}, {size}, music and titles on")
    print(table(["stage", "seconds"], rows))


if __name__ == "__main__":
    main()
