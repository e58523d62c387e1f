"""Every mark: frames stay what they were, nobody sees it, and what carries a message gives it back."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.core.frames import Passes
from filmwright.core.mark import Geometry, MarkReading
from filmwright.film.asset.marks import Mark, marks
from filmwright.film.video.codecs import codecs
from tests.marked import PAYLOAD, clip, decibels, grey

SIZES = [(2, 2), (33, 17), (1, 3)]  # height, width
CARRYING = [name for name in marks.names() if name != "none"]


@pytest.fixture(autouse=True, scope="module")
def always_the_same_key(tmp_path_factory):
    """Else each run would be another test."""
    home = tmp_path_factory.mktemp("home-of-marks")
    (home / "keys").mkdir()
    (home / "keys" / "mark.key").write_text(bytes(range(32)).hex(), encoding="ascii")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILMWRIGHT_HOME", str(home))
        yield


@pytest.fixture(params=marks.names())
def mark(request):
    return marks.open(request.param)


@pytest.fixture(params=CARRYING)
def carrying(request):
    return marks.open(request.param)


@pytest.fixture(scope="module", params=CARRYING)
def marked(request):
    """A clip with a message, and the mark that reads it."""
    mark = marks.open(request.param)
    return mark, list(mark.embed(clip(), PAYLOAD))


def fits(mark):
    return min(PAYLOAD, (1 << mark.num_bits) - 1)


def flat(value, *, num=2, height=360, width=640):
    return [replace(frames, rgb=np.full_like(frames.rgb, value)) for frames in clip(num, width=width, height=height)]


def test_it_keeps_the_contract(mark):
    assert isinstance(mark, Mark)
    assert bool(mark.algorithm) == bool(mark.num_bits)


def test_frames_stay_what_they_were(mark):
    given = [
        replace(frames, passes=Passes(depth=np.ones(frames.rgb.shape[:3], np.float32)))
        for frames in clip(11, width=160, height=90)
    ]
    before = [frames.rgb.copy() for frames in given]
    out = list(mark.embed(iter(given), fits(mark)))
    assert [(f.rgb.shape, f.fps, f.start) for f in out] == [(f.rgb.shape, f.fps, f.start) for f in given]
    assert all(f.passes is g.passes for f, g in zip(out, given, strict=True))
    assert all(np.array_equal(g.rgb, rgb) for g, rgb in zip(given, before, strict=True))  # not written into


def test_nothing_is_held_back_longer_than_a_piece(mark):
    taken = []

    def watched():
        for frames in clip(15, width=160, height=90):
            taken.append(frames.start)
            yield frames

    out = mark.embed(watched(), fits(mark))
    for count in (1, 2, 3):
        next(out)
        assert len(taken) == count


def test_nobody_sees_it(mark):
    assert decibels(clip(), mark.embed(clip(), fits(mark))) >= 45
    for value in (0, 16, 128, 255):
        given = flat(value)
        change = np.abs(next(mark.embed(given, fits(mark))).rgb.astype(int) - value)
        assert change.max() <= (0 if value == 0 else 2)


def test_what_stands_still_does_not_shimmer(mark):
    still = next(clip(1))
    out = list(mark.embed([still] * 6, fits(mark)))
    assert all(np.array_equal(frames.rgb, out[0].rgb) for frames in out)


def test_the_same_message_marks_the_same_way_again(mark):
    first, again = (next(mark.embed(clip(3), fits(mark))).rgb for _ in range(2))
    assert np.array_equal(first, again)


def test_a_message_too_long_is_refused(mark):
    for payload in (-1, 1 << max(mark.num_bits, 1)):
        if mark.num_bits:
            with pytest.raises(BadFilm, match=f"holds {mark.num_bits} bits"):
                next(mark.embed(clip(1), payload))
        else:
            assert next(mark.embed(clip(1), payload)).rgb.shape[0] == 1


@pytest.mark.parametrize("size", SIZES)
def test_any_size_can_be_marked_and_read(mark, size):
    height, width = size
    out = list(mark.embed(clip(1, width=width, height=height), fits(mark)))
    assert out[0].rgb.shape == (1, height, width, 3)
    reading = mark.read(grey(out))
    assert isinstance(reading, MarkReading)
    assert not reading.present  # one picture of a few pixels holds too little to tell


@pytest.mark.parametrize("value", [0, 255])
def test_flat_films_hold_nothing(mark, value):
    reading = mark.read(grey(flat(value)))
    assert (reading.present, reading.payload) == (False, None)


def test_no_pictures_hold_nothing(mark):
    reading = mark.read(iter(()))
    assert (reading.present, reading.payload, reading.num_frames) == (False, None, 0)
    assert list(mark.embed(iter(()), fits(mark))) == []


def test_unmarked_films_hold_nothing(mark):
    reading = mark.read(grey(clip(13)))
    assert (reading.present, reading.payload) == (False, None)
    assert reading.false_alarm > 1e-4


@pytest.mark.parametrize("payload", [0, 1, (1 << 64) - 1, PAYLOAD])
def test_a_message_comes_back_as_soon_as_it_can_be_read(carrying, payload):
    taken = 0

    def watched():
        nonlocal taken
        for picture in grey(carrying.embed(clip(48), payload)):
            taken += 1
            yield picture

    reading = carrying.read(watched())
    assert reading.payload == payload
    assert reading.present
    assert reading.false_alarm < 1e-9
    assert reading.geometry == Geometry()
    assert reading.num_frames == taken < 48


def scaled(factor):
    return lambda rgb: cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def turned(degrees):
    def change(rgb):
        height, width = rgb.shape[:2]
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
        return cv2.warpAffine(rgb, matrix, (width, height), flags=cv2.INTER_LINEAR)

    return change


def boxed(rgb):
    height, width = rgb.shape[:2]
    out = np.zeros((width, height, 3), np.uint8)
    small = cv2.resize(rgb, (height, height * height // width), interpolation=cv2.INTER_AREA)
    out[200 : 200 + len(small)] = small
    return out


@pytest.mark.parametrize(
    ("change", "geometry"),
    [
        pytest.param(scaled(0.6), Geometry(), id="smaller"),
        pytest.param(scaled(1.5), Geometry(), id="larger"),
        pytest.param(lambda rgb: rgb[:, ::-1], Geometry(flipped=True), id="flipped"),
        pytest.param(lambda rgb: rgb[50:320, 90:570], Geometry(zoom=360 / 270), id="cropped to three quarters"),
        pytest.param(turned(3), Geometry(rotation=3.0), id="turned"),
        pytest.param(lambda rgb: np.clip(rgb * 0.6 + 60, 0, 255).astype(np.uint8), Geometry(), id="paler"),
    ],
)
def test_a_message_comes_back_from_changed_pictures(marked, change, geometry):
    mark, film = marked
    reading = mark.read(grey(film, change))
    assert reading.payload == PAYLOAD
    assert reading.geometry.flipped == geometry.flipped
    assert reading.geometry.zoom == pytest.approx(geometry.zoom, abs=0.01)
    assert reading.geometry.stretch == pytest.approx(geometry.stretch, abs=0.01)
    assert reading.geometry.rotation == pytest.approx(geometry.rotation, abs=0.2)


def test_a_message_comes_back_from_between_bars(carrying):
    reading = carrying.read(grey(carrying.embed(clip(36), PAYLOAD), boxed))
    assert reading.payload == PAYLOAD
    assert reading.geometry.zoom == pytest.approx(202 / 360, abs=0.01)


def test_a_message_comes_back_from_an_encoded_film(carrying, tmp_path):
    codec = codecs.open("mp4", crf=28)
    video = codec.encode(carrying.embed(clip(48), PAYLOAD), tmp_path / "film.mp4")
    assert carrying.read(grey(codec.decode(video.path))).payload == PAYLOAD


def test_at_a_known_geometry_nothing_else_is_searched(marked):
    mark, film = marked
    flipped = Geometry(flipped=True)
    assert mark.read(grey(film, lambda rgb: rgb[:, ::-1]), at=flipped).payload == PAYLOAD
    astray = mark.read(grey(film), at=flipped)
    assert astray.payload is None
    assert not astray.present


def test_another_key_reads_nothing(carrying, tmp_path):
    (tmp_path / "key").write_bytes(b"of somebody else")
    reading = marks.open("tiled", key=tmp_path / "key").read(grey(carrying.embed(clip(13), PAYLOAD)))
    assert (reading.present, reading.payload) == (False, None)


def test_96_bits_come_back(tmp_path):
    mark = marks.open("tiled", bits=96)
    payload = PAYLOAD << 32 | 0x5EED
    assert mark.num_bits == 96
    assert mark.read(grey(mark.embed(clip(36), payload))).payload == payload
