"""The colour of the set: from the brief, or one that flatters the product's own colours."""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Vec3

from .measure import Surface
from .moods import Backdrop
from .oklab import in_gamut, oklab

CONTRAST = 0.16  # Oklab distance from which a product stands out from its backdrop
_GREY = 0.035  # Oklab chroma under which a product has no hue of its own


def backdrop_color(surface: Surface, style: Backdrop, *, wanted: Vec3 | None = None) -> Float[np.ndarray, "3"]:
    """Linear colour of the set.

    A `wanted` one is kept as it is. Else the lightness and hue that the mood allows are tried one by one: the
    best stands out from most of the product's surface (contrast in Oklab) and stays near to the mood's own choice.
    """
    if wanted is not None:
        return np.array(wanted, float)
    lab = oklab(surface.colors[surface.coverage > 0.1] if (surface.coverage > 0.1).any() else surface.colors)
    hue, chroma = _main_hue(lab)
    choices = [(light, h, cost) for light in np.linspace(*style.lightness, 7) for h, cost in _hues(style, hue, chroma)]
    strength = style.chroma if style.relation == "fixed" else style.chroma * min(1.0, chroma / _GREY + 0.35)
    scores = [_contrast(lab, in_gamut(float(light), strength, h)) - cost for light, h, cost in choices]
    light, h, _ = choices[int(np.argmax(scores))]
    return in_gamut(float(light), strength, h)


def _contrast(lab: Float[np.ndarray, "P 3"], color: Float[np.ndarray, "3"]) -> float:
    """How well the surface stands out: the mean over its points, each counted up to a clear contrast."""
    distance = np.linalg.norm(lab - oklab(color), axis=1)
    return float(np.minimum(distance / (1.6 * CONTRAST), 1.0).mean())


def _main_hue(lab: Float[np.ndarray, "P 3"]) -> tuple[float, float]:
    """Radians and strength of the hue that most of the colourful surface has."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    angle = np.arctan2(lab[:, 2], lab[:, 1])
    votes = np.bincount(((angle + np.pi) / (2 * np.pi) * 24).astype(int) % 24, weights=chroma**1.5, minlength=24)
    votes = votes + 0.5 * (np.roll(votes, 1) + np.roll(votes, -1))
    middle = (np.argmax(votes) + 0.5) / 24 * 2 * np.pi - np.pi
    near = np.abs((angle - middle + np.pi) % (2 * np.pi) - np.pi) < np.pi / 8
    weight = chroma * near
    hue = float(np.arctan2(weight @ np.sin(angle), weight @ np.cos(angle)))
    return hue, float(np.sqrt((chroma**2).mean()))


def _hues(style: Backdrop, hue: float, chroma: float) -> list[tuple[float, float]]:
    """The hues a set may have, each with what choosing it costs."""
    if style.relation == "fixed":
        return [(float(np.radians(style.hue)), 0.0)]
    if chroma < _GREY and style.relation == "tone":
        return [(float(np.radians(75.0)), 0.0)]  # a grey product: a breath of warmth
    if style.relation == "tone":
        return [(hue, 0.0), (hue + 0.4, 0.03), (hue - 0.4, 0.03), (hue + np.pi, 0.1)]
    return [(hue + np.pi, 0.0), (hue + 2.6, 0.03), (hue - 2.6, 0.03), (hue + 2.1, 0.06), (hue - 2.1, 0.06)]
