"""Whether motion in a video can be estimated."""

from .flow import SMALLEST
from .reading import Refused
from .subject import Subject


def check_size(subject: Subject) -> None:
    """Raise Refused for pictures that are too small for it."""
    protocol = subject.protocol
    if min(protocol.width, protocol.height) < SMALLEST:
        raise Refused(f"needs pictures of {SMALLEST}x{SMALLEST} or more to estimate motion, got {protocol.size}")
