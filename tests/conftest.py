"""What tests of more than one folder need."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from filmwright.core.scene import Scene
from filmwright.film.shots.stage import Interest, Stage


def _stage(size: tuple[float, float, float] = (0.3, 0.3, 1.0), *, plain: bool = False, round_: bool = False) -> Stage:
    """A block or a drum of these proportions as the staging would stand it: a metre's diagonal, on z = 0."""
    extent = np.array(size) / np.linalg.norm(size)
    rng = np.random.default_rng(5)
    points = rng.uniform(-0.5, 0.5, (3000, 3))
    axis = rng.integers(0, 3, len(points))
    points[np.arange(len(points)), axis] = np.where(points[np.arange(len(points)), axis] < 0, -0.5, 0.5)
    if round_:
        radius = np.abs(points[:, :2]).max(1) * 2
        turn = rng.uniform(0, 2 * np.pi, len(points))
        points[:, :2] = 0.5 * radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    points = points * extent + [0, 0, extent[2] / 2]
    x, y, z = (float(v) for v in extent)
    interests = (
        Interest(kind="label", point=(0.0, -y / 2, 0.55 * z), normal=(0.0, -1.0, 0.0), radius=0.09, score=1.0),
        Interest(kind="edge", point=(x / 2, -y / 2, 0.8 * z), normal=(0.6, -0.8, 0.0), radius=0.06, score=0.7),
        Interest(kind="detail", point=(0.0, 0.0, z), normal=(0.0, 0.0, 1.0), radius=0.08, score=0.5),
    )
    return Stage(
        scene=Scene(name="block"),
        product=(0,),
        bounds=np.array([[-x / 2, -y / 2, 0.0], [x / 2, y / 2, z]]),
        points=points,
        interests=() if plain else interests,
        palette=((0.2, 0.3, 0.1), (0.8, 0.7, 0.5)),
    )


@pytest.fixture(scope="session")
def stage_of() -> Callable[..., Stage]:
    """Stages of a given size, without any rendering."""
    return _stage


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keys, records and logs of tests live in a folder of their own, never in the user's."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILMWRIGHT_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """PyTorch on one thread: tests run side by side, and two threads that wait for each other are slower than one."""
    import torch  # the base install has none

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
