"""A request for a clip -> the nearest that a model can do."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from filmwright.core.errors import BadFilm, FilmWarning
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation

PIECE = 16  # frames that are handed on at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What a model can do: sides that are multiples of `side`, 1 + a multiple of `group` frames; and what it likes."""

    side: int  # pixels
    group: int  # frames
    height: int  # pixels
    width: int
    num_frames: int
    fps: Fraction
    num_inference_steps: int
    guidance_scale: float
    shaped: bool = True  # whether other shapes of the picture are as good: it then follows the image's own


def check(asked: Generation) -> None:
    """Raise BadFilm for what no model can do."""
    if not asked.prompt.strip():
        raise BadFilm("there is no prompt: say in words what the clip should show.")
    if not 0 < asked.strength <= 1:
        raise BadFilm(f"the strength is {asked.strength:g}; it is above 0 (the video stays) and up to 1 (all is new).")
    counts = {
        "number of frames": asked.num_frames,
        "length": asked.seconds,
        "height": asked.height,
        "width": asked.width,
        "frame rate": asked.fps,
        "number of steps": asked.num_inference_steps,
    }
    for what, count in counts.items():
        if count is not None and count <= 0:
            raise BadFilm(f"the {what} is {count}; it has to be above 0.")
    if asked.guidance_scale is not None and asked.guidance_scale < (1 if asked.negative_prompt else 0):
        # below 1 the negative prompt would be what is followed, and nobody has judged that
        raise BadFilm(f"the guidance is {asked.guidance_scale:g}; 1 is none, more follows the prompt more.")


def fit(asked: Generation, grid: Grid) -> Generation:
    """The nearest clip on the grid, with nothing left open; a FilmWarning for each thing that was asked otherwise."""
    height, width = _size(asked, grid)
    fps = asked.fps or grid.fps
    wished = asked.num_frames or (round(asked.seconds * fps) if asked.seconds else None)
    if asked.video is not None:
        wished = min(len(asked.video), wished or len(asked.video))
    num_frames = 1 + max(round(((wished or grid.num_frames) - 1) / grid.group), 0) * grid.group
    if asked.video is not None and num_frames > len(asked.video):
        num_frames -= grid.group
    if asked.num_frames not in (None, num_frames):
        _say(f"{asked.num_frames} frames become {num_frames}: this model makes 1 + a multiple of {grid.group}")
    if (asked.height or height, asked.width or width) != (height, width):
        _say(f"{asked.width}x{asked.height} becomes {width}x{height}: this model makes multiples of {grid.side}")
    return replace(
        asked,
        height=height,
        width=width,
        num_frames=num_frames,
        seconds=None,
        video=None if asked.video is None else asked.video[:num_frames],
        fps=fps,
        num_inference_steps=asked.num_inference_steps or grid.num_inference_steps,
        guidance_scale=grid.guidance_scale if asked.guidance_scale is None else asked.guidance_scale,
    )


def pieces(video: Float[np.ndarray, "F H W 3"], fps: Fraction) -> Iterator[Frames]:
    """What a network made, in [0, 1], as pictures."""
    for first in range(0, len(video), PIECE):
        rgb: UInt8[np.ndarray, "f H W 3"] = (video[first : first + PIECE] * 255).round().clip(0, 255).astype(np.uint8)
        yield Frames(rgb=rgb, fps=fps, start=first / fps)


def filling(rgb: UInt8[np.ndarray, "H W 3"], height: int, width: int) -> UInt8[np.ndarray, "h w 3"]:
    """A picture in another size: its middle is cut out in the new shape, so that nothing is stretched."""
    shape = width / height
    across, down = min(rgb.shape[1], round(rgb.shape[0] * shape)), min(rgb.shape[0], round(rgb.shape[1] / shape))
    left, top = (rgb.shape[1] - across) // 2, (rgb.shape[0] - down) // 2
    box = Image.fromarray(rgb[top : top + down, left : left + across])
    return np.asarray(box.resize((width, height), Image.Resampling.LANCZOS))


def _size(asked: Generation, grid: Grid) -> tuple[int, int]:
    """As asked; else as large as the model likes, in the shape of what it starts from; one side follows the other."""
    given = asked.image if asked.image is not None else None if asked.video is None else asked.video[0]
    shape = grid.height / grid.width
    if given is not None and grid.shaped:
        shape = given.shape[0] / given.shape[1]
    width = asked.width or (asked.height / shape if asked.height else sqrt(grid.height * grid.width / shape))
    height = asked.height or width * shape
    return _near(float(height), grid.side), _near(float(width), grid.side)


def _near(value: float, step: int) -> int:
    return max(round(value / step), 1) * step


def _say(what: str) -> None:
    warnings.warn(f"{what}.", FilmWarning, stacklevel=4)
