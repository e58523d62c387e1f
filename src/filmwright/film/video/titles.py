"""Words on the picture: set, made legible where they stand, and moved with restraint."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright.core.frames import Frames, singles
from filmwright.core.scene import Vec3
from filmwright.core.shot import Storyboard

from .card import Card
from .legibility import Behind, over_time, treat
from .styles import set_title

LOOK_AHEAD = 1.5  # seconds of pictures held back at most while the place behind a title is looked at


def overlay(
    frames: Iterable[Frames], storyboard: Storyboard, *, mood: str | None = None, fonts: Sequence[Path] = ()
) -> Iterator[Frames]:
    """Lay the storyboard's titles over its film; one picture at a time, without passes.

    The typeface and its motion follow `mood`, which is the music's where it is not given. `fonts` are files of one's
    own that go before filmwright's. The ink is chosen by the pictures behind a title over up to LOOK_AHEAD seconds of
    its time, which are held in memory. Raises MissingFont, or BadFilm for a text that does not fit its place.
    """
    mood = mood or (storyboard.music.mood if storyboard.music else "calm")
    groups: list[_Group] | None = None
    held: deque[tuple[Frames, list[_Group]]] = deque()
    for picture in singles(frames):
        if groups is None:
            height, width = picture.rgb.shape[1:3]
            cards = [Card(title, width, height, mood, fonts) for title in storyboard.titles]
            groups = _grouped(cards, storyboard.ink)
        now = _middle(picture)
        active = [group for group in groups if group.start <= now < group.end]
        for group in active:
            group.see(picture.rgb[0], now)
        held.append((picture, active))
        while held and all(group.seen_until(now) for group in held[0][1]):
            yield _drawn(*held.popleft())
    while held:
        yield _drawn(*held.popleft())


def check_titles(storyboard: Storyboard, *, mood: str | None = None, fonts: Sequence[Path] = ()) -> None:
    """Set every title of a storyboard without drawing it: raises MissingFont or BadFilm before anything is rendered."""
    mood = mood or (storyboard.music.mood if storyboard.music else "calm")
    for title in storyboard.titles:
        set_title(title, storyboard.shots[0].width, storyboard.shots[0].height, mood, fonts)


class _Group:
    """Titles that share some of their time, and so their ink."""

    def __init__(self, cards: Sequence[Card], ink: Vec3) -> None:
        self.cards, self._preferred = cards, ink
        self.start, self.end = min(card.start for card in cards), max(card.end for card in cards)
        self._since = float("inf")  # seconds at which it was first looked at
        self._looks: list[list[Behind]] = [[] for _ in cards]
        self._decided = False

    def see(self, rgb: UInt8[np.ndarray, "H W 3"], now: float) -> None:
        """Take in what is behind the titles at `now`."""
        self._since = min(self._since, now)
        if not self._decided:
            for card, looks in zip(self.cards, self._looks, strict=True):
                looks.append(card.look(rgb))

    def seen_until(self, now: float) -> bool:
        """Whether enough has been seen by `now` to choose the ink."""
        return self._decided or now >= min(self._since + LOOK_AHEAD, self.end - 0.05)

    def drawn(self, rgb: UInt8[np.ndarray, "H W 3"], now: float) -> UInt8[np.ndarray, "H W 3"]:
        """The picture with those titles that stand at `now`."""
        if not self._decided:
            treatments = treat([over_time(looks) for looks in self._looks], self._preferred)
            for card, treatment in zip(self.cards, treatments, strict=True):
                card.treatment = treatment
            self._decided = True
        for card in self.cards:
            if card.start <= now < card.end:
                rgb = card.drawn(rgb, now)
        return rgb


def _grouped(cards: Sequence[Card], ink: Vec3) -> list[_Group]:
    """Cards that overlap in time, directly or through others, together."""
    runs: list[list[Card]] = []
    for card in sorted(cards, key=lambda c: c.start):
        if runs and card.start < max(c.end for c in runs[-1]):
            runs[-1].append(card)
        else:
            runs.append([card])
    return [_Group(run, ink) for run in runs]


def _drawn(picture: Frames, groups: Sequence[_Group]) -> Frames:
    rgb = picture.rgb[0]
    for group in groups:
        rgb = group.drawn(rgb, _middle(picture))
    return Frames(rgb=rgb[None], fps=picture.fps, start=picture.start)


def _middle(picture: Frames) -> float:
    return float(picture.start + 1 / (2 * picture.fps))
