"""What a generator is asked for."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from jaxtyping import UInt8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Generation:
    """One clip in words, and in pictures to start from. What is None is for the model to decide.

    Once nothing is left open: same generation, same model, same pixels.
    """

    prompt: str
    negative_prompt: str = ""
    image: UInt8[np.ndarray, "H W 3"] | None = None  # the first frame
    video: UInt8[np.ndarray, "F H W 3"] | None = None  # what the clip starts from, at the clip's frame rate
    strength: float = 0.8  # how much of the video is made anew: above 0, up to 1
    num_frames: int | None = None
    seconds: float | None = None  # where the number of frames is open
    height: int | None = None  # pixels
    width: int | None = None  # pixels
    fps: Fraction | None = None  # at which the clip is shown
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0
