"""The run's curves: a line of JSON a step, which outlives kills and resumes."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filmwright.core.files import whole, writing

FILE = "curves.jsonl"


class Curves:
    """Open for writing; every line has its `step`."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Write a line."""
        self._file.write(json.dumps({"step": step} | dict(numbers)) + "\n")
        self._file.flush()


@contextmanager
def curves(out: Path, *, after: int) -> Iterator[Curves]:
    """Go on with the curves of a run after step `after`: later lines, which a killed run left, will come again."""
    path = out / FILE
    kept = [line for line in read_curves(path) if line["step"] <= after]
    with whole(path) as part:
        part.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
    with writing(path), path.open("a", encoding="utf-8") as file:
        yield Curves(file)


def read_curves(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of curves; a last one that a kill cut short is left out."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines
