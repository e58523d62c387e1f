"""A lit set around a product: its colour, its lamps and its sky, balanced with one another.

A white card at the product's middle reflects radiance 1 on average over the directions that a film shows, in every mood
and under every sky: this is what `exposure.meter` stands on.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float, Float32

from filmwright.core.scene import AreaLight, Environment, Mesh

from .environments import backdrop_light, ceiling_light, glow_light, sky_irradiance
from .lights import area_light, compass, irradiance, scaled
from .moods import Lighting
from .scenery import Scenery
from .sets import PEDESTAL_HEIGHT, PLINTH_HEIGHT, WHITEST, floor, plinth, ring

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
    scenery: Scenery | None = None,
) -> Studio:
    """The set of a mood in a colour, around a product within `bounds` that stands on z = 0, `foot` metres around z.

    With `scenery` there is no floor: the product stands on a pedestal of the colour, and the scenery is all around, as
    bright as a plain wall would be.
    """
    style = lighting.backdrop
    lamps = tuple(area_light(lamp, bounds) for lamp in lighting.lamps)
    if environment is None:
        lamps, sky = _balanced(lighting, color, lamps, bounds, scenery)
    else:
        sky = _balanced_sky(environment)
        lamps = tuple(scaled(lamp, _LAMPS_UNDER_A_GIVEN_SKY) for lamp in lamps)
        gain = 1.0 / max(_card(lamps, sky, bounds), 1e-12)
        lamps, sky = tuple(scaled(lamp, gain) for lamp in lamps), replace(sky, strength=sky.strength * gain)
    height = -PLINTH_HEIGHT if style.plinth else 0.0
    paper = style.level * color
    ground = floor(paper, lamps, sky, style, height=height)
    if scenery is not None:
        column = plinth(ground, foot, style, height=PEDESTAL_HEIGHT)
        return Studio(meshes=(column,), names=("pedestal",), lights=lamps, environment=sky)
    meshes = [ground, ring(sky, height=height)]
    if style.plinth:
        meshes.append(plinth(ground, foot, style))
    return Studio(
        meshes=tuple(meshes), names=("floor", "horizon", "plinth")[: len(meshes)], lights=lamps, environment=sky
    )


def _balanced(
    lighting: Lighting,
    color: Float[np.ndarray, "3"],
    lamps: tuple[AreaLight, ...],
    bounds: Float[np.ndarray, "2 3"],
    scenery: Scenery | None,
) -> tuple[tuple[AreaLight, ...], Environment]:
    """Lamps and sky, scaled so that the white card has radiance 1 and the horizon its share of that.

    The horizon lights the card as well, so both are found step by step. A floor far from the lamps has only the sky's
    light, and must be as bright as the horizon: where it could not, more light comes from the ceiling.
    """
    style = lighting.backdrop
    horizon = style.level * style.horizon * color  # where the card has radiance 1
    glows, wall = glow_light(lighting.glows), backdrop_light(style, horizon)
    moving = None
    if scenery is not None:
        run = backdrop_light(style, np.full(3, _white(horizon)))
        moving = scenery.pictures.astype(np.float32) * _fitting(run, scenery)
        wall = _halved(moving.mean(axis=0), glows.shape[0])
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
    still = glows + fill * ceiling
    sky = Environment(pixels=(still + wall / gain).astype(np.float32), strength=gain)
    if scenery is not None and moving is not None:
        pictures = _fitting(still, scenery) + moving / np.float32(gain)
        sky = replace(sky, pixels=pictures.mean(axis=0), pictures=pictures.astype(np.float16), period=scenery.period)
    return tuple(scaled(lamp, gain) for lamp in lamps), sky


def _fitting(light: Float[np.ndarray, "h w 3"], scenery: Scenery) -> Float32[np.ndarray, "H W 3"]:
    """Smooth light, as fine as the scenery."""
    height, width = scenery.pictures.shape[1:3]
    return np.asarray(cv2.resize(light.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR))


def _halved(light: Float32[np.ndarray, "H W 3"], rows: int) -> Float[np.ndarray, "h w 3"]:
    """A scenery's light in the coarser pixels of the set's."""
    return np.asarray(cv2.resize(light, (2 * rows, rows), interpolation=cv2.INTER_AREA), float)


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
