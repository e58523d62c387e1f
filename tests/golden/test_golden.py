"""The pictures as they were when somebody last looked at them.

After a change that is meant to be seen: `python -m tests.golden.test_golden` draws them anew. Look at them.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from filmwright.film.frames.renderers import renderers
from filmwright.jobs.film import Film
from filmwright.jobs.plan import expose, plan

HERE = Path(__file__).parent
PICTURES = [("draft", "hero"), ("standard", "hero"), ("standard", "macro-drift"), ("final", "reveal")]
CLOSE = 34.0  # decibels: processors round differently, and noise with them; another look is 25 or less


def planned():
    """The bundled sample's film, small."""
    film = plan(Film(brief="A luxury spot for a perfume. 'Made to last.'", size=90, seconds=8.0))
    with renderers.open("warp", quality="draft", workers=1, device="cpu") as renderer:
        return expose(film, renderer)


def drawn(film, quality, kind):
    """The middle frame of a shot, as a still."""
    shot = next(s for s in film.storyboard.shots if s.kind == kind)
    middle = shot.num_frames // 2
    with renderers.open("warp", quality=quality, workers=1, device="cpu") as renderer:
        (frames,) = renderer.render(film.stage.scene, shot, frames=range(middle, middle + 1))
    return frames.rgb[0]


@pytest.fixture(scope="module")
def film():
    return planned()


@pytest.mark.parametrize(("quality", "kind"), PICTURES)
def test_the_picture_is_the_one_that_was_looked_at(film, quality, kind):
    with Image.open(HERE / f"{quality}-{kind}.png") as file:
        golden = np.asarray(file).astype(float)
    error = ((drawn(film, quality, kind) - golden) ** 2).mean()
    assert 10 * np.log10(255**2 / max(error, 1e-9)) > CLOSE


if __name__ == "__main__":
    story = planned()
    for quality, kind in PICTURES:
        Image.fromarray(drawn(story, quality, kind)).save(HERE / f"{quality}-{kind}.png", optimize=True)
