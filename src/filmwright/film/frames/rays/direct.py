"""One frame of direct light: visible faces, closed-form light, sampled light on half the resolution."""

from typing import Any

import numpy as np
import warp as wp

from filmwright.core.shot import Shot

from .compose import compose, smooth
from .device import fetched
from .gather import gather
from .nouns import Sampling, Signals, Trail
from .passes import Sight
from .shade import shade
from .trail import Guides, follow
from .upload import Upload
from .view import CENTRE, view_at
from .visible import visible_faces

PICKS = ((0, 0), (1, 0), (1, 1), (0, 1))  # the pixel of a block whose light is sampled, frame by frame
PERIOD = 16  # until the places of the film samples repeat
ALONE = 3  # rounds of smoothing for a picture that shares with no other
SHARED = 1  # rounds for one that does


class Layers:
    """One sample of each pixel of a frame, as Warp arrays on the scene's device.

    Pixels are shaded half of them at a time, those on one colour of a chessboard: the one picked in each 2x2 block
    and the one across. What comes of it is half as wide as the picture: pixel (x, y) stands at [y, x // 2].
    """

    def __init__(
        self,
        scene: Upload,
        shot: Shot,
        frame: int,
        index: int,
        previous: int,
        *,
        place: tuple[float, float],
        seen: Sight | None = None,
    ) -> None:
        self.device, self.seed, self.index = scene.device, shot.seed & 0x7FFFFFFF, index
        self.height, self.width = shot.height, shot.width
        self.blocks = (shot.height + 1) // 2, (shot.width + 1) // 2
        scene.pose(shot.moment(float(frame)))
        self.view = view_at(shot, float(frame))
        self.guides = Guides()
        self.guides.height, self.guides.width, self.guides.turn = shot.height, shot.width, -1
        self.guides.place = wp.vec2(*place)
        if seen is None:
            self.seen = visible_faces(scene, self.view, place, self.seed, index)
            self._follow(scene, shot, previous)
        else:  # where things were before, only frames that share with others need to know
            self.seen, self.guides.normals = seen.faces, seen.smooth
            self.guides.depth, self.guides.ids = seen.passes["depth"], seen.passes["ids"]
        self.stage = [scene.world, scene.sky, scene.lights, self.view, self.guides]

    def _follow(self, scene: Upload, shot: Shot, previous: int) -> None:
        num = self.height * self.width
        self.guides.depth, self.guides.ids = self._new(num, float), self._new(num, int)
        self.guides.normals, self.guides.back = self._new(num, wp.vec3), self._new(num, wp.vec3)
        before, before_points = view_at(shot, float(previous)), scene.points_at(shot.moment(float(previous)))
        self._launch(follow, num, [scene.world, self.view, self.guides, before, before_points, self.seen])

    def shade(self, pick: tuple[int, int]) -> tuple[list[Any], Any]:
        """The steady, direct and ambient light of the picked colour; and the normals it was shaded with."""
        self.guides.pick_x, self.guides.pick_y = pick
        num = self.height * self.blocks[1]
        met, normals = self._new(num, wp.vec4), self._new(num, wp.vec3)
        parts = [self._new(num, wp.vec3) for _ in range(3)]
        for borrow in (0, 1):
            these = [self.seed, self.index, borrow, self.seen, met, normals, *parts]
            self._launch(shade, self.blocks, [*self.stage, *these])
        return parts, normals

    def gather(self, normals: Any, *, alone: bool) -> Any:
        """Light sampled at the pixels picked, blurred along its surfaces over blocks 1, 2, 4, ... apart."""
        num = self.blocks[0] * self.blocks[1]
        light, other = self._new(num, wp.vec4), self._new(num, wp.vec4)
        count, hard = self._new(num, float), self._new(num, float)
        taken = [self.seen, normals, light, count, hard]
        self._launch(gather, num, [*self.stage, self.seed, self.index, alone, *taken])
        for i in range(ALONE if alone else SHARED):
            self._launch(smooth, num, [self.view, self.guides, 1 << i, 2.0, count, hard, light, other])
            light, other = other, light
        return light

    def picture(self) -> np.ndarray:
        """The frame from this sample alone."""
        second, _ = self.shade(PICKS[1])
        first, normals = self.shade(PICKS[0])
        light, out = self.gather(normals, alone=True), self._new(self.height * self.width, wp.vec3)
        for color, parts in enumerate((first, second)):
            dim = self.height, self.blocks[1]
            self._launch(compose, dim, [self.view, self.guides, *parts, light, color, out])
        return fetched(out, self.height, self.width)

    def signals(self, pick: tuple[int, int], turn: int) -> Signals:
        """One colour in parts, for an Accumulator."""
        self.guides.turn = turn
        parts, normals = self.shade(pick)
        light = fetched(self.gather(normals, alone=False), *self.blocks)
        steady, direct, ambient = (fetched(part, self.height, self.blocks[1]) for part in parts)
        return Signals(steady=steady, direct=direct, ambient=ambient, light=light, pick=pick, turn=turn)

    def trail(self) -> Trail:
        """What the sample saw, and where that was before."""
        g, size = self.guides, (self.height, self.width)
        return Trail(
            depth=fetched(g.depth, *size),
            normals=fetched(g.normals, *size),
            ids=fetched(g.ids, *size),
            back=fetched(g.back, *size),
            place=tuple(g.place),
        )

    def _new(self, num: int, dtype: Any) -> Any:
        return wp.empty(num, dtype=dtype, device=self.device)

    def _launch(self, kernel: Any, dim: int | tuple[int, int], inputs: list[Any]) -> None:
        wp.launch(kernel, dim=dim, inputs=inputs, device=self.device)


def film_place(index: int) -> tuple[float, float]:
    """Where in its pixel the film is sampled: Halton's sequence in bases 2 and 3."""
    return _radical_inverse(index % PERIOD + 1, 2), _radical_inverse(index % PERIOD + 1, 3)


def _radical_inverse(i: int, base: int) -> float:
    out, digit = 0.0, 1.0 / base
    while i:
        out += digit * (i % base)
        i, digit = i // base, digit / base
    return out


def shared(scene: Upload, shot: Shot, frame: int, sampling: Sampling) -> tuple[Signals, Trail]:
    """The frame's one sample of half of its pixels, to be accumulated over time."""
    index = frame - sampling.phase + 65536  # phases are numbered like frames before this one
    previous = frame if sampling.phase or sampling.first else frame - 1
    place = film_place(index // 2) if sampling.antialias else CENTRE  # for both colours
    layers = Layers(scene, shot, frame, index, previous, place=place)
    turn = -1 if sampling.first or sampling.phase else (index + index // 4) % 2
    return layers.signals(PICKS[index % 4], turn), layers.trail()


def alone(scene: Upload, shot: Shot, frame: int, sampling: Sampling, seen: Sight | None) -> np.ndarray:
    """The frame by itself: the mean of `samples` pictures; `seen` is what is at the pixels' centres, where known."""
    if sampling.antialias or scene.blended:  # each sample sees blended surfaces by a chance of its own
        seen = None
    total = None
    for i in range(sampling.samples):
        index = frame * sampling.samples + i
        place = film_place(index) if sampling.antialias else CENTRE
        picture = Layers(scene, shot, frame, index, frame, place=place, seen=seen).picture()
        total = picture if total is None else total + picture
    assert total is not None
    return total * np.float32(1 / sampling.samples)
