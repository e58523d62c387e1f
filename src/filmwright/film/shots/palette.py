"""The product's own colours."""

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.scene import Vec3

from .measure import Surface
from .oklab import from_oklab, oklab, srgb

_SAME = 0.07  # Oklab distance under which two colours are one


def palette_of(surface: Surface, *, num_colors: int = 5) -> tuple[Vec3, ...]:
    """Up to `num_colors` sRGB colours 0 to 1 that cover the surface, the largest area first.

    Weighted k-means in Oklab (Lloyd 1982), begun from far-apart colours, so that the same surface has the same palette;
    colours that the eye would not tell apart are one, and those on under 1.5% of the area are left out.
    """
    seen = surface.coverage > 0.1
    lab = oklab(surface.colors[seen] if seen.any() else surface.colors)
    centers = _far_apart(lab, num_colors)
    for _ in range(16):
        nearest = _nearest(lab, centers)
        centers = np.stack(
            [lab[nearest == k].mean(axis=0) if (nearest == k).any() else centers[k] for k in range(len(centers))]
        )
    shares = np.bincount(_nearest(lab, centers), minlength=len(centers)) / len(lab)
    centers, shares = _merged(centers, shares)
    order = [k for k in np.argsort(-shares, kind="stable") if shares[k] >= 0.015]
    colors = srgb(np.clip(from_oklab(centers[order]), 0.0, 1.0))
    return tuple((float(r), float(g), float(b)) for r, g, b in colors)


def _far_apart(lab: Float[np.ndarray, "P 3"], count: int) -> Float[np.ndarray, "K 3"]:
    """Start colours: the middle one, then each time the one farthest from all before, outliers apart."""
    centers = [np.median(lab, axis=0)]
    for _ in range(count - 1):
        distance = np.min([np.linalg.norm(lab - c, axis=1) for c in centers], axis=0)
        limit = np.quantile(distance, 0.985)  # a few stray texels are not a colour of the product
        centers.append(lab[int(np.argmin(np.abs(distance - limit)))])
    return np.stack(centers)


def _nearest(lab: Float[np.ndarray, "P 3"], centers: Float[np.ndarray, "K 3"]) -> Int[np.ndarray, " P"]:
    return np.argmin(np.linalg.norm(lab[:, None] - centers[None], axis=2), axis=1)


def _merged(
    centers: Float[np.ndarray, "K 3"], shares: Float[np.ndarray, " K"]
) -> tuple[Float[np.ndarray, "M 3"], Float[np.ndarray, " M"]]:
    """The nearest two become one until all are told apart."""
    while len(centers) > 1:
        gaps = np.linalg.norm(centers[:, None] - centers[None], axis=2) + np.eye(len(centers)) * 9
        i, j = np.unravel_index(int(np.argmin(gaps)), gaps.shape)
        if gaps[i, j] >= _SAME:
            break
        weight = max(float(shares[i] + shares[j]), 1e-9)
        centers[i] = (centers[i] * shares[i] + centers[j] * shares[j]) / weight
        shares[i] += shares[j]
        centers, shares = np.delete(centers, j, axis=0), np.delete(shares, j)
    return centers, shares
