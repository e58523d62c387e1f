"""What marking and reading cost at 720p, on one thread."""

import io
import time
from collections.abc import Callable
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
from attacks import encode, luma, pictures
from peers.client import NAMES, Peers
from watermark_trial import BITS, OURS, PAYLOAD, pieces

from filmwright.film.asset.marks import marks
from filmwright.film.asset.marks.tiled import Tiled
from filmwright.film.asset.spread.bars import Bars
from filmwright.film.asset.spread.evidence import Evidence
from filmwright.film.asset.spread.search import Search, common, every, soft_bits, usual

Table = tuple[list[str], list[list[str]]]


def costs(clip: Path, *, peers: bool, quick: bool = False) -> list[Table]:
    """Two tables: milliseconds a frame beside the peers', and what our reader does once a film."""
    cv2.setNumThreads(1)
    shown = list(islice(pictures(str(clip)), 24))
    scale = 720 / min(shown[0].shape[:2])
    shown = [cv2.resize(rgb, None, fx=scale, fy=scale) if scale != 1 else rgb for rgb in shown]
    mark = marks.open(OURS)
    embedded, once = _embedding(mark, shown)
    film = encode((p.rgb[0] for p in mark.embed(pieces(islice(cycle(shown), 120)), PAYLOAD)), 18)
    evidence, read = _gathering(film)
    rows = [[OURS, f"{embedded:.1f}", f"{read:.2f}"]]
    with Peers() if peers else io.BytesIO() as others:
        for name in NAMES if peers else ():
            few = np.stack(shown[: 1 if quick else 4])
            marked, embed_ms = others.embed(name, few, BITS.tolist())
            rows.append([name, f"{embed_ms:.0f}", f"{others.read(name, marked, len(BITS))[1]:.0f}"])
    once_rows = [["the pattern, before the first frame", f"{once:.0f}"], *_searching(mark, evidence, deep=not quick)]
    once_rows.append(["a film of 5 s that nothing happened to: open, decode, read (wall)", f"{_whole(mark, film):.0f}"])
    return [
        (["720p, CPU ms a frame on one thread", "embed", "read"], rows),
        (["once a film, CPU ms", ""], once_rows),
    ]


def spent(work: Callable[[], object]) -> float:
    """CPU milliseconds of this thread."""
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1e3


def _embedding(mark: Tiled, shown: list[np.ndarray]) -> tuple[float, float]:
    """Milliseconds a frame once it runs, and those before that."""
    frames = mark.embed(pieces(islice(cycle(shown), 97)), PAYLOAD)
    first = spent(lambda: next(frames))
    rest = spent(lambda: list(frames)) / 96
    return rest, first - rest


def _gathering(film: bytes) -> tuple[Evidence, float]:
    planes = [plane.copy() for plane in luma(film)]
    evidence, bars = Evidence(), Bars()

    def gather() -> None:
        for plane in planes:
            evidence.add(plane)
            bars.add(plane)

    return evidence, spent(gather) / len(planes)


def _searching(mark: Tiled, evidence: Evidence, *, deep: bool) -> list[list[str]]:
    """The reader's steps, the searches in vain: with a key that is not in there."""
    search, vain = Search(evidence.field, mark.pattern), Search(evidence.field, type(mark.pattern)(b"another key"))
    sight = search.look(exactly=True)
    vain.look()
    rows = [
        ["look for the mark where it was put", f"{spent(lambda: search.look(exactly=True)):.1f}"],
        ["decode the message", f"{spent(lambda: mark.pattern.code.decode(soft_bits(sight, mark.pattern))):.1f}"],
    ]
    for name, geometries in (("usual", usual), ("common", common), *([("deep", every)] if deep else [])):
        count = sum(1 for _ in geometries())
        taken = spent(lambda geometries=geometries: vain.through(geometries()))
        rows.append([f"search {count} geometries in vain ({name})", f"{taken:.0f}"])
    return rows


def _whole(mark: Tiled, film: bytes) -> float:
    began = time.perf_counter()
    with closing(luma(film)) as planes:
        reading = mark.read(planes)
    assert reading.payload == PAYLOAD
    return (time.perf_counter() - began) * 1e3
