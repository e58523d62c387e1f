"""Short clips of every kind, by number: cut out of films, turned about, drawn by rule, plain noise; all repeatable."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from attacks import encode, luma, pictures

WIDTH, HEIGHT, FRAMES = 320, 180, 24
SIDE, MOST = 360, 144  # films are kept at this shorter side, and so many of their frames
Clip = np.ndarray  # luma, uint8 [FRAMES, HEIGHT, WIDTH]


def kept(films: Sequence[Path]) -> list[np.ndarray]:
    """The films' luma, [F, H, W] each."""
    return [np.stack([_grey(rgb) for rgb in islice(pictures(str(film)), MOST)]) for film in films]


def clip(number: int, sources: Sequence[np.ndarray]) -> tuple[str, Clip]:
    """What kind it is, and its pictures; a tenth of all are encoded before they are looked at."""
    chance = np.random.default_rng([20_261_122, number])
    kinds = [*["film"] * (6 if sources else 0), "texture", "grid", "noise", "still noise"]
    kind = kinds[number % len(kinds)]
    made = _cut(chance, sources) if kind == "film" else _DRAWN[kind](chance)
    if chance.random() < 0.1:
        crf = int(chance.integers(18, 36))
        coded = encode((np.repeat(p[..., None], 3, -1) for p in made), crf, preset="ultrafast")
        made = np.stack([plane.copy() for plane in luma(coded)])
    return kind, made


def webcam(num: int = 192) -> Iterator[np.ndarray]:
    """RGB as a cheap camera sees a person before a bright wall: flat, still, noisy; hard for any mark."""
    chance = np.random.default_rng(20_261_130)
    wall = np.full((480, 640, 3), (205, 200, 192), np.float32) + np.linspace(-12, 12, 640, dtype=np.float32)[:, None]
    for i in range(num):
        seen, left = wall.copy(), round(8 * np.sin(i / 15))
        cv2.ellipse(seen, (320 + left, 470), (190, 160), 0, 0, 360, (70, 80, 105), -1, cv2.LINE_AA)
        cv2.ellipse(seen, (320 + left, 220), (75, 100), 0, 0, 360, (190, 150, 130), -1, cv2.LINE_AA)
        seen = cv2.GaussianBlur(seen, (0, 0), 1.5)
        grain = cv2.GaussianBlur(chance.standard_normal((480, 640), np.float32), (0, 0), 0.8)
        yield _codes(seen + grain[..., None] * 2)


def _grey(rgb: np.ndarray) -> np.ndarray:
    scale = SIDE / min(rgb.shape[:2])
    return cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _cut(chance: np.random.Generator, sources: Sequence[np.ndarray]) -> Clip:
    """A part of a film's picture and time, mirrored, turned, sped up, lighter or darker."""
    film = sources[chance.integers(len(sources))]
    count, height, width = film.shape
    step = int(chance.integers(1, max(2, min(4, count // FRAMES + 1))))
    start = chance.integers(max(1, count - step * FRAMES))
    share = chance.uniform(0.45, 1.0)
    wide = min(width, round(height * WIDTH / HEIGHT)) * share
    size = (round(wide), round(wide * HEIGHT / WIDTH))
    left, top = chance.integers(width - size[0] + 1), chance.integers(height - size[1] + 1)
    turn, mirror = chance.uniform(-8, 8) * (chance.random() < 0.3), chance.random() < 0.5
    levels = _codes(np.arange(256) * chance.uniform(0.6, 1.3) + chance.uniform(-30, 30))
    grain = np.float32(chance.uniform(0, 4) * (chance.random() < 0.3))
    out = []
    for picture in film[np.minimum(start + step * np.arange(FRAMES), count - 1)]:
        part = cv2.resize(
            picture[top : top + size[1], left : left + size[0]], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA
        )
        part = part[:, ::-1] if mirror else part
        if turn:
            matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn, 1.15)
            part = cv2.warpAffine(part, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        part = cv2.LUT(part, levels)
        out.append(_codes(part + grain * chance.standard_normal(part.shape, np.float32)) if grain else part)
    return np.stack(out)


def _texture(chance: np.random.Generator) -> Clip:
    """Noise of a random slope of its spectrum that slides."""
    reach = (int(chance.integers(-4, 5)), int(chance.integers(-4, 5)))
    height, width = HEIGHT + abs(reach[0]) * FRAMES, WIDTH + abs(reach[1]) * FRAMES
    fy, fx = np.meshgrid(np.fft.fftfreq(height), np.fft.rfftfreq(width), indexing="ij")
    slope = np.hypot(fy, fx) + 1 / width
    sheet = np.fft.irfft2(
        np.fft.rfft2(chance.normal(size=(height, width))) * slope ** -chance.uniform(0.3, 2), s=(height, width)
    )
    sheet = sheet / sheet.std() * chance.uniform(5, 50) + chance.uniform(60, 190)
    out = []
    for i in range(FRAMES):
        top, left = (abs(r) * (i if r > 0 else FRAMES - 1 - i) for r in reach)
        out.append(sheet[top : top + HEIGHT, left : left + WIDTH])
    return _codes(np.stack(out))


def _grid(chance: np.random.Generator) -> Clip:
    """Stripes, checks and tiles: periodic, as the mark is."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    period, turn = chance.uniform(4, 60, 2), chance.uniform(0, np.pi)
    move = chance.uniform(-2, 2, 2) * (chance.random() < 0.5)
    small = cv2.GaussianBlur(chance.normal(size=(160, 160)).astype(np.float32), (0, 0), chance.uniform(0.6, 3))
    tiles = np.tile(small / small.std(), (4, 4))
    style = chance.integers(3)
    out = []
    for i in range(FRAMES):
        u, v = x * np.cos(turn) + y * np.sin(turn) + move[0] * i, y * np.cos(turn) - x * np.sin(turn) + move[1] * i
        if style == 0:
            field = np.sin(2 * np.pi * u / period[0])
        elif style == 1:
            field = np.sign(np.sin(2 * np.pi * u / period[0]) * np.sin(2 * np.pi * v / period[1]))
        else:
            down, right = (int(60 + move[k] * i) for k in (0, 1))
            field = tiles[down : down + HEIGHT, right : right + WIDTH]
        out.append(128 + 30 * field)
    return _codes(np.stack(out))


def _noise(chance: np.random.Generator) -> Clip:
    return _codes(128 + chance.uniform(1, 60) * chance.standard_normal((FRAMES, HEIGHT, WIDTH), np.float32))


def _still_noise(chance: np.random.Generator) -> Clip:
    """The same noise in every picture: what adds up as the mark does."""
    still = cv2.GaussianBlur(chance.standard_normal((HEIGHT, WIDTH), np.float32), (0, 0), chance.uniform(0.3, 2))
    return _codes(np.repeat(128 + 40 * still[None], FRAMES, 0))


_DRAWN = {"texture": _texture, "grid": _grid, "noise": _noise, "still noise": _still_noise}


def _codes(values: np.ndarray) -> Clip:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
