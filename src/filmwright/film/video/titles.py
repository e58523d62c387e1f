"""Words on the picture: set, made legible where they stand, and moved with restraint."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8

from filmwright.core.frames import Frames
from filmwright.core.shot import Storyboard, Title

from .layout import Letter, Setting, paint_letter
from .legibility import Behind, Treatment, look_behind, over_time, soft_mask, treat
from .light import dithered, to_display, to_linear
from .styles import MOTIONS, Motion, set_title

LOOK_AHEAD = 2.0  # seconds of pictures held back at most while the place behind a title is looked at
REACH = 1.5  # ems over which a shade falls off


def overlay(
    frames: Iterable[Frames], storyboard: Storyboard, *, mood: str | None = None, fonts: Sequence[Path] = ()
) -> Iterator[Frames]:
    """Lay the storyboard's titles over its film; one picture at a time, without passes.

    The typeface and its motion follow `mood`, which is the music's where it is not given. `fonts` are files of one's
    own that go before filmwright's. The ink is chosen by the pictures behind a title over up to LOOK_AHEAD seconds of
    its time, which are held in memory. Raises MissingFont, or BadFilm for a text that does not fit its place.
    """
    mood = mood or (storyboard.music.mood if storyboard.music else "calm")
    cards: list[_Card] | None = None
    held: deque[tuple[Frames, list[_Card]]] = deque()
    for picture in _singles(frames):
        if cards is None:
            height, width = picture.rgb.shape[1:3]
            cards = [_Card(title, width, height, mood, fonts, storyboard.ink) for title in storyboard.titles]
        now = float(picture.start + 1 / (2 * picture.fps))
        active = [card for card in cards if card.start <= now < card.end]
        for card in active:
            card.see(picture.rgb[0], now)
        held.append((picture, active))
        while held and all(card.seen_until(now) for card in held[0][1]):
            yield _drawn(*held.popleft())
    while held:
        yield _drawn(*held.popleft())


def check_titles(storyboard: Storyboard, *, mood: str | None = None, fonts: Sequence[Path] = ()) -> None:
    """Set every title of a storyboard without drawing it: raises MissingFont or BadFilm before anything is rendered."""
    mood = mood or (storyboard.music.mood if storyboard.music else "calm")
    for title in storyboard.titles:
        set_title(title, storyboard.shots[0].width, storyboard.shots[0].height, mood, fonts)


def _drawn(picture: Frames, cards: Sequence["_Card"]) -> Frames:
    rgb, now = picture.rgb[0], float(picture.start + 1 / (2 * picture.fps))
    for card in cards:
        rgb = card.drawn(rgb, now)
    return Frames(rgb=rgb[None], fps=picture.fps, start=picture.start)


def _singles(frames: Iterable[Frames]) -> Iterator[Frames]:
    for piece in frames:
        for i in range(len(piece.rgb)):
            yield Frames(rgb=piece.rgb[i : i + 1], fps=piece.fps, start=piece.start + i / piece.fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """Whole pixels of a picture."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, rgb: UInt8[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "h w 3"]:
        return rgb[self.top : self.bottom, self.left : self.right]


class _Card:
    """One title in one size of picture: looks at what is behind it, then draws itself at any time."""

    def __init__(
        self, title: Title, width: int, height: int, mood: str, fonts: Sequence[Path], ink: tuple[float, float, float]
    ) -> None:
        self.start, self.end = float(title.start), float(title.end)
        self._preferred = ink
        self._setting: Setting = set_title(title, width, height, mood, fonts)
        self._motion = _fitted(MOTIONS[mood], self.end - self.start)
        em = self._setting.size
        self._near = _region(self._setting, 0.3 * em, width, height)
        self._region = _region(self._setting, (1.6 * REACH + 0.3) * em, width, height)
        self._since = float("inf")  # seconds at which it was first looked at
        self._looks: list[Behind] = []
        self._treatment: Treatment | None = None
        self._still: Float32[np.ndarray, "h w"] | None = None  # the letters at rest
        self._cloud: Float32[np.ndarray, "h w"] | None = None

    def see(self, rgb: UInt8[np.ndarray, "H W 3"], now: float) -> None:
        """Take in what is behind the title at `now`."""
        self._since = min(self._since, now)
        if self._treatment is None:
            self._looks.append(look_behind(self._near.of(rgb)))

    def seen_until(self, now: float) -> bool:
        """Whether enough has been seen by `now` to choose the ink."""
        return self._treatment is not None or now >= min(self._since + LOOK_AHEAD, self.end - 0.05)

    def drawn(self, rgb: UInt8[np.ndarray, "H W 3"], now: float) -> UInt8[np.ndarray, "H W 3"]:
        """The picture with the title as it stands at `now`."""
        if self._treatment is None:
            self._treatment = treat(over_time(self._looks), self._preferred)
        presence = self._presence(now)
        if presence <= 0:
            return rgb
        linear = to_linear(self._region.of(rgb))
        amount: float | Float32[np.ndarray, "h w 1"] = 0.0
        if self._treatment.strength > 0:
            amount = self._shade() * np.float32(self._treatment.strength * presence)
            linear += (np.array(self._treatment.shade, np.float32) - linear) * amount
        ink = to_linear(np.rint(np.array(self._treatment.ink) * 255).astype(np.uint8))
        linear += (ink - linear) * self._letters(now)[..., None]
        display = to_display(linear)
        display = np.where(amount > 0.002, display, np.rint(display))  # only a shade needs dither
        out = rgb.copy()
        self._region.of(out)[:] = dithered(display, round(now * 1000))
        return out

    def _presence(self, now: float) -> float:
        """How much of the shade is there: it comes with the first letter and leaves with the last."""
        since, left = (now - self.start) / self._motion.come, (self.end - now) / self._motion.go
        return _smooth(since) * _smooth(left)

    def _letters(self, now: float) -> Float32[np.ndarray, "h w"]:
        """Coverage of the region by the letters at `now`."""
        motion = self._motion
        gone = _smooth((self.end - now) / motion.go)
        if now - self.start >= motion.stagger + motion.settle:
            if self._still is None:
                self._still = self._painted([(letter, 1.0, 0.0, 0.0) for letter in self._setting.letters])
            return self._still * np.float32(gone)
        em = self._setting.size
        states = []
        for letter in self._setting.letters:
            since = now - self.start - motion.stagger * letter.order
            calm = 1 - _arrive(since / motion.settle)
            shown = _smooth(since / motion.come)
            states.append((letter, shown, letter.spread * motion.spread * em * calm, motion.rise * em * calm))
        return self._painted(states) * np.float32(gone)

    def _painted(self, states: Sequence[tuple[Letter, float, float, float]]) -> Float32[np.ndarray, "h w"]:
        region = self._region
        mask = np.zeros((region.bottom - region.top, region.right - region.left), np.float32)
        for letter, shown, dx, dy in states:
            if shown > 0:
                paint_letter(mask, letter, left=region.left, top=region.top, dx=dx, dy=dy, shown=shown)
        return np.minimum(mask, 1, out=mask)

    def _shade(self) -> Float32[np.ndarray, "h w 1"]:
        if self._cloud is None:
            region, em = self._region, self._setting.size
            lines = [
                (a - region.left, b - region.top, c - region.left, d - region.top) for a, b, c, d in self._setting.lines
            ]
            height, width = region.bottom - region.top, region.right - region.left
            self._cloud = soft_mask(lines, width=width, height=height, reach=REACH * em)
        return self._cloud[..., None]


def _region(setting: Setting, margin: float, width: int, height: int) -> _Region:
    left, top, right, bottom = setting.bounds
    return _Region(
        left=max(int(left - margin), 0),
        top=max(int(top - margin), 0),
        right=min(int(right + margin) + 1, width),
        bottom=min(int(bottom + margin) + 1, height),
    )


def _fitted(motion: Motion, seconds: float) -> Motion:
    """The motion, hurried where the title is too short for it."""
    hurry = min(1.0, seconds / (1.6 * (motion.come + motion.stagger + motion.go)))
    return replace(
        motion,
        come=motion.come * hurry,
        stagger=motion.stagger * hurry,
        go=motion.go * hurry,
        settle=motion.settle * hurry,
    )


def _smooth(t: float) -> float:
    """0 to 1 with no corner at either end."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _arrive(t: float) -> float:
    """0 to 1, quick at first and ever slower: an exponential's ease without its end."""
    t = min(max(t, 0.0), 1.0)
    return 1 - (1 - t) ** 4
