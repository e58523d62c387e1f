"""In which upright planes a product is its own mirror image."""

import numpy as np
from jaxtyping import Float

_NUM_HARMONICS = 8
_SLABS, _SHELLS = 10, 5
_ROUND = 0.004  # share of uneven light below which a product is a turned one
_ALIKE = 0.7  # correlation with its mirror image from which a product counts as symmetric


def mirror_planes(points: Float[np.ndarray, "P 3"]) -> tuple[float, ...]:
    """Angles about +Z (radians from +X, 0 to pi) of the upright planes through the middle that mirror the points.

    Each slab and shell around the middle is a function of the angle with Fourier coefficients c_m. Its mirror image
    at angle t has conj(c_m) exp(-2imt), so that the correlation of both is Re sum c_m^2 exp(2imt) / sum |c_m|^2.
    The strongest plane is first; a product that looks the same from all sides has none.
    """
    c, even = _harmonics(points)
    power = float((np.abs(c) ** 2).sum())
    if power < _ROUND * even:
        return ()
    m = np.arange(1, _NUM_HARMONICS + 1)
    angle = np.radians(np.arange(0.0, 180.0, 0.5))
    alike = np.real(np.exp(2j * angle[:, None] * m) @ (c**2).sum(axis=0)) / power
    peak = (
        (alike >= np.roll(alike, 1)) & (alike > np.roll(alike, -1)) & (alike >= max(_ALIKE, float(alike.max()) - 0.15))
    )
    order = np.flatnonzero(peak)[np.argsort(-alike[peak], kind="stable")]
    return tuple(float(angle[i]) for i in order)


def _harmonics(points: Float[np.ndarray, "P 3"]) -> tuple[np.ndarray, float]:
    """c_1 to c_M of every slab and shell [slabs * shells, M], and the sum of |c_0|^2."""
    x, y = (points[:, :2] - points[:, :2].mean(axis=0)).T
    radius, phi = np.hypot(x, y), np.arctan2(y, x)
    low, high = points[:, 2].min(), points[:, 2].max()
    slab = np.clip(((points[:, 2] - low) / max(float(high - low), 1e-9) * _SLABS).astype(int), 0, _SLABS - 1)
    shell = np.clip((radius / max(float(radius.max()), 1e-9) * _SHELLS).astype(int), 0, _SHELLS - 1)
    place = slab * _SHELLS + shell
    size = _SLABS * _SHELLS
    c = np.empty((size, _NUM_HARMONICS), complex)
    for m in range(1, _NUM_HARMONICS + 1):
        c[:, m - 1] = np.bincount(place, np.cos(m * phi), size) - 1j * np.bincount(place, np.sin(m * phi), size)
    return c, float((np.bincount(place, minlength=size).astype(float) ** 2).sum())
