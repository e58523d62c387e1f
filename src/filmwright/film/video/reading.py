"""An encoded file -> its facts and its pictures."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
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
_LUMA_FIRST = {f"yuv{j}{kind}p" for j in ("", "j") for kind in (420, 422, 444)} | {"nv12", "gray"}  # 8 bits
_BEGIN, _SECOND = Fraction(0), Fraction(1)


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


def luma(path: Path, *, stride: int = 1, start: Fraction = _BEGIN) -> Iterator[UInt8[np.ndarray, "H W"]]:
    """The luma planes of every `stride`-th picture from `start` (seconds) on, 8 bits, their range left as it is.

    Deeper pictures are rounded to 8 bits; those of HDR stay in their own curve. A picture that is damaged is passed
    over, and a file that is cut short ends where it ends. Raises BadAsset where nothing can be read at all.
    """
    reformatter = VideoReformatter()
    with _opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        for count, (_, picture) in enumerate(_from(container, stream, start)):
            if count % stride == 0:
                yield _luma(picture, reformatter)


def pictures_from(path: Path, start: Fraction) -> Iterator[tuple[Fraction, UInt8[np.ndarray, "H W 3"]]]:
    """The pictures (sRGB) from a time on (seconds), with their times."""
    reformatter = VideoReformatter()
    with _opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        for at, picture in _from(container, stream, start):
            yield at, to_rgb(picture, reformatter)


def key_pictures(
    path: Path, *, every: Fraction = _SECOND, most: int = 0
) -> Iterator[tuple[Fraction, UInt8[np.ndarray, "H W 3"]]]:
    """Pictures (sRGB) that stand for a film, with their times: those at half of each `every` seconds.

    The raster starts at the film's start, so that copies of it and parts that begin with it have the same; with
    `most`, that many of them spread over the film, found by seeking. A film shorter than that has its middle one.
    """
    facts = probe(path)
    times = key_times(facts.num_frames, facts.fps, every=every)
    if most and len(times) > most:
        times = tuple(times[(2 * i + 1) * len(times) // (2 * most)] for i in range(most))
    with _opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        reformatter, behind = VideoReformatter(), _BEGIN
        pictures: Iterator[tuple[Fraction, VideoFrame]] = iter(())
        half = 1 / (2 * facts.fps)
        for time, key in zip(times, _keys_before(path, times), strict=True):
            if key >= behind:  # else going on is shorter
                pictures = _from(container, stream, key)
            for at, picture in pictures:
                if at + half >= time:
                    behind = at
                    yield time, to_rgb(picture, reformatter)
                    break


def _keys_before(path: Path, times: Sequence[Fraction]) -> list[Fraction]:
    """For each time the last picture at or before it that stands for itself."""
    with _opened(path) as (container, stream):
        begin, base = stream.start_time or 0, Fraction(stream.time_base or 1)
        stamps = (p.pts for p in container.demux(stream) if p.is_keyframe and p.pts is not None)
        keys = sorted({_BEGIN} | {(stamp - begin) * base for stamp in stamps})
    return [keys[bisect_right(keys, time) - 1] for time in times]


def key_times(num_frames: int, fps: Fraction, *, every: Fraction = _SECOND) -> tuple[Fraction, ...]:
    """When the pictures of `key_pictures` are shown: whole frames, in seconds."""
    step = every * fps
    frames = [round(step * i + step / 2) for i in range(int(num_frames / step) + 1)]
    return tuple(Fraction(frame) / fps for frame in frames if frame < num_frames) or (num_frames // 2 / fps,)


def _from(container: InputContainer, stream: VideoStream, start: Fraction) -> Iterator[tuple[Fraction, VideoFrame]]:
    """Pictures from a time on, with their times (seconds after the first picture); damaged ones are passed over."""
    begin, base = stream.start_time or 0, Fraction(stream.time_base or 1)
    half = 1 / (2 * Fraction(stream.average_rate or 1))  # of a picture: times are rounded
    if start:
        container.seek(begin + int(start / base), stream=stream)
    for packet in container.demux(stream):
        try:
            pictures = packet.decode()
        except av.error.InvalidDataError:
            continue
        for picture in pictures:
            at = start if picture.pts is None else (picture.pts - begin) * base
            # after a seek the decoder takes all pictures for damaged until it meets one that stands for itself
            if at + half >= start and (start or not picture.is_corrupt):
                yield at, picture


def _luma(picture: VideoFrame, reformatter: VideoReformatter) -> UInt8[np.ndarray, "H W"]:
    if picture.format.name in _LUMA_FIRST:
        plane = picture.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8, plane.line_size * picture.height)
        return _upright(rows.reshape(picture.height, plane.line_size)[:, : picture.width], picture)
    same = ColorRange.JPEG  # told so of both sides, swscale leaves the range alone
    gray = reformatter.reformat(picture, format="gray", src_color_range=same, dst_color_range=same)
    return _upright(gray.to_ndarray(), picture)


def _upright(stored: np.ndarray, picture: VideoFrame) -> np.ndarray:
    """As players show it: telephones store pictures lying on their side, with a note."""
    return np.ascontiguousarray(np.rot90(stored, round(picture.rotation / 90)))


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
    """One decoded picture as full-range RGB, upright, by the matrix and range it is tagged with.

    Untagged pictures are taken as BT.709 from 720 rows up and as BT.601 below, as players do.
    """
    if picture.format.is_rgb:
        return _upright(picture.to_ndarray(format="rgb24"), picture)
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
    return _upright(out.to_ndarray(), picture)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
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
