"""A grammar of product films: reveal, close and wide views on the beat, a hero, an end card."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from filmwright.core.errors import BadFilm
from filmwright.core.scene import Vec3
from filmwright.core.shot import Join, Music, Shot, Storyboard
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.stage import Stage
from filmwright.film.shots.story.entries import Entry, check_entries
from filmwright.film.shots.story.grammar import compose, shot_seed
from filmwright.film.shots.story.kinds import CAPTIONS, KINDS
from filmwright.film.shots.story.pace import PACE, Pace
from filmwright.film.shots.story.subject import Subject, subject_of
from filmwright.film.shots.story.take import Take
from filmwright.film.shots.story.timing import Rhythm, arrange, joins_for
from filmwright.film.shots.story.titles import titles_for


class Story:
    """Directs by grammar. `entries` is a shot list of the user's; without one the grammar composes it."""

    def __init__(self, entries: Sequence[Entry], bpm: float | None) -> None:
        self.entries, self.bpm = list(entries), bpm

    def plan(self, stage: Stage, brief: Brief) -> Storyboard:
        """The film: as many frames as asked, every cut on a beat, every shot with a seed of its own."""
        pace = PACE[brief.mood] if self.bpm is None else replace(PACE[brief.mood], bpm=self.bpm)
        entries = self.entries or compose(float(brief.seconds), pace, seed=brief.seed)
        rhythm = arrange(entries, pace, seconds=brief.seconds, fps=brief.fps, titled=bool(brief.tagline))
        joins = joins_for(rhythm.spans, pace, brief.fps)
        subject = subject_of(stage)
        lengths, starts = _times(rhythm, joins, brief.fps)
        shots = tuple(
            _shoot(i, entry, lengths[i], starts[i] if stage.scene.duration > 0 else Fraction(0), subject, pace, brief)
            for i, entry in enumerate(entries)
        )
        return Storyboard(
            title=brief.name or brief.tagline or "Film",
            shots=shots,
            joins=joins,
            titles=titles_for(shots, starts, [j.seconds for j in joins], subject, brief),
            music=Music(mood=brief.mood, bpm=rhythm.bpm, seed=brief.seed) if brief.music else None,
            fade_in=_whole_frames(min(pace.fade_in, float(lengths[0]) / 2), brief.fps),
            fade_out=_whole_frames(min(pace.fade_out, float(lengths[-1]) / 3), brief.fps),
            ink=_ink(stage, brief),
            palette=stage.palette,
        )


def _times(rhythm: Rhythm, joins: Sequence[Join], fps: Fraction) -> tuple[list[Fraction], list[Fraction]]:
    """Each shot's length with its halves of the dissolves, and when its first frame is shown."""
    lengths, starts, at = [], [], Fraction(0)
    for i, span in enumerate(rhythm.spans):
        before = joins[i - 1].seconds / 2 if i > 0 else Fraction(0)
        after = joins[i].seconds / 2 if i < len(joins) else Fraction(0)
        starts.append(at - before)
        lengths.append(span / fps + before + after)
        at += span / fps
    return lengths, starts


def _shoot(
    i: int, entry: Entry, seconds: Fraction, start: Fraction, subject: Subject, pace: Pace, brief: Brief
) -> Shot:
    seed = shot_seed(brief.seed, i, entry)
    which = entry.interest if entry.interest is not None else max(i - 1, 0) % len(subject.interests)
    turn = entry.seed if entry.seed is not None else brief.seed + i
    take = Take(
        subject=subject,
        pace=pace,
        seconds=float(seconds),
        width=brief.width,
        height=brief.height,
        side=1.0 if turn % 2 else -1.0,
        interest=subject.interests[which % len(subject.interests)],
        words=bool(brief.tagline or (brief.name and entry.kind == "end-card")),
        rng=np.random.default_rng(seed),
    )
    return Shot(
        name=f"{i + 1:02d}-{entry.kind}",
        kind=entry.kind,
        prompt=CAPTIONS[entry.kind].format(name=brief.name or "the product"),
        seconds=seconds,
        fps=brief.fps,
        width=brief.width,
        height=brief.height,
        path=KINDS[entry.kind](take),
        start=start,
        seed=seed,
    )


def _whole_frames(seconds: float, fps: Fraction) -> Fraction:
    return round(Fraction(seconds) * fps) / fps


def _ink(stage: Stage, brief: Brief) -> Vec3:
    """Paper white on a dark set; on a light one the darkest of the product's colours, if it is dark enough."""
    set_color = brief.backdrop or _set_color(stage)
    if 0.2126 * set_color[0] + 0.7152 * set_color[1] + 0.0722 * set_color[2] < 0.3:
        return (0.97, 0.96, 0.94)
    darkest = min(stage.palette, key=_luma, default=(0.1, 0.1, 0.1))
    return darkest if _luma(darkest) < 0.25 else (0.11, 0.11, 0.12)


def _luma(srgb: Vec3) -> float:
    return 0.2126 * srgb[0] + 0.7152 * srgb[1] + 0.0722 * srgb[2]


def _set_color(stage: Stage) -> Vec3:
    """Linear colour of the largest thing that is not the product: the set's own."""
    best, size = (0.5, 0.5, 0.5), 0.0
    for i, node in enumerate(stage.scene.nodes):
        if i in stage.product or node.mesh is None:
            continue
        mesh = stage.scene.meshes[node.mesh]
        extent = float(np.linalg.norm(np.ptp(mesh.positions, axis=0)))
        if extent > size:
            tint = mesh.colors[np.linalg.norm(mesh.positions, axis=1).argmin(), :3] if mesh.colors is not None else 1.0
            r, g, b = (float(c) for c in np.array(mesh.material.base_color[:3]) * tint)
            best, size = (r, g, b), extent
    return best


def build(*, shots: list[Entry] | None = None, bpm: float | None = None) -> Story:
    """A director by grammar; `shots` lists them by hand, `bpm` sets the tempo. Raises BadFilm for an unknown kind."""
    if shots is not None:
        check_entries(shots)
    if bpm is not None and not 30 <= bpm <= 240:
        raise BadFilm(f"a film's tempo must be 30 to 240 beats a minute, got {bpm:g}.")
    return Story(shots or (), bpm)
