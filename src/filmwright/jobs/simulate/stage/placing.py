"""Where a prim stands: one matrix, or one a frame."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from pxr import Gf, Usd, UsdGeom


def place(prim: Usd.Prim, matrices: Float64[np.ndarray, "F 4 4"]) -> None:
    """Set a prim's place in its parent; time codes are frames, and what stands still has no samples."""
    turned = [Gf.Matrix4d(matrix.T.tolist()) for matrix in matrices]  # USD's vectors are rows
    sampled(UsdGeom.Xformable(prim).AddTransformOp(), turned)


def sampled(attribute: Usd.Attribute | UsdGeom.XformOp, values: Sequence[object]) -> None:
    """Set one value, or where they differ one a frame."""
    if all(value == values[0] for value in values):
        attribute.Set(values[0])
        return
    for frame, value in enumerate(values):
        attribute.Set(value, frame)
