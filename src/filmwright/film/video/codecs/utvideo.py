"""Lossless Ut Video in AVI, RGB bit for bit, four times as fast as FFV1: for takes between two steps."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from filmwright.core.frames import Frames
from filmwright.core.sound import Sound
from filmwright.core.video import NO_TAGS, Video
from filmwright.film.video.reading import decode
from filmwright.film.video.writing import Recipe, write


class UtVideo:
    """Huffman-coded left prediction on planar RGB."""

    def __init__(self, threads: int) -> None:
        self.threads = threads

    @property
    def suffix(self) -> str:
        """.avi"""
        return ".avi"

    def encode(
        self, frames: Iterable[Frames], path: Path, *, sound: Sound | None = None, tags: Mapping[str, str] = NO_TAGS
    ) -> Video:
        """Write and read back `path`; sound is kept as 16-bit PCM."""
        recipe = Recipe(
            video_codec="utvideo",
            pixel_format="gbrp",
            options={"pred": "left", "slices": "4", "threads": str(self.threads)},
            audio_codec="pcm_s16le",
            lossless=True,
        )
        return write(frames, path, recipe, sound=sound, tags=tags)

    def decode(self, path: Path) -> Iterator[Frames]:
        """The file's pictures, one at a time."""
        return decode(path)


def build(*, threads: Annotated[int, Field(ge=1, le=64)] = 4) -> UtVideo:
    """Ut Video on `threads` threads."""
    return UtVideo(threads)
