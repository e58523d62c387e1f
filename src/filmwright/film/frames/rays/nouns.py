"""How a frame is sampled, and what comes back."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float32, Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How many rays a frame gets and what they do. Randomness comes from the shot's seed, the frame and the pixel."""

    integrator: Literal["direct", "path"] = "direct"
    samples: int = 1  # of each pixel
    share: bool = False  # of direct light: give what an Accumulator needs, signals and a trail, instead of a picture
    phase: int = 0  # with share: 0 follows the frame before; 1, 2, ... look at the same frame once more
    first: bool = False  # with share: no frame was taken in before this one, which phase 0 could follow
    bounces: int = 4  # after the first hit; the path tracer's
    antialias: bool = True  # samples spread over the pixel; False: all at its centre
    lens: bool = True  # depth of field; the path tracer's
    motion_blur: bool = True  # the path tracer's
    clamp: float = 20.0  # bound of the indirect light of one sample, against fireflies; in the scene's own units
    lights: Literal["both", "light", "bsdf"] = "both"  # which sampling technique finds lights; one alone for tests


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trail:
    """What stands where each pixel was sampled, and where it was a frame before; no lens, no motion blur."""

    depth: Float32[np.ndarray, "H W"]  # metres along the axis; 1e6 where nothing is hit
    normals: Float32[np.ndarray, "H W 3"]
    ids: Int32[np.ndarray, "H W"]
    back: Float32[
        np.ndarray, "H W 3"
    ]  # from here to where the point was a frame before (x, y, pixels); its depth there
    place: tuple[float, float]  # where in its pixel each sample was taken, 0 to 1 from the corner


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """Half of a frame of direct light in parts: steady + direct * light[0] + ambient * light[1:] is the picture.

    They are of one colour of a chessboard; pixel (x, y) stands at [y, x // 2]. Light is sampled once in each block of
    2x2 pixels, or in half of the blocks.
    """

    steady: Float32[np.ndarray, "H w 3"]  # free of noise: reflections, emission, the sky
    direct: Float32[np.ndarray, "H w 3"]  # area lights, as if nothing were between
    ambient: Float32[np.ndarray, "H w 3"]  # the soft sky, as if nothing were between
    light: Float32[np.ndarray, "h w 4"]  # noisy ratios
    pick: tuple[int, int]  # x, y in its block of the pixel that light was sampled at, which is of that colour
    turn: int  # blocks sampled: -1 all, else the even (0) or odd (1) ones of their chessboard


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raw:
    """One frame as traced: scene-linear, before exposure.

    `guide_albedo` and `guide_normals` are means over the path tracer's samples, lens and motion blur included, to guide
    a denoiser. The passes are at pixel centres without lens or motion blur, as core.frames.Passes says.
    """

    frame: int
    radiance: Float32[np.ndarray, "H W 3"] | None  # None where `signals` are to be accumulated
    guide_albedo: Float32[np.ndarray, "H W 3"] | None = None
    guide_normals: Float32[np.ndarray, "H W 3"] | None = None
    trail: Trail | None = None
    signals: Signals | None = None
    depth: Float32[np.ndarray, "H W"] | None = None
    normals: Float32[np.ndarray, "H W 3"] | None = None
    ids: Int32[np.ndarray, "H W"] | None = None
    albedo: Float32[np.ndarray, "H W 3"] | None = None
    flow: Float32[np.ndarray, "H W 2"] | None = None
    visible: Bool[np.ndarray, "H W"] | None = None
