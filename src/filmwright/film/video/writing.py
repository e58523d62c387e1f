"""Frames and sound -> a file that was read back and found to be what was asked."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from jaxtyping import UInt8

from filmwright.core.errors import BadAsset, BadFilm, Unverified
from filmwright.core.files import whole
from filmwright.core.frames import Frames
from filmwright.core.sound import Sound
from filmwright.core.video import NO_TAGS, Video

from .reading import EXACT, count_pictures, last_picture, probe, read_tags

AUDIO_RATE = 48_000  # samples a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How FFmpeg is to write one file: `options` go to its video encoder, `container` to its muxer."""

    video_codec: str
    pixel_format: str
    options: Mapping[str, str] = field(default_factory=dict)
    container: Mapping[str, str] = field(default_factory=dict)
    audio_codec: str = ""  # "" can't carry sound
    audio_bit_rate: int = 192_000  # bits a second
    lossless: bool = False
    tagged: bool = False  # whether the container has a place for tags of any name

    @property
    def color(self) -> str:
        """The colour tag its files carry."""
        return "rgb" if self.lossless else "bt709"


def write(
    frames: Iterable[Frames],
    path: Path,
    recipe: Recipe,
    *,
    sound: Sound | None = None,
    tags: Mapping[str, str] = NO_TAGS,
) -> Video:
    """Encode to `path`, whole or not at all, and read it back.

    Sound is cut, or filled up with silence, to the length of the pictures. Raises BadFilm for pictures that can't be
    encoded, CannotWrite where the disk refuses, Unverified if the file read back is not what was asked.
    """
    if sound is not None and not recipe.audio_codec:
        raise BadFilm(f"a {path.suffix} file of this kind carries no sound. Leave the sound out, or write an .mp4.")
    if tags and not recipe.tagged:
        raise BadFilm(f"a {path.suffix} file of this kind carries no tags ({', '.join(tags)}). Write an .mp4.")
    with whole(path) as part:
        wanted, last = _encode(_pictures(frames), part, recipe, sound, tags)
        found = _verified(part, wanted, last, recipe)
        _check_tags(part, tags)
    return replace(found, path=path)


def _pictures(frames: Iterable[Frames]) -> Iterator[tuple[UInt8[np.ndarray, "H W 3"], Fraction]]:
    """Single pictures with their frame rate; all of one size and rate, or BadFilm."""
    size, rate, count = None, Fraction(0), 0
    for piece in frames:
        for rgb in piece.rgb:
            if size is None:
                size, rate = rgb.shape, piece.fps
            if rgb.shape != size or piece.fps != rate:
                raise BadFilm(
                    f"all pictures of a file must have one size and rate: frame {count} is {rgb.shape[1]}x"
                    f"{rgb.shape[0]} at {piece.fps} fps, after {size[1]}x{size[0]} at {rate} fps."
                )
            yield rgb, rate
            count += 1
    if size is None:
        raise BadFilm("there are no pictures to encode: the film has zero frames.")


def _encode(
    pictures: Iterator[tuple[UInt8[np.ndarray, "H W 3"], Fraction]],
    part: Path,
    recipe: Recipe,
    sound: Sound | None,
    tags: Mapping[str, str],
) -> tuple[Video, UInt8[np.ndarray, "H W 3"]]:
    """Write the file; return the facts it must have, and the last picture."""
    rgb, fps = next(pictures)
    height, width = rgb.shape[:2]
    if not recipe.lossless and (height % 2 or width % 2):
        raise BadFilm(f"{recipe.pixel_format} pictures need an even width and height, got {width}x{height}.")
    out = av.open(str(part), "w", options=dict(recipe.container))
    out.metadata.update(tags)
    try:
        video = _video_stream(out, recipe, fps, width, height)
        feed = None if sound is None else _AudioFeed(out, recipe, sound)
        reformatter, count = VideoReformatter(), 0
        while True:
            picture = _to_encoder(rgb, recipe, reformatter)
            picture.pts, picture.time_base = count, 1 / fps
            out.mux(video.encode(picture))
            count += 1
            if feed is not None:
                feed.until(count / fps)
            following = next(pictures, None)
            if following is None:
                break
            rgb = following[0]
        out.mux(video.encode(None))
        if feed is not None:
            feed.finish()
        out.close()
    except BaseException:
        with suppress(av.FFmpegError):  # the first error is the one to tell
            out.close()
        raise
    wanted = Video(
        path=part,
        num_frames=count,
        fps=fps,
        width=width,
        height=height,
        video_codec=video.codec_context.codec.canonical_name,
        pixel_format=recipe.pixel_format,
        color=recipe.color,
        audio_codec="" if sound is None else recipe.audio_codec,
        audio_seconds=0.0 if sound is None else float(count / fps),
    )
    return wanted, rgb


def _video_stream(out: OutputContainer, recipe: Recipe, fps: Fraction, width: int, height: int) -> VideoStream:
    stream: VideoStream = out.add_stream(recipe.video_codec, rate=fps, options=dict(recipe.options))  # type: ignore[assignment]
    stream.width, stream.height, stream.pix_fmt = width, height, recipe.pixel_format
    if not recipe.lossless:
        context = stream.codec_context  # ITU-T H.273: 1 is BT.709 in all three tables
        context.color_primaries = context.color_trc = context.colorspace = 1
        context.color_range = ColorRange.MPEG
    return stream


def _to_encoder(rgb: UInt8[np.ndarray, "H W 3"], recipe: Recipe, reformatter: VideoReformatter) -> VideoFrame:
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    if recipe.lossless:
        return reformatter.reformat(frame, format=recipe.pixel_format)
    return reformatter.reformat(  # without the matrix named here, swscale would use BT.601's
        frame,
        format=recipe.pixel_format,
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=EXACT,
    )


class _AudioFeed:
    """Hands the encoder as much sound as there are pictures, so that neither waits for the other in memory."""

    def __init__(self, out: OutputContainer, recipe: Recipe, sound: Sound) -> None:
        self._out, self._sound, self._at = out, sound, 0
        stream: AudioStream = out.add_stream(recipe.audio_codec, rate=AUDIO_RATE, layout="stereo")  # type: ignore[assignment]
        stream.bit_rate = recipe.audio_bit_rate
        self._stream = stream

    def until(self, seconds: Fraction) -> None:
        """Encode the samples before `seconds`."""
        end = round(seconds * self._sound.rate)
        block = np.zeros((2, end - self._at), np.float32)
        have = self._sound.samples[self._at : end]
        block[:, : len(have)] = have.T
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = self._sound.rate, self._at, Fraction(1, self._sound.rate)
        self._out.mux(self._stream.encode(frame))
        self._at = end

    def finish(self) -> None:
        """Encode what the encoder still holds."""
        self._out.mux(self._stream.encode(None))


def _check_tags(part: Path, tags: Mapping[str, str]) -> None:
    found = read_tags(part)
    if lost := [name for name, value in tags.items() if found.get(name.lower()) != value]:
        raise Unverified(f"the file read back has lost these tags: {', '.join(lost)}. Write an .mp4.")


def _verified(part: Path, wanted: Video, last: UInt8[np.ndarray, "H W 3"], recipe: Recipe) -> Video:
    """The facts read back, which must be those wanted; and the pictures, which must decode."""
    try:
        found = probe(part)
        if recipe.lossless:  # each picture stands for itself: the last one shows that the file is whole
            exact, count = np.array_equal(last_picture(part), last), found.num_frames
        else:
            exact, count = True, count_pictures(part)
    except BadAsset as err:
        raise Unverified(f"the file just written can't be read back: {err}") from err
    facts = ("num_frames", "fps", "width", "height", "video_codec", "pixel_format", "color", "audio_codec")
    wrong = [(f, getattr(wanted, f), getattr(found, f)) for f in facts if getattr(wanted, f) != getattr(found, f)]
    if abs(found.audio_seconds - wanted.audio_seconds) > 1 / wanted.fps:
        wrong.append(("audio_seconds", wanted.audio_seconds, found.audio_seconds))
    if count != wanted.num_frames:
        wrong.append(("frames decoded", wanted.num_frames, count))
    if not exact:
        wrong.append(("the last picture bit for bit", True, False))
    if wrong:
        raise Unverified(
            "the file read back is not what was written: "
            + "; ".join(f"{name} is {got!r}, should be {want!r}" for name, want, got in wrong)
        )
    return found
