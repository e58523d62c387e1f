"""Folders that are made once: named by the content they are made from, whole or absent."""

from collections.abc import Callable
from pathlib import Path

from filmwright.core.content import content_hash
from filmwright.core.files import sweep, workroom


def kept(cache: Path, kind: str, content: object, make: Callable[[Path], None]) -> Path:
    """The folder of this kind and content; `make` fills it where it isn't there. Raises CannotWrite."""
    goal = cache / f"{kind}-{content_hash(content)[:20]}"
    if goal.is_dir():
        return goal
    sweep(cache)
    with workroom(cache, name=goal.name) as room:
        make(room)
        try:
            room.replace(goal)
        except OSError:  # another run made the same meanwhile
            if not goal.is_dir():
                raise
    return goal
