"""A lit set around a product: its colour, its lamps and its sky, balanced with one another.

A white card at the product's middle reflects radiance 1 on average over the directions that a film shows, in every mood
and under every sky: this is what `exposure.meter` stands on.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import AreaLight, Environment, Mesh

from .environments import backdrop_light, ceiling_light, glow_light, sky_irradiance
from .lights import area_light, compass, irradiance, scaled
from .moods import Lighting
from .sets import PLINTH_HEIGHT, WHITEST, floor, plinth, ring

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
    foot: float,
    environment: Environment | None = None,
) -> Studio:
    """The set of a mood in a colour, around a product within `bounds` that stands on z = 0, `foot` metres around z."""
    style = lighting.backdrop
    lamps = tuple(area_light(lamp, bounds) for lamp in lighting.lamps)
    if environment is None:
        lamps, sky = _balanced(lighting, color, lamps, bounds)
    else:
        sky = _balanced_sky(environment)
        lamps = tuple(scaled(lamp, _LAMPS_UNDER_A_GIVEN_SKY) for lamp in lamps)
        gain = 1.0 / max(_card(lamps, sky, bounds), 1e-12)
        lamps, sky = tuple(scaled(lamp, gain) for lamp in lamps), replace(sky, strength=sky.strength * gain)
    height = -PLINTH_HEIGHT if style.plinth else 0.0
    paper = style.level * color
    meshes = [floor(paper, lamps, sky, style, height=height), ring(sky, height=height)]
    if style.plinth:
        meshes.append(plinth(meshes[0], foot, style))
    return Studio(
        meshes=tuple(meshes), names=("floor", "horizon", "plinth")[: len(meshes)], lights=lamps, environment=sky
    )


def _balanced(
    lighting: Lighting, color: Float[np.ndarray, "3"], lamps: tuple[AreaLight, ...], bounds: Float[np.ndarray, "2 3"]
) -> tuple[tuple[AreaLight, ...], Environment]:
    """Lamps and sky, scaled so that the white card has radiance 1 and the horizon its share of that.

    The horizon lights the card as well, so both are found step by step. A floor far from the lamps has only the sky's
    light, and must be as bright as the horizon: where it could not, more light comes from the ceiling.
    """
    style = lighting.backdrop
    horizon = style.level * style.horizon * color  # where the card has radiance 1
    glows, wall = glow_light(lighting.glows), backdrop_light(style, horizon)
    ceiling = np.repeat(ceiling_light(), 3, axis=2)
    lit, walled, ceiled = (sky_irradiance(Environment(pixels=part), _UP) for part in (glows, wall, ceiling))
    of_lamps, of_wall, of_ceiling = (
        _card(lights, Environment(pixels=part), bounds) for lights, part in ((lamps, glows), ((), wall), ((), ceiling))
    )
    gain, fill = 1.0, 0.0
    for _ in range(64):
        needed = (horizon / gain * (1 + style.sweep) * np.pi / WHITEST - lit - walled / gain) / ceiled
        fill = max(style.fill * _white(horizon) / gain, float(needed.max()))
        gain = 0.5 * gain + 0.5 / (of_lamps + of_wall / gain + fill * of_ceiling)
    sky = Environment(pixels=(glows + wall / gain + fill * ceiling).astype(np.float32), strength=gain)
    return tuple(scaled(lamp, gain) for lamp in lamps), sky


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
    return [compass(0.0, 0.0), compass(-40.0, 10.0), compass(40.0, 10.0), compass(0.0, 50.0)]


def _white(rgb: Float[np.ndarray, "3"]) -> float:
    return float(rgb @ (0.2126, 0.7152, 0.0722))
