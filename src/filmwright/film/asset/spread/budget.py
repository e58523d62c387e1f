"""How strong the mark may be in a film: as strong as an encoder carries it for a tenth more bits.

What a faint pattern costs, and what is left of it, depends on the pictures more than on the pattern: noise and unsteady
hands hide it from the encoder, a clean slow pan pays for it. So now and then a few pictures are encoded with the mark
and without, and the level follows.
"""

from collections import deque
from fractions import Fraction

import av
import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.core.x264 import repeatable

SHARE = 0.08  # of the bits that pictures need without it, in the trials; whole films spend about half more
CRF, PRESET = "19", "medium"  # a few pictures at 19 spend on the mark what a film at 23 does
BURST = 6  # pictures that are tried at a time...
PART = (288, 512)  # ...of which this much is, down and across, each time another part
TRIALS = (6, 18, 36)  # pictures after which it is tried; from then on
EVERY = 72
SHOT = 72  # pictures to a picture that is encoded by itself
START, LOW, HIGH = 2.0, 0.6, 3.2  # times the usual strength
ERROR = 1.8  # mean square of the change, in levels of luma: 45.6 dB
POWER = 1.5  # of the level, with which its bits grow
MEMORY = 0.7  # what a trial counts beside the next one
PACE = 1.05  # times stronger or fainter from one picture to the next, at most: nobody sees it change
LEAST = 16  # pixels of a side that an encoder needs


class Budget:
    """Watches pictures before and after they are marked, and says how strong the next one's mark may be."""

    def __init__(self) -> None:
        self.level = self._goal = START
        self._seen = self._tried = 0
        self._plain = self._extra = 0.0  # bytes without the mark, and what it adds at level 1
        self._pairs: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=BURST)

    def see(self, rgb: UInt8[np.ndarray, "H W 3"], marked: UInt8[np.ndarray, "H W 3"]) -> None:
        """Take in one picture as it was and as it is with a mark of `level`."""
        self._seen += 1
        due = TRIALS[self._tried] if self._tried < len(TRIALS) else TRIALS[-1] + EVERY * (self._tried - len(TRIALS) + 1)
        if self._seen > due - BURST:
            where = _part(rgb.shape[0], rgb.shape[1], self._tried)
            if self._pairs and self._pairs[0][0].shape != rgb[where].shape:
                self._pairs.clear()
            self._pairs.append((rgb[where].copy(), marked[where].copy()))
        if self._seen >= due:
            self._tried += 1
            self._try()
            self._pairs.clear()
        self.level = float(np.clip(self._goal, self.level / PACE, self.level * PACE))

    def _try(self) -> None:
        error = float(np.mean([_square(clean, marked) for clean, marked in self._pairs]))
        if not error or len(self._pairs) < BURST or min(self._pairs[0][0].shape[:2]) < LEAST:
            return  # black, cut short or tiny: it tells nothing
        plain, more = (_encoded([pair[i] for pair in self._pairs]) for i in (0, 1))
        self._plain = MEMORY * self._plain + plain
        self._extra = MEMORY * self._extra + (more - plain) / self.level**POWER
        affordable = (SHARE * self._plain / max(self._extra, 1.0)) ** (1 / POWER)
        self._goal = float(np.clip(min(affordable, self.level * (ERROR / error) ** 0.5), LOW, HIGH))


def _part(height: int, width: int, turn: int) -> tuple[slice, slice]:
    """Which part of a picture a trial looks at: steps of the golden ratio spread over all of it."""
    sides = []
    for whole, most, step in ((height, PART[0], 0.618034), (width, PART[1], 0.754878)):
        side = min(whole, most)
        start = round((whole - side) * ((0.5 + turn * step) % 1))
        sides.append(slice(start, start + side))
    return sides[0], sides[1]


def _square(clean: UInt8[np.ndarray, "H W 3"], marked: UInt8[np.ndarray, "H W 3"]) -> float:
    """Mean square of the change of luma."""
    change = cv2.absdiff(cv2.cvtColor(clean, cv2.COLOR_RGB2GRAY), cv2.cvtColor(marked, cv2.COLOR_RGB2GRAY))
    return float(np.mean(np.square(change, dtype=np.float32)))


def _encoded(pictures: list[UInt8[np.ndarray, "H W 3"]]) -> float:
    """Bytes of a shot of such pictures as H.264; on one thread, so that it repeats."""
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.thread_count = Fraction(1, 24), 1
    encoder.options = {"preset": PRESET, "crf": CRF} | ({"x264-params": repeatable()} if repeatable() else {})
    first = others = 0
    for rgb in [*pictures, None]:
        frame = None
        if rgb is not None:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[:height, :width]), format="rgb24")
            frame = frame.reformat(format="yuv420p")
        for packet in encoder.encode(frame):
            first, others = (first + packet.size, others) if packet.is_keyframe else (first, others + packet.size)
    return first + others * (SHOT - 1) / (len(pictures) - 1)
