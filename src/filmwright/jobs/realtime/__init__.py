"""A scene that a client looks at from where it likes, frame by frame, as they are made."""

from .filmset import Filmset, build_set
from .messages import LARGEST, Open, Pose, Prompt, Seen, packed, understood, unpacked
from .session import Made, Session

__all__ = [
    "LARGEST",
    "Filmset",
    "Made",
    "Open",
    "Pose",
    "Prompt",
    "Seen",
    "Session",
    "build_set",
    "packed",
    "understood",
    "unpacked",
]
