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
    best, choice = -np.inf, np.zeros(3)
    for hue, strength, cost in _hues(style, lab):
        for away, light in enumerate(np.linspace(*style.lightness, 7)):
            color = in_gamut(float(light), min(strength, style.muted * _vividest(float(light), hue)), hue)
            score = _contrast(lab, color) - cost - 0.03 * away
            if score > best + 1e-9:
                best, choice = score, color
    return choice


def _contrast(lab: Float[np.ndarray, "P 3"], color: Float[np.ndarray, "3"]) -> float:
    """How well the surface stands out: the mean over its points, each counted up to a clear contrast."""
    distance = np.linalg.norm(lab - oklab(color), axis=1)
    return float(np.minimum(distance / (1.15 * CONTRAST), 1.0).mean())


def _hues(style: Backdrop, lab: Float[np.ndarray, "P 3"]) -> list[tuple[float, float, float]]:
    """Hues (radians) that the set may have, how colourful each is, and what choosing it costs."""
    if style.hues:
        return [(float(np.radians(h)), style.chroma, 0.02 * i) for i, h in enumerate(style.hues)]
    own = _own_hues(lab)
    if not own:  # a grey product goes with anything
        return [(float(np.radians(style.neutral)), style.chroma, 0.0)]
    main = own[0]
    if style.relation == "tone":
        turned = [(main + turn, style.chroma, 0.02) for turn in (0.35, -0.35)]
        found = [(main, style.chroma, 0.0), *turned, (main + np.pi, style.chroma, 0.05)]
    else:
        near = [(h, style.chroma, 0.0) for h in own[1:]]
        beside = [(main + turn, style.chroma, 0.05) for turn in (0.6, 0.9, -0.6, -0.9)]
        found = near + beside + [(main + np.pi + turn, style.chroma * 0.7, 0.07) for turn in (0.5, 0.0, -0.5)]
    return [(h, c, cost + _unflattering(h)) for h, c, cost in found]


def _own_hues(lab: Float[np.ndarray, "P 3"]) -> list[float]:
    """The hues (radians) that the product is coloured in, the strongest first; none where it is grey."""
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    if np.sqrt((chroma**2).mean()) < _GREY:
        return []
    angle = np.arctan2(lab[:, 2], lab[:, 1])
    votes = np.bincount(((angle + np.pi) / (2 * np.pi) * 24).astype(int) % 24, weights=chroma**1.5, minlength=24)
    votes = votes + 0.5 * (np.roll(votes, 1) + np.roll(votes, -1))
    out: list[float] = []
    strongest = float(votes.max())
    while votes.max() > 0 and len(out) < 3:
        middle = (int(np.argmax(votes)) + 0.5) / 24 * 2 * np.pi - np.pi
        if votes.max() < 0.12 * strongest:
            break
        weight = chroma * (np.abs(_turn(angle - middle)) < np.pi / 8)
        out.append(float(np.arctan2(weight @ np.sin(angle), weight @ np.cos(angle))))
        slots = (np.arange(24) + 0.5) / 24 * 2 * np.pi - np.pi
        votes = np.where(np.abs(_turn(slots - middle)) < 0.6, 0.0, votes)
    return out


def _vividest(light: float, hue: float) -> float:
    """The largest chroma that Rec. 709 holds at a lightness and hue."""
    return float(np.linalg.norm(oklab(in_gamut(light, 0.4, hue))[1:]))


def _unflattering(hue: float) -> float:
    """What a hue costs that few products look well on: yellow-green, and magenta."""
    return sum(0.1 * float(np.exp(-((_turn(hue - np.radians(h)) / 0.4) ** 2))) for h in (116.0, 325.0))


def _turn(angle: Float[np.ndarray, "..."] | float) -> Float[np.ndarray, "..."]:
    return np.asarray((np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi)
