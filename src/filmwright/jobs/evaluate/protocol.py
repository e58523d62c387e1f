"""How a video was looked at: numbers of two videos can be compared only where this is equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from shlex import quote

from filmwright.core.errors import BadFilm

STEPS, ROUND = (1, 2), 8  # a fast look measures motion at these of so many steps


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoProtocol:
    """Size, time and decoder of one video."""

    width: int  # pixels
    height: int
    fps: Fraction
    num_frames: int
    codec: str  # "h264"; "" for pictures in memory
    pixel_format: str  # "yuv420p"
    color: str  # "bt709"; "" is untagged
    decoder: str  # the library and its version
    fast: bool = False  # motion is measured at some steps, not at all

    @property
    def size(self) -> str:
        """As people write it."""
        return f"{self.width}x{self.height}"

    @property
    def seconds(self) -> Fraction:
        """Length."""
        return self.num_frames / self.fps

    @property
    def motion(self) -> str:
        """At which steps from frame to frame motion is measured."""
        return f"at {len(STEPS)} of {ROUND} steps" if self.fast else "at all steps"

    def follows(self, frame: int) -> bool:
        """Whether motion to this frame is measured: of two steps in a row, so that smoothness can be told too."""
        return not self.fast or frame % ROUND in STEPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which two protocols are not equal, in words."""

    what: str
    own: str
    other: str


def differences(own: VideoProtocol, other: VideoProtocol, *, length: bool = True) -> tuple[Difference, ...]:
    """What is not equal; without `length` the number of frames may differ."""
    pairs = [
        ("fps", f"{float(own.fps):g}", f"{float(other.fps):g}", own.fps == other.fps),
        ("size", own.size, other.size, own.size == other.size),
        ("frame count", str(own.num_frames), str(other.num_frames), not length or own.num_frames == other.num_frames),
        ("pixel format", own.pixel_format, other.pixel_format, own.pixel_format == other.pixel_format),
        ("decoder", own.decoder, other.decoder, own.decoder == other.decoder),
        ("motion", own.motion, other.motion, own.motion == other.motion),
    ]
    return tuple(Difference(what=what, own=one, other=two) for what, one, two, same in pairs if not same)


def in_words(found: Sequence[Difference]) -> str:
    """Differences as people read them."""
    return "; ".join(f"{d.what} is {d.own} and {d.other}" for d in found)


def check_equal(name: str, own: VideoProtocol, reference: str, other: VideoProtocol) -> None:
    """Raise BadFilm where a video and its reference were not made equal, saying in what and what to do."""
    found = differences(own, other)
    if not found:
        return
    advice = _advice(name, own, reference, other)
    raise BadFilm(f"{name} and its reference {reference} can't be compared: {in_words(found)}. {advice}")


def _advice(name: str, own: VideoProtocol, reference: str, other: VideoProtocol) -> str:
    """The command that makes the reference equal."""
    filters = [f"fps={own.fps}"] if own.fps != other.fps else []
    filters += [f"scale={own.width}:{own.height}"] if own.size != other.size else []
    words = ["-i", quote(reference), *(["-vf", ",".join(filters)] if filters else [])]
    words += ["-frames:v", str(own.num_frames)] if other.num_frames > own.num_frames else []
    words += ["-pix_fmt", own.pixel_format, "-c:v", "ffv1", "equal.mkv"]
    said = f"Make the reference equal first, for example: ffmpeg {' '.join(words)}"
    if own.fps == other.fps and other.num_frames < own.num_frames:
        said += f" (and cut {name} to {other.num_frames} frames in the same way)"
    return said
