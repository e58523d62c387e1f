"""A film's request -> its set, lit and exposed, with a renderer open on it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from filmwright.core.camera import Camera, Path, look_at
from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.core.shot import Look, Shot
from filmwright.film.frames.renderers import Live, Renderer, renderers
from filmwright.film.shots.portrait import portrait
from filmwright.film.shots.stage import Stage
from filmwright.jobs.film import Choice, Film
from filmwright.jobs.plan import plan, portrayed
from filmwright.jobs.rendered import rendered
from filmwright.jobs.trust import admit

from .messages import Pose


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filmset:
    """A stage that can be filmed from anywhere: the product, a metre in diagonal, stands on z = 0, its front to -Y."""

    stage: Stage
    look: Look
    renderer: Live
    warnings: tuple[str, ...]
    _stack: ExitStack = field(default_factory=ExitStack)

    def film(self, shot: Shot) -> Frames:
        """One frame."""
        return self.renderer.at_once(self.stage.scene, shot)

    def close(self) -> None:
        """Let go of the renderer."""
        self._stack.close()

    @property
    def camera(self) -> Camera:
        """That of the product's portrait, a view to begin with."""
        return portrait(self.stage).camera(0.0)


def build_set(film: Film, choice: Choice) -> Filmset:
    """Read, stage, moderate and expose; then film one frame, so that the next ones are quick.

    Raises Blocked, HeldForReview, BadFilm, BadAsset.
    """
    planned = plan(film)
    admit(rendered(planned))
    with ExitStack() as stack:
        renderer = renderers.open(choice.use, **choice.options())
        if isinstance(renderer, AbstractContextManager):
            stack.enter_context(renderer)
        if not isinstance(renderer, Live):
            raise BadFilm(f"renderer {choice.use!r} can't film at once. Use 'warp'.")
        look = portrayed(planned, renderer) if isinstance(renderer, Renderer) else Look()
        made = Filmset(stage=planned.stage, look=replace(look, grain=0.0), renderer=renderer, warnings=planned.warnings)
        made.film(portrait(planned.stage))
        return replace(made, _stack=stack.pop_all())


def shots(pose: Pose, look: Look, *, width: int, height: int, eyes: int, ipd: float) -> Iterator[Shot]:
    """What a pose sees: one locked-off frame, or one for each eye, whose axes are parallel and `ipd` metres apart."""
    matrix = pose.world_from_camera
    for side in (0.0,) if eyes == 1 else (-0.5, 0.5):
        moved = matrix.copy()
        moved[:3, 3] += matrix[:3, 0] * side * ipd
        path = locked(moved, float(np.radians(pose.fov)))
        yield Shot(name="live", kind="live", seconds=Fraction(1, 24), width=width, height=height, path=path, look=look)


def locked(matrix: np.ndarray, fov_y: float) -> Path:
    """The path of a camera that stands still: `matrix` is world from camera, `fov_y` in radians."""
    eye, forward = matrix[:3, 3], matrix[:3, 2]
    level = look_at(eye, eye + forward)
    roll = float(np.arctan2(matrix[:3, 0] @ level[:3, 1], matrix[:3, 0] @ level[:3, 0]))
    return Path(
        eye=eye[None],
        target=(eye + forward)[None],
        fov_y=np.array([fov_y]),
        focus=np.ones(1),
        aperture=np.zeros(1),
        roll=np.array([roll]),
    )
