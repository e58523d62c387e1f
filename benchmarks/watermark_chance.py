"""False alarms: unmarked and wrongly keyed clips, read with two keys each: python benchmarks/watermark_chance.py

Every clip is looked at with a fresh key, and with the maker's; a third of them carry the mark of somebody else. Counts
what reads as "present" and what gives a message, and draws the scores beside what theory says: normal at one fixed
shift; as rare as the peaks of a Gaussian field for the best of all shifts, and for the best of a search.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from bundled import machine, table
from watermark import REAL, filmed
from watermark_clips import clip, kept

sys.path.insert(0, str(Path(__file__).parents[1]))  # where the real clips lie is the tests' own

from filmwright.core.frames import Frames
from filmwright.film.asset.marks.tiled import SEEN, Tiled
from filmwright.film.asset.spread.evidence import Evidence
from filmwright.film.asset.spread.pattern import TILE, Pattern
from filmwright.film.asset.spread.search import Search, Sight, common, usual
from tests.scans import ASSETS

MAKER = b"the maker's own key, in this benchmark"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One clip read with one key."""

    kind: str
    marked: bool  # by somebody else
    searched: bool  # through all usual and common geometries, not only as it is
    fixed: float  # score at one shift
    best: float  # score of the best shift, or of the best of all geometries
    looks: int
    present: bool
    payload: bool


_sources: list[np.ndarray] = []


def _load(films: list[Path]) -> None:
    cv2.setNumThreads(1)
    _sources.extend(kept(films))


def looked(number: int, searched: bool) -> list[Look]:
    """Make a clip and read it with both keys."""
    kind, luma = clip(number, _sources)
    marked = number % 3 == 0
    if marked:
        luma = _marked(luma, b"somebody else %d" % number, number)
    evidence = Evidence()
    for picture in luma:
        evidence.add(picture)
    field, looks = evidence.field, []
    keys = (b"fresh %d" % number, MAKER)
    for key in keys[number % 2 :][:1] if searched else keys:  # a search takes seconds
        pattern = Pattern(key)
        search = Search(field, pattern)
        sight = search.look(exactly=True)
        fixed = _fixed(sight, pattern)
        if searched:
            for geometries in (usual(), common()):
                sight = max(sight, search.through(geometries), key=lambda s: s.score)
        message = Tiled(pattern, 1.0)._message(search, sight, evidence)  # just as it reads
        looks.append(
            Look(
                kind=kind,
                marked=marked,
                searched=searched,
                fixed=fixed,
                best=sight.score,
                looks=search.looks,
                present=search.false_alarm(sight.score) < SEEN,
                payload=message is not None,
            )
        )
    return looks


def _marked(luma: np.ndarray, key: bytes, payload: int) -> np.ndarray:
    frames = Frames(rgb=np.repeat(luma[..., None], 3, -1), fps=Fraction(24))
    return next(Tiled(Pattern(key), 1.0).embed([frames], payload)).rgb[..., 0]


def _fixed(sight: Sight, pattern: Pattern) -> float:
    """The score at the shift 0, which is a plain sum of many independent parts."""
    bins = pattern.bins
    turned = np.exp(-2j * np.pi * (bins.fy * sight.shift[0] + bins.fx * sight.shift[1]) / TILE)
    pilots = (sight.values * turned)[bins.pilots]
    return float(pilots.real.sum() / np.sqrt(0.5 * (np.abs(pilots) ** 2).sum() + 1e-12))


def counted(looks: list[Look]) -> str:
    """A row for each kind of clip."""
    rows = []
    groups = {f"{k.kind}{', marked by another' if k.marked else ''}" for k in looks if not k.searched}
    for group in [*sorted(groups), "all, as they are", "all, searched"]:
        own = [
            k
            for k in looks
            if (k.searched if group == "all, searched" else not k.searched)
            and group in (f"{k.kind}{', marked by another' if k.marked else ''}", "all, as they are", "all, searched")
        ]
        fixed, best = np.array([k.fixed for k in own]), np.array([k.best for k in own])
        shown = f"{fixed.mean():+.3f} ± {fixed.std():.3f}"
        highest = -log10(min(bound(k.best, k.looks) for k in own))
        row = [group, str(len(own)), shown, f"{best.max():.2f}", f"{highest:.1f}"]
        rows.append([*row, str(sum(k.present for k in own)), str(sum(k.payload for k in own))])
    head = ["clips", "readings", "score at one shift", "highest", "-log10 of its bound", "present", "message read"]
    return table(head, rows)


def bound(score: float, looks: int) -> float:
    """The chance that unmarked pictures score as high, as the reader tells it."""
    search = Search(np.zeros((1, 1), np.float32), Pattern(MAKER))
    search.looks = looks
    return search.false_alarm(score)


def drawn(looks: list[Look], path: Path) -> None:
    """The distributions, beside theory's."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    one = [k for k in looks if not k.searched]
    many = [k for k in looks if k.searched]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    z = np.linspace(-5, 5, 400)
    left.hist([k.fixed for k in one], bins=np.arange(-5, 5.01, 0.2), density=True, color="#9db7d5", label="measured")
    left.plot(z, np.exp(-z * z / 2) / np.sqrt(2 * np.pi), color="#1f3b5c", label="normal, mean 0, deviation 1")
    left.set(title=f"One look at one shift ({len(one):,} readings)", xlabel="score", ylabel="density")
    left.set(yscale="log", ylim=(1e-5, 20))
    left.legend(loc="upper left", frameon=False)
    z = np.linspace(3.5, 10.5, 400)
    series = [(one, "#2f6db3", "as they are"), (many, "#c46a1b", "geometry searched")]
    for own, colour, name in series:
        best = np.sort([k.best for k in own])
        right.step(best, 1 - np.arange(len(best)) / len(best), color=colour, label=f"measured, {name} ({len(own):,})")
        times = round(np.mean([k.looks for k in own]))
        limit = [bound(v, times) for v in z]
        right.plot(z, limit, "--", color=colour, label=f"bound, {times:,.0f} look{'s' if times > 1 else ''}")
    right.axhline(SEEN, color="#777", linewidth=0.8)
    right.text(3.6, SEEN * 1.3, '"present" below this', color="#555", fontsize=9)
    right.set(title="The best of all shifts", xlabel="score", ylabel="share of readings at least as high")
    right.set(yscale="log", ylim=(1e-8, 2), xlim=(3.5, 10.5))
    right.legend(loc="upper right", frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Print the counts, draw the picture, exit with 1 at a false message."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=10_000, help="read as they are")
    parser.add_argument("--searched", type=int, default=300, help="more clips, through every common geometry")
    parser.add_argument("--film", type=Path, nargs="*", default=[], help="films made by filmwright, unmarked")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--picture", type=Path, default=Path("docs/media/watermark-chance.png"))
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FILMWRIGHT_HOME"] = str(Path(folder) / "home")
        real = [path for name in REAL if (path := ASSETS / "video" / name).exists()]
        if len(real) < len(REAL):
            print(f"the real clips are not at hand in {ASSETS / 'video'}: they are left out", file=sys.stderr)
        films = real + (options.film or [filmed(Path(folder), 4.0)])
        numbers = range(options.clips + options.searched)
        searched = [number >= options.clips for number in numbers]
        pool = ProcessPoolExecutor(
            options.processes, mp_context=get_context("spawn"), initializer=_load, initargs=(films,)
        )
        with pool:
            looks = [look for both in pool.map(looked, numbers, searched, chunksize=20) for look in both]
    print(f"{machine()}; {len(numbers)} clips in {time.perf_counter() - began:.0f} s")
    print(counted(looks))
    drawn(looks, options.picture)
    raise SystemExit(any(look.payload for look in looks))


if __name__ == "__main__":
    main()
