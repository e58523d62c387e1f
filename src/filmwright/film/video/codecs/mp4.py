"""H.264 and AAC in MP4, for every player; presets web, shorts, square and master."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.core.sound import Sound
from filmwright.core.video import NO_TAGS, Video
from filmwright.core.x264 import repeatable
from filmwright.film.video.reading import decode
from filmwright.film.video.writing import Recipe, write

PresetName = Literal["web", "shorts", "square", "master"]
Speed = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a place of publication asks for. `peak` is bits a second at 1080 by 1920, 30 fps; 0 is no limit."""

    crf: float
    peak: int = 0
    audio: int = 192_000  # bits a second
    shapes: tuple[Fraction, ...] = ()  # width / height; () is any


# Shorts, Reels and TikTok encode uploads again and take 8-12 Mbit/s at 1080p, feeds less: a peak keeps uploads small.
PRESETS: dict[PresetName, Preset] = {
    "web": Preset(crf=18.0),
    "shorts": Preset(crf=17.0, peak=12_000_000, shapes=(Fraction(9, 16),)),
    "square": Preset(crf=18.0, peak=8_000_000, shapes=(Fraction(1), Fraction(4, 5))),
    "master": Preset(crf=8.0, audio=320_000),
}
GOP_SECONDS = 2
PLAIN_TAGS = {"title", "artist", "comment", "copyright", "date", "description", "genre"}  # every player knows them
THREADS = 4  # x264's bits depend on it: one number gives one file on every machine


class Mp4:
    """Writes yuv420p with BT.709 tags, limited range, closed groups of about two seconds and the index in front."""

    def __init__(self, preset: PresetName, crf: float | None, speed: Speed) -> None:
        self.name, self.preset, self.crf, self.speed = preset, PRESETS[preset], crf, speed

    @property
    def suffix(self) -> str:
        """.mp4"""
        return ".mp4"

    def encode(
        self, frames: Iterable[Frames], path: Path, *, sound: Sound | None = None, tags: Mapping[str, str] = NO_TAGS
    ) -> Video:
        """Write and read back `path`; sound is fitted to the pictures' length."""
        pieces = iter(frames)
        first = next(pieces, None)
        if first is None:
            raise BadFilm("there are no pictures to encode: the film has zero frames.")
        height, width = first.rgb.shape[1:3]
        recipe = self._recipe(width, height, first.fps)
        if not tags.keys() <= PLAIN_TAGS:  # names of one's own need QuickTime's tags: iTunes' have a fixed list
            recipe = replace(recipe, container={"movflags": "+faststart+use_metadata_tags"})
        return write(chain([first], pieces), path, recipe, sound=sound, tags=tags)

    def decode(self, path: Path) -> Iterator[Frames]:
        """The file's pictures, one at a time."""
        return decode(path)

    def _recipe(self, width: int, height: int, fps: Fraction) -> Recipe:
        shapes = self.preset.shapes
        if shapes and not any(abs(width / height / float(shape) - 1) < 0.01 for shape in shapes):
            asked = " or ".join(f"{s.numerator}:{s.denominator}" for s in shapes)
            raise BadFilm(f"preset {self.name!r} is for {asked} pictures, got {width}x{height}. Use preset 'web'.")
        options = {
            "preset": self.speed,
            "crf": str(self.crf if self.crf is not None else self.preset.crf),
            "profile": "high",
            "g": str(round(GOP_SECONDS * fps)),
            "threads": str(THREADS),
            # mode 3 spends bits on dark gradients, where banding shows
            "x264-params": ":".join(filter(None, ["open-gop=0:aq-mode=3", repeatable()])),
        }
        if self.preset.peak:
            rate = max(2_000_000, round(self.preset.peak * width * height * fps / (1080 * 1920 * 30)))
            options |= {"maxrate": str(rate), "bufsize": str(2 * rate)}
        return Recipe(
            video_codec="libx264",
            pixel_format="yuv420p",
            options=options,
            container={"movflags": "+faststart"},
            audio_codec="aac",
            audio_bit_rate=self.preset.audio,
            tagged=True,
        )


def build(
    *,
    preset: PresetName = "web",
    crf: Annotated[float, Field(ge=0, le=51)] | None = None,
    speed: Speed = "medium",
) -> Mp4:
    """H.264: a lower `crf` than the preset's keeps more; a slower `speed` makes smaller files."""
    return Mp4(preset, crf, speed)
