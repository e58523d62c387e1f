"""Filmwright: from a 3D product scan to a finished film, on a laptop."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "Frames": "filmwright.core.frames",
    "Scene": "filmwright.core.scene",
    "Shot": "filmwright.core.shot",
    "Storyboard": "filmwright.core.shot",
    "Video": "filmwright.core.video",
    "Film": "filmwright.jobs.film",
    "GenerateRequest": "filmwright.jobs.generate",
    "generate": "filmwright.jobs.generate",
    "make": "filmwright.jobs.make",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"filmwright has no name {name!r}; public names: {', '.join(__all__)}")
