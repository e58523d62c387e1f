"""How far two sets of features are apart when each is taken for a Gaussian."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Num

from .reading import Refused


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gaussian:
    """Mean and covariance of features; the covariance is `factor.T @ factor`, which no rounding makes negative."""

    mean: Float64[np.ndarray, " D"]
    factor: Float64[np.ndarray, "R D"]

    @property
    def covariance(self) -> Float64[np.ndarray, "D D"]:
        """Of the features, unbiased."""
        return self.factor.T @ self.factor


def gaussian(features: Num[np.ndarray, "N D"]) -> Gaussian:
    """The Gaussian of samples, one a row. Raises ValueError for fewer than two."""
    num, width = features.shape
    if num < 2:
        raise ValueError(f"two samples are needed, got {num}")
    data = features.astype(np.float64)
    mean = data.mean(0)
    factor = (data - mean) / np.sqrt(num - 1)
    return Gaussian(mean=mean, factor=np.asarray(np.linalg.qr(factor, mode="r")) if num > width else factor)


def from_moments(mean: Num[np.ndarray, " D"], covariance: Num[np.ndarray, "D D"]) -> Gaussian:
    """The Gaussian of statistics that are known already; directions that rounding made negative have no width."""
    widths, directions = np.linalg.eigh(covariance.astype(np.float64))
    return Gaussian(mean=mean.astype(np.float64), factor=np.sqrt(np.maximum(widths, 0))[:, None] * directions.T)


def frechet_distance(one: Gaussian, other: Gaussian) -> float:
    """Squared Frechet distance of two Gaussians: |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2), in float64.

    Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium", NeurIPS 2017,
    equation 6. With C = F^T F the eigenvalues of C1 C2 are the squared singular values of F1 F2^T, so the root's trace
    is their sum: no root is taken of a matrix that is not symmetric, and none of a number lost in rounding.
    """
    apart = one.mean - other.mean
    shared = np.linalg.svd(one.factor @ other.factor.T, compute_uv=False).sum()
    widths = np.square(one.factor).sum() + np.square(other.factor).sum()
    return max(float(apart @ apart + widths - 2 * shared), 0.0)


def frechet(ours: Num[np.ndarray, "N D"], theirs: Num[np.ndarray, "M D"]) -> float:
    """Squared Frechet distance of two sets of features. Raises ValueError for fewer than two samples in one."""
    return frechet_distance(gaussian(ours), gaussian(theirs))


def check_enough(ours: int, theirs: int, *, fewest: int, of: str) -> None:
    """Raise Refused where one set holds fewer samples than the number means anything with; `of` names them."""
    if min(ours, theirs) < fewest:
        raise Refused(
            f"needs {fewest} {of} on either side, got {ours} and {theirs}: with fewer the number says how few they are"
        )
