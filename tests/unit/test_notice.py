"""The visible label: as large, as long and as legible as a law asks, in a corner of its own."""

from fractions import Fraction
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest

from filmwright.core.errors import BadFilm, MissingFont
from filmwright.core.frames import Frames
from filmwright.core.shot import Box, Title
from filmwright.film.video import fonts
from filmwright.film.video.fonts import font_stack
from filmwright.film.video.legibility import contrast
from filmwright.film.video.light import LUMA, to_linear
from filmwright.film.video.notice import GO, notice, set_notice
from filmwright.film.video.styles import set_title

FPS = Fraction(24)
SIZES = [(320, 180), (180, 320), (180, 180), (180, 224), (1280, 720)]  # 16:9, 9:16, 1:1, 4:5
SECONDS = Fraction(2)


def film(value, num, width, height, *, piece=5):
    for i in range(0, num, piece):
        n = min(piece, num - i)
        yield Frames(rgb=np.full((n, height, width, 3), value, np.uint8), fps=FPS, start=i / FPS)


def pictures(frames):
    return np.concatenate([piece.rgb for piece in frames])


def rows_of_ink(rgb):
    return np.flatnonzero((rgb.min(-1) > 200).any(1))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("text", ["AI", "AI生成", "Computer-generated"])
def test_letters_are_as_high_as_asked_and_inside_the_safe_area(width, height, text):
    rgb = pictures(notice(film(0, 1, width, height), text, seconds=SECONDS, size=0.05))[0]
    rows = rows_of_ink(rgb)
    high = np.ptp(rows) + 1
    assert high >= 0.05 * min(width, height) - 1  # a pixel of soft edge
    assert high < 0.11 * min(width, height)  # one line, and no more than was asked
    columns = np.flatnonzero((rgb.min(-1) > 40).any(0))
    assert rows[0] >= 0.05 * min(width, height)
    assert columns[0] >= 0.05 * min(width, height)
    assert columns[-1] <= width - 0.05 * min(width, height)


def test_it_is_whole_from_the_first_picture_for_all_of_its_time_and_then_fades():
    out = pictures(notice(film(255, 72, 320, 180), "AI生成", seconds=SECONDS))
    change = np.abs(out.astype(int) - 255).mean((1, 2, 3))
    assert np.ptp(change[:48]) < 0.01 * change[0]  # frames 0 to 47: two seconds
    assert change[47] > 1
    assert np.all(np.diff(change[48 : 48 + int(GO * 24)]) < 0)
    assert np.all(change[48 + int(GO * 24) :] == 0)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_words_can_be_read_on_anything(value):
    plate = set_notice("AI-generated", width=640, height=360, seconds=SECONDS)
    under = plate.of(pictures(notice(film(value, 1, 640, 360), "AI-generated", seconds=SECONDS))[0])
    levels = to_linear(under) @ LUMA
    inner = levels[6:-6, 6:-6]
    assert contrast(float(inner.max()), float(np.median(inner))) >= 4.5


def test_the_rest_of_the_picture_and_the_pieces_stay_as_they_are():
    pieces = list(film(200, 75, 320, 180))
    out = list(notice(iter(pieces), "AI-generated", seconds=SECONDS))
    plate = set_notice("AI-generated", width=320, height=180, seconds=SECONDS)
    assert [(p.start, len(p.rgb)) for p in out] == [(p.start, len(p.rgb)) for p in pieces]
    assert out[-1] is pieces[-1]  # nothing is copied after its time
    for before, after in zip(pieces, out, strict=True):
        changed = (before.rgb != after.rgb).any((0, 3))
        assert not changed[plate.bottom :].any()
        assert not changed[:, plate.right :].any()
    assert np.all(pieces[0].rgb == 200)


def title(text, box, start=0, end=2, align="left"):
    return Title(text=text, style="tagline", box=box, align=align, start=Fraction(start), end=Fraction(end))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_keeps_out_of_the_titles_way(width, height):
    titles, corners = [], []
    for box in (
        Box(left=0.06, top=0.05, right=0.5, bottom=0.15),
        Box(left=0.5, top=0.05, right=0.93, bottom=0.15),
        Box(left=0.06, top=0.85, right=0.5, bottom=0.95),
    ):
        titles.append(title("Made to last", box, align="right" if box.left >= 0.5 else "left"))
        plate = set_notice("AI", width=width, height=height, seconds=SECONDS, titles=titles)
        assert not any(plate.meets(set_title(t, width, height, "calm", ()).bounds) for t in titles)
        corners.append(plate.corner)
    assert corners == ["top right", "bottom left", "bottom right"]
    late = [title("Made to last", t.box, start=5, end=7) for t in titles]
    assert set_notice("AI", width=width, height=height, seconds=SECONDS, titles=late).corner == "top left"


def test_no_free_corner_is_said():
    everywhere = [
        title("Made to last", Box(left=x, top=y, right=x + 0.44, bottom=y + 0.2), align=align)
        for x, align in ((0.06, "left"), (0.5, "right"))
        for y in (0.06, 0.74)
    ]
    with pytest.raises(BadFilm, match=r"'AI' finds no corner free of titles in the first 2\.5 s\. Shorten"):
        set_notice("AI", width=640, height=360, seconds=SECONDS, titles=everywhere)


def test_long_words_break_into_lines_of_full_size_or_are_refused():
    plate = set_notice("Computer-generated, nothing was filmed", width=180, height=320, seconds=SECONDS)
    assert len(plate.setting.lines) >= 2
    single = set_notice("AI", width=180, height=320, seconds=SECONDS)
    assert plate.setting.size == pytest.approx(single.setting.size)
    assert len(set_notice("AI生成\nAI-generated", width=640, height=360, seconds=SECONDS).setting.lines) == 2
    with pytest.raises(BadFilm, match=r"does not fit a picture of 180x320 with letters of 20%"):
        set_notice("Computer-generated", width=180, height=320, seconds=SECONDS, size=0.2)
    with pytest.raises(BadFilm, match="no text"):
        set_notice(" \n", width=180, height=320, seconds=SECONDS)


def test_chinese_letters_without_a_font_are_named_with_their_cure(monkeypatch):
    def hidden(name):
        if "koreanize" in name or "cjk" in name:
            raise PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(fonts, "distribution", hidden)
    monkeypatch.setattr(fonts, "system_fonts", tuple)
    with pytest.raises(MissingFont, match=r"'生成' \(Cjk\).*filmwright\[chinese\].*fonts-noto-cjk.*of your own"):
        set_notice("AI生成", width=640, height=360, seconds=SECONDS)


def test_chinese_words_are_set_in_a_chinese_font_where_there_is_one():
    try:
        distribution("justmytype-intl-cjk")
    except PackageNotFoundError:
        pytest.skip("the extra 'chinese' is not installed")
    assert font_stack("计算机生成", voice="sans", weight=600)[-1].path.name == "NotoSansSC[wght].ttf"
    assert "Nanum" in font_stack("한글 漢字", voice="sans", weight=600)[-1].path.name  # Korean text stays in one font
