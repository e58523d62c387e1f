"""Our ray renderer on NVIDIA Warp, for processor and CUDA: drafts, standard frames, path-traced finals."""

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
import warp as wp
from jaxtyping import Float32

from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames, Passes, PassName
from filmwright.core.scene import Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.denoise import Denoiser
from filmwright.film.frames.develop import develop
from filmwright.film.frames.lens import focused
from filmwright.film.frames.pool import Alone, Pool
from filmwright.film.frames.rays import WARM_UP, Accumulator, Raw, Sampling, Tracer
from filmwright.film.frames.rays.device import ready
from filmwright.film.frames.steady import steadied

STILL_LOOKS = 12  # of a standard still: more than of a shot's first frame, which nobody sees as long

Quality = Literal["draft", "standard", "final"]
Picture = Float32[np.ndarray, "H W 3"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What is done for each frame of a quality."""

    sampling: Sampling
    still_looks: int = 1  # with sampling.share: how often a still is looked at, for it has no frames before it
    denoise: bool = False  # and, in a moving picture, steady what the denoiser left


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One frame for a worker, or with sampling.phase above 0 one of the looks that only warm an accumulator up."""

    shot: Shot
    frame: int
    sampling: Sampling
    passes: tuple[PassName, ...]
    denoise: bool


def recipe(quality: Quality, samples: int = 0) -> Recipe:
    """The sampling of a quality; `samples` a pixel and frame replaces the quality's own where it is not 0."""
    if quality == "draft":
        return Recipe(sampling=Sampling(samples=samples or 1, antialias=samples > 1))
    if quality == "standard" and samples <= 1:
        return Recipe(sampling=Sampling(share=True), still_looks=STILL_LOOKS)
    if quality == "standard":
        return Recipe(sampling=Sampling(samples=samples))
    return Recipe(sampling=Sampling(integrator="path", samples=samples or 8), denoise=True)


def jobs_of(shot: Shot, recipe: Recipe, passes: Collection[PassName], frames: range | None) -> list[Job]:
    """What the workers do for a shot, or for stills of it, in order."""
    steady = recipe.denoise and frames is None
    wanted = tuple(name for name in sorted({*passes, *(("flow",) if steady else ())}) if name != "radiance")
    jobs = []
    for i in frames if frames is not None else range(shot.num_frames):
        looks = 1
        if recipe.sampling.share:
            looks = recipe.still_looks if frames is not None else WARM_UP if i == 0 else 1
        for phase in reversed(range(looks)):
            sampling = replace(recipe.sampling, phase=phase, first=looks > 1)
            these = wanted if phase == 0 else ()
            jobs.append(Job(shot=shot, frame=i, sampling=sampling, passes=these, denoise=recipe.denoise))
    return jobs


class Rays:
    """A renderer whose workers keep the last scene open. A context manager: leaving it stops the workers."""

    def __init__(self, quality: Quality, workers: int, device: str, samples: int) -> None:
        self._quality, self._samples = quality, samples
        self._device = _device(device)
        self._workers = workers or (_cores() if self._device == "cpu" else 1)
        self._recipe = recipe(quality, samples)
        self._scene: Scene | None = None
        self._pool: Alone[Job, Raw] | Pool[Job, Raw] | None = None
        self._developing = threading.Lock()  # of this process's device

    @cached_property
    def fingerprint(self) -> str:
        """Quality, options, the libraries' versions and a hash of the source; not the number of workers."""
        device = self._device.split(":")[0]
        libraries = " ".join(f"{name}-{version(name)}" for name in ("warp-lang", "pyoidn", "numpy"))
        return f"warp {self._quality} samples={self._samples} {device} {libraries} {_source_hash()}"

    def render(
        self, scene: Scene, shot: Shot, *, passes: Collection[PassName] = (), frames: range | None = None
    ) -> Iterator[Frames]:
        """One frame a piece. Picked `frames` are stills: each is sampled more instead of sharing with its neighbours.

        Raises RenderFailed if a worker dies twice over the same frame, or light is not finite.
        """
        still = frames is not None
        jobs = jobs_of(shot, self._recipe, passes, frames)
        raws = self._open(scene).map(jobs)
        if self._recipe.sampling.share:
            finished = shared(shot, jobs, raws, still=still, device=self._device)
        elif self._recipe.denoise and not still:
            finished = steadied(raws, device=self._device)
        else:
            finished = ((raw, alone(raw)) for raw in raws)
        for raw, linear in finished:
            yield _frames(shot, raw, linear, set(passes), self._device)

    @property
    def side_by_side(self) -> int:
        """One a worker."""
        return self._workers

    def at_once(self, scene: Scene, shot: Shot) -> Frames:
        """The first frame of a shot by whichever worker is free; nothing is shared with frames before it.

        Raises BadFilm for quality standard, which lives on that, and what `render` raises.
        """
        if self._recipe.sampling.share:
            raise BadFilm("renderer 'warp' films at once in quality draft, or final; standard needs the frames before.")
        job = Job(shot=shot, frame=0, sampling=self._recipe.sampling, passes=(), denoise=self._recipe.denoise)
        raw = self._open(scene).work(job)
        with self._developing:
            return _frames(shot, raw, alone(raw), set(), self._device)

    def close(self) -> None:
        """Stop the workers. The next `render` starts them again."""
        if self._pool is not None:
            self._pool.close()
        self._pool = self._scene = None

    def __enter__(self) -> "Rays":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, scene: Scene) -> Alone[Job, Raw] | Pool[Job, Raw]:
        if self._pool is None or self._scene is not scene:
            self.close()
            opener = partial(studio, scene, self._device)
            self._pool = Alone(opener) if self._workers == 1 else Pool(opener, self._workers)
            self._scene = scene
        return self._pool


@contextmanager
def studio(scene: Scene, device: str) -> Iterator[Callable[[Job], Raw]]:
    """What a worker holds open: the scene on its device, and a denoiser once one is asked for."""
    denoisers: dict[tuple[int, int], Denoiser] = {}
    try:
        with Tracer(scene, device=device) as tracer:
            yield partial(_film, tracer, denoisers)
    finally:
        for denoiser in denoisers.values():
            denoiser.close()


def _film(tracer: Tracer, denoisers: dict[tuple[int, int], Denoiser], job: Job) -> Raw:
    raw = tracer.trace(job.shot, job.frame, job.sampling, job.passes)
    if not job.denoise:
        return raw
    size = job.shot.height, job.shot.width
    if size not in denoisers:
        denoisers[size] = Denoiser(*size, num_threads=1 if tracer.device == "cpu" else 0)
    assert raw.radiance is not None
    assert raw.guide_albedo is not None
    assert raw.guide_normals is not None
    clean = denoisers[size](raw.radiance, raw.guide_albedo, raw.guide_normals, exposure=job.shot.look.exposure)
    return replace(raw, radiance=clean, guide_albedo=None, guide_normals=None)


def shared(
    shot: Shot, jobs: Iterable[Job], raws: Iterable[Raw], *, still: bool, device: str
) -> Iterator[tuple[Raw, Picture]]:
    """Frames of direct light that share their samples over time, seen through the lens."""
    lens = partial(focused, device=device)
    accumulator, frame = Accumulator(shot, lens=lens, device=device), -1
    for job, raw in zip(jobs, raws, strict=True):
        if still and job.frame != frame:
            accumulator, frame = Accumulator(shot, lens=lens, device=device), job.frame
        picture = accumulator.add(raw)
        if job.sampling.phase == 0:
            yield raw, picture


def alone(raw: Raw) -> Picture:
    """The light of a frame that shares with no other."""
    assert raw.radiance is not None
    return raw.radiance


def _frames(shot: Shot, raw: Raw, linear: Picture, passes: set[PassName], device: str) -> Frames:
    def kept(name: PassName, array: np.ndarray | None) -> np.ndarray | None:
        return array[None] if name in passes and array is not None else None

    rgb = develop(linear, shot.look, seed=shot.seed, frame=raw.frame, device=device)
    start = Fraction(raw.frame) / shot.fps
    found = Passes(
        depth=kept("depth", raw.depth),
        normals=kept("normals", raw.normals),
        ids=kept("ids", raw.ids),
        albedo=kept("albedo", raw.albedo),
        flow=kept("flow", raw.flow),
        visible=kept("flow", raw.visible),
        radiance=kept("radiance", linear),
    )
    return Frames(rgb=rgb[None], fps=shot.fps, start=start, passes=found)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _device(name: str) -> str:
    if name == "auto":
        ready("cpu")
        return "cuda:0" if wp.is_cuda_available() else "cpu"
    ready(name)
    return "cuda:0" if name == "cuda" else name


def _source_hash() -> str:
    room = Path(__file__).parents[1]
    files = sorted([*room.glob("*.py"), *room.glob("rays/*.py"), Path(__file__)])
    return content_hash([(file.relative_to(room).as_posix(), file_hash(file)) for file in files])[:16]


def build(*, quality: Quality = "standard", workers: int = 0, device: str = "auto", samples: int = 0) -> Rays:
    """A ray renderer. `workers` 0 is one a core; `device` is auto, cpu or cuda; `samples` 0 is the quality's own."""
    if workers < 0 or samples < 0:
        raise BadFilm(f"workers and samples must be 0 or more, not {workers} and {samples}.")
    return Rays(quality, workers, device, samples)
