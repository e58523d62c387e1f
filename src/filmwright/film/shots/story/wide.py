"""Shots of the whole product: reveal, orbit, crane, hero, end card."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from filmwright.core.camera import Path
from filmwright.core.shot import Box

from .composition import card_box, eye_level, front, hero_box, hero_level, whole
from .ease import blend, scale, travel, within
from .focus import hold_sharp
from .framing import FLOOR, fit
from .lens import fov_y
from .pace import reveal_style
from .rig import Rig, moments, path_of
from .take import Take

Span = tuple[float, float]
_LOW = 0.06  # metres over the floor from which a hero is seen: lower, the floor is but a line
_DRAMATIC = 70.0  # millimetres under which a lens stands near enough to look up


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move around the product: angles in degrees from its front, distances as factors of the closest."""

    azimuth: Span = (0.0, 0.0)
    elevation: Span = (0.0, 0.0)
    distance: Span = (1.0, 1.0)
    leave: float = 0.0  # speed at the start, 1 is the mean one
    arrive: float = 0.0


def reveal(take: Take) -> Path:
    """The first sight of the product: out of the blur, from above, from the floor or from around the corner."""
    style = reveal_style(take.pace, take.rng)
    level, side = float(np.degrees(eye_level(take))), take.side
    pushed = 1 + 1.6 * take.pace.push * take.seconds
    moves = {
        "focus": Move(azimuth=(-16 * side, -5 * side), elevation=(level + 2, level), distance=(pushed, 1.0)),
        "descend": Move(azimuth=(-22 * side, -4 * side), elevation=(level + 34, level), distance=(1.12, 1.0)),
        "rise": Move(
            azimuth=(14 * side, -6 * side), elevation=(max(level - 14, -4.0), level + 4), distance=(1.0, pushed)
        ),
        "arc": Move(azimuth=(-74 * side, -12 * side), elevation=(level + 3, level), distance=(1.05, 1.0)),
    }
    soft = 0.35 if style == "arc" else 0.5
    rig = around(take, replace(moves[style], leave=soft + 0.3, arrive=soft), whole(0.7))
    focus, aperture = hold_sharp(take.subject.hull, rig, softness=take.pace.softness)
    if style == "focus":
        focus = _pulled(rig, focus, aperture)
    return path_of(rig, focus=focus, aperture=aperture)


def _pulled(rig: Rig, focus: Float[np.ndarray, " K"], aperture: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """Focus that begins in front of the product, where it is a blur of 2% of the picture, and finds it."""
    share = within(moments_of(focus), 0.08, 0.62)
    nearer = 0.02 * 2 * np.tan(rig.fov / 2) / np.maximum(aperture, 1e-6)
    return 1 / (1 / focus + np.minimum(nearer, 1.5 / focus) * (1 - share))


def moments_of(keys: Float[np.ndarray, " K"]) -> Float[np.ndarray, " K"]:
    """The shares of the time at which there are keys."""
    return np.linspace(0.0, 1.0, len(keys))


def orbit(take: Take) -> Path:
    """An arc across the front, at an even speed."""
    span = min(take.pace.orbit * take.seconds, 85.0)
    lean = float(take.rng.uniform(-0.15, 0.15)) * span
    level = float(np.degrees(eye_level(take))) + float(take.rng.uniform(1, 7))
    move = Move(
        azimuth=((lean - span / 2) * take.side, (lean + span / 2) * take.side),
        elevation=(level, level - 0.06 * span),
        distance=(1.0 + take.pace.push * take.seconds * 0.5, 1.0),
        leave=take.pace.settle,
        arrive=take.pace.settle,
    )
    return sharp(take, around(take, move, whole(0.8)))


def crane(take: Take) -> Path:
    """Down from above the product to its eye level."""
    level = float(np.degrees(eye_level(take)))
    high = min(level + 8 + 1.1 * take.pace.orbit * take.seconds, level + 42)
    move = Move(
        azimuth=(10 * take.side, 2 * take.side),
        elevation=(high, level),
        distance=(1.06, 1.0),
        leave=take.pace.settle,
        arrive=0.6 * take.pace.settle,
    )
    return sharp(take, around(take, move, whole(0.78)))


def hero(take: Take) -> Path:
    """Low and close: the product stands tall. Room for the tagline, if there is one."""
    level = float(np.degrees(hero_level(take))) - (3.0 if take.pace.lens[0] < _DRAMATIC else 0.0)
    span = min(0.55 * take.pace.orbit * take.seconds, 22.0)
    start = float(take.rng.uniform(8, 16))
    move = Move(
        azimuth=(start * take.side, (start - span) * take.side),  # turned towards the words
        elevation=(level, level + 1.5),
        distance=(1 + take.pace.push * take.seconds, 1.0),
        leave=take.pace.settle,
        arrive=0.7 * take.pace.settle,
    )
    return sharp(take, around(take, move, hero_box(take), floor=_LOW))


def end_card(take: Take) -> Path:
    """The product at rest beside the words."""
    level = 0.7 * float(np.degrees(eye_level(take)))
    move = Move(
        azimuth=(10 * take.side, 5 * take.side),  # likewise
        elevation=(level + 1, level),
        distance=(1 + 0.4 * take.pace.push * take.seconds, 1.0),
        leave=0.9,
        arrive=0.0,
    )
    return sharp(take, around(take, move, card_box(take)))


def around(take: Take, move: Move, box: Box, *, floor: float = FLOOR) -> Rig:
    """A rig about the product's middle that moves as told, above `floor` metres, with all of it inside `box`."""
    share = travel(moments(take.seconds), leave=move.leave, arrive=move.arrive)
    turned = front(take)
    rig = Rig(
        anchor=np.broadcast_to(take.subject.center, (len(share), 3)).copy(),
        azimuth=turned + np.radians(blend(*move.azimuth, share)),
        elevation=np.radians(blend(*move.elevation, share)),
        distance=scale(*move.distance, share),
        shift=np.zeros((len(share), 2)),
        fov=fov_y(take.lens, take.width, take.height),
    )
    return fit(take.subject.hull, rig, box, take.width, take.height, floor=floor)


def sharp(take: Take, rig: Rig) -> Path:
    """The rig's path with all of the product sharp, as far as the mood wants it."""
    focus, aperture = hold_sharp(take.subject.hull, rig, softness=take.pace.softness)
    return path_of(rig, focus=focus, aperture=aperture)
