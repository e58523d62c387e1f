"""Fonts, shaping and layout: the right letters, in the right place, at the right size."""

import unicodedata
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, BadFilm, MissingFont
from filmwright.core.shot import Box
from filmwright.film.video import fonts
from filmwright.film.video.faces import open_face
from filmwright.film.video.fonts import find_font, font_stack, script
from filmwright.film.video.layout import pieces, polished, set_text
from filmwright.film.video.shaping import shape_row

WHOLE = Box(left=0.0, top=0.0, right=1.0, bottom=1.0)


def has_korean():
    try:
        find_font("한글")
    except MissingFont:
        return False
    return True


korean = pytest.mark.skipif(not has_korean(), reason="no font with Hangul: pip install 'filmwright[korean]'")


def faces_for(text, voice="serif", weight=400):
    return [file.open() for file in font_stack(text, voice=voice, weight=weight)]


def setting(text, *, box=WHOLE, width=1280, height=720, size=0.09, align="center", lines=3, voice="serif"):
    return set_text(
        text, faces_for(text, voice), box, width=width, height=height, size=size,
        tracking=0.0, leading=1.2, max_lines=lines, align=align,
    )  # fmt: skip


def test_each_voice_has_its_font():
    assert find_font("Slow", voice="serif").name.startswith("SourceSerifPro")
    assert find_font("Slow", voice="sans").name.startswith("Manrope")


def test_weights_are_really_drawn():
    inks = []
    for weight in (300, 500, 800):
        face = faces_for("H", "sans", weight)[0]
        inks.append(face.draw(face.shape("H")[0].glyph, 100.0, 0.0, 0.0)[0].astype(float).sum())
    assert inks[0] < 0.85 * inks[1] < 0.85 * inks[2]


def test_kerning_and_ligatures():
    face = faces_for("AV", "serif")[0]
    apart = sum(g.advance for c in "AV" for g in face.shape(c))
    assert sum(g.advance for g in face.shape("AV")) < apart - 0.02
    assert len(face.shape("fi")) == 1
    assert len(face.shape("fi", ligatures=False)) == 2


def test_tracking_spreads_letters_evenly():
    text = "Manrope"
    plain, wide = (shape_row(text, faces_for(text, "sans"), tracking=t) for t in (0.0, 0.1))
    assert wide.width - plain.width == pytest.approx(0.1 * 6, abs=1e-6)
    assert wide.steps == 6


def test_marks_stay_with_their_letters():
    text = unicodedata.normalize("NFD", "é")
    row = shape_row(text + "t", faces_for(text, "serif"), tracking=0.1)
    assert row.steps == 1


def test_typewriter_signs_are_set_right():
    assert polished("\"Don't\" -- it's...") == "“Don’t” — it’s…"
    assert polished("rock 'n' roll") == "rock ‘n’ roll"
    assert polished('a "word" here') == "a “word” here"


def test_lines_are_balanced():
    result = setting(
        "The taste of a very quiet summer afternoon in the shade", box=Box(left=0.2, top=0.0, right=0.8, bottom=1.0)
    )
    widths = [right - left for left, _, right, _ in result.lines]
    assert len(widths) == 2
    assert min(widths) > 0.75 * max(widths)


def test_lines_break_after_sentences():
    faces = faces_for("x")
    result = set_text(
        "Slow down. Taste the afternoon",
        faces,
        Box(left=0.25, top=0.0, right=0.75, bottom=1.0),
        width=1280,
        height=720,
        size=0.1,
        tracking=0.0,
        leading=1.2,
        max_lines=2,
        align="left",
    )
    assert len(result.lines) == 2
    assert result.lines[0][2] - result.lines[0][0] < result.lines[1][2] - result.lines[1][0]


def test_given_line_breaks_are_kept():
    assert len(setting("Slow\ndown").lines) == 2


def test_pieces():
    assert pieces("one two three") == ["one ", "two ", "three"]
    assert pieces("only a") == ["only ", "a"]
    assert pieces("this is a") == ["this ", "is a"]
    assert pieces("천천히 그리고 깊게") == ["천천히 ", "그리고 ", "깊게"]
    assert "".join(pieces("静かな、午後。")) == "静かな、午後。"
    assert all(not p.startswith(("、", "。")) for p in pieces("静かな、午後。"))


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (1080, 1080)])
def test_text_stays_in_its_box_and_the_safe_area(width, height, align):
    for box in (WHOLE, Box(left=0.1, top=0.6, right=0.5, bottom=0.9), Box(left=0.0, top=0.0, right=0.3, bottom=0.12)):
        result = setting("A taste worth waiting for, by July", box=box, width=width, height=height, align=align)
        left, top, right, bottom = result.bounds
        assert left >= max(box.left, 0.05) * width - 1
        assert right <= min(box.right, 0.95) * width + 1
        assert top >= max(box.top, 0.05) * height - 1
        assert bottom <= min(box.bottom, 0.95) * height + 1
        if align == "left":
            assert left == pytest.approx(max(box.left, 0.05) * width, abs=0.5)  # ink, not bearings, at the edge
        if align == "center":
            middle = (max(box.left, 0.05) + min(box.right, 0.95)) / 2 * width
            assert (left + right) / 2 == pytest.approx(middle, abs=0.5)


def test_capitals_stand_in_the_middle():
    result = setting("HOME", box=Box(left=0.2, top=0.4, right=0.8, bottom=0.6))
    _, top, _, bottom = result.bounds
    assert (top + bottom) / 2 == pytest.approx(360, abs=2)


def test_sizes_follow_the_picture():
    assert setting("Slow", height=360, width=640).size == pytest.approx(setting("Slow").size / 2, rel=0.01)
    assert setting("Slow", width=720, height=1280).size < 0.09 * 1280  # a tall picture's width counts
    assert setting("Slow").size == pytest.approx(0.09 * 720)


def test_text_too_long_to_read_is_refused():
    with pytest.raises(BadFilm, match=r"too long for its place.*Shorten it"):
        setting("word " * 80, box=Box(left=0.4, top=0.4, right=0.6, bottom=0.5))


@korean
def test_korean_and_latin_share_a_line():
    text = "오후의 Fuze Tea"
    row = shape_row(text, faces_for(text, "sans"), tracking=0.0)
    names = {g.face.path.stem[:5] for g in row.glyphs}
    assert "Manro" in names
    assert len(names) == 2
    assert all(g.id != 0 for g in row.glyphs)
    assert {round(g.y, 6) for g in row.glyphs} == {0.0}  # one baseline
    hangul = next(g for g in row.glyphs if not g.face.path.stem.startswith("Manrope"))
    assert hangul.scale * hangul.face.cap_height == pytest.approx(row.glyphs[-1].face.cap_height, rel=0.02)


def test_missing_hangul_is_named_with_its_cure(monkeypatch):
    def hidden(name):
        if "koreanize" in name:
            raise PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(fonts, "distribution", hidden)
    monkeypatch.setattr(fonts, "system_fonts", tuple)
    with pytest.raises(MissingFont, match=r"'천히' \(Hangul\).*filmwright\[korean\].*fonts-nanum.*of your own"):
        font_stack("천천히 Tea", voice="sans", weight=400)
    font_stack("Tea for two, café, naïve", voice="sans", weight=400)


def test_missing_letters_of_other_scripts_are_named(monkeypatch):
    monkeypatch.setattr(fonts, "system_fonts", tuple)
    with pytest.raises(MissingFont, match=r"\(Thai\).*noto"):
        font_stack("ชา", voice="sans", weight=400)


def test_ones_own_font_goes_first(tmp_path):
    own = find_font("x", voice="serif")
    assert font_stack("Tea", voice="sans", weight=400, own=[own])[0].path == own
    assert len(font_stack("Tea", voice="sans", weight=400, own=[own])) == 1
    broken = tmp_path / "mine.ttf"
    broken.write_bytes(b"not a font")
    with pytest.raises(BadAsset, match=r"mine.ttf can't be read as a font"):
        font_stack("Tea", voice="sans", weight=400, own=[broken])
    with pytest.raises(BadAsset, match=r"gone\.ttf"):
        font_stack("Tea", voice="sans", weight=400, own=[tmp_path / "gone.ttf"])


def test_scripts():
    assert [script(c) for c in "a한日ชж"] == ["LATIN", "HANGUL", "CJK", "THAI", "CYRILLIC"]


def test_right_to_left_lines_run_so():
    path = next((p for p in fonts.system_fonts() if "ש" in open_face(p, 0, 400).letters), None)
    if path is None:
        pytest.skip("no font with Hebrew on this machine")
    face = open_face(path, 0, 400)
    row = shape_row("שלום", [face], tracking=0.0)
    first = face.shape("ש")[0].glyph
    assert [g.id for g in row.glyphs][-1] == first  # the first letter stands rightmost


def test_subpixel_moves_are_smooth():
    face = faces_for("e", "serif")[0]
    glyph = face.shape("e")[0].glyph
    centres = []
    for step in range(9):
        ink, left, _ = face.draw(glyph, 40.0, step / 8, 0.0)
        weights = ink.astype(float).sum(0)
        centres.append(left + float((weights * np.arange(len(weights))).sum() / weights.sum()))
    assert np.allclose(np.diff(centres), 1 / 8, atol=0.02)
