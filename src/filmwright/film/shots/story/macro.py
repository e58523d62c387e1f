"""Shots close to a place of interest: a slide, a rack of focus, a drift along an edge."""

import numpy as np
from jaxtyping import Bool, Float

from filmwright.core.camera import Path
from filmwright.film.shots.stage import Interest

from .ease import blend, scale, travel, within
from .focus import aperture_for
from .framing import FLOOR
from .lens import fov_y
from .rig import Rig, directions, moments, path_of, rotations
from .subject import Subject
from .take import Take

_SMALLEST, _LARGEST = 0.2, 0.5  # metres of picture height: textures of scans hold up to here
_ROOM = {"label": 4.8, "detail": 2.8, "edge": 3.0}  # radii of a place that the picture's shorter side shows
_READABLE = 11.0  # degrees off its normal at which a label still reads
_NEAREST = 0.12  # metres that no surface comes closer to the lens


def slide(take: Take) -> Path:
    """Sideways past the place, the camera turning a little towards it."""
    t = moments(take.seconds)
    share = travel(t, leave=take.pace.settle, arrive=take.pace.settle)
    azimuth, elevation = view_of(take, lean=22.0)
    turn = np.radians(min(0.5 * take.pace.orbit * take.seconds, 14.0)) * take.side
    rig = _close(take, azimuth + blend(-turn / 2, turn / 2, share), np.full(len(t), elevation))
    step = min(take.pace.drift * take.seconds, 0.34)
    across = np.tan(rig.fov / 2) * take.aspect * 2
    shift = np.stack([blend(0.5, -0.5, share) * step * across * take.side, np.zeros(len(t))], 1)
    return _held(take, _with_shift(rig, shift))


def rack(take: Take) -> Path:
    """The camera nearly rests; the focus goes from the near side of the product to the place."""
    t = moments(take.seconds)
    share = travel(t, leave=0.8, arrive=0.8)
    azimuth, elevation = view_of(take, lean=46.0)
    turn = np.radians(min(0.3 * take.pace.orbit * take.seconds, 6.0)) * take.side
    rig = _close(take, azimuth + blend(0.0, turn, share), np.full(len(t), elevation))
    rig = Rig(
        anchor=rig.anchor,
        azimuth=rig.azimuth,
        elevation=rig.elevation,
        distance=rig.distance * scale(1.0 + take.pace.push * take.seconds, 1.0, share),
        shift=np.broadcast_to(np.array([0.12 * take.side, 0.0]) * np.tan(rig.fov / 2), (len(t), 2)).copy(),
        fov=rig.fov,
    )
    rig = _clear(take, rig)
    start = _other_depth(take.subject, rig)
    pull = within(t, 0.22, 0.72)
    focus = 1 / blend(1 / start, 1.0 / float(rig.distance[0]), pull)
    focus = 1 / (1 / focus + (1 / rig.distance - 1 / rig.distance[0]) * pull)
    lens = aperture_for(take.pace.bokeh, rig.fov, float(rig.distance.mean()), start)
    return path_of(rig, focus=focus, aperture=np.full(len(t), min(lens, _widest(take, rig))))


def drift(take: Take) -> Path:
    """Along the edge, or along the way the surface runs, at the place."""
    t = moments(take.seconds)
    share = travel(t, leave=take.pace.settle, arrive=take.pace.settle)
    azimuth, elevation = view_of(take, lean=30.0)
    rig = _close(take, np.full(len(t), azimuth), np.full(len(t), elevation))
    along = _run(take.subject, take.interest) @ rig.rotations[0][:, :2]
    along = along / max(float(np.linalg.norm(along)), 1e-9) * take.side
    half = np.tan(rig.fov / 2) * np.array([take.aspect, 1.0])
    step = 2 * min(take.pace.drift * take.seconds, 0.34) * float((half / np.maximum(np.abs(along), 1e-6)).min())
    return _held(take, _with_shift(rig, blend(0.5, -0.5, share)[:, None] * step * along))


def view_of(take: Take, *, lean: float) -> tuple[float, float]:
    """Azimuth and elevation in radians to look at the place from, about `lean` degrees off its normal.

    A glancing view shows relief and lets the focus fall off. Of several, the one with the least of the product in the
    way is taken; of equals the first.
    """
    nx, ny, nz = take.interest.normal
    lean = min(lean, _READABLE) if take.interest.kind == "label" else lean
    azimuth = float(np.degrees(np.arctan2(nx, -ny))) if np.hypot(nx, ny) > 0.2 else 0.0
    rise = float(np.degrees(np.arcsin(np.clip(nz, -1, 1))))
    level = np.clip(0.55 * rise, -5, 48)
    choices = [
        (azimuth + side * turn, float(np.clip(level + up, 3, 66)))
        for up in (7.0, 16.0, 30.0)
        for turn in (lean, 0.6 * lean, 1.25 * lean)
        for side in (take.side, -take.side)
    ]
    costs = [_hidden(take, np.radians(a), np.radians(e)) + 0.02 * i for i, (a, e) in enumerate(choices)]
    best = choices[int(np.argmin(costs))]
    return float(np.radians(best[0])), float(np.radians(best[1]))


def _hidden(take: Take, azimuth: float, elevation: float) -> float:
    """How much of the product stands between the place and a camera, as a share of what is around the place."""
    point = np.array(take.interest.point)
    axes = rotations(np.array([azimuth]), np.array([elevation]))[0]
    local = (take.subject.points - point) @ axes
    reach = max(take.interest.radius, 0.05)
    beside = np.hypot(local[:, 0], local[:, 1]) < reach
    before = beside & (local[:, 2] < -1.2 * reach)
    facing = float(directions(np.array([azimuth]), np.array([elevation]))[0] @ np.array(take.interest.normal))
    return float(before.sum() / max(beside.sum(), 1)) + (1.0 if facing < 0.25 else 0.0)


def _close(take: Take, azimuth: Float[np.ndarray, " K"], elevation: Float[np.ndarray, " K"]) -> Rig:
    """A rig that holds on to the place; the picture's shorter side shows it with room around it."""
    fov = fov_y(take.pace.close, take.width, take.height)
    field = float(np.clip(_ROOM[take.interest.kind] * take.interest.radius, _SMALLEST, _LARGEST)) * max(
        1.0, 0.8 / take.aspect
    )
    distance = field / 2 / np.tan(fov / 2)
    num = len(azimuth)
    rig = Rig(
        anchor=np.broadcast_to(np.array(take.interest.point), (num, 3)).copy(),
        azimuth=azimuth,
        elevation=elevation,
        distance=np.full(num, distance),
        shift=np.zeros((num, 2)),
        fov=fov,
    )
    return _clear(take, rig)


def _with_shift(rig: Rig, shift: Float[np.ndarray, "K 2"]) -> Rig:
    return Rig(
        anchor=rig.anchor,
        azimuth=rig.azimuth,
        elevation=rig.elevation,
        distance=rig.distance,
        shift=shift,
        fov=rig.fov,
    )


def _clear(take: Take, rig: Rig) -> Rig:
    """Raised and moved back until the camera is over the floor and out of the product."""
    for _ in range(60):
        eyes = rig.eyes
        low = eyes[:, 2].min() < FLOOR
        gap = np.linalg.norm(take.subject.points[None] - eyes[:, None], axis=2).min()
        if not low and gap >= _NEAREST:
            break
        rig = Rig(
            anchor=rig.anchor,
            azimuth=rig.azimuth,
            elevation=rig.elevation + (np.radians(1.5) if low else 0.0),
            distance=rig.distance * (1.0 if gap >= _NEAREST else 1.08),
            shift=rig.shift,
            fov=rig.fov,
        )
    return rig


def _held(take: Take, rig: Rig) -> Path:
    """Focus stays on the place; what lies a field's depth behind it is as soft as the mood likes it."""
    rig = _clear(take, rig)
    aperture = _widest(take, rig)
    return path_of(rig, focus=rig.distance.copy(), aperture=np.full(len(rig.distance), aperture))


def _widest(take: Take, rig: Rig) -> float:
    """The lens that blurs what is half a picture behind the place by the mood's bokeh."""
    distance = float(rig.distance.mean())
    field = 2 * distance * float(np.tan(rig.fov / 2))
    return aperture_for(take.pace.bokeh, rig.fov, distance, distance + 0.5 * field)


def _other_depth(subject: Subject, rig: Rig) -> float:
    """Depth of the nearest part of the product in the picture, or of the farthest where the place is the nearest."""
    seen = rig.seen(subject.points)[0]
    up = np.tan(rig.fov / 2)
    inside = (np.abs(seen[:, 1]) < 0.8 * up * seen[:, 2]) & (np.abs(seen[:, 0]) < 1.0 * up * seen[:, 2])
    depth = seen[inside & _in_front(seen, up), 2]
    here = float(rig.distance[0])
    if len(depth) < 8:
        return 0.85 * here
    near, far = np.quantile(depth, [0.04, 0.96])
    chosen = float(near if here - near > 0.6 * (far - here) else far)
    return chosen if abs(chosen - here) > 0.03 * here else 0.88 * here


def _in_front(seen: Float[np.ndarray, "P 3"], up: float) -> Bool[np.ndarray, " P"]:
    """The points that no other hides, as far as a coarse grid can tell."""
    cell = np.floor(12 * seen[:, :2] / np.maximum(seen[:, 2:], 1e-6) / up).astype(int)
    key = (cell[:, 0] + 500) * 1000 + cell[:, 1] + 500
    _, where = np.unique(key, return_inverse=True)
    first = np.full(where.max() + 1, np.inf)
    np.minimum.at(first, where, np.where(seen[:, 2] > 0, seen[:, 2], np.inf))
    return seen[:, 2] < first[where] + 0.04


def _run(subject: Subject, interest: Interest) -> Float[np.ndarray, "3"]:
    """The direction in which the surface around a place extends most: an edge's own, else across the label."""
    near = subject.points[np.linalg.norm(subject.points - np.array(interest.point), axis=1) < 1.3 * interest.radius]
    level = np.cross(np.array(interest.normal), [0.0, 0.0, 1.0])
    level = level / max(float(np.linalg.norm(level)), 1e-9) if np.linalg.norm(level) > 1e-3 else np.array([1.0, 0, 0])
    if len(near) < 8:
        return level
    values, axes = np.linalg.eigh(np.cov((near - near.mean(0)).T))
    run = axes[:, 2]
    if values[1] > 0.6 * values[2]:  # as broad as long: nothing to follow
        return level
    return run if run @ level >= 0 else -run
