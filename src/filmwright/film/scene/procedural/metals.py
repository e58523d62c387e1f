"""The finishes that the designs share."""

import numpy as np

from filmwright.core.scene import Material, Vec3

from .paint import grain, normal_texture, surface_texture

GOLD: Vec3 = (0.94, 0.69, 0.36)  # linear reflectance at normal incidence, a warm champagne


def polished(name: str, color: Vec3 = GOLD, roughness: float = 0.13) -> Material:
    """Mirror-like metal, a little worn."""
    return Material(name=name, base_color=(*color, 1.0), metallic=1.0, roughness=roughness)


def brushed(name: str, seed: int, color: Vec3 = GOLD, *, rows: int = 1024, columns: int = 128) -> Material:
    """Metal with fine lines along u, as a lathe or a belt leaves them."""
    rng = np.random.default_rng([seed, 11])
    lines = grain(rows, columns, cell=(0.8, 60.0), rng=rng)
    rough = np.clip(0.26 + 0.035 * lines, 0.12, 0.45)
    return Material(
        name=name,
        base_color=(*color, 1.0),
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=surface_texture(rough, np.ones_like(rough)),
        normal_texture=normal_texture(0.012 * lines, 0.25, around=True),
    )
