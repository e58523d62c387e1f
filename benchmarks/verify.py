"""How long it takes to verify a 15 s film as it was made, process start included: python benchmarks/verify.py"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from bundled import machine, table

from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
from filmwright.film.video.reading import decode

FPS = Fraction(24)


def moving(seconds: float) -> Iterator[Frames]:
    """A textured ground that drifts under a slow light, 1280x720."""
    chance = np.random.default_rng(0)
    ground = chance.normal(0, 1, (90, 200)).repeat(10, 0).repeat(10, 1)
    fine = chance.normal(0, 6, ground.shape)
    for i in range(int(seconds * FPS)):
        light = 110 + 40 * np.sin(i / 40)
        luma = np.roll(light + 28 * ground + fine, i * 2, 1)[:720, :1280]
        yield Frames(rgb=np.clip(luma, 0, 255).astype(np.uint8)[None, ..., None].repeat(3, -1), fps=FPS, start=i / FPS)


def signed(film: Path | None, folder: Path) -> Path:
    """The film given, or one made here, marked and signed."""
    from filmwright.jobs.sign import Wish, sign

    source = film or codecs.open("mp4", speed="veryfast").encode(moving(15), folder / "made.mp4").path
    return sign(source, folder / "film.mp4", Wish(source="rendered", maker="Benchmark")).path


def command(path: Path) -> float:
    """Wall seconds of the whole command."""
    began = time.perf_counter()
    told = subprocess.run([sys.executable, "-m", "filmwright", "verify", str(path), "--json"], capture_output=True)
    if told.returncode not in (0, 9, 10):
        raise SystemExit(told.stderr.decode())
    return time.perf_counter() - began


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def parts(path: Path) -> dict[str, float]:
    """What the command spends its time on, each by itself."""
    from filmwright.film.asset.marks import marks
    from filmwright.film.asset.signers import signers
    from filmwright.film.video.reading import luma
    from filmwright.jobs.looks import looks
    from filmwright.jobs.verify.one import KEY_PICTURES

    start = [sys.executable, "-c", "import filmwright.jobs.verify, c2pa, rich.console"]
    return {
        "start and imports": timed(lambda: subprocess.run(start, check=True)),
        "signature": timed(lambda: signers.open("c2pa").read(path)),
        "mark": timed(lambda: marks.open("tiled").read(luma(path))),
        "fingerprints": timed(lambda: looks(path, most=KEY_PICTURES)),
    }


def encoded_again(path: Path, out: Path) -> Path:
    """Stripped of its signature, at CRF 28."""
    return codecs.open("mp4", crf=28, speed="veryfast").encode(decode(path), out).path


def main() -> None:
    """Print the table; exit with 1 where the usual case takes longer than asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path, nargs="?", help="a film of your own instead of 15 s made here")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--most", type=float, default=4.0, help="seconds that the usual case may take")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FILMWRIGHT_HOME"] = str(folder / "home")
        film = signed(options.film, folder)
        usual = statistics.median(command(film) for _ in range(options.repeats))
        spent = {name: statistics.median(values) for name, values in _repeated(film, options.repeats).items()}
        stripped = command(encoded_again(film, folder / "stripped.mp4"))
        film.unlink()
        alone = command(folder / "stripped.mp4")
    rows = [["as made", f"{usual:.2f}"], *([f"  {name}", f"{value:.2f}"] for name, value in spent.items())]
    rows += [["stripped, beside its original", f"{stripped:.2f}"], ["stripped, the original is gone", f"{alone:.2f}"]]
    print(table(["verify", "s"], rows))
    raise SystemExit(usual > options.most)


def _repeated(film: Path, repeats: int) -> dict[str, list[float]]:
    runs = [parts(film) for _ in range(repeats)]
    return {name: [run[name] for run in runs] for name in runs[0]}


if __name__ == "__main__":
    main()
