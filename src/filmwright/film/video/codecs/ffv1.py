"""Lossless FFV1 in Matroska, RGB bit for bit, with a checksum on every slice: for keeping."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from filmwright.core.frames import Frames
from filmwright.core.sound import Sound
from filmwright.core.video import NO_TAGS, Video
from filmwright.film.video.reading import decode
from filmwright.film.video.writing import Recipe, write


class Ffv1:
    """FFV1 version 3 (RFC 9043), every frame by itself."""

    def __init__(self, threads: int) -> None:
        self.threads = threads

    @property
    def suffix(self) -> str:
        """.mkv"""
        return ".mkv"

    def encode(
        self, frames: Iterable[Frames], path: Path, *, sound: Sound | None = None, tags: Mapping[str, str] = NO_TAGS
    ) -> Video:
        """Write and read back `path`; sound is kept as FLAC."""
        recipe = Recipe(
            video_codec="ffv1",
            pixel_format="bgr0",
            options={"level": "3", "g": "1", "slices": "4", "slicecrc": "1", "threads": str(self.threads)},
            audio_codec="flac",
            lossless=True,
            tagged=True,
        )
        return write(frames, path, recipe, sound=sound, tags=tags)

    def decode(self, path: Path) -> Iterator[Frames]:
        """The file's pictures, one at a time."""
        return decode(path)


def build(*, threads: Annotated[int, Field(ge=1, le=64)] = 4) -> Ffv1:
    """FFV1 on `threads` threads; four slices a picture, so more than four idle."""
    return Ffv1(threads)
