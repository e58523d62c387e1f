"""An encoded film on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

NO_TAGS: Mapping[str, str] = MappingProxyType({})  # what the container says of the film: nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """An encoded file with the facts that were read back from it."""

    path: Path
    num_frames: int
    fps: Fraction
    width: int  # pixels
    height: int  # pixels
    video_codec: str
    pixel_format: str
    color: str = ""  # e.g. "bt709"
    audio_codec: str = ""  # "" is silence
    audio_seconds: float = 0.0

    @property
    def seconds(self) -> Fraction:
        """Length of the pictures."""
        return self.num_frames / self.fps
