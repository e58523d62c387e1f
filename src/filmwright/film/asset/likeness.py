"""Real people in what a film is made from: a face or a voice that nobody agreed to lend."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
from jaxtyping import UInt8

from filmwright.core.verdict import Signal, What

from .consent import covering
from .faces import faces

PROVIDER = "likeness"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """A picture that goes into a film."""

    where: str  # as a person would name it: "reference portrait.png"
    sha256: str  # of its file
    rgb: UInt8[np.ndarray, "H W 3"]


def likeness_signals(
    pictures: Iterable[Shown] = (),
    *,
    use: str,
    voices: Iterable[tuple[str, str]] = (),
    on: date | None = None,
) -> tuple[Signal, ...]:
    """A signal for each picture with a face, and each voice, that no consent in force lets be used so.

    Voices are declared, as (where, SHA-256 of the file or the person's name): nothing here hears them. `on` is today.
    """
    day = on or datetime.now(UTC).date()
    found = []
    for picture in pictures:
        if covering(picture.sha256, use, day) is None and (seen := faces(picture.rgb)):
            what = "a face" if len(seen) == 1 else f"{len(seen)} faces"
            says = f"{what}, and no consent in force for {use}"
            score = max(face.confidence for face in seen)
            found.append(_signal("picture", picture.where, score, says))
    for where, given in voices:
        if covering(given, use, day, scope="voice") is None:
            found.append(_signal("sound", where, 1.0, f"a voice, and no consent in force for {use}"))
    return tuple(found)


def _signal(what: What, where: str, score: float, says: str) -> Signal:
    return Signal(provider=PROVIDER, what=what, category="likeness", score=score, where=where, says=says)
