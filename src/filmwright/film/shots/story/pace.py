"""What a mood means for time and camera. Its light and colours are the staging's."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from filmwright.film.shots.brief import MoodName

RevealName = Literal["focus", "descend", "rise", "arc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a mood films: rhythm, joins, lenses and speeds."""

    bpm: float  # the music's beat; the nearest that is a whole number of frames is taken
    shot: float  # seconds of a usual shot
    shortest: float  # seconds, of any but the end card
    dissolves: Literal["none", "last", "ends", "all"]  # which joins dissolve, the others cut
    dissolve: float  # seconds
    fade_in: float  # seconds
    fade_out: float  # seconds
    lens: tuple[float, float]  # mm, 35mm-equivalent, of shots of the whole product
    close: float  # mm, of macros
    orbit: float  # degrees a second
    push: float  # share of the distance a second
    drift: float  # share of the picture's width a second, in macros
    settle: float  # speed at a shot's ends, 1 is the mean one: less is softer
    softness: float  # blur at the product's far side, in shares of the picture's height
    bokeh: float  # blur of what a macro leaves out of focus, likewise
    reveals: tuple[RevealName, ...]


PACE: dict[MoodName, Pace] = {
    "calm": Pace(
        bpm=72.0,
        shot=2.1,
        shortest=1.6,
        dissolves="all",
        dissolve=0.7,
        fade_in=0.7,
        fade_out=0.8,
        lens=(85.0, 105.0),
        close=100.0,
        orbit=13.0,
        push=0.03,
        drift=0.085,
        settle=0.85,
        softness=0.0011,
        bokeh=0.013,
        reveals=("focus", "descend"),
    ),
    "luxury": Pace(
        bpm=80.0,
        shot=2.0,
        shortest=1.4,
        dissolves="ends",
        dissolve=0.6,
        fade_in=0.8,
        fade_out=0.8,
        lens=(90.0, 135.0),
        close=120.0,
        orbit=15.0,
        push=0.034,
        drift=0.095,
        settle=0.8,
        softness=0.0014,
        bokeh=0.015,
        reveals=("arc", "focus"),
    ),
    "playful": Pace(
        bpm=120.0,
        shot=1.6,
        shortest=1.0,
        dissolves="none",
        dissolve=0.0,
        fade_in=0.0,
        fade_out=0.4,
        lens=(45.0, 60.0),
        close=75.0,
        orbit=30.0,
        push=0.06,
        drift=0.13,
        settle=0.7,
        softness=0.0007,
        bokeh=0.009,
        reveals=("rise", "descend"),
    ),
    "energetic": Pace(
        bpm=130.0,
        shot=1.3,
        shortest=0.8,
        dissolves="none",
        dissolve=0.0,
        fade_in=0.0,
        fade_out=0.3,
        lens=(35.0, 50.0),
        close=65.0,
        orbit=42.0,
        push=0.1,
        drift=0.19,
        settle=1.0,
        softness=0.0006,
        bokeh=0.01,
        reveals=("rise", "arc"),
    ),
    "technical": Pace(
        bpm=100.0,
        shot=1.8,
        shortest=1.0,
        dissolves="last",
        dissolve=0.4,
        fade_in=0.3,
        fade_out=0.5,
        lens=(60.0, 85.0),
        close=90.0,
        orbit=24.0,
        push=0.04,
        drift=0.11,
        settle=1.0,
        softness=0.0004,
        bokeh=0.008,
        reveals=("arc", "descend"),
    ),
    "natural": Pace(
        bpm=90.0,
        shot=1.9,
        shortest=1.3,
        dissolves="ends",
        dissolve=0.5,
        fade_in=0.5,
        fade_out=0.6,
        lens=(60.0, 85.0),
        close=90.0,
        orbit=17.0,
        push=0.035,
        drift=0.1,
        settle=0.8,
        softness=0.0011,
        bokeh=0.012,
        reveals=("focus", "rise"),
    ),
}


def reveal_style(pace: Pace, rng: np.random.Generator) -> RevealName:
    """How a reveal with this generator goes about it: its first draw."""
    return pace.reveals[int(rng.integers(len(pace.reveals)))]
