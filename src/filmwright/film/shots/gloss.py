"""What the gloss of a far floor shows a camera: the sky over the horizon, seen at a low slant."""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Environment

_SLANT = np.radians(5.0)  # above the ground: how steeply a camera sees the floor's edge
_ROWS, _COLUMNS = 48, 96  # of the sky over the horizon
_NUM_AZIMUTHS = 24


def far_gloss(
    environment: Environment, azimuth: Float[np.ndarray, " A"], *, roughness: float, ior: float
) -> tuple[Float[np.ndarray, "A 3"], float]:
    """Radiance that the gloss adds far out towards `azimuth` (radians from +X), and the share it takes from below.

    GGX with Smith's shadowing and Schlick's Fresnel term (glTF 2.0, appendix B), summed over the sky for a camera that
    looks outwards over the middle.
    """
    way, light, steradians = _upper_sky(environment)
    around = 2 * np.pi * np.arange(_NUM_AZIMUTHS) / _NUM_AZIMUTHS
    shown, taken = np.zeros((_NUM_AZIMUTHS, 3)), 0.0
    for i, angle in enumerate(around):
        eye = np.array([-np.cos(angle) * np.cos(_SLANT), -np.sin(angle) * np.cos(_SLANT), np.sin(_SLANT)])
        weight = _glossy(eye, way, roughness, ior) * way[:, 2] * steradians
        shown[i], taken = weight @ light, float(weight.sum())
    at = np.mod(azimuth / (2 * np.pi), 1.0) * _NUM_AZIMUTHS
    low = np.floor(at).astype(int) % _NUM_AZIMUTHS
    part = (at - np.floor(at))[:, None]
    return shown[low] * (1 - part) + shown[(low + 1) % _NUM_AZIMUTHS] * part, min(taken, 0.9)


def _glossy(
    eye: Float[np.ndarray, "3"], way: Float[np.ndarray, "S 3"], roughness: float, ior: float
) -> Float[np.ndarray, " S"]:
    """The microfacet BRDF of level ground."""
    a2 = roughness**4
    half = way + eye
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    nl, nv, nh, vh = way[:, 2], eye[2], half[:, 2], half @ eye
    f0 = ((ior - 1) / (ior + 1)) ** 2
    fresnel = f0 + (min(50 * f0, 1.0) - f0) * (1 - vh) ** 5
    facets = a2 / (np.pi * (nh**2 * (a2 - 1) + 1) ** 2)
    unmasked = 0.5 / (nl * np.sqrt(nv**2 * (1 - a2) + a2) + nv * np.sqrt(nl**2 * (1 - a2) + a2))
    return fresnel * facets * unmasked


def _upper_sky(
    environment: Environment,
) -> tuple[Float[np.ndarray, "S 3"], Float[np.ndarray, "S 3"], Float[np.ndarray, " S"]]:
    """Directions over the horizon, closer together near it, with their radiance and solid angle."""
    edges = np.linspace(0, 1, _ROWS + 1) ** 2  # sine of the elevation
    sine, ring = (edges[1:] + edges[:-1]) / 2, np.diff(edges) * 2 * np.pi / _COLUMNS
    phi = 2 * np.pi * (np.arange(_COLUMNS) + 0.5) / _COLUMNS
    height, width = environment.pixels.shape[:2]
    row = np.clip((np.arccos(sine) / np.pi * height).astype(int), 0, height - 1)
    column = (np.mod((phi - environment.rotation) / (2 * np.pi), 1.0) * width).astype(int) % width
    light = environment.pixels[row[:, None], column[None]].astype(float) * environment.strength
    flat = np.sqrt(1 - sine**2)[:, None]
    up = np.broadcast_to(sine[:, None], (_ROWS, _COLUMNS))
    way = np.stack([flat * np.cos(phi), flat * np.sin(phi), up], axis=-1)
    return way.reshape(-1, 3), light.reshape(-1, 3), np.repeat(ring, _COLUMNS)
