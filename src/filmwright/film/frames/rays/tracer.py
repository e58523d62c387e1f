"""Scene and shot to traced frames."""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np
import warp as wp

from filmwright.core.frames import PassName
from filmwright.core.scene import Scene
from filmwright.core.shot import Shot

from . import path
from .device import fetched, ready
from .direct import alone, shared
from .nouns import Raw, Sampling
from .passes import Sight, passes_of, sight
from .upload import Upload
from .view import view_at

TECHNIQUES = {"both": 0, "light": 1, "bsdf": 2}
MAX_SLICES = 8  # moments of a frame's exposure that motion blur is made of


class Tracer:
    """A scene on a device, open for tracing: same scene, shot, frame and sampling, same bits, in any process."""

    def __init__(self, scene: Scene, *, device: str = "cpu") -> None:
        ready(device)
        self.device = device
        self._upload: Upload | None = Upload(scene, device)

    def __enter__(self) -> "Tracer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back."""
        self._upload = None

    def trace(self, shot: Shot, frame: int, sampling: Sampling, passes: Collection[PassName] = ()) -> Raw:
        """One frame of a shot, with the passes asked for."""
        assert self._upload is not None, "the tracer is closed"
        if not set(passes) - {"radiance"}:
            return _lit(self._upload, shot, frame, sampling, None)
        seen = sight(self._upload, shot, frame, albedo="albedo" in passes)
        raw = _lit(self._upload, shot, frame, sampling, seen)
        found = passes_of(self._upload, shot, frame, seen)
        wanted = {*passes, "visible"} if "flow" in passes else {*passes}
        more: dict[str, Any] = {name: found[name] for name in wanted if name in found}
        return replace(raw, **more)


def _lit(scene: Upload, shot: Shot, frame: int, sampling: Sampling, seen: Sight | None) -> Raw:
    if sampling.integrator == "path":
        radiance, albedo, normals = _paths(scene, shot, frame, sampling)
        return Raw(frame=frame, radiance=radiance, guide_albedo=albedo, guide_normals=normals)
    if sampling.share:
        signals, trail = shared(scene, shot, frame, sampling)
        return Raw(frame=frame, radiance=None, signals=signals, trail=trail)
    return Raw(frame=frame, radiance=alone(scene, shot, frame, sampling, seen))


def _paths(scene: Upload, shot: Shot, frame: int, sampling: Sampling) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    num = shot.width * shot.height
    radiance, albedo, normals = (wp.zeros(num, dtype=wp.vec3, device=scene.device) for _ in range(3))
    for moment, first, last in slices(shot, frame, sampling):
        scene.pose(shot.moment(moment))
        plan = path.Plan()
        plan.seed, plan.frame, plan.first, plan.last = shot.seed & 0x7FFFFFFF, frame, first, last
        plan.bounces, plan.antialias, plan.lens = sampling.bounces, int(sampling.antialias), int(sampling.lens)
        plan.clamp, plan.mis = sampling.clamp, TECHNIQUES[sampling.lights]
        view = view_at(shot, moment)
        wp.launch(
            path.trace_paths,
            dim=num,
            inputs=[scene.world, scene.sky, scene.lights, view, plan],
            outputs=[radiance, albedo, normals],
            device=scene.device,
        )
    share = np.float32(1 / sampling.samples)
    sums = (fetched(array, shot.height, shot.width) for array in (radiance, albedo, normals))
    means = [total * share for total in sums]
    return means[0], means[1], means[2]


def slices(shot: Shot, frame: int, sampling: Sampling) -> list[tuple[float, int, int]]:
    """The moments, in frames, of a frame's exposure, and the samples first to last - 1 that each gets."""
    num = min(sampling.samples, MAX_SLICES) if sampling.motion_blur and shot.shutter > 0 else 1
    edges = [round(i * sampling.samples / num) for i in range(num + 1)]
    return [
        (frame + float(shot.shutter) * ((i + 0.5) / num - 0.5), first, last)
        for i, (first, last) in enumerate(pairwise(edges))
    ]
