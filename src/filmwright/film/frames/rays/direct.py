"""One frame of direct light: visible faces, closed-form light, sampled light on half the resolution."""

from typing import Any

import numpy as np
import warp as wp

from filmwright.core.shot import Shot

from .compose import compose, smooth
from .device import fetched
from .gather import gather
from .nouns import Sampling, Signals, Trail
from .shade import Found, shade
from .upload import Upload
from .view import view_of
from .visible import visible_faces

PICKS = ((0, 0), (1, 1), (1, 0), (0, 1))  # which pixel of a block is sampled, frame by frame
PERIOD = 16  # frames until the places of the film samples repeat
ALONE = 3  # rounds of smoothing for a picture that shares with no other
SHARED = 1  # rounds for one that does


class Layers:
    """One sample of each pixel of a frame, as Warp arrays on the scene's device."""

    def __init__(self, scene: Upload, shot: Shot, frame: int, index: int, previous: int, *, antialias: bool) -> None:
        num, device = shot.width * shot.height, scene.device
        self.scene, self.index, self.seed = scene, index, shot.seed & 0x7FFFFFFF
        self.pick = PICKS[index % 4]
        self.jitter = film_place(index) if antialias else (0.5, 0.5)
        scene.pose(shot.moment(float(frame)))
        self.view = view_of(shot.camera(float(frame)), shot.width, shot.height)
        before = view_of(shot.camera(float(previous)), shot.width, shot.height)
        before_points = scene.points_at(shot.moment(float(previous)))
        self.seen = visible_faces(scene, self.view, self.jitter, self.seed, index)
        self.steady, self.direct, self.ambient, self.normals, self.back = (
            wp.empty(num, dtype=wp.vec3, device=device) for _ in range(5)
        )
        self.depth, self.ids = wp.empty(num, dtype=float, device=device), wp.empty(num, dtype=int, device=device)
        found = Found()
        found.depth, found.normals, found.ids = self.depth, self.normals, self.ids
        found.met = wp.empty(num, dtype=wp.vec4, device=device)
        for borrow in (0, 1):
            wp.launch(
                shade,
                dim=(shot.height, (shot.width + 1) // 2),
                inputs=[scene.world, scene.sky, scene.lights, self.view, before, before_points, self._place]
                + [self.seed, index, borrow, self.seen, found],
                outputs=[self.steady, self.direct, self.ambient, self.back],
                device=device,
            )
        self.light = self._gathered()

    @property
    def _place(self) -> Any:
        return wp.vec2(*self.jitter)

    @property
    def _blocks(self) -> tuple[int, int]:
        return (self.view.width + 1) // 2, (self.view.height + 1) // 2

    def _gathered(self) -> Any:
        width, height = self._blocks
        scene = self.scene
        light = wp.empty(width * height, dtype=wp.vec4, device=scene.device)
        wp.launch(
            gather,
            dim=len(light),
            inputs=[scene.world, scene.sky, scene.lights, self.view, self._place, *self.pick, self.seed, self.index]
            + [self.seen, self.normals, width],
            outputs=[light],
            device=scene.device,
        )
        return light

    def smoothed(self, rounds: int) -> Any:
        """The sampled light, blurred along its surfaces over blocks 1, 2, 4, ... apart."""
        light = self.light
        ones = wp.full(len(light), 1.0, dtype=float, device=self.scene.device)
        for i in range(rounds):
            out = wp.empty_like(light)
            wp.launch(
                smooth,
                dim=len(light),
                inputs=[self.view, *self._blocks, *self.pick, 1 << i, self.depth, self.normals, 2.0] + [ones, light],
                outputs=[out],
                device=self.scene.device,
            )
            light = out
        return light

    def picture(self) -> np.ndarray:
        """The frame from this sample alone."""
        out = wp.empty_like(self.steady)
        wp.launch(
            compose,
            dim=len(out),
            inputs=[self.view, *self._blocks, *self.pick, self.depth, self.normals]
            + [self.steady, self.direct, self.ambient, self.smoothed(ALONE)],
            outputs=[out],
            device=self.scene.device,
        )
        return self._full(out)

    def signals(self) -> Signals:
        """The sample in parts, for an Accumulator."""
        width, height = self._blocks
        return Signals(
            steady=self._full(self.steady),
            direct=self._full(self.direct),
            ambient=self._full(self.ambient),
            light=fetched(self.smoothed(SHARED), height, width),
            pick=self.pick,
        )

    def trail(self) -> Trail:
        """What the sample saw, and where that was before."""
        return Trail(
            depth=self._full(self.depth),
            normals=self._full(self.normals),
            ids=self._full(self.ids),
            back=self._full(self.back),
            place=self.jitter,
        )

    def _full(self, array: Any) -> np.ndarray:
        return fetched(array, self.view.height, self.view.width)


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
    """The frame's one sample, to be accumulated over time."""
    index = frame - sampling.phase + 65536  # phases are numbered like frames before this one
    previous = frame if sampling.phase or sampling.first else frame - 1
    layers = Layers(scene, shot, frame, index, previous, antialias=sampling.antialias)
    return layers.signals(), layers.trail()


def alone(scene: Upload, shot: Shot, frame: int, sampling: Sampling) -> np.ndarray:
    """The frame by itself: the mean of `samples` pictures."""
    total = None
    for i in range(sampling.samples):
        index = frame * sampling.samples + i
        picture = Layers(scene, shot, frame, index, frame, antialias=sampling.antialias).picture()
        total = picture if total is None else total + picture
    assert total is not None
    return total * np.float32(1 / sampling.samples)
