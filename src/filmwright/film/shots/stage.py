"""A product on its set: what a director needs to know of it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Scene, Vec3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interest:
    """A place on the product that is worth a close look."""

    kind: Literal["label", "detail", "edge"]
    point: Vec3  # metres
    normal: Vec3  # unit, outwards
    radius: float  # metres of surface around it that belong to it
    score: float  # 0 to 1, the most interesting first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """A product with its front towards -Y, standing on z = 0 about the z axis, in a lit set.

    The product is scaled so that its bounding box's diagonal, over its whole animation, is one metre.
    """

    scene: Scene
    product: tuple[int, ...]  # indices of the product's nodes in scene.nodes
    bounds: Float[np.ndarray, "2 3"]  # of the product over its animation, metres
    points: Float[np.ndarray, "P 3"]  # a few thousand points of its surface, for framing and focus
    interests: tuple[Interest, ...]
    palette: tuple[Vec3, ...]  # sRGB 0 to 1, the product's main colours, the largest first
