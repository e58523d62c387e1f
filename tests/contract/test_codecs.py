"""Every codec keeps the same promises; a new one is tested here by being there."""

import os
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from filmwright.core.errors import BadAsset, BadFilm, CannotWrite, Unverified
from filmwright.core.frames import Frames
from filmwright.core.sound import Sound
from filmwright.film.video import writing
from filmwright.film.video.codecs import codecs
from filmwright.film.video.reading import probe, read_tags

FPS = Fraction(24)
LOSSLESS = ("ffv1", "utvideo")


def moving(num, *, width=96, height=64, fps=FPS):
    """A soft gradient that moves, two pictures a piece."""
    y, x = np.mgrid[0:height, 0:width]
    for i in range(0, num, 2):
        pictures = [
            np.stack([(x * 2 + 3 * k) % 256, (y * 3 + k) % 256, (x + y) % 256], -1).astype(np.uint8)
            for k in range(i, min(i + 2, num))
        ]
        yield Frames(rgb=np.stack(pictures), fps=fps, start=i / fps)


def tone(seconds, rate=48_000):
    time = np.arange(round(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * 440 * time)
    return Sound(samples=np.stack([wave, wave], 1).astype(np.float32), rate=rate)


@pytest.fixture(params=codecs.names())
def codec(request):
    return codecs.open(request.param)


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30), Fraction(24000, 1001)])
@pytest.mark.parametrize("num", [1, 13])
def test_what_is_written_is_what_is_read(codec, tmp_path, num, fps):
    video = codec.encode(moving(num, fps=fps), tmp_path / f"film{codec.suffix}", sound=tone(num / fps))
    assert (video.num_frames, video.fps, video.width, video.height) == (num, fps, 96, 64)
    assert video.path == tmp_path / f"film{codec.suffix}"
    assert video.audio_codec
    assert abs(video.audio_seconds - num / fps) <= 1 / fps
    pieces = list(codec.decode(video.path))
    assert sum(len(p.rgb) for p in pieces) == num
    assert [p.start for p in pieces] == [i / fps for i in range(num)]
    assert probe(video.path) == video


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_is_bit_for_bit(name, tmp_path):
    codec = codecs.open(name)
    noise = np.random.default_rng(3).integers(0, 256, (5, 37, 53, 3), dtype=np.uint8)  # odd sizes, no structure
    video = codec.encode([Frames(rgb=noise, fps=FPS)], tmp_path / f"take{codec.suffix}")
    assert video.color == "rgb"
    assert np.array_equal(np.concatenate([p.rgb for p in codec.decode(video.path)]), noise)


@pytest.mark.parametrize("rgb", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (18, 120, 200)])
def test_mp4_colours_come_back(rgb, tmp_path):
    flat = np.full((3, 64, 96, 3), rgb, np.uint8)
    codec = codecs.open("mp4")
    video = codec.encode([Frames(rgb=flat, fps=FPS)], tmp_path / "flat.mp4")
    assert (video.color, video.pixel_format, video.video_codec) == ("bt709", "yuv420p", "h264")
    for piece in codec.decode(video.path):
        assert np.abs(piece.rgb.astype(int) - rgb).max() <= 3


def test_mp4_uses_the_matrix_it_is_tagged_with(tmp_path):
    red = np.full((1, 64, 96, 3), (255, 0, 0), np.uint8)
    codecs.open("mp4", crf=1).encode([Frames(rgb=red, fps=FPS)], tmp_path / "red.mp4")
    with av.open(str(tmp_path / "red.mp4")) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="yuv420p")
    # BT.709, limited range: Y = 16 + 219 * 0.2126 = 63, Cb = 102, Cr = 240; BT.601 would give 81, 90, 240
    assert abs(int(picture[10, 10]) - 63) <= 1
    assert abs(int(picture[64 + 4, 10]) - 102) <= 1


def boxes(path):
    data, at, out = path.read_bytes(), 0, []
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        out.append(kind.decode())
        at += size if size > 1 else len(data)
    return out


def test_mp4_begins_to_play_before_it_is_loaded(tmp_path):
    codecs.open("mp4").encode(moving(24), tmp_path / "film.mp4", sound=tone(1))
    order = boxes(tmp_path / "film.mp4")
    assert order.index("moov") < order.index("mdat")


def test_mp4_groups_are_closed_and_two_seconds_at_most(tmp_path):
    codecs.open("mp4", speed="veryfast").encode(moving(120, width=64), tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    keys = [i for i, p in enumerate(packets) if p.is_keyframe]
    assert keys[0] == 0
    assert max(np.diff([*keys, len(packets)])) <= 48
    for a, b in zip(keys, [*keys[1:], len(packets)], strict=True):  # closed: nothing after a key is shown before it
        assert min(p.pts for p in packets[a:b]) == packets[a].pts


def test_mp4_is_the_same_every_time(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        codecs.open("mp4").encode(moving(30), tmp_path / name, sound=tone(30 / 24))
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_presets_are_for_their_shapes(tmp_path):
    with pytest.raises(BadFilm, match=r"9:16.*96x64"):
        codecs.open("mp4", preset="shorts").encode(moving(2), tmp_path / "a.mp4")
    with pytest.raises(BadFilm, match="1:1"):
        codecs.open("mp4", preset="square").encode(moving(2), tmp_path / "a.mp4")
    tall = codecs.open("mp4", preset="shorts").encode(moving(2, width=72, height=128), tmp_path / "tall.mp4")
    even = codecs.open("mp4", preset="square").encode(moving(2, width=64, height=64), tmp_path / "even.mp4")
    assert (tall.height, even.width) == (128, 64)


def test_master_keeps_more_than_web(tmp_path):
    noise = np.random.default_rng(1).integers(0, 256, (8, 64, 96, 1), dtype=np.uint8).repeat(3, -1)
    errors = {}
    for preset in ("web", "master"):
        codec = codecs.open("mp4", preset=preset)
        codec.encode([Frames(rgb=noise, fps=FPS)], tmp_path / f"{preset}.mp4")
        back = np.concatenate([p.rgb for p in codec.decode(tmp_path / f"{preset}.mp4")])
        errors[preset] = np.abs(back.astype(int) - noise).mean()
    assert errors["master"] < 0.5 * errors["web"]


def test_sound_is_fitted_to_the_pictures(tmp_path):
    for seconds in (0.3, 5.0):
        video = codecs.open("mp4").encode(moving(24), tmp_path / "film.mp4", sound=tone(seconds))
        assert abs(video.audio_seconds - 1) <= 1 / 24
    video = codecs.open("mp4").encode(moving(24), tmp_path / "film.mp4", sound=tone(1, rate=44_100))
    assert abs(video.audio_seconds - 1) <= 1 / 24


def test_pictures_that_cannot_be_encoded(codec, tmp_path):
    path = tmp_path / f"film{codec.suffix}"
    with pytest.raises(BadFilm, match="zero frames"):
        codec.encode([], path)
    with pytest.raises(BadFilm, match=r"frame 2 is 64x64.*after 96x64"):
        codec.encode([*moving(2), *moving(2, width=64)], path)
    with pytest.raises(BadFilm, match="30 fps, after"):
        codec.encode([*moving(2), *moving(2, fps=Fraction(30))], path)
    assert list(tmp_path.iterdir()) == []


def test_h264_needs_even_sizes(tmp_path):
    with pytest.raises(BadFilm, match=r"even width and height, got 97x64"):
        codecs.open("mp4").encode(moving(2, width=97), tmp_path / "film.mp4")


def test_a_failing_film_leaves_the_earlier_one(codec, tmp_path):
    path = tmp_path / f"film{codec.suffix}"
    codec.encode(moving(4), path)
    before = path.read_bytes()

    def breaks():
        yield from moving(2)
        raise KeyError("the renderer stopped")

    with pytest.raises(KeyError):
        codec.encode(breaks(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk(codec, tmp_path):
    """A file-size limit stands for the disk: the kernel refuses the bytes beyond it in the same way."""
    code = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
import numpy as np
from fractions import Fraction
from pathlib import Path
from filmwright.core.errors import CannotWrite
from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
name = {codec.__module__.rsplit(".", 1)[-1]!r}
codec = codecs.open(name)
noise = np.random.default_rng(0).integers(0, 256, (30, 96, 96, 3), dtype=np.uint8)
try:
    codec.encode([Frames(rgb=noise, fps=Fraction(24))], Path({str(tmp_path)!r}) / ("film" + codec.suffix))
except CannotWrite as err:
    sys.exit(f"refused: {{err}}")
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.startswith("refused: cannot write"), ran.stderr
    assert "size limit" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_folder(codec, tmp_path):
    path = tmp_path / f"film{codec.suffix}"
    tmp_path.chmod(0o500)
    root = os.geteuid() == 0
    if root:  # may write anywhere, so become somebody else
        os.seteuid(65534)
    try:
        with pytest.raises(CannotWrite, match="can't be written to"):
            codec.encode(moving(2), path)
    finally:
        if root:
            os.seteuid(0)
        tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file(codec, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(CannotWrite):
        codec.encode(moving(2), tmp_path / "out" / f"film{codec.suffix}")


def test_files_that_are_no_video(codec, tmp_path):
    path = tmp_path / f"film{codec.suffix}"
    with pytest.raises(BadAsset, match="no video file"):
        next(codec.decode(path))
    for content in (b"", b"nothing of the kind" * 100):
        path.write_bytes(content)
        with pytest.raises(BadAsset, match=str(path)):
            list(codec.decode(path))
        with pytest.raises(BadAsset, match=str(path)):
            probe(path)


@pytest.mark.parametrize("share", [0.4, 0.8])
def test_files_cut_short(codec, tmp_path, share):
    path = tmp_path / f"film{codec.suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (30, 64, 64, 3), dtype=np.uint8)
    codec.encode([Frames(rgb=noise, fps=FPS)], path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(BadAsset, match=str(path)):
        list(codec.decode(path))


def test_what_is_not_what_was_asked_is_refused(codec, tmp_path, monkeypatch):
    real = writing.probe
    monkeypatch.setattr(writing, "probe", lambda path: writing.replace(real(path), num_frames=7, color="bt601"))
    with pytest.raises(Unverified, match=r"num_frames is 7, should be 4.*color is 'bt601'"):
        codec.encode(moving(4), tmp_path / f"film{codec.suffix}")
    assert list(tmp_path.iterdir()) == []


def test_options_are_checked():
    with pytest.raises(BadFilm, match="preset"):
        codecs.open("mp4", preset="cinema")
    with pytest.raises(BadFilm, match="crf"):
        codecs.open("mp4", crf=99)


def test_memory_does_not_grow_with_the_film(tmp_path):
    """Pictures are not kept: a film many times longer takes no more memory (measured in fresh processes)."""
    code = """
import resource, sys
import numpy as np
from fractions import Fraction
from pathlib import Path
from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
def film(num):
    for i in range(num):
        yield Frames(rgb=np.full((1, 180, 320, 3), i % 250, np.uint8), fps=Fraction(24))
codecs.open("mp4", speed="ultrafast").encode(film(int(sys.argv[1])), Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    peaks = [
        int(subprocess.check_output([sys.executable, "-c", code, str(num), str(tmp_path / "film.mp4")]))
        for num in (90, 450)
    ]
    assert peaks[1] < 1.15 * peaks[0]


def test_paths_are_paths(codec, tmp_path):
    nested = tmp_path / "하나" / "two words"
    video = codec.encode(moving(2), nested / f"필름 1{codec.suffix}")
    assert Path(video.path).exists()


TAGS = {"title": "향수 · Flacon", "comment": "Computer-generated", "AIGC": '{"Label":"1","ContentProducer":"光"}'}


@pytest.mark.parametrize("tags", [TAGS, {"title": "Flacon", "comment": "Computer-generated"}])
def test_tags_come_back_or_are_refused(codec, tmp_path, tags):
    path = tmp_path / f"film{codec.suffix}"
    if codec.suffix == ".avi":
        with pytest.raises(BadFilm, match=r"\.avi file of this kind carries no tags \(title, comment"):
            codec.encode(moving(2), path, tags=tags)
        assert list(tmp_path.iterdir()) == []
        return
    video = codec.encode(moving(4), path, sound=tone(0.2), tags=tags)
    assert {name: read_tags(path)[name.lower()] for name in tags} == tags
    assert probe(path) == video
    with av.open(str(path)) as container:  # and so that other programs find them
        assert {name.upper() for name in tags} <= {name.upper() for name in container.metadata}


def test_a_container_that_loses_tags_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr("filmwright.film.video.codecs.mp4.PLAIN_TAGS", {"AIGC"})  # not one of iTunes'
    with pytest.raises(Unverified, match="lost these tags: AIGC"):
        codecs.open("mp4").encode(moving(2), tmp_path / "film.mp4", tags={"AIGC": "{}"})
    assert list(tmp_path.iterdir()) == []
