"""Posters and contact sheets."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.film.video.pictures import Still, contact_sheet, poster


def still(value, name="orbit", size=(90, 160), start=0.0):
    return Still(rgb=np.full((*size, 3), value, np.uint8), name=name, start=start, seconds=1.5)


def frames(*pictures):
    return Frames(rgb=np.stack(pictures), fps=Fraction(24))


def detailed():
    rng = np.random.default_rng(0)
    picture = np.full((90, 160, 3), 120, np.uint8)
    picture[20:70, 40:120] = rng.integers(40, 220, (50, 80, 3))
    return picture


def test_the_poster_is_the_best_picture(tmp_path):
    dull, burnt = np.full((90, 160, 3), 120, np.uint8), np.full((90, 160, 3), 255, np.uint8)
    path = poster(frames(dull, detailed(), burnt), tmp_path / "poster.png")
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), detailed())
        assert image.info["icc_profile"]


def test_posters_as_jpeg_keep_colour_edges(tmp_path):
    red = np.zeros((64, 64, 3), np.uint8)
    red[:, 32:, 0] = 255
    with Image.open(poster(frames(red), tmp_path / "p.jpg")) as image:
        back = np.asarray(image).astype(int)
    assert np.abs(back - red).max() < 40  # at half the chroma resolution it would be over 60
    small = poster(frames(detailed()), tmp_path / "a.jpg", quality=40).stat().st_size
    assert small < poster(frames(detailed()), tmp_path / "b.jpg", quality=95).stat().st_size


def test_a_sheet_shows_every_still(tmp_path):
    values = [60, 90, 120, 150, 180, 210, 240]
    path = contact_sheet(
        [still(v, f"shot {v}", start=i * 1.5) for i, v in enumerate(values)], tmp_path / "s.png", title="Film"
    )
    with Image.open(path) as image:
        sheet = np.asarray(image)
    assert sheet.shape[1] == 1920
    places = [np.argwhere((sheet == v).all(-1)) for v in values]
    assert all(len(p) > 200 * 300 for p in places)
    middles = [tuple(np.median(p, 0) // 10) for p in places]
    assert middles == sorted(middles)  # reading order
    assert np.all(sheet[:20] == 22)


@pytest.mark.parametrize(("size", "count"), [((160, 90), 6), ((100, 100), 5), ((90, 160), 1), ((90, 160), 4)])
def test_sheets_of_any_shape(tmp_path, size, count):
    path = contact_sheet([still(100 + i, size=size) for i in range(count)], tmp_path / "s.jpg")
    with Image.open(path) as image:
        assert image.width == 1920
        assert image.height < 3000


def test_labels_are_written(tmp_path):
    with_label = contact_sheet([still(100, "macro label")], tmp_path / "a.png")
    other = contact_sheet([still(100, "orbit")], tmp_path / "b.png")
    with Image.open(with_label) as a, Image.open(other) as b:
        one, two = np.asarray(a), np.asarray(b)
    assert one.shape == two.shape
    differing = np.argwhere((one != two).any(-1))
    assert len(differing)
    assert one.max() > 200


def test_a_long_name_is_fitted(tmp_path):
    name = "a very long name of a shot that goes on and on and on"
    contact_sheet([still(100, name, size=(160, 90)) for _ in range(6)], tmp_path / "s.png")


def test_what_cannot_be_drawn(tmp_path):
    with pytest.raises(BadFilm, match="no stills"):
        contact_sheet([], tmp_path / "s.jpg")
    with pytest.raises(BadFilm, match="zero frames"):
        poster(Frames(rgb=np.zeros((0, 4, 4, 3), np.uint8), fps=Fraction(24)), tmp_path / "p.jpg")
    with pytest.raises(BadFilm, match=r"as '\.webp'"):
        poster(frames(detailed()), tmp_path / "p.webp")
    assert list(tmp_path.iterdir()) == []
