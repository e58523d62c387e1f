"""The second of a video that the classifier looks at: its protocol, whatever the video's own."""

from fractions import Fraction

import cv2
import numpy as np
from jaxtyping import UInt8

from ..moment import Moment
from ..protocol import VideoProtocol
from ..reading import Refused
from ..subject import Subject
from .network import PAIRS, SIDE

FRAMES, FPS = 2 * PAIRS, Fraction(16)
SAYS = f"{FRAMES} frames of the middle second, their middle square at {SIDE}x{SIDE}"


class Window:
    """Frames of the middle second, as they come; only these are held, and only small."""

    def __init__(self, subject: Subject) -> None:
        """Raises Refused for pictures below 64x64, and for less than a second."""
        protocol = subject.protocol
        if min(protocol.width, protocol.height) < SIDE:
            raise Refused(f"needs pictures of {SIDE}x{SIDE} or more, got {protocol.size}")
        if protocol.seconds < (FRAMES - Fraction(1, 2)) / FPS:
            raise Refused(f"needs a second of video, got {float(protocol.seconds):.2f} s")
        self._wanted, self._held = frames_of(protocol), dict[int, UInt8[np.ndarray, "h w 3"]]()

    def see(self, moment: Moment) -> None:
        """The next frame."""
        if moment.index in self._wanted:
            self._held[moment.index] = squared(moment.rgb)

    def rgb(self) -> UInt8[np.ndarray, "F h w 3"]:
        """What the network takes. Raises Refused where the video ended early."""
        if any(index not in self._held for index in self._wanted):
            raise Refused("needs all its frames: it ended before the end of its middle second")
        return np.stack([self._held[index] for index in self._wanted])


def frames_of(protocol: VideoProtocol) -> tuple[int, ...]:
    """Which frames are seen at the middles of sixteen sixteenths of the middle second."""
    start = max(protocol.seconds / 2 - FRAMES / FPS / 2, Fraction(0))
    times = [start + (k + Fraction(1, 2)) / FPS for k in range(FRAMES)]
    return tuple(min(int(t * protocol.fps), protocol.num_frames - 1) for t in times)


def squared(rgb: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "h w 3"]:
    """The middle square at the network's size, each pixel the mean of its place; at that size it stays as it is."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(rgb[top : top + side, left : left + side])
    return square.copy() if side == SIDE else cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
