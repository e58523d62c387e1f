"""What moderation, mark, signature and record add to a film's time: python benchmarks/trust_cost.py

The film is made once without them. Then it is finished again from the same rendered shots, by turns with and without:
rendering does not know of trust, and its own noise would hide the difference.
"""

import argparse
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

from bundled import BRIEF, machine, table

from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.make import Made, make

NONE = Choice(use="none")
OFF = Trust(mark=NONE, signer=NONE, moderator=NONE)


def timed(film: Film, folder: Path) -> tuple[float, Made]:
    """Seconds and result of one make; without trust nobody looks for faces either, which no option turns off."""
    unseen = patch("filmwright.jobs.trust.likeness_signals", lambda *_, **__: ())
    with unseen if film.trust == OFF else nullcontext():
        began = time.perf_counter()
        made = make(film, folder)
        return time.perf_counter() - began, made


def main() -> None:
    """Make the film, finish it by turns, print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--size", type=int, default=720)
    parser.add_argument("--quality", default="standard", choices=["draft", "standard", "final"])
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    film = Film(brief=BRIEF, seconds=options.seconds, size=options.size)
    film = film.model_copy(update={"render": film.render.having(quality=options.quality)})
    films = {"without": film.model_copy(update={"trust": OFF}), "with": film}
    with tempfile.TemporaryDirectory() as folder:
        whole, made = timed(films["without"], Path(folder))
        runs = {name: [timed(films[name], Path(folder)) for _ in range(options.turns)] for name in films}
    again = {name: statistics.median(seconds for seconds, _ in done) for name, done in runs.items()}
    size = f"{made.video.width}x{made.video.height}"
    print(f"{machine()}; {options.seconds:g} s, {options.quality}, {size}; median of {options.turns}")
    stages = ("plan", "moderate", "meter", "finish", "sign", "pictures")
    rows = [
        [stage, *(f"{statistics.median(m.manifest.timings[stage] for _, m in runs[name]):.2f}" for name in films)]
        for stage in stages
    ]
    rows.append(["finished again, whole", *(f"{again[name]:.2f}" for name in films)])
    print(table(["seconds", *films], rows))
    more = again["with"] - again["without"]
    print(f"the whole film without: {whole:.1f} s; trust adds {more:.2f} s, {more / whole:.1%}")


if __name__ == "__main__":
    main()
