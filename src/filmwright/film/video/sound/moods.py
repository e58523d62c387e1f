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
    wet: float = -9.0  # dB
    swing: float = 0.0  # share of a sixteenth that every second one is late
    duck: float = 0.0  # how far the kick pushes the others down
    accent: float = -12.0  # dB of what marks a cut
    bright: float = 0.5  # of the accents
    beats_a_chord: int = 4
    scale: tuple[int, ...] = field(default=(0, 2, 4, 7, 9))  # the melody's, about the key


_MAJOR9, _MINOR7 = (0, 7, 11, 14, 16), (9, 16, 19, 24)

BANDS: dict[str, Band] = {
    "calm": Band(
        root=50,
        progressions=(
            (_MAJOR9, (9, 16, 19, 23, 24), (5, 12, 16, 19, 21), (7, 12, 14, 19, 21)),
            (_MAJOR9, (5, 12, 16, 19, 23), (9, 16, 19, 24, 26), (5, 12, 14, 19, 21)),
            ((5, 12, 16, 19, 23), (0, 7, 14, 16, 19), (9, 16, 19, 23, 24), (7, 14, 17, 19, 24)),
        ),
        home=(0, 7, 14, 16, 19),
        layers=(
            Layer(part="felt_piano", rhythms=("6.....4...5.....", "5...3.....4...3."), line="arpeggio", octave=1, gain=-7, send=0.5, pan=0.35, loose=0.014),
            Layer(part="sub_bass", rhythms=("6...............",), line="bass", octave=-1, gain=-13, send=0.05, joins=0.15),
            Layer(part="felt_piano", rhythms=("........5.......", "4...........6..."), line="melody", octave=2, gain=-9, send=0.6, pan=0.2, joins=0.3, loose=0.016),
            Layer(part="shaker", rhythms=("..3...3...3...3.",), line="hit", gain=-27, send=0.3, pan=0.4, joins=0.5, loose=0.007),
            Layer(part="soft_kick", rhythms=("6.........3.....",), line="hit", gain=-15, send=0.12, joins=0.5),
        ),
        pad_gain=-13, pad_slope=1.9, pad_cents=16, room=3.2, room_light=0.35, wet=-5, accent=-17, bright=0.25,
    ),
    "luxury": Band(
        root=49,
        progressions=(
            ((0, 7, 12, 15, 22), (8, 15, 19, 24, 26), (3, 10, 14, 19, 22), (10, 14, 17, 21, 24)),
            ((0, 7, 14, 15, 19), (5, 12, 15, 20, 24), (8, 15, 19, 22, 24), (7, 14, 17, 19, 24)),
            ((8, 15, 19, 24, 26), (10, 17, 19, 22, 26), (0, 7, 14, 15, 22), (10, 14, 17, 22, 26)),
        ),
        home=(0, 7, 14, 15, 19),
        layers=(
            Layer(part="sub_bass", rhythms=("7.........4.....", "7.............3."), line="bass", octave=-1, gain=-11, send=0.05),
            Layer(part="felt_piano", rhythms=("5.....5.....4...", "5.....4...4....."), line="fifths", octave=1, gain=-9, send=0.55, pan=0.25, loose=0.012),
            Layer(part="felt_piano", rhythms=("..........5...4.", "....6..........."), line="melody", octave=2, gain=-8, send=0.65, pan=0.3, joins=0.25, loose=0.014),
            Layer(part="snap", rhythms=("....5.......5...",), line="hit", gain=-19, send=0.45, pan=0.15, joins=0.4, loose=0.004),
            Layer(part="soft_kick", rhythms=("8.......5.....2.",), line="hit", gain=-10, send=0.08, joins=0.4),
            Layer(part="hat", rhythms=("..2...2...2..12.",), line="hit", gain=-26, send=0.2, pan=0.45, joins=0.7, loose=0.004),
        ),
        scale=(0, 2, 3, 7, 10), pad_gain=-12, pad_slope=1.6, pad_cents=18, room=3.4, room_light=0.3, wet=-6, swing=0.08,
        duck=0.12, accent=-11, bright=0.35,
    ),
    "playful": Band(
        root=53,
        progressions=(
            ((0, 7, 16, 19), (9, 16, 19, 24), (2, 9, 12, 17), (7, 11, 14, 17)),
            ((0, 7, 16, 19), (5, 12, 16, 21), (2, 9, 12, 17), (7, 14, 17, 23)),
            ((5, 12, 16, 21), (7, 14, 17, 23), (4, 11, 14, 19), (9, 16, 19, 24)),
        ),
        home=(0, 7, 16, 19),
        layers=(
            Layer(part="marimba", rhythms=("7..5..6...5.4...", "6..5..7..4..5.3."), line="arpeggio", octave=1, gain=-7, send=0.25, pan=0.4, loose=0.006),
            Layer(part="pulse_bass", rhythms=("8.....5...6.....", "8.....5...6..4.."), line="bass", octave=-1, gain=-11, send=0.05, length=0.45),
            Layer(part="nylon", rhythms=("..4...5...4...5.",), line="chord", octave=0, gain=-15, send=0.25, pan=0.5, joins=0.2, length=0.35, loose=0.007),
            Layer(part="kick", rhythms=("7.......6.......", "7.......6..4...."), line="hit", gain=-13, send=0.04, joins=0.15),
            Layer(part="clap", rhythms=("....5.......5...",), line="hit", gain=-19, send=0.3, joins=0.3, loose=0.005),
            Layer(part="shaker", rhythms=("3.53.3533.53.353",), line="hit", gain=-25, send=0.15, pan=0.4, joins=0.1, loose=0.005),
            Layer(part="kalimba", rhythms=("....6..5....4...", "6.....5...7....."), line="melody", octave=2, gain=-11, send=0.4, pan=0.3, joins=0.45, loose=0.007),
        ),
        pad_gain=-21, pad_slope=1.8, room=1.3, room_light=0.6, wet=-11, swing=0.16, accent=-14, bright=0.6, air=-48,
    ),
    "energetic": Band(
        root=52,
        progressions=(
            ((9, 16, 21, 24), (5, 12, 17, 21), (0, 12, 16, 19), (7, 14, 19, 23)),
            ((0, 7, 12, 15), (8, 15, 20, 24), (3, 10, 15, 19), (10, 14, 17, 22)),
            ((9, 16, 21, 24), (0, 12, 16, 19), (7, 14, 19, 23), (5, 12, 17, 21)),
        ),
        home=(9, 16, 21, 24),
        layers=(
            Layer(part="glass_pluck", rhythms=("7.5.6.5.7.5.6.55", "7.5.6.5.7.55.6.5"), line="arpeggio", octave=1, gain=-12, send=0.3, pan=0.5, length=0.9, loose=0.002),
            Layer(part="pulse_bass", rhythms=("..6...6...6...6.", "..6...6...6..46."), line="bass", octave=-1, gain=-10, send=0.03, length=0.7, loose=0.002),
            Layer(part="kick", rhythms=("9...9...9...9...",), line="hit", gain=-9, send=0.03, joins=0.1, loose=0.0),
            Layer(part="clap", rhythms=("....8.......8...",), line="hit", gain=-15, send=0.25, joins=0.25, loose=0.002),
            Layer(part="hat", rhythms=("3.5.3.5.3.5.3.53",), line="hit", gain=-23, send=0.06, pan=0.25, joins=0.1, loose=0.002),
            Layer(part="open_hat", rhythms=("..6...6...6...6.",), line="hit", gain=-25, send=0.08, pan=0.15, joins=0.5, loose=0.002),
            Layer(part="electric_piano", rhythms=("7.....6.........", "7.....6...5....."), line="chord", octave=0, gain=-16, send=0.35, pan=0.3, joins=0.35, length=0.8, loose=0.004),
        ),
        pad_gain=-17, pad_slope=1.2, pad_attack=0.3, room=1.6, room_light=0.6, wet=-11, duck=0.5, accent=-9, bright=0.8, air=-50,
    ),
    "technical": Band(
        root=50,
        progressions=(
            ((0, 7, 14, 15), (0, 8, 15, 19), (5, 12, 15, 20), (3, 10, 14, 19)),
            ((0, 7, 14, 15), (10, 17, 22, 26), (8, 15, 20, 24), (5, 12, 17, 19)),
            ((0, 7, 10, 14), (5, 9, 12, 16), (0, 7, 10, 15), (10, 14, 17, 21)),
        ),
        home=(0, 7, 14, 19),
        layers=(
            Layer(part="glass_pluck", rhythms=("5.3.4.3.5.34.3.4", "5.3.4.35..3.4.3."), line="arpeggio", octave=1, gain=-13, send=0.35, pan=0.6, length=0.8, loose=0.001),
            Layer(part="sub_bass", rhythms=("8..........5....", "8.....5........."), line="bass", octave=-1, gain=-10, send=0.03, length=0.8),
            Layer(part="tick", rhythms=("3.1.2.1.3.12.1.2",), line="hit", gain=-24, send=0.2, pan=0.7, joins=0.1, loose=0.0),
            Layer(part="soft_kick", rhythms=("8.....6.........", "8.....6...3....."), line="hit", gain=-9, send=0.05, joins=0.25, loose=0.0),
            Layer(part="snap", rhythms=("........6.......",), line="hit", gain=-18, send=0.5, joins=0.4, loose=0.002),
            Layer(part="electric_piano", rhythms=("6...............", "..........5....."), line="melody", octave=2, gain=-12, send=0.55, pan=0.3, joins=0.3, loose=0.004),
        ),
        scale=(0, 2, 3, 7, 10), pad_gain=-14, pad_slope=1.3, pad_cents=9, room=2.0, room_light=0.55, wet=-8, duck=0.2, accent=-11,
        bright=0.7, air=-38,
    ),
    "natural": Band(
        root=55,
        progressions=(
            ((0, 7, 12, 16), (7, 11, 14, 19), (9, 12, 16, 19), (5, 12, 16, 21)),
            ((0, 7, 14, 16), (5, 12, 16, 19), (9, 16, 19, 24), (7, 14, 19, 21)),
            ((5, 12, 16, 19), (0, 7, 12, 16), (7, 14, 19, 23), (9, 12, 16, 19)),
        ),
        home=(0, 7, 12, 16, 19),
        layers=(
            Layer(part="nylon", rhythms=("6.3.5.3.4.3.5.3.", "6.3.5.3.43..5.3."), line="arpeggio", octave=0, gain=-8, send=0.3, pan=0.25, length=1.6, loose=0.011),
            Layer(part="sub_bass", rhythms=("6.......4.......",), line="bass", octave=-2, gain=-15, send=0.03, joins=0.2, length=0.9),
            Layer(part="kalimba", rhythms=("....5.....4.....", "5.....4.....3..."), line="melody", octave=1, gain=-10, send=0.5, pan=0.4, joins=0.25, loose=0.013),
            Layer(part="brush", rhythms=("....4.......4...", "....4.......4.2."), line="hit", gain=-19, send=0.3, pan=0.1, joins=0.35, loose=0.009),
            Layer(part="shaker", rhythms=("3.24.2343.24.234",), line="hit", gain=-27, send=0.2, pan=0.45, joins=0.3, loose=0.008),
            Layer(part="soft_kick", rhythms=("6.......4.2.....",), line="hit", gain=-15, send=0.08, joins=0.35),
        ),
        pad_gain=-18, pad_slope=1.8, pad_cents=18, room=2.0, room_light=0.5, wet=-8, swing=0.06, accent=-17, bright=0.4, air=-30,
    ),
}  # fmt: skip
