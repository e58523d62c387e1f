"""Music, length and cuts -> who plays what, and when. No sound is made here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from filmwright.core.errors import BadFilm
from filmwright.core.shot import Music

from .bands import Band, Chord, Layer
from .lively import LIVELY
from .quiet import QUIET

BANDS: dict[str, Band] = QUIET | LIVELY

SIXTEENTHS = 16  # in a bar of four beats


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One sound of one player; seconds and MIDI notes. `midi` is 0 for drums."""

    layer: Layer
    at: float
    midi: int
    seconds: float
    velocity: float  # 0 to 1
    pan: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmony:
    """A chord and the seconds it holds; MIDI notes, the bass first."""

    at: float
    end: float
    notes: tuple[int, ...]
    rise: float  # how far the film has risen, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accent:
    """A mark on a cut."""

    at: float
    kind: Literal["pass", "arrive"]  # between two shots, or at the end card
    strength: float  # 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Everything that is played."""

    band: Band
    seconds: float
    arrival: float  # second at which the music comes home
    harmonies: tuple[Harmony, ...]
    notes: tuple[Note, ...]
    accents: tuple[Accent, ...]
    seed: int


def write_score(music: Music, seconds: Fraction, cuts: Sequence[Fraction]) -> Score:
    """Write the music of a film: it rises from cut to cut, comes home on the last one and rings out.

    Raises BadFilm for an unknown mood or a tempo no one plays.
    """
    if music.mood not in BANDS:
        raise BadFilm(f"no music is written for the mood {music.mood!r}. Use one of: {', '.join(BANDS)}.")
    if not 30 <= music.bpm <= 240:
        raise BadFilm(f"music can't be played at {music.bpm:g} beats a minute. Use 30 to 240.")
    if seconds <= 0:
        raise BadFilm(f"a film of {float(seconds):g} seconds has no music. Give it a length.")
    rng = np.random.default_rng([music.seed, len(BANDS), sum(map(ord, music.mood))])
    band, length, beat = BANDS[music.mood], float(seconds), 60 / music.bpm
    inner = sorted(float(cut) for cut in cuts if 0 < cut < seconds)
    arrival = _arrival(length, inner, beat)
    root = band.root + int(rng.integers(-2, 3))
    harmonies = _harmonies(band, root, length, arrival, inner, beat, rng)
    notes = [note for layer in band.layers for note in _played(layer, band, root, harmonies, arrival, beat, rng)]
    notes += _homecoming(band, root, length, arrival, beat)
    accents = tuple(
        Accent(at=cut, kind="arrive" if cut == arrival else "pass", strength=0.55 + 0.45 * _rise(cut, arrival, inner))
        for cut in inner
    )
    return Score(
        band=band,
        seconds=length,
        arrival=arrival,
        harmonies=harmonies,
        notes=tuple(n for n in notes if n.at < length - 0.05),
        accents=accents,
        seed=music.seed,
    )


def _arrival(length: float, cuts: Sequence[float], beat: float) -> float:
    """When the music comes home: at the last cut, if that leaves it time to ring and is not too early."""
    if cuts and 0.9 <= length - cuts[-1] <= max(0.5 * length, 4.0):
        return cuts[-1]
    return max(round((length - max(2.4, 2 * beat)) / beat) * beat, min(0.5 * length, beat))


def _rise(at: float, arrival: float, cuts: Sequence[float]) -> float:
    """How far the film has risen at `at`: by steps at the cuts, and a little all along."""
    before = [cut for cut in cuts if cut < arrival]
    steps = sum(at >= cut - 1e-6 for cut in before) / max(len(before), 1)
    along = min(at / max(arrival, 1e-6), 1.0)
    return 0.7 * steps + 0.3 * along if before else along


def _harmonies(
    band: Band, root: int, length: float, arrival: float, cuts: Sequence[float], beat: float, rng: np.random.Generator
) -> tuple[Harmony, ...]:
    """Chords on the bar lines before the arrival, so chosen that the last one leads home; then home."""
    bar = band.beats_a_chord * beat
    starts = [i * bar for i in range(int(np.ceil((arrival - 0.5 * bar) / bar)))] or ([0.0] if arrival > 0 else [])
    chords = band.progressions[int(rng.integers(len(band.progressions)))]
    out = []
    for i, at in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else arrival
        chord = chords[(i - len(starts)) % len(chords)]
        out.append(Harmony(at=at, end=end, notes=_voiced(chord, root), rise=_rise(at, arrival, cuts)))
    return (*out, Harmony(at=arrival, end=length, notes=_voiced(band.home, root), rise=0.3))


def _voiced(chord: Chord, root: int) -> tuple[int, ...]:
    """MIDI notes: the bass below, the others folded into one register, so that chords move by small steps."""
    floor = root + 3
    upper = sorted({floor + (root + note - floor) % 12 + (12 if i % 2 else 0) for i, note in enumerate(chord[1:])})
    return (root + chord[0] - (12 if chord[0] > 7 else 0), *upper)


def _played(
    layer: Layer,
    band: Band,
    root: int,
    harmonies: Sequence[Harmony],
    arrival: float,
    beat: float,
    rng: np.random.Generator,
) -> list[Note]:
    """One player's notes up to the arrival."""
    grid = [(i, i * beat / 4) for i in range(int(np.ceil(arrival / (beat / 4) - 1e-6)))]
    hits = [(i, at, _force(layer, i)) for i, at in grid if _force(layer, i) > 0]
    out: list[Note] = []
    contour = np.clip(np.cumsum(rng.choice([-2, -1, 1, 2], 8)), -4, 4)  # a motif of eight notes that comes again
    for count, (i, at, force) in enumerate(hits):
        harmony = next(h for h in reversed(harmonies) if h.at <= at + 1e-6)
        if harmony.rise < layer.joins or at > arrival - beat / 8:
            continue
        following = hits[count + 1][1] if count + 1 < len(hits) else arrival
        late = band.swing * beat / 4 if i % 2 else 0.0
        stray = float(np.clip(rng.normal(0, layer.loose), -2 * layer.loose, 2 * layer.loose))
        velocity = float(np.clip(force / 9 * (0.82 + 0.3 * harmony.rise) * rng.normal(1, 0.07), 0.05, 1))
        note = Note(
            layer=layer,
            at=max(at + late + stray, 0.0),
            midi=0,
            seconds=max((min(following, arrival) - at) * layer.length, 0.08),
            velocity=velocity,
            pan=float(layer.pan * (((count * 3) % 5) / 2 - 1)),
        )
        out += [
            replace(note, midi=midi) for midi in _pitches(layer, band, root, harmony, int(contour[count % 8]), count)
        ]
    return out


def _force(layer: Layer, sixteenth: int) -> int:
    rhythm = layer.rhythms[(sixteenth // SIXTEENTHS) % len(layer.rhythms)]
    sign = rhythm[sixteenth % SIXTEENTHS]
    return 0 if sign == "." else int(sign)


def _pitches(layer: Layer, band: Band, root: int, harmony: Harmony, height: int, count: int) -> list[int]:
    """What a player plays on one of its hits."""
    up = 12 * layer.octave
    bass, upper = harmony.notes[0], harmony.notes[1:]
    if layer.line == "hit":
        return [0]
    if layer.line == "bass":
        return [bass + up]
    if layer.line == "fifths":
        return [[bass, bass + 7, bass + 12][count % 3] + up]
    if layer.line == "chord":
        return [note + up for note in upper[:4]]
    if layer.line == "arpeggio":
        ladder = [*upper, *(note + 12 for note in upper[:2])]
        return [ladder[(0, 2, 1, 3, 2, 4, 1, 3)[count % 8] % len(ladder)] + up]
    scale = sorted(root + step + 12 * o for o in (0, 1) for step in band.scale)
    wanted = scale[len(scale) // 2 + height]
    if count % 3 == 2:  # a passing note; the others belong to the chord
        return [wanted + up]
    chord_tones = [note + 12 * o for note in harmony.notes for o in (-1, 0, 1)]
    return [min(chord_tones, key=lambda note: abs(note - wanted)) + up]


def _homecoming(band: Band, root: int, length: float, arrival: float, beat: float) -> list[Note]:
    """The last chord, rolled by the band's first tuned player, a bass under it and a bell above."""
    player = next(layer for layer in band.layers if layer.line in ("arpeggio", "melody", "chord"))
    left = length - arrival
    notes = _voiced(band.home, root)
    soft = replace(player, gain=player.gain + 1, send=max(player.send, 0.45), loose=0.0)
    out = []
    for i, midi in enumerate((notes[0], *notes[1:4], notes[-1] + 12)):
        out.append(
            Note(
                layer=soft,
                at=arrival + 0.045 * i,
                midi=midi + 12 * min(player.octave, 1),
                seconds=left,
                velocity=0.62 - 0.05 * i,
                pan=0.3 * (i % 3 - 1),
            )
        )
    low = Layer(part="sub_bass", rhythms=(), line="bass", gain=-12.0, send=0.05)
    deep = notes[0] - 12 if notes[0] > 45 else notes[0]
    out.append(Note(layer=low, at=arrival, midi=deep, seconds=min(left, 3.0), velocity=0.6, pan=0.0))
    bell = Layer(part="bell", rhythms=(), line="melody", gain=-17.0, send=0.7)
    out.append(Note(layer=bell, at=arrival + 0.02, midi=root + 36, seconds=left, velocity=0.5, pan=0.15))
    if left > 2.2 + 2 * beat:
        for i, last in enumerate((notes[-1], notes[-2], notes[0] + 12)):
            at = arrival + (2 + 1.5 * i) * beat
            midi = last + 12 * min(player.octave, 1)
            out.append(Note(layer=soft, at=at, midi=midi, seconds=2.0, velocity=0.4 - 0.06 * i, pan=0.2))
    return out
