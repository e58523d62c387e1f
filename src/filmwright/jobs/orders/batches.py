"""Batches: one request a line, as JSON, all placed or none."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from filmwright.core.errors import BadFilm, FilmError

from .request import OrderRequest

MOST = 10_000  # lines
TOLD = 5  # wrong lines that an error names


def read_lines(lines: Iterable[str], understand: Callable[[dict[str, Any]], OrderRequest]) -> tuple[OrderRequest, ...]:
    """The requests of a JSONL file's lines; `understand` makes one of an object, as the door that took the file knows.

    Empty lines are passed over. Raises BadFilm that names the lines which are wrong, and why.
    """
    requests: list[OrderRequest] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(requests) + len(wrong) == MOST:
            raise BadFilm(f"a batch has {MOST:,} lines at the most: place several.")
        try:
            told = json.loads(line)
            if not isinstance(told, dict):
                raise BadFilm("it is not a JSON object")
            requests.append(understand(told))
        except (ValueError, RecursionError) as err:
            wrong.append(f"line {number} is not JSON: {err}")
        except FilmError as err:
            wrong.append(f"line {number}: {err}")
    if wrong:
        more = f"; and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise BadFilm(f"nothing of the batch was placed. {'; '.join(wrong[:TOLD])}{more}")
    return tuple(requests)
