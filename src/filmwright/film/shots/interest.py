"""Places on a product that are worth a close look: its label, fine texture, edges of its form."""

from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from .glance import Glance, directions, glance
from .measure import Surface
from .stage import Interest

_NUM_YAWS = 16
_NUM_CANDIDATES = 800
_NUM_AROUND = 8000  # points that a neighbourhood is summed over
_REACH = 0.07  # metres on a product of one metre: the neighbourhood whose detail is summed
_APART = 0.16  # metres between two places
_LOWEST = 0.03  # metres above the ground that a camera can come near to


def points_of_interest(surface: Surface, *, count: int = 6) -> tuple[Interest, ...]:
    """Up to `count` places on the staged product's visible outside, well apart, the best first.

    Every view from around at two heights gives each surface point it sees a value, and a point is worth the best that a
    view makes of it. A place sums the values around it; the front counts more, because that is what the film is about.
    """
    colour, bend, normals = _values(surface)
    seen = np.flatnonzero(((colour > 0) | (bend > 0)) & (surface.points[:, 2] > _LOWEST))
    if not len(seen):
        return ()
    chosen = seen[:: max(1, len(seen) // _NUM_CANDIDATES)]
    seen = seen[:: max(1, len(seen) // _NUM_AROUND)]
    near = _neighbours(surface.points[chosen], surface.points[seen], normals[chosen], normals[seen])
    mass = np.maximum(near.sum(axis=1), 1)
    of_colour, of_bend = near @ colour[seen] / mass, near @ bend[seen] / mass
    front = 0.75 + 0.25 * -normals[chosen][:, 1]
    level = 1.0 - 0.5 * np.maximum(-normals[chosen][:, 2], 0.0)
    worth = (of_colour + 0.12 * of_bend) * front * level * np.sqrt(np.minimum(mass / np.median(mass), 1.0))
    out: list[Interest] = []
    label = _label(worth, of_colour, surface.points[chosen])
    for i in _apart(worth, surface.points[chosen], first=label, count=count):
        around = seen[near[i] > 0]
        out.append(
            Interest(
                kind=_kind(i, label, of_colour, of_bend),
                point=_triple(surface.points[chosen[i]]),
                normal=_triple(_unit(normals[chosen[i]])),
                radius=_radius(surface.points[around], colour[around] + 0.12 * bend[around], surface.points[chosen[i]]),
                score=1.0 if i == label else 0.95 * float(worth[i] / max(float(worth.max()), 1e-12)),
            )
        )
    return tuple(sorted(out, key=lambda p: -p.score))


def _values(
    surface: Surface,
) -> tuple[Float[np.ndarray, " P"], Float[np.ndarray, " P"], Float[np.ndarray, "P 3"]]:
    """For each point the most colour contrast and bend that a view shows, and its normal towards that view."""
    colour, bend = np.zeros(len(surface.points)), np.zeros(len(surface.points))
    best, normals = np.zeros(len(surface.points)), surface.normals.copy()
    for view in _views(surface):
        clear = view.facing > 0.35
        rows = view.seen[clear]
        np.maximum.at(colour, rows, (view.colour * view.facing)[clear])
        np.maximum.at(bend, rows, (view.bend * view.facing)[clear])
        better = view.facing[clear] > best[rows]
        rows = rows[better]
        best[rows] = view.facing[clear][better]
        side = np.where(surface.normals[rows] @ view.towards < 0, -1.0, 1.0)
        normals[rows] = surface.normals[rows] * side[:, None]
    return colour, bend, normals


def _views(surface: Surface) -> list[Glance]:
    ways = np.concatenate([directions(_NUM_YAWS), directions(_NUM_YAWS // 2, np.radians(40.0))])
    return [glance(surface, way, scales=(1, 2)) for way in ways]


def _neighbours(
    at: Float[np.ndarray, "C 3"],
    points: Float[np.ndarray, "P 3"],
    at_normals: Float[np.ndarray, "C 3"],
    normals: Float[np.ndarray, "P 3"],
) -> Float[np.ndarray, "C P"]:
    """1 for the points within reach on the same side of the product, else 0."""
    at, points, at_normals, normals = (x.astype(np.float32) for x in (at, points, at_normals, normals))
    square = (at**2).sum(axis=1)[:, None] + (points**2).sum(axis=1)[None] - 2 * at @ points.T
    return ((square < _REACH**2) & (at_normals @ normals.T > 0.2)).astype(np.float32)


def _label(
    worth: Float[np.ndarray, " C"], of_colour: Float[np.ndarray, " C"], points: Float[np.ndarray, "C 3"]
) -> int | None:
    """The candidate in the middle of the largest colourful field on the front half, if there is one."""
    strong = (of_colour > 0.5 * of_colour.max()) & (points[:, 1] < np.median(points[:, 1]))
    if of_colour.max() < 0.04 or not strong.any():
        return None
    rows = np.flatnonzero(strong)
    field = np.linalg.norm(points[rows][:, None] - points[rows][None], axis=2) < 2 * _REACH
    return int(rows[int(np.argmax(field @ worth[rows]))])


def _apart(
    worth: Float[np.ndarray, " C"], points: Float[np.ndarray, "C 3"], *, first: int | None, count: int
) -> list[int]:
    """The best candidates, greedily, none closer than `_APART` to one before it."""
    out = [] if first is None else [first]
    for i in np.argsort(-worth, kind="stable"):
        if len(out) >= count or worth[i] < 0.2 * worth.max():
            break
        if all(np.linalg.norm(points[i] - points[j]) >= _APART for j in out):
            out.append(int(i))
    return out


def _kind(
    i: int, label: int | None, of_colour: Float[np.ndarray, " C"], of_bend: Float[np.ndarray, " C"]
) -> Literal["label", "detail", "edge"]:
    if i == label:
        return "label"
    return "detail" if of_colour[i] > 0.12 * of_bend[i] else "edge"


def _radius(points: Float[np.ndarray, "P 3"], value: Float[np.ndarray, " P"], center: Float[np.ndarray, "3"]) -> float:
    """Metres within which most of a place's detail lies."""
    square = ((points - center) ** 2).sum(axis=1)
    return float(np.clip(1.6 * np.sqrt(value @ square / max(float(value.sum()), 1e-12)), 0.02, 0.25))


def _unit(v: Float[np.ndarray, "3"]) -> Float[np.ndarray, "3"]:
    return v / max(float(np.linalg.norm(v)), 1e-12)


def _triple(v: Int[np.ndarray, "3"] | Float[np.ndarray, "3"]) -> tuple[float, float, float]:
    return float(v[0]), float(v[1]), float(v[2])
