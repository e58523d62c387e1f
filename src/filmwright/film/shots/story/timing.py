"""Shots on the beat: every length a whole number of frames, every cut on a beat, the film as long as asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from filmwright.core.errors import BadFilm
from filmwright.core.shot import Join

from .entries import Entry
from .kinds import WEIGHTS
from .pace import Pace

_CARD = 2.0  # seconds that an end card needs
_TITLED = 2.0  # seconds that a hero with a tagline needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The beat in whole frames, and the frames between the cuts."""

    beat: int  # frames
    bpm: float
    spans: tuple[int, ...]  # frames from cut to cut, one a shot


def beat_frames(bpm: float, fps: Fraction) -> int:
    """Frames of a beat: the whole number nearest to the tempo asked for."""
    return max(1, round(60 * fps / Fraction(bpm).limit_denominator(1000)))


def film_frames(seconds: Fraction, fps: Fraction) -> int:
    """Frames of the film."""
    return round(seconds * fps)


def arrange(entries: Sequence[Entry], pace: Pace, *, seconds: Fraction, fps: Fraction, titled: bool) -> Rhythm:
    """Give every shot its span. Lengths in the list are kept to the frame; the others share what is left in whole
    beats by the weight of their kind, the last of them with the odd frames. Raises BadFilm where it can't be done.
    """
    total = film_frames(seconds, fps)
    beat = beat_frames(pace.bpm, fps)
    spans = [None if e.seconds is None else max(1, round(Fraction(e.seconds) * fps)) for e in entries]
    fixed = sum(s for s in spans if s is not None)
    free = [i for i, s in enumerate(spans) if s is None]
    left = total - fixed
    if not free and left:
        raise BadFilm(
            f"the shots add up to {float(fixed / fps):g} s, but the film is to last {float(seconds):g} s. "
            f"Change the film's seconds, or leave one shot's seconds out and it takes the rest."
        )
    if free:
        shared = _share([entries[i].kind for i in free], left, beat, pace, fps, titled)
        if shared is None:
            raise BadFilm(
                f"{len(entries)} shots do not fit into {float(seconds):g} s: {len(free)} of them would share "
                f"{float(left / fps):g} s. Make the film longer, or take shots out."
            )
        for i, span in zip(free, shared, strict=True):
            spans[i] = span
    return Rhythm(beat=beat, bpm=float(60 * fps / beat), spans=tuple(s for s in spans if s is not None))


def _share(kinds: list[str], frames: int, beat: int, pace: Pace, fps: Fraction, titled: bool) -> list[int] | None:
    """Whole beats for each kind by weight, none under its least; the last takes the odd frames. None if too few."""
    weights = [WEIGHTS[k] for k in kinds]
    least = [max(1, -(-round(_least(k, pace, titled) * fps) // beat)) for k in kinds]
    beats = frames // beat
    odd = frames - beats * beat
    if odd and kinds[-1] == "end-card":  # the odd frames count towards the card's least
        least[-1] = max(1, -(-max(round(_least("end-card", pace, titled) * fps) - odd, 1) // beat))
    while sum(least) > beats and max(least) > 1:  # a tight film: the longest leasts give way first
        least[least.index(max(least))] -= 1
    if sum(least) > beats:
        return None
    given = list(least)
    wanted = [beats * w / sum(weights) for w in weights]
    for _ in range(beats - sum(least)):
        given[max(range(len(given)), key=lambda i: (wanted[i] - given[i], -i))] += 1
    spans = [g * beat for g in given]
    spans[-1] += odd
    return spans


def _least(kind: str, pace: Pace, titled: bool) -> float:
    if kind == "end-card":
        return _CARD
    return max(_TITLED, pace.shortest) if titled and kind == "hero" else pace.shortest


def joins_for(spans: Sequence[int], pace: Pace, fps: Fraction) -> tuple[Join, ...]:
    """Cuts and dissolves by mood and place. A dissolve is an even number of frames, so that its middle is the cut."""
    num = len(spans) - 1
    out = []
    for i in range(num):
        soft = {"none": False, "last": i == num - 1, "ends": i in (0, num - 1), "all": True}[pace.dissolves]
        frames = 2 * (min(round(pace.dissolve * fps), *(s * 2 // 3 for s in spans[i : i + 2])) // 2) if soft else 0
        out.append(Join(kind="dissolve", seconds=frames / fps) if frames else Join())
    return tuple(out)
