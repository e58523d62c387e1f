"""Every mood as a band: its harmony, who plays, when each one joins, and the room they play in.

Chords are semitones above the key's root, the bass first. A rhythm is one bar of sixteenths: a dot rests, 1 to 9 is
how hard it is played; a layer's rhythms take turns, bar by bar.
"""

from dataclasses import dataclass, field
from typing import Literal

Chord = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One player."""

    part: str  # an instrument or a drum
    rhythms: tuple[str, ...]
    line: Literal["bass", "fifths", "arpeggio", "melody", "chord", "hit"]
    octave: int = 0  # above the key's register
    gain: float = 0.0  # dB
    send: float = 0.3  # share that the room hears
    pan: float = 0.0  # furthest from the middle
    joins: float = 0.0  # share of the film's rise, 0 to 1, at which it comes in
    length: float = 1.0  # of a note, in the time to the layer's next one
    loose: float = 0.008  # seconds that its timing strays


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """All that one mood sounds like. `low` and `high` bound the pad's partials' slope and the room's light."""

    root: int  # MIDI note of the key, about which the seed moves it
    progressions: tuple[tuple[Chord, ...], ...]
    home: Chord
    layers: tuple[Layer, ...]
    pad_gain: float = -10.0  # dB
    pad_slope: float = 1.5  # how fast its harmonics fall
    pad_cents: float = 14.0
    pad_attack: float = 0.9  # seconds
    air: float = -34.0  # dB of a breath of noise
    room: float = 2.4  # seconds
    room_light: float = 0.4
    wet: float = -6.0  # dB
    swing: float = 0.0  # share of a sixteenth that every second one is late
    duck: float = 0.0  # how far the kick pushes the others down
    accent: float = -12.0  # dB of what marks a cut
    bright: float = 0.5  # of the accents
    beats_a_chord: int = 4
    scale: tuple[int, ...] = field(default=(0, 2, 4, 7, 9))  # the melody's, about the key
