"""The words of simulated worlds, and what they look like."""

from functools import lru_cache

import numpy as np

from filmwright.core.scene import Material, Texture, Vec3

COLORS: dict[str, Vec3] = {  # linear Rec. 709
    "red": (0.66, 0.02, 0.02),
    "orange": (0.85, 0.22, 0.01),
    "yellow": (0.83, 0.60, 0.02),
    "green": (0.03, 0.36, 0.05),
    "cyan": (0.02, 0.48, 0.58),
    "blue": (0.02, 0.06, 0.62),
    "purple": (0.25, 0.03, 0.45),
    "pink": (0.85, 0.22, 0.38),
    "brown": (0.18, 0.07, 0.03),
    "white": (0.82, 0.82, 0.80),
    "grey": (0.22, 0.22, 0.22),
    "black": (0.012, 0.012, 0.012),
}
PLAIN = ("matte", "glossy", "metallic")
PATTERNS = ("striped", "checkered", "dotted")
MATERIALS = (*PLAIN, *PATTERNS)
TEXELS = 128


def material(color: str, kind: str, *, other: str = "white", roughness: float = 0.5, repeats: int = 4) -> Material:
    """A colour in a kind of material; patterns have a second colour."""
    if kind in PATTERNS:
        texture = _pattern(color, other, kind, repeats)
        return Material(name=f"{color} {kind}", base_color_texture=texture, roughness=roughness)
    rgb = (*COLORS[color], 1.0)
    if kind == "metallic":
        return Material(name=f"{color} metallic", base_color=rgb, metallic=1.0, roughness=0.15 + 0.3 * roughness)
    gloss = 0.08 + 0.2 * roughness if kind == "glossy" else 0.6 + 0.4 * roughness
    return Material(name=f"{color} {kind}", base_color=rgb, roughness=gloss, clearcoat=float(kind == "glossy"))


@lru_cache(maxsize=256)
def _pattern(color: str, other: str, kind: str, repeats: int) -> Texture:
    share = _PATTERNS[kind](repeats)[..., None]
    return Texture(pixels=_encoded(np.array(COLORS[color]) * (1 - share) + np.array(COLORS[other]) * share))


def _grid() -> tuple[np.ndarray, np.ndarray]:
    v, u = np.mgrid[:TEXELS, :TEXELS] / TEXELS
    return u, v


def _striped(repeats: int) -> np.ndarray:
    _, v = _grid()
    return np.floor(v * repeats * 2) % 2


def _checkered(repeats: int) -> np.ndarray:
    u, v = _grid()
    return (np.floor(u * repeats * 2) + np.floor(v * repeats * 2)) % 2


def _dotted(repeats: int) -> np.ndarray:
    u, v = (np.abs(axis * repeats % 1 - 0.5) for axis in _grid())
    return (np.hypot(u, v) < 0.3).astype(float)


_PATTERNS = {"striped": _striped, "checkered": _checkered, "dotted": _dotted}


def _encoded(linear: np.ndarray) -> np.ndarray:
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)
    return np.round(np.clip(srgb, 0, 1) * 255).astype(np.uint8)
