"""How far our passes and Blender's are apart."""

import numpy as np
from jaxtyping import Float

from filmwright.core.frames import Passes

NAMES = ("ids, share unlike", "depth, relative", "normals, degrees", "flow, pixels")


def differences(ours: Passes, theirs: Passes) -> dict[str, Float[np.ndarray, " N"]]:
    """The difference of each pixel by the pass's name: ids everywhere, the others where both see a surface.

    Cycles knows no flow of the sky, and a stage ends at its last frame: the flow from there is left out.
    """
    seen, seen_too = np.isfinite(ours.depth), np.isfinite(theirs.depth)
    hit = seen & seen_too
    unlike = seen != seen_too if theirs.ids is None else (seen != seen_too) | (ours.ids != theirs.ids)
    a, b = ours.normals[hit], theirs.normals[hit]
    apart = np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1)  # atan2 is exact for small angles, acos is not
    flow = np.linalg.norm(ours.flow - theirs.flow, axis=-1)
    values = (
        unlike.ravel().astype(float),
        np.abs(ours.depth[hit] - theirs.depth[hit]) / ours.depth[hit],
        np.degrees(np.arctan2(*apart)),
        flow[:-1][hit[:-1]],
    )
    return dict(zip(NAMES, values, strict=True))


def row(name: str, pixels: list[Float[np.ndarray, " N"]]) -> list[str]:
    """Mean, median, 99.9th percentile and most of a pass."""
    all_of_them = np.concatenate(pixels)
    values = (all_of_them.mean(), *np.quantile(all_of_them, [0.5, 0.999]), all_of_them.max())
    return [name, *(f"{value:.1e}" for value in values)]
