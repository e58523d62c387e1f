"""An encoded file -> its facts and its pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream
from jaxtyping import UInt8

from filmwright.core.errors import BadAsset
from filmwright.core.frames import Frames
from filmwright.core.video import Video

# swscale's defaults interpolate chroma crudely and round down: a flat colour would come back up to 2 levels off
EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP

_BT709, _BT601 = 1, (5, 6)  # matrix coefficients of ITU-T H.273, table 4
_UNTAGGED = 2


def probe(path: Path) -> Video:
    """The facts of a video file, read from its packets without decoding them. Raises BadAsset for anything else."""
    with _opened(path) as (container, stream):
        fps = stream.average_rate
        if not fps:
            raise BadAsset(f"{path} has no frame rate. Encode it again with a constant one.")
        context = stream.codec_context
        sound = next(iter(container.streams.audio), None)
        video = Video(
            path=path,
            num_frames=0,
            fps=Fraction(fps),
            width=context.width,
            height=context.height,
            video_codec=context.codec.canonical_name,
            pixel_format=str(context.pix_fmt),
            color=_color(stream),
            audio_codec="" if sound is None else sound.codec_context.codec.canonical_name,
        )
        count, samples_end = 0, Fraction(0)
        for packet in container.demux():
            if packet.size == 0 or packet.pts is None or packet.time_base is None:
                continue
            if packet.stream is stream:
                count += 1
            elif packet.stream is sound:
                samples_end = max(samples_end, (packet.pts + (packet.duration or 0)) * Fraction(packet.time_base))
        # the container knows of the samples that pad the last packet, where it knows anything
        if sound is not None and sound.duration is not None and sound.time_base is not None:
            samples_end = min(samples_end, sound.duration * Fraction(sound.time_base))
    return replace(video, num_frames=count, audio_seconds=float(samples_end))


def read_tags(path: Path) -> dict[str, str]:
    """What the container says of the film, by name in small letters: Matroska writes its names large."""
    with _opened(path) as (container, _):
        return {name.lower(): value for name, value in container.metadata.items()}


def decode(path: Path) -> Iterator[Frames]:
    """The pictures of a video file, one at a time, as sRGB. Raises BadAsset where it is broken or cut short."""
    reformatter = VideoReformatter()
    for count, (picture, fps) in enumerate(_pictures(path)):
        yield Frames(rgb=to_rgb(picture, reformatter)[None], fps=fps, start=count / fps)


def count_pictures(path: Path) -> int:
    """Decode every picture and count them. Raises BadAsset where the file is broken or cut short."""
    return sum(1 for _ in _pictures(path))


def _pictures(path: Path) -> Iterator[tuple[VideoFrame, Fraction]]:
    """Decoded pictures as they are stored, with the frame rate."""
    with _opened(path) as (container, stream):
        fps = Fraction(stream.average_rate or 0)
        if not fps:
            raise BadAsset(f"{path} has no frame rate. Encode it again with a constant one.")
        stream.thread_type = "AUTO"
        expected, count = _expected(stream, container.duration, fps), 0
        for picture in container.decode(stream):
            if picture.is_corrupt:
                raise BadAsset(f"{path} is broken at frame {count}. Copy or encode it again.")
            yield picture, fps
            count += 1
    if count < expected:
        raise BadAsset(f"{path} is cut short: it holds {count} of its {expected} frames. Copy or encode it again.")


def last_picture(path: Path) -> UInt8[np.ndarray, "H W 3"]:
    """The last picture of a file whose every picture stands for itself, without decoding the others."""
    with _opened(path) as (container, stream):
        last = None
        for packet in container.demux(stream):
            last = packet if packet.size else last
        pictures = [] if last is None else [*stream.codec_context.decode(last), *stream.codec_context.decode(None)]
        if not pictures:
            raise BadAsset(f"{path} ends in no picture. Copy or encode it again.")
        return to_rgb(pictures[-1], VideoReformatter())


def to_rgb(picture: VideoFrame, reformatter: VideoReformatter) -> UInt8[np.ndarray, "H W 3"]:
    """One decoded picture as full-range RGB, by the matrix and range it is tagged with.

    Untagged pictures are taken as BT.709 from 720 rows up and as BT.601 below, as players do.
    """
    if picture.format.is_rgb:
        return np.ascontiguousarray(picture.to_ndarray(format="rgb24"))
    tag = picture.colorspace
    sd = tag in _BT601 or (tag == _UNTAGGED and picture.height < 720)
    full = picture.color_range == ColorRange.JPEG or picture.format.name.startswith("yuvj")
    out = reformatter.reformat(
        picture,
        format="rgb24",
        src_colorspace=Colorspace.ITU601 if sd else Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=EXACT,
    )
    return np.ascontiguousarray(out.to_ndarray())


@contextmanager
def _opened(path: Path) -> Iterator[tuple[av.container.InputContainer, VideoStream]]:
    if not path.is_file():
        raise BadAsset(f"there is no video file {path}. Check the path.")
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise BadAsset(f"{path} holds no pictures. Give a video file.")
            yield container, container.streams.video[0]
    except av.FFmpegError as err:
        raise BadAsset(f"{path} can't be read as video ({err.strerror}). Copy or encode it again.") from err


def _color(stream: VideoStream) -> str:
    context = stream.codec_context
    if context.format is not None and context.format.is_rgb:
        return "rgb"
    tags = (context.color_primaries, context.color_trc, context.colorspace)
    if tags == (_UNTAGGED,) * 3:
        return ""
    name = "bt709" if tags == (_BT709,) * 3 else "/".join(str(int(tag)) for tag in tags)
    return f"{name} full" if context.color_range == ColorRange.JPEG else name


def _expected(stream: VideoStream, duration: int | None, fps: Fraction) -> int:
    """Frames the file says it has; 0 where it does not say. `duration` is the container's, in microseconds."""
    if stream.frames:
        return stream.frames
    return round(Fraction(duration, av.time_base) * fps) if duration else 0
