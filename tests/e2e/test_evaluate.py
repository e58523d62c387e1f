"""`filmwright evaluate` as a user types it."""

import json
from fractions import Fraction

from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
from tests.known_clips import film, going


def written(path, rgb, fps=24):
    codecs.open("mp4").encode([Frames(rgb=rgb, fps=Fraction(fps))], path)


def test_measure_a_video_and_compare_it(filmwright, tmp_path):
    rgb = film(going(right=-3), 12)
    written(tmp_path / "pan.mp4", rgb)
    written(tmp_path / "soft.mp4", rgb // 2 + 60)
    run = filmwright("evaluate", "pan.mp4", "--html", "page.html")
    assert (run.code, run.err.splitlines()[1:]) == (0, [])  # a line of progress
    assert run.out.startswith("pan.mp4  96x72, 24 fps, 12 frames (0.50 s), h264, yuv420p, bt709")
    assert "PSNR, SSIM: needs a reference: give one with --against" in run.out
    assert "FVD: needs weights, which are never downloaded (more with -m fvd)" in run.out
    assert "universome/stylegan-v" in filmwright("evaluate", "pan.mp4", "-m", "fvd").out
    assert "data:image/jpeg" in (tmp_path / "page.html").read_text(encoding="utf-8")
    told = filmwright("evaluate", "soft.mp4", "--against", "pan.mp4", "--json").made
    metrics = told["files"][0]["metrics"]
    assert 2.7 < metrics["dynamic_degree"]["value"] < 3.3
    assert 10 < metrics["psnr"]["value"] < 30
    assert metrics["camera_error"]["refused"].startswith("needs a commanded motion")
    assert "motion at 2 of 8 steps" in filmwright("evaluate", "pan.mp4", "--fast", "-m", "smoothness").out
    exact = filmwright("evaluate", "pan.mp4", "-m", "warp_error:flow=exact")
    assert "warp error: needs passes: flow and visible" in exact.out
    quiet = filmwright("evaluate", "pan.mp4", "--quiet", "-m", "freeze", "-m", "cuts")
    assert (quiet.out, quiet.err) == ("pan.mp4\tfreeze\t0\npan.mp4\tcuts\t0\n", "")


def test_a_folder_with_a_broken_video(filmwright, tmp_path):
    (tmp_path / "films").mkdir()
    for name in "ab":
        written(tmp_path / "films" / f"{name}.mp4", film(going(right=1), 6))
    (tmp_path / "films" / "broken.mp4").write_bytes(b"nothing of the kind")
    run = filmwright("evaluate", "films", "--html", "page.html", "-m", "flicker")
    assert run.code == 3
    assert "error: films/broken.mp4 can't be read as video" in run.err
    assert run.out.count("flicker") == 3  # two videos and their mean
    assert "films/broken.mp4 can&#x27;t be read" in (tmp_path / "page.html").read_text(encoding="utf-8")
    told = filmwright("evaluate", "films", "--json", "-m", "flicker")
    assert told.code == 3
    assert [file["failed"] is None for file in json.loads(told.out)["files"]] == [True, True, False]


def test_mistakes_are_told(filmwright, tmp_path):
    written(tmp_path / "a.mp4", film(num=6))
    written(tmp_path / "b.mp4", film(num=6), fps=30)
    (tmp_path / "empty").mkdir()
    for words, code, said in (
        (("gone.mp4",), 3, "no file or folder gone.mp4"),
        (("empty",), 3, "holds no film"),
        (("a.mp4", "--against", "b.mp4"), 2, "fps is 24 and 30"),
        (("a.mp4", "--against", "gone.mp4"), 3, "which --against names"),
        (("a.mp4", "--metric", "psmr"), 4, "Did you mean 'psnr'?"),
        (("a.mp4", "--html", "page.pdf"), 2, "written as .html"),
    ):
        run = filmwright("evaluate", *words, "--json")
        assert run.code == code
        assert said in json.loads(run.out)["message"]
