"""Finished shots on disk: lossless, whole or absent, named by what they are made from, so that they are made once."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright.core.content import content_hash
from filmwright.core.files import sweep, writing
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation
from filmwright.core.manifest import TakeRecord
from filmwright.core.progress import Report, Step, silent
from filmwright.film.frames.generators import Generator
from filmwright.film.video.codecs import codecs

TAKES = "utvideo"  # the codec of finished shots: lossless and quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A finished shot on disk."""

    path: Path
    record: TakeRecord


def take(
    folder: Path,
    frames: Callable[[], Iterable[Frames]],
    *,
    name: str,
    kind: str,
    seed: int,
    num_frames: int,
    start: float,
    key: str,
    report: Report = silent,
) -> Take:
    """The shot of that key: the one that is there, or its frames, written into a file of their own.

    `start` is in seconds into the film. Raises CannotWrite, and what the making of the frames raises.
    """
    lossless = codecs.open(TAKES)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    path = folder / f"{key}{lossless.suffix}"
    began, reused = time.perf_counter(), path.exists()
    if reused:
        report(Step(f"keep {name}", num_frames, num_frames))
    else:
        lossless.encode(counted(frames(), f"shoot {name}", num_frames, report), path)
    record = TakeRecord(
        name=name,
        kind=kind,
        seed=seed,
        num_frames=num_frames,
        start=start,
        key=key,
        reused=reused,
        render_seconds=round(time.perf_counter() - began, 3),
    )
    return Take(path=path, record=record)


def clip(folder: Path, asked: Generation, generator: Generator, *, name: str, report: Report = silent) -> Take:
    """A generated clip, of a request with nothing left open; its key is the hash of all that decides the pixels."""
    assert asked.num_frames is not None
    return take(
        folder,
        lambda: generator.generate(asked, report),
        name=name,
        kind="generated",
        seed=asked.seed,
        num_frames=asked.num_frames,
        start=0.0,
        key=content_hash(asked, generator.fingerprint)[:32],
        report=report,
    )


def played(shot: Take) -> Iterator[Frames]:
    """Its pictures, in order."""
    return codecs.open(TAKES).decode(shot.path)


def picture(shot: Take, index: int) -> UInt8[np.ndarray, "H W 3"]:
    """One picture of a take, read from disk."""
    seen = 0
    for piece in played(shot):
        if seen + len(piece.rgb) > index:
            return piece.rgb[index - seen]
        seen += len(piece.rgb)
    raise ValueError(f"{shot.path} has {seen} frames, not {index + 1}")


def counted(frames: Iterable[Frames], what: str, total: int, report: Report) -> Iterator[Frames]:
    """Pass pictures on and report each piece."""
    done = 0
    report(Step(what, 0, total))
    for piece in frames:
        yield piece
        done += len(piece.rgb)
        report(Step(what, done, total, picture=piece.rgb[-1]))


def forget(folder: Path, keep: Iterable[Take]) -> None:
    """Remove the takes that the finished film does not use."""
    kept = {shot.path for shot in keep}
    for path in folder.iterdir():
        if path not in kept and ".part-" not in path.name:
            path.unlink(missing_ok=True)
