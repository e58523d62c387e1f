"""The sky of a studio set: a picture of light from everywhere, made by code.

Up to `SEEN` above the horizon it is the backdrop that cameras see, a smooth run of the set's colour without end or
corner. Above it are the soft lights that give glossy things their long highlights.
"""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Environment

from .lights import compass
from .moods import Backdrop, Glow

WIDTH, HEIGHT = 512, 256  # pixels
SEEN = 42.0  # degrees above the horizon that a camera may see
_FLAT = 5.0  # degrees above the horizon that are as bright as it, so that the floor's gloss shows the same light


def directions() -> Float[np.ndarray, "H W 3"]:
    """The unit vector of each pixel's middle (see core.scene.Environment)."""
    theta = (np.arange(HEIGHT) + 0.5) / HEIGHT * np.pi
    phi = (np.arange(WIDTH) + 0.5) / WIDTH * 2 * np.pi
    ring = np.sin(theta)[:, None]
    up = np.broadcast_to(np.cos(theta)[:, None], (HEIGHT, WIDTH))
    return np.stack([ring * np.cos(phi), ring * np.sin(phi), up], axis=-1)


def backdrop_light(style: Backdrop, color: Float[np.ndarray, "... 3"]) -> Float[np.ndarray, "... H W 3"]:
    """Radiance of the set's wall for a horizon of `color`, or for a picture or pictures all around: lighter behind the
    product, `top` at the upper edge of what cameras see, and fading out above it.
    """
    way = directions()
    elevation = np.degrees(np.arcsin(way[..., 2]))
    behind = 1 + style.sweep * way[..., 1]
    run = 1 + (style.top - 1) * _smooth((elevation - _FLAT) / (SEEN - _FLAT))
    return color * (behind * run * (1 - _smooth((elevation - SEEN) / 30)))[..., None]


def ceiling_light() -> Float[np.ndarray, "H W 1"]:
    """The plain soft sky over the wall, of radiance 1."""
    return _smooth((np.degrees(np.arcsin(directions()[..., 2])) - SEEN) / 30)[..., None]


def glow_light(glows: tuple[Glow, ...]) -> Float[np.ndarray, "H W 3"]:
    """The soft lights: each gives a card that faces it irradiance pi * power, and ends above what cameras see."""
    way = directions()
    out = np.zeros(way.shape)
    elevation = np.degrees(np.arcsin(way[..., 2]))
    for glow in glows:
        forward = compass(glow.azimuth, glow.elevation)
        side = compass(glow.azimuth + 90.0, 0.0)
        up = np.cross(forward, side)
        x = np.degrees(np.arctan2(way @ side, way @ forward)) / (glow.width / 2)
        y = np.degrees(np.arcsin(np.clip(way @ up, -1, 1))) / (glow.height / 2)
        shape = np.exp2(-(x**4 + y**4)) * _smooth((elevation - SEEN) / 8)
        card = float((shape * np.maximum(way @ forward, 0) * solid_angles()).sum())
        out += shape[..., None] * np.array(glow.color) * (np.pi * glow.power / max(card, 1e-9))
    return out


def solid_angles() -> Float[np.ndarray, "H 1"]:
    """Steradians of a pixel in each row."""
    edges = np.cos(np.arange(HEIGHT + 1) / HEIGHT * np.pi)
    return ((edges[:-1] - edges[1:]) * 2 * np.pi / WIDTH)[:, None]


def sky_irradiance(environment: Environment, normal: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3"]:
    """Linear RGB irradiance of an environment of any size on a surface that faces `normal`."""
    height, width = environment.pixels.shape[:2]
    theta = (np.arange(height) + 0.5) / height * np.pi
    phi = (np.arange(width) + 0.5) / width * 2 * np.pi + environment.rotation
    edges = np.cos(np.arange(height + 1) / height * np.pi)
    steradians = ((edges[:-1] - edges[1:]) * 2 * np.pi / width)[:, None]
    flat = np.sin(theta)[:, None] * (np.cos(phi) * normal[0] + np.sin(phi) * normal[1])
    weight = np.maximum(flat + np.cos(theta)[:, None] * normal[2], 0.0) * steradians
    return np.einsum("hw,hwc->c", weight, environment.pixels) * environment.strength


def horizon_light(environment: Environment, azimuth: Float[np.ndarray, " A"]) -> Float[np.ndarray, "A 3"]:
    """Radiance just under the horizon towards radians about +Z from +X, evened out over 20 degrees."""
    height, width = environment.pixels.shape[:2]
    rows = environment.pixels[height // 2 : height // 2 + max(1, height // 64)].astype(float).mean(axis=0)
    reach = max(1, width // 36)
    ring = np.concatenate([rows[-reach:], rows, rows[: reach + 1]])
    run = np.concatenate([np.zeros((1, 3)), np.cumsum(ring, axis=0)])
    even = (run[2 * reach + 1 : 2 * reach + 1 + width] - run[:width]) / (2 * reach + 1)
    at = np.mod((azimuth - environment.rotation) / (2 * np.pi), 1.0) * width - 0.5
    low = np.floor(at).astype(int)
    part = (at - low)[:, None]
    return (even[low % width] * (1 - part) + even[(low + 1) % width] * part) * environment.strength


def _smooth(x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3 - 2 * x)
