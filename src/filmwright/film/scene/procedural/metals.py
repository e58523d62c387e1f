"""The finishes that the designs share."""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Material, Vec3

from .paint import grain, normal_texture, surface_texture

GOLD: Vec3 = (0.955, 0.66, 0.37)  # linear reflectance at normal incidence, a warm champagne

UNDER_COAT = 1.15  # the pigment's index of refraction against its coat's: hardly a step, so hardly a haze


def metal(name: str, color: Vec3 = GOLD, *, roughness: float) -> Material:
    """One even finish: 0.1 is polished, 0.3 satin."""
    return Material(name=name, base_color=(*color, 1.0), metallic=1.0, roughness=roughness)


def turned(
    name: str,
    satin: Float[np.ndarray, " R"],
    *,
    length: float,
    seed: int,
    color: Vec3 = GOLD,
    polish: float = 0.1,
) -> Material:
    """Metal off a lathe: where `satin` (row 0 on top, 0 to 1) it has fine lines around, elsewhere it is polished.

    `length` is the profile's in millimetres, which the rows divide evenly.
    """
    rows, columns = len(satin), 512
    texel = length / rows
    rng = np.random.default_rng([seed, 11])
    lines = grain(rows, columns, cell=(0.12 / texel, 90.0), rng=rng) * satin[:, None]
    rough = np.clip(polish + satin[:, None] * 0.17 + 0.03 * lines, 0.05, 0.5)
    return Material(
        name=name,
        base_color=(*color, 1.0),
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=surface_texture(rough, np.ones_like(rough)),
        normal_texture=normal_texture(0.0035 * lines, texel, around=True),
    )


def lacquer(name: str, color: Vec3, *, roughness: float = 0.38) -> Material:
    """Deep colour under a clear, polished coat."""
    return Material(
        name=name,
        base_color=(*color, 1.0),
        roughness=roughness,
        ior=UNDER_COAT,
        clearcoat=1.0,
        clearcoat_roughness=0.03,
    )
