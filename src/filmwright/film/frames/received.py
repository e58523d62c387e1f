"""A video file that came from elsewhere -> the clip that was asked for: read whole, scaled, cut, at its frame rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from jaxtyping import UInt8

from filmwright.core.errors import RenderFailed, Unverified
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation

from .fitting import PIECE, filling

HELD = Fraction(3, 10)  # seconds by which a clip may be too short: models make 1 + 4k frames
EXACT = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.FULL_CHR_H_INP


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What is in a file."""

    num_frames: int
    width: int  # pixels
    height: int
    fps: Fraction

    def __str__(self) -> str:
        return f"{self.num_frames} frames of {self.width}x{self.height} at {float(self.fps):g} a second"

    def fits(self, asked: Generation) -> bool:
        """Whether it is what was asked for, as it is."""
        return (self.num_frames, self.width, self.height, self.fps) == (
            asked.num_frames,
            asked.width,
            asked.height,
            asked.fps,
        )


def examined(path: Path) -> Came:
    """Decode every frame and count them. Raises Unverified where the file is no whole video."""
    count, told, width, height, fps = 0, 0, 0, 0, Fraction(0)
    for frame, rate, said in _pictures(path):
        count, told, fps, (width, height) = count + 1, said, rate, (frame.width, frame.height)
    if count == 0 or not fps:
        raise Unverified("the file that the server gave holds no pictures.")
    if count < told:
        raise Unverified(f"the file that the server gave is cut short: it holds {count} of its {told} frames.")
    return Came(num_frames=count, width=width, height=height, fps=fps)


def conformed(path: Path, came: Came, asked: Generation) -> Iterator[Frames]:
    """The clip, in pieces: each picture is the one that is shown at its time, its middle is cut out in the new shape.

    Raises RenderFailed where the file ends more than 0.3 s too early; a shorter gap is filled with its last picture.
    """
    assert asked.num_frames is not None
    assert asked.height is not None
    assert asked.width is not None
    assert asked.fps is not None
    lacking = asked.num_frames / asked.fps - came.num_frames / came.fps
    if lacking > HELD:
        raise RenderFailed(
            f"the server made {came}, which is {float(lacking):.1f} s too short. Ask for a shorter clip, or tell the "
            "driver which lengths the server makes, as in --option lengths=4,8,12."
        )
    wanted = [min(int(i * came.fps / asked.fps), came.num_frames - 1) for i in range(asked.num_frames)]
    piece: list[UInt8[np.ndarray, "H W 3"]] = []
    sent, reformatter = 0, VideoReformatter()
    for index, (frame, _, _) in enumerate(_pictures(path)):
        if sent + len(piece) == len(wanted):
            break
        if wanted[sent + len(piece)] != index:
            continue
        rgb = _rgb(frame, reformatter)
        if rgb.shape[:2] != (asked.height, asked.width):
            rgb = filling(rgb, asked.height, asked.width)
        while sent + len(piece) < len(wanted) and wanted[sent + len(piece)] == index:
            piece.append(rgb)
            if len(piece) == PIECE:
                yield Frames(rgb=np.stack(piece), fps=asked.fps, start=sent / asked.fps)
                sent, piece = sent + len(piece), []
    if piece:
        yield Frames(rgb=np.stack(piece), fps=asked.fps, start=sent / asked.fps)


def _pictures(path: Path) -> Iterator[tuple[VideoFrame, Fraction, int]]:
    """Decoded pictures, with the frame rate and the number of frames that the file says it has (0: it does not)."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                return
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in container.decode(stream):
                if frame.is_corrupt:
                    raise Unverified("the file that the server gave is broken.")
                yield frame, Fraction(stream.average_rate or 0), stream.frames
    except av.FFmpegError as err:
        raise Unverified(f"the file that the server gave can't be read as video ({err.strerror}).") from err


def _rgb(frame: VideoFrame, reformatter: VideoReformatter) -> UInt8[np.ndarray, "H W 3"]:
    """As players show it; untagged pictures are BT.709 from 720 rows up and BT.601 below."""
    sd = frame.colorspace in (5, 6) or (frame.colorspace == 2 and frame.height < 720)
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    out = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=Colorspace.ITU601 if sd else Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=EXACT,
    )
    return out.to_ndarray()
