"""A lit set around a product: its colour, its lamps and its sky, balanced with one another.

A white card at the product's middle reflects radiance 1 on average over the directions that a film shows, in every mood
and under every sky: this is what `exposure.meter` stands on.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import AreaLight, Environment, Mesh

from .environments import backdrop_light, glow_light, sky_irradiance
from .lights import area_light, compass, irradiance, scaled
from .moods import Lighting
from .sets import PLINTH_HEIGHT, floor, plinth

_LAMPS_UNDER_A_GIVEN_SKY = 0.5  # the user's own environment leads, the lamps only shape
_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Studio:
    """What stands and shines around a product."""

    meshes: tuple[Mesh, ...]
    names: tuple[str, ...]  # of the meshes
    lights: tuple[AreaLight, ...]
    environment: Environment


def build_studio(
    lighting: Lighting,
    color: Float[np.ndarray, "3"],
    bounds: Float[np.ndarray, "2 3"],
    *,
    environment: Environment | None = None,
) -> Studio:
    """The set of a mood in a colour, around a product that stands on z = 0 within `bounds`."""
    style = lighting.backdrop
    lamps = tuple(area_light(lamp, bounds) for lamp in lighting.lamps)
    if environment is None:
        sky = _sky(lighting, color, lamps)
    else:
        sky = _balanced_sky(environment)
        lamps = tuple(scaled(lamp, _LAMPS_UNDER_A_GIVEN_SKY) for lamp in lamps)
    gain = 1.0 / max(float(_card(lamps, sky, bounds)), 1e-12)
    lamps = tuple(scaled(lamp, gain) for lamp in lamps)
    sky = replace(sky, strength=sky.strength * gain)
    height = -PLINTH_HEIGHT if style.plinth else 0.0
    meshes = [floor(color, lamps, sky, roughness=style.roughness, height=height)]
    if style.plinth:
        radius = 0.5 * float(np.linalg.norm(bounds[1, :2] - bounds[0, :2])) + 0.12
        meshes.append(plinth(color, radius, roughness=style.roughness))
    return Studio(meshes=tuple(meshes), names=("floor", "plinth")[: len(meshes)], lights=lamps, environment=sky)


def _sky(lighting: Lighting, color: Float[np.ndarray, "3"], lamps: tuple[AreaLight, ...]) -> Environment:
    """The mood's own sky: its horizon is `level` times the light of the floor under the product.

    The floor is lit by the sky as well, so the horizon is found step by step; each step adds at most what a floor
    of that albedo throws back, and so they converge.
    """
    style = lighting.backdrop
    glows = glow_light(lighting.glows)
    from_lamps = irradiance(lamps, np.zeros((1, 3)), _UP)[0]
    horizon = np.zeros(3)
    sky = Environment(pixels=glows.astype(np.float32))
    for _ in range(12):
        from_sky = sky_irradiance(sky, _UP)
        wanted = style.level * color * (from_lamps + from_sky) / np.pi
        horizon = np.minimum(wanted, 0.9 * from_sky / np.pi + 1e-6)  # what a floor far from the lamps can match
        sky = Environment(pixels=(glows + backdrop_light(style, horizon)).astype(np.float32))
    return sky


def _balanced_sky(environment: Environment) -> Environment:
    """The user's sky, brought to the light that the lamps of a mood are balanced with; its strength then counts."""
    mean = np.mean([_white(sky_irradiance(environment, way)) for way in _ways()]) / max(environment.strength, 1e-9)
    return replace(environment, strength=environment.strength * 0.8 * np.pi / max(float(mean), 1e-12))


def _card(lamps: tuple[AreaLight, ...], sky: Environment, bounds: Float[np.ndarray, "2 3"]) -> float:
    """Radiance of a white card at the product's middle, the mean over the sides that a film shows."""
    middle = bounds.mean(axis=0)[None]
    light = [_white(irradiance(lamps, middle, way)[0] + sky_irradiance(sky, way)) for way in _ways()]
    return float(np.mean(light)) / np.pi


def _ways() -> list[Float[np.ndarray, "3"]]:
    return [compass(0, 0), compass(-40, 10), compass(40, 10), compass(0, 50)]


def _white(rgb: Float[np.ndarray, "3"]) -> float:
    return float(rgb @ (0.2126, 0.7152, 0.0722))
