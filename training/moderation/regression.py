"""Softmax regression: sparse or dense rows, L-BFGS (Liu and Nocedal 1989). Float64, so that it repeats."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array


def sparse(rows: list[tuple[np.ndarray, np.ndarray]], num_columns: int) -> csr_array:
    """Rows from (columns, values) pairs."""
    starts = np.cumsum([0, *(len(c) for c, _ in rows)])
    columns, values = (np.concatenate([r[i] for r in rows]) for i in (0, 1))
    return csr_array((values, columns, starts), shape=(len(rows), num_columns))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kin:
    """Columns that are known to be alike: each has a vector, and close vectors get close weights.

    Those that are not `alone` have no weights but these.
    """

    columns: np.ndarray
    vectors: np.ndarray
    alone: np.ndarray  # of all columns

    def spread(self, weights: np.ndarray, shared: np.ndarray) -> np.ndarray:
        """All the weights, given those of single columns and those of the vectors' dimensions."""
        found = weights.copy()
        found[self.columns] += self.vectors @ shared
        return found


def fit(
    rows: csr_array | np.ndarray,
    labels: np.ndarray,
    counts: np.ndarray,
    num_classes: int,
    *,
    kin: Kin,
    penalty: float,
    steps: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights [columns, classes], what they share by kinship [dimensions, classes], and bias [classes].

    They make the labels likeliest, less a penalty on large ones. `counts` says how much each row counts.
    """
    truth = np.eye(num_classes)[labels]
    share = (counts / counts.sum())[:, None]
    turned = rows.T if isinstance(rows, np.ndarray) else rows.T.tocsr()
    width = rows.shape[1]
    shape = (width + kin.vectors.shape[1] + 1, num_classes)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        parts = flat.reshape(shape)
        logits = rows @ kin.spread(parts[:width], parts[width:-1]) + parts[-1]
        logits -= logits.max(1, keepdims=True)
        log_sum = np.log(np.exp(logits).sum(1))
        errors = (np.exp(logits - log_sum[:, None]) - truth) * share
        single = turned @ errors
        slope = np.vstack([single, kin.vectors.T @ single[kin.columns], errors.sum(0)[None]])
        slope[:-1] += penalty * parts[:-1]
        slope[:width][~kin.alone] = 0.0
        missed = (log_sum - (logits * truth).sum(1)) @ share[:, 0]
        value = float(missed + 0.5 * penalty * (parts[:-1] ** 2).sum())
        return value, slope.ravel()

    best = descend(loss, np.zeros(shape[0] * shape[1]), steps=steps).reshape(shape)
    return kin.spread(best[:width], best[width:-1]), best[width:-1], best[-1]


def descend(
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]], x: np.ndarray, *, steps: int, memory: int = 8
) -> np.ndarray:
    """The lowest point found in so many steps."""
    value, slope = loss(x)
    moves: list[tuple[np.ndarray, np.ndarray, float]] = []
    for _ in range(steps):
        step, found = slope.copy(), []
        for move, change, rho in reversed(moves):
            found.append(rho * (move @ step))
            step -= found[-1] * change
        if moves:
            move, change, rho = moves[-1]
            step *= (move @ change) / (change @ change)
        for (move, change, rho), alpha in zip(moves, reversed(found), strict=True):
            step += move * (alpha - rho * (change @ step))
        length = 1.0 if moves else 1.0 / max(float(np.abs(slope).sum()), 1e-12)
        drop = float(slope @ step)
        while True:
            new_value, new_slope = loss(x - length * step)
            if new_value <= value - 1e-4 * length * drop or length < 1e-8:
                break
            length /= 2
        move, change = -length * step, new_slope - slope
        x, value, slope = x + move, new_value, new_slope
        if (curve := float(move @ change)) > 1e-12:
            moves = [*moves[-memory + 1 :], (move, change, 1 / curve)]
        if float(np.abs(slope).max()) < 1e-7:
            break
    return x
