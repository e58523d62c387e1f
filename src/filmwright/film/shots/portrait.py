"""A plain portrait of the product, the view that the light is metered on."""

from fractions import Fraction

import numpy as np

from filmwright.core.camera import Path
from filmwright.core.shot import Shot

from .stage import Stage


def portrait(stage: Stage) -> Shot:
    """One square frame of the whole product from the front, a little above its middle, all in focus.

    It depends on the stage alone, so that every plan on one stage is metered alike.
    """
    middle = stage.bounds.mean(axis=0)
    distance = 2.6  # metres: the staged product's diagonal of one metre fills half of the picture
    eye = middle + distance * np.array([0.25, -1.0, 0.22]) / np.linalg.norm([0.25, -1.0, 0.22])
    path = Path(
        eye=eye[None],
        target=middle[None],
        fov_y=np.array([2 * np.arctan(1.0 / distance)]),
        focus=np.array([distance]),
        aperture=np.zeros(1),
        roll=np.zeros(1),
    )
    return Shot(name="portrait", kind="portrait", seconds=Fraction(1, 24), width=160, height=160, path=path)
