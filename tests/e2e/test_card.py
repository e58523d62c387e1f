"""`filmwright card` as a user types it."""

import json


def test_the_card_of_a_film_just_made(filmwright, tmp_path):
    (tmp_path / "film.toml").write_text('size = 72\nseconds = 3\nmusic = false\n[render]\nuse = "testcard"\n')
    made = filmwright("make", "film.toml", "--out", "out", "--quiet")
    assert made.code == 0, made.err
    run = filmwright("card", "out/sample.mp4")
    assert (run.code, run.out.strip(), run.err) == (0, "out/sample.card.html", "")
    text = (tmp_path / "out/sample.card.html").read_text(encoding="utf-8")
    for words in (
        "Impact card of a film",
        "filmwright&#x27;s own sample",
        "3.0 s at 24 fps, 128×72",
        "data:image/jpeg",
    ):
        assert words in text
    told = filmwright("card", "out", "--json")
    assert json.loads(told.out)["sections"]["how"][0]["value"] == "testcard"
    assert filmwright("card", "out/sample.manifest.json", "--out", "page.md").out.strip() == "page.md"
    assert (tmp_path / "page.md").read_text(encoding="utf-8").startswith("# ")


def test_mistakes_are_told_without_a_traceback(filmwright, tmp_path):
    gone = filmwright("card", "gone.mp4")
    assert (gone.code, gone.out) == (3, "")
    assert gone.err.startswith("error: there is no gone.mp4")
    (tmp_path / "nib.onnx").write_bytes(b"x")
    wrong = filmwright("card", "nib.onnx", "--out", "nib.pdf")
    assert wrong.code == 2
    assert "written as .html, .md, .json" in wrong.err
    assert filmwright("card", "nib.onnx", "--grid", "-1").code == 2
    assert {p.name for p in tmp_path.iterdir()} == {"nib.onnx"}
