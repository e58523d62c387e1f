"""One frame as metrics see it. What is costly is worked out once, when the first of them asks for it."""

from collections.abc import Iterator
from functools import cached_property
from itertools import zip_longest

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from filmwright.core.errors import BadAsset
from filmwright.core.frames import Frames, Passes
from filmwright.film.video.flow import consistent, estimated

from .descriptors import blocks, cielab, laplacian_variance
from .likeness import grey
from .similarity import grid
from .subject import Subject
from .trackable import textured


class Moment:
    """A frame, the frame before it, and the reference's frame of the same time."""

    def __init__(
        self,
        index: int,
        rgb: UInt8[np.ndarray, "H W 3"],
        passes: Passes,
        before: "Moment | None",
        reference: UInt8[np.ndarray, "H W 3"] | None,
        *,
        followed: bool,
    ) -> None:
        self.index, self.rgb, self.passes = index, rgb, passes  # passes hold this one frame
        self.before, self.reference = before, reference  # None for the first, and without a reference
        self.followed = followed  # whether the motion from the frame before is measured; never for the first

    @cached_property
    def luma(self) -> UInt8[np.ndarray, "H W"]:
        """Brightness as the eye weighs colours (ITU-R BT.601)."""
        return grey(self.rgb)

    @cached_property
    def forward(self) -> Float32[np.ndarray, "H W 2"]:
        """Estimated flow from the frame before to this one, at the pixels of the frame before."""
        assert self.before is not None
        return estimated(self.before.luma, self.luma)

    @cached_property
    def backward(self) -> Float32[np.ndarray, "H W 2"]:
        """Estimated flow from this frame to the one before."""
        assert self.before is not None
        return estimated(self.luma, self.before.luma)

    @cached_property
    def visible(self) -> Bool[np.ndarray, "H W"]:
        """Which pixels of the frame before are seen in this one too, by the estimate."""
        return consistent(self.forward, self.backward)

    @cached_property
    def visible_before(self) -> Bool[np.ndarray, "H W"]:
        """Which pixels of this frame were seen in the one before too, by the estimate."""
        return consistent(self.backward, self.forward)

    @cached_property
    def trackable(self) -> Bool[np.ndarray, "H W"]:
        """Pixels of the frame before that stand for the picture: evenly spread, with texture, seen in this one too."""
        assert self.before is not None
        return grid(self.visible & textured(self.before.luma))

    @cached_property
    def lab(self) -> Float32[np.ndarray, "h w 3"]:
        """CIELAB of a small copy: the colours of its places."""
        return cielab(blocks(self.rgb, 64))

    @cached_property
    def sharpness(self) -> float:
        """Variance of the Laplacian."""
        return laplacian_variance(self.luma)


def moments(subject: Subject) -> Iterator[Moment]:
    """A subject's frames in order, two at most in memory. Raises BadAsset where it breaks off or changes its size."""
    before = None
    for index, (own, their) in enumerate(_together(subject)):
        rgb, passes = own
        followed = index > 0 and subject.protocol.follows(index)
        moment = Moment(index, rgb, passes, before, their, followed=followed)
        yield moment
        moment.before, before = None, moment


Own = tuple[UInt8[np.ndarray, "H W 3"], Passes]


def _together(subject: Subject) -> Iterator[tuple[Own, UInt8[np.ndarray, "H W 3"] | None]]:
    reference = subject.reference
    if reference is None:
        yield from ((own, None) for own in _singly(subject))
        return
    for own, their in zip_longest(_singly(subject), _singly(reference)):
        if own is None or their is None:
            short, other = (subject, reference) if own is None else (reference, subject)
            raise BadAsset(f"{short.name} ends before {other.name} does. Copy or encode it again.")
        yield own, their[0]


def _singly(subject: Subject) -> Iterator[Own]:
    size: tuple[int, ...] = ()
    count = 0
    for piece in subject.frames():
        for i, rgb in enumerate(piece.rgb):
            size = size or rgb.shape
            if rgb.shape != size:
                raise BadAsset(f"{subject.name} changes its size at frame {count}. Encode it again at one size.")
            yield rgb, _of(piece, i)
            count += 1
    if not count:
        raise BadAsset(f"{subject.name} holds no pictures. Give a video file.")


def _of(piece: Frames, i: int) -> Passes:
    """The passes of one frame of a piece, as a piece of one."""
    kept = {name: getattr(piece.passes, name) for name in ("depth", "flow", "visible")}
    return Passes(**{name: None if value is None else value[i : i + 1] for name, value in kept.items()})
