"""The product as the camera meets it: its hull, its shape, the places worth a close look."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from filmwright.core.pose import world_transforms
from filmwright.film.shots.stage import Interest, Stage

_FURNITURE = 3.0  # metres
_FAR = 0.4  # metres from which two places are two views
_LABEL = 1.5  # how much more a label is worth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """What framing and focus need to know of a product on its stage, in metres."""

    points: Float[np.ndarray, "P 3"]  # its surface
    hull: Float[np.ndarray, "Q 3"]  # few points that no view of it, over its animation, sticks out of
    center: Float[np.ndarray, "3"]
    size: Float[np.ndarray, "3"]
    interests: tuple[Interest, ...]  # at least one: the best, then each far from those before it
    furniture: Float[np.ndarray, "R 3"]  # what it stands on, where that is more than a floor; else nothing

    @property
    def flatness(self) -> float:
        """Height over the wider side of its footprint: a bottle has 3, a plate 0.1."""
        return float(self.size[2] / max(self.size[0], self.size[1], 1e-9))


def subject_of(stage: Stage) -> Subject:
    """The subject of a stage. Where nothing on it stands out, its front and its top are the places to look at."""
    points = np.asarray(stage.points, float)
    bounds = np.asarray(stage.bounds, float)
    return Subject(
        points=points,
        hull=_hull(points, bounds),
        center=bounds.mean(0),
        size=bounds[1] - bounds[0],
        interests=_spread(stage.interests or _plain_interests(points, bounds)),
        furniture=_furniture(stage),
    )


def _spread(interests: tuple[Interest, ...]) -> tuple[Interest, ...]:
    """In the order to show them: worth counts, a label's more, and so does what was not near an earlier one."""
    left, out = list(interests), list[Interest]()
    while left:
        best = max(left, key=lambda i: _worth(i) * min((_apart(i, o) for o in out), default=1.0))
        left.remove(best)
        out.append(best)
    return tuple(out)


def _worth(interest: Interest) -> float:
    return max(interest.score, 0.05) * (_LABEL if interest.kind == "label" else 1.0)


def _apart(a: Interest, b: Interest) -> float:
    return 0.05 + min(float(np.linalg.norm(np.subtract(a.point, b.point))) / _FAR, 1.0)


def _furniture(stage: Stage) -> Float[np.ndarray, "R 3"]:
    """Corners of the set's pieces that are no larger than furniture: a plinth, not the floor that ends nowhere."""
    world = world_transforms(stage.scene, 0.0)
    out = [np.zeros((0, 3))]
    for i, node in enumerate(stage.scene.nodes):
        if i in stage.product or node.mesh is None:
            continue
        places = stage.scene.meshes[node.mesh].positions @ world[i, :3, :3].T + world[i, :3, 3]
        if np.ptp(places, axis=0).max() < _FURNITURE:
            out.append(places.astype(float))
    return np.concatenate(out)


def _hull(points: Float[np.ndarray, "P 3"], bounds: Float[np.ndarray, "2 3"]) -> Float[np.ndarray, "Q 3"]:
    """The outermost points in many directions, spread so that their box is the product's over its animation."""
    low, high = points.min(0), points.max(0)
    size = high - low
    grown = np.where(size > 1e-6, (bounds[1] - bounds[0]) / np.maximum(size, 1e-6), 1.0)
    spread = bounds[0] + (points - low) * np.maximum(grown, 1.0)
    everything = np.concatenate([points, spread]) if grown.max() > 1.0005 else points
    n = np.arange(800) + 0.5  # directions on Fibonacci's sphere
    z, turn = 1 - 2 * n / len(n), np.pi * (1 + 5**0.5) * n
    r = np.sqrt(1 - z * z)
    directions = np.stack([r * np.cos(turn), r * np.sin(turn), z], 1)
    chosen = np.unique((everything @ directions.T).argmax(0))
    return everything[chosen]


def _plain_interests(points: Float[np.ndarray, "P 3"], bounds: Float[np.ndarray, "2 3"]) -> tuple[Interest, ...]:
    height = bounds[1, 2] - bounds[0, 2]
    middle = points[np.abs(points[:, 2] - bounds[0, 2] - 0.6 * height) < 0.25 * height + 1e-6]
    front = (middle if len(middle) else points)[(middle if len(middle) else points)[:, 1].argmin()]
    top = points[points[:, 2].argmax()]
    return (
        Interest(kind="detail", point=_vec(front), normal=(0.0, -1.0, 0.0), radius=0.1, score=0.2),
        Interest(kind="detail", point=_vec(top), normal=(0.0, -0.6, 0.8), radius=0.1, score=0.1),
    )


def _vec(point: Float[np.ndarray, "3"]) -> tuple[float, float, float]:
    return float(point[0]), float(point[1]), float(point[2])
