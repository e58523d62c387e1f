"""Signing films that are there: marked or left alone, the sound kept, true words, nothing destroyed."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from PIL import Image

from filmwright.core.errors import BadAsset, BadFilm
from filmwright.film.asset.audit import rows
from filmwright.film.asset.identity import id_text
from filmwright.film.asset.marks import marks
from filmwright.film.asset.records import find
from filmwright.film.asset.signers import signers
from filmwright.film.video.codecs import codecs
from filmwright.film.video.listening import loudness, same_sound
from filmwright.film.video.reading import key_pictures, luma, probe
from filmwright.film.video.rewriting import check_rewritable
from filmwright.jobs.sign import Wish, sign
from tests.verified import moving, unsigned

RENDERED = Wish(source="rendered", maker="Mina Park")


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return unsigned(tmp_path_factory.mktemp("films") / "film.mp4", num_frames=24, seed=2)


def sound_packets(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_marked_and_signed(film, tmp_path):
    before = film.read_bytes()
    made = sign(film, tmp_path / "out.mp4", RENDERED)
    assert film.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    found = signers.open("c2pa").read(made.path)
    assert (found.state, found.maker, found.source) == ("trusted", "Mina Park", "algorithmicMedia")
    assert [action.name for action in found.actions] == ["created", "watermarked"]
    assert found.mark_id == made.mark_id
    reading = marks.open("tiled").read(luma(made.path))
    assert reading.present
    assert id_text(reading.payload) == made.mark_id
    assert sound_packets(made.path) == sound_packets(film)
    (record,) = find(made.mark_id)
    assert (record.path, record.maker, record.fingerprints) == (str(made.path), "Mina Park", found.fingerprints)
    assert [row.kind for row in rows()][-4:] == ["key-use", "mark", "key-use", "signature"]
    again = sign(film, tmp_path / "again.mp4", RENDERED)
    assert again.mark_id == made.mark_id  # the same film has the same id
    with pytest.raises(BadFilm, match=f"carries your mark already \\({made.mark_id}\\)"):
        sign(made.path, tmp_path / "twice.mp4", RENDERED)


def test_left_alone_in_place_and_over_another_signature(film, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read_bytes())
    first = sign(path, path, Wish(source="captured", mark=False))
    assert (first.path, first.signature.state, first.mark_id) == (path, "trusted", "")
    assert [p.tobytes() for p in luma(path)] == [p.tobytes() for p in luma(film)]
    made = sign(path, None, Wish(mark=False, ingredients=(film,)))
    assert made.path == tmp_path / "film.signed.mp4"
    found = signers.open("c2pa").read(made.path)
    assert found.actions[0].name == "opened"
    assert {i.role: i.name for i in found.ingredients} == {"parent": "film.mp4", "ingredient": "film.mp4"}
    assert (found.brought[0].state, found.source) == ("trusted", "digitalCapture")


def test_pictures_and_sidecars(tmp_path):
    Image.linear_gradient("L").save(tmp_path / "a.jpg")
    assert sign(tmp_path / "a.jpg", None, replace(RENDERED, mark=False)).path == tmp_path / "a.signed.jpg"
    codecs.open("ffv1").encode(moving(2), tmp_path / "b.mkv")
    sign(tmp_path / "b.mkv", None, replace(RENDERED, mark=False))
    assert {p.name for p in tmp_path.iterdir()} == {"a.jpg", "a.signed.jpg", "b.mkv", "b.signed.mkv", "b.signed.c2pa"}
    assert signers.open("c2pa").read(tmp_path / "b.signed.mkv").state == "trusted"


def test_films_of_one_stem_keep_their_sidecars_apart_also_when_one_is_signed_again(tmp_path):
    wish = replace(RENDERED, mark=False)
    for name, seed in (("[b].mkv", 1), ("[b].webm", 2)):
        codecs.open("ffv1").encode(moving(2, seed), tmp_path / "made.mkv")
        (tmp_path / "made.mkv").rename(tmp_path / name)
        sign(tmp_path / name, None, wish)
    films = tmp_path / "[b].signed.mkv", tmp_path / "[b].signed.webm"
    sidecars = {"[b].signed.c2pa", "[b].signed.webm.c2pa"}
    for _ in range(2):
        assert [signers.open("c2pa").read(film).state for film in films] == ["trusted", "trusted"]
        assert {p.name for p in tmp_path.glob("*.c2pa")} == sidecars
        sign(tmp_path / "[b].mkv", None, wish)


def test_wishes_that_cannot_be_met(film, tmp_path):
    with pytest.raises(BadFilm, match=r"film\.mp4 stays \.mp4, and --out ends in \.mkv"):
        sign(film, tmp_path / "out.mkv", replace(RENDERED, mark=False))
    with pytest.raises(BadFilm, match="Say so with --source"):
        sign(film, tmp_path / "out.mp4", Wish())
    with pytest.raises(BadFilm, match=r"written as an \.mp4"):
        sign(film, tmp_path / "out.mkv", RENDERED)
    with pytest.raises(BadFilm, match="--no-mark leaves both alone"):
        sign(film, tmp_path / "out.mp4", replace(RENDERED, mark=False, regions=("visible",)))
    with pytest.raises(BadAsset, match="--ingredient names"):
        sign(film, tmp_path / "out.mp4", replace(RENDERED, ingredients=(tmp_path / "gone.glb",)))
    with pytest.raises(BadAsset, match="there is no file"):
        sign(tmp_path / "gone.mp4", None, RENDERED)
    Image.linear_gradient("L").save(tmp_path / "a.jpg")
    with pytest.raises(BadFilm, match="is a picture"):
        sign(tmp_path / "a.jpg", None, RENDERED)
    assert [p.name for p in tmp_path.iterdir()] == ["a.jpg"]


def written(path, *, pixel_format="yuv420p", options=None, times=None, **tags):
    with av.open(str(path), "w") as goal:
        stream = goal.add_stream("libx264", rate=24, options={"preset": "ultrafast"} | (options or {}))
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixel_format
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        for i in range(8):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20 * i, np.uint8), format="rgb24")
            picture = picture.reformat(format=pixel_format)
            picture.pts, picture.time_base = (times or range(8))[i], Fraction(1, 24)
            goal.mux(stream.encode(picture))
        goal.mux(stream.encode())
    return path


def test_what_would_be_spoilt_is_refused(tmp_path):
    path = tmp_path / "film.mp4"
    assert check_rewritable(written(path)).num_frames == 8
    with pytest.raises(BadFilm, match="10 bits"):
        check_rewritable(written(path, pixel_format="yuv420p10le"))
    with pytest.raises(BadFilm, match="HDR10"):
        check_rewritable(written(path, pixel_format="yuv420p10le", color_trc=16, color_primaries=9, colorspace=9))
    with pytest.raises(BadFilm, match="even rhythm"):
        check_rewritable(written(path, times=[0, 1, 2, 3, 24, 25, 26, 27]))
    with pytest.raises(BadFilm, match="not square"):
        check_rewritable(written(path, sample_aspect_ratio=Fraction(4, 3)))


def test_deep_pictures_are_seen_in_eight_bits(tmp_path):
    shallow = [p[0, 0] for p in luma(written(tmp_path / "a.mp4"))]
    deep = [p[0, 0] for p in luma(written(tmp_path / "b.mp4", pixel_format="yuv420p10le"))]
    assert len(shallow) == len(deep) == 8
    assert np.abs(np.subtract(shallow, deep, dtype=int)).max() <= 2
    assert all(a < b for a, b in pairwise(shallow))
    assert [p[0, 0] for p in luma(tmp_path / "a.mp4", stride=3)] == shallow[::3]
    assert [p[0, 0] for p in luma(tmp_path / "a.mp4", start=Fraction(5, 24))] == shallow[5:]


def test_key_pictures_stand_on_one_raster(film):
    times = [time for time, _ in key_pictures(film)]
    assert times == [Fraction(1, 2), Fraction(3, 2)]
    every = list(key_pictures(film, every=Fraction(1, 4)))
    assert len(every) == 8
    some = list(key_pictures(film, every=Fraction(1, 4), most=3))
    known = dict(every)
    assert len(some) == 3
    assert all(np.array_equal(rgb, known[time]) for time, rgb in some)
    assert probe(film).num_frames == 24


def test_sounds_are_told_apart(film, tmp_path):
    own, other = loudness(film), loudness(unsigned(tmp_path / "other.mp4", num_frames=24, seed=3))
    assert len(own) == 40
    assert same_sound(own, own - 6)
    assert not same_sound(own, other)
    assert not same_sound(own, own[:10])
    silent = codecs.open("mp4").encode(moving(2), tmp_path / "silent.mp4").path
    assert len(loudness(silent)) == 0
