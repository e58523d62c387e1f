"""Stages that outlive their worker: each is a step of a dbos workflow, and what it leaves stands in the store first."""

import io
import pickle
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS

from filmwright.core.content import content_hash
from filmwright.core.errors import FilmWarning
from filmwright.film.asset.stored import fetch
from filmwright.film.asset.stores import Store
from filmwright.jobs.plan import noting

from .failures import is_transient
from .progress import Teller

T = TypeVar("T")

TRIES, WAIT, LONGER = 4, 1.0, 4.0  # of a step that fails for a passing reason: after 1, 4 and 16 seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a stage has left, as dbos keeps it."""

    value: bytes  # pickled; paths in the order's folder are written from there
    files: Mapping[str, str | None]  # path in the order's folder -> name in the store; None is removed
    seconds: float
    warnings: tuple[str, ...]


class Durable:
    """Runs the stages of one order as steps of the workflow that calls it.

    A stage's files are put into the store before its step is recorded, and brought back when a later stage is run by a
    process that lacks them; so a worker that is killed at any moment costs no more than the stage that it was at.
    """

    def __init__(self, store: Store, prefix: str, folder: Path, teller: Teller) -> None:
        self.seconds: dict[str, float] = {}
        self._store, self._prefix, self._folder, self._teller = store, prefix, folder, teller
        self._files: dict[str, str] = {}  # that there should be, and their names in the store

    def __call__(self, stage: str, work: Callable[[], T], part: str = "", *, share: float = 1.0) -> T:
        """The value of a stage: as it was recorded, or made now and recorded."""

        def run() -> Left:
            self._teller.begin(stage, part, share=share)
            return self._run(work)

        left = step(f"{stage} {part}".strip(), run)
        self._took(stage, left.seconds, share)
        for name, stored in left.files.items():
            if stored is None:
                self._files.pop(name, None)
            else:
                self._files[name] = stored
        for says in left.warnings:
            warnings.warn(says, FilmWarning, stacklevel=2)
        value: T = _Unpickler(io.BytesIO(left.value), self._folder).load()
        return value

    def again(self, stage: str, work: Callable[[], T]) -> T:
        """The value of a stage that is made anew by every process; that it was made is recorded all the same."""
        self._teller.begin(stage)
        made: list[T] = []
        self._took(stage, step(stage, lambda: _timed(work, made)), 1.0)
        return made[0] if made else work()

    def _run(self, work: Callable[[], T]) -> Left:
        self._bring()
        before = _seen(self._folder)
        began = time.perf_counter()
        with noting() as noted:
            value = work()
        after = _seen(self._folder)
        files: dict[str, str | None] = dict.fromkeys(before.keys() - after.keys())
        for name in sorted(name for name in after if after[name] != before.get(name)):
            stored = f"{self._prefix}{content_hash(name)[:32]}{Path(name).suffix}"
            self._store.put(self._folder / name, stored)
            files[name] = stored
        seconds = round(time.perf_counter() - began, 3)
        kept = io.BytesIO()
        _Pickler(kept, self._folder).dump(value)
        return Left(value=kept.getvalue(), files=files, seconds=seconds, warnings=tuple(noted))

    def _bring(self) -> None:
        """Have all files here that earlier stages have left."""
        for name, stored in self._files.items():
            path = self._folder / name
            if not path.exists():
                fetch(self._store, stored, path)

    def _took(self, stage: str, seconds: float, share: float) -> None:
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + seconds, 3)
        self._teller.end(stage, share=share)


def step(name: str, work: Callable[[], T]) -> T:
    """Run work as a step of the workflow that calls; again where it fails for a passing reason."""
    value: T = DBOS.run_step(
        {
            "name": name,
            "retries_allowed": True,
            "max_attempts": TRIES,
            "interval_seconds": WAIT,
            "backoff_rate": LONGER,
            "should_retry": is_transient,
        },
        work,
    )
    return value


def _timed(work: Callable[[], T], made: list[T]) -> float:
    began = time.perf_counter()
    made[:] = [work()]
    return round(time.perf_counter() - began, 3)


def _seen(folder: Path) -> dict[str, tuple[int, int]]:
    """The files in a folder and below, with what changes when one is written."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and ".part-" not in path.name:
            facts = path.stat()
            found[path.relative_to(folder).as_posix()] = (facts.st_mtime_ns, facts.st_size)
    return found


class _Pickler(pickle.Pickler):
    """Writes paths in a folder as paths from there: on another host it lies elsewhere."""

    def __init__(self, file: io.BytesIO, folder: Path) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._folder = folder

    def persistent_id(self, obj: Any) -> str | None:
        if isinstance(obj, Path) and obj.is_relative_to(self._folder):
            return obj.relative_to(self._folder).as_posix()
        return None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, folder: Path) -> None:
        super().__init__(file)
        self._folder = folder

    def persistent_load(self, pid: str) -> Path:
        return self._folder / pid
