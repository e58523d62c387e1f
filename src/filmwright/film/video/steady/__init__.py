"""Films that flicker, held steady along the flow without losing their sharpness."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float32

from filmwright.core.frames import Frames, singles

from .detail import Change, correction, noise
from .light import difference
from .matching import Link, Way, chained, fetched, link
from .takes import is_cut
from .trend import weights

__all__ = ["steady"]

BEHIND, AHEAD = 2, 3  # frames that are looked back and ahead
NEAR = 2  # frames to either side whose detail is averaged
LEAST = 0.5  # levels of light below which nobody sees flicker


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A frame in the window."""

    frame: Frames
    light: Float32[np.ndarray, "H W 3"]  # its levels, not rounded; once it is decided, as it goes out
    link: Link | None  # to the next frame; None where the take ends
    level: Float32[np.ndarray, "H W"]  # variance of its noise, levels^2, once it is decided


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """A neighbour, laid on a frame along the flow."""

    change: Float32[np.ndarray, "H W 3"]  # what it has more
    light: Float32[np.ndarray, "H W 3"]  # of that, what is its light
    way: Way

    @property
    def detail(self) -> Change:
        """Of that, the rest."""
        return self.change - self.light, self.way.seen


def steady(frames: Iterable[Frames]) -> Iterator[Frames]:
    """Take flicker out of a film: of its light as a whole, of its places, of its texture; one picture at a time.

    The first picture of each take stays as it is, and nothing crosses a cut. Each other one gets the light that the
    two before it, as they went out, and the three after it would have it have along the flow, in a course that bends
    little (`trend`); and detail is averaged with that of the four nearest where it is noise (`detail`). Exact flow is
    used where frames carry it, else it is estimated, for pictures of 32x32 pixels or more; smaller ones get their
    light steadied alone. Seven pictures are in memory at most. The passes go with their pictures.

    After Bonneel et al., "Blind video temporal consistency", SIGGRAPH Asia 2015, in what is asked for: the film's own
    detail with the light of its past; Delon and Desolneux, "Stabilization of flicker-like effects in image sequences
    through local contrast correction", SIAM Journal on Imaging Sciences 2010, for local gains along motion.
    """
    behind, waiting = deque[Held](maxlen=BEHIND), deque[Held]()
    for held in _linked(frames):
        waiting.append(held)
        while len(waiting) > (AHEAD if held.link else 0):
            done = _decided(list(behind), list(waiting))
            yield done.frame
            behind.append(done)
            waiting.popleft()
        if held.link is None:
            behind.clear()


def _linked(frames: Iterable[Frames]) -> Iterator[Held]:
    last: Frames | None = None
    for frame in singles(frames):
        if last is not None:
            yield _held(last, _link(last, frame))
        last = frame
    if last is not None:
        yield _held(last, None)


def _link(before: Frames, after: Frames) -> Link | None:
    if before.rgb.shape != after.rgb.shape or before.fps != after.fps:
        return None  # another film
    found = link(before, after)
    return None if is_cut(before, after, found.forward) else found


def _held(frame: Frames, way: Link | None) -> Held:
    light = frame.rgb[0].astype(np.float32)
    return Held(frame=frame, light=light, link=way, level=np.zeros(light.shape[:2], np.float32))


def _decided(behind: Sequence[Held], waiting: Sequence[Held]) -> Held:
    """The first that waits, as it goes out."""
    own = waiting[0]
    if not behind:
        return own
    back = [held.link.backward for held in reversed(behind) if held.link]
    forth = [held.link.forward for held in waiting[:-1] if held.link]
    before, after = _laid(own, chained(back), behind[::-1]), _laid(own, chained(forth), waiting[1:])
    light = _trend(before, after)
    level = _level(behind[-1], back[0], before, after)
    near = [laid.detail for laid in (*before[:NEAR], *after[:NEAR])]
    out = np.clip(own.light + light + correction(own.light, near, level), 0, 255)
    rgb = np.rint(out).astype(np.uint8)[None]
    return replace(own, frame=replace(own.frame, rgb=rgb), light=out, level=level)


def _laid(own: Held, ways: Sequence[Way], others: Sequence[Held]) -> list[Laid]:
    laid = []
    for way, other in zip(ways, others, strict=True):
        there = fetched(other.light, way.flow, cv2.INTER_LANCZOS4)  # sharp to nearly a pixel
        light = difference(own.light, there, way.likely)
        laid.append(Laid(change=there - own.light, light=light, way=way))
    return laid


def _trend(before: Sequence[Laid], after: Sequence[Laid]) -> Float32[np.ndarray, "H W 3"]:
    """What light to add; what nobody sees is left alone (a garrote: large corrections are not biased)."""
    share = weights(len(before), len(after))
    lights = [laid.light for laid in (*before[::-1], *after)]
    kept = np.delete(share, len(before))  # without the frame itself, which differs by nothing from itself
    light = np.tensordot(kept, np.stack(lights), 1)
    return light * np.maximum(1 - LEAST**2 / np.maximum(np.square(light), 1e-9), 0)


def _level(last: Held, back: Way, before: Sequence[Laid], after: Sequence[Laid]) -> Float32[np.ndarray, "H W"]:
    """The frame's noise; a take's last frame, which has nothing after it, is as noisy as the one before."""
    if after:
        return noise([laid.detail for laid in before[:NEAR]], [laid.detail for laid in after[:NEAR]])
    return fetched(last.level, back.flow) * back.seen
