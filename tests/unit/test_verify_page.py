"""The page's drawing and words: all lie in their boxes, and a stripped film is not shown as a signed one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageFont

from filmwright.core.claim import Signature
from filmwright.core.errors import BadFilm
from filmwright.core.manifest import Ingredient
from filmwright.core.mark import UNMARKED
from filmwright.film.asset.records import Record
from filmwright.film.video.fonts import find_font
from filmwright.jobs.verify.graph import WIDTH, drawing
from filmwright.jobs.verify.nouns import Finding, Report
from filmwright.jobs.verify.page import page, write_page
from filmwright.jobs.verify.style import STYLE
from filmwright.jobs.verify.words import words_of_mark

MADE = "2026-11-30T08:35:32Z"
WIDEST = 1.12  # DejaVu Sans, which many a Linux browser takes, to the sans that filmwright brings
NAMES = (
    "Music composed by Filmwright for a film with a long name.mp4",
    "아주 긴 이름의 필름 파일 이름입니다 아주 긴 이름.mp4",
    "中文名字很长很长很长很长很长很长的影片.mp4",
    "WINTER_MASTER_FINAL 한글 and 日本 PRODUCT.GLB",
    "a.glb",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("licence", ["", "CC-BY-4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/legalcode.en"])
def test_every_word_of_the_chain_lies_in_its_box(name, licence):
    part = Ingredient(role="film on record", name=name, sha256="ab" * 32, licence=licence)
    signature = Signature(state="trusted", says="", maker=name, signed=MADE, ingredients=(part,))
    text = drawing(name, signature)
    boxes = re.findall(r'<rect x="([^"]+)".*?</g>', text, re.DOTALL)
    assert len(boxes) == 2
    for group in re.findall(r"<g>.*?</g>", text, re.DOTALL):
        left = float(re.search(r'<rect x="([^"]+)"', group)[1])
        for kind, at, words in re.findall(r'<text( class="soft")? x="([^"]+)"[^>]*>([^<]*)<', group):
            font = find_font(words, weight=400 if kind else 600)
            size = 12.5 if kind else 14
            assert float(at) + WIDEST * ImageFont.truetype(str(font), size).getlength(words) < left + WIDTH, words
    assert f"· {MADE[:10]}<" in text  # the day is never cut off


def test_a_stripped_film_is_drawn_beside_the_signed_one_that_it_came_from():
    stored = Signature(state="trusted", says="", maker="Mina", signed=MADE, title="x", ingredients=(SCAN,))
    record = Record(mark_id="ab12", made=MADE, title="Orvane", maker="Mina", sha256="ab" * 32)
    found = Finding(
        name="copy.mp4",
        outcome="marked",
        says="",
        sha256="cd" * 32,
        signature=Signature(state="none", says="No signature."),
        stored=stored,
        record=record,
        found_by="mark",
    )
    boxes = re.findall(r'<circle class="(\w+)".*?<text[^>]*>([^<]*)<', drawn(found), re.DOTALL)
    assert boxes == [("plain", "fan.glb"), ("good", "Orvane"), ("plain", "copy.mp4")]
    assert drawn(replace(found, found_by="looks")) == ""  # looks are a hint, no origin


SCAN = Ingredient(role="scan", name="fan.glb")


def drawn(finding: Finding) -> str:
    text = page(Report(source="a", findings=(finding,), made=MADE, software="filmwright 1"))
    return text[text.index("<svg") : text.index("</svg>")] if "<svg" in text else ""


def test_on_a_phone_the_films_of_a_folder_stand_below_each_other():
    assert "td { display: block }" in STYLE.partition("@media (max-width: 760px)")[2].partition("@media")[0]


def test_a_page_has_a_page_s_name(tmp_path: Path):
    with pytest.raises(BadFilm, match=r"written as \.html, not as '\.txt'"):
        write_page(Report(source="a", findings=(), made=MADE, software="f"), tmp_path / "page.txt")


def test_a_message_may_be_whole_where_the_mark_is_too_faint_to_be_told():
    faint = replace(UNMARKED, payload=0xAB12, num_frames=24, score=6.1)
    assert words_of_mark(faint, "ab12", key=True) == ("too faint to be told by itself, but its message is whole: ab12")
    assert words_of_mark(replace(faint, payload=None), "", key=True) == "none of yours in 24 pictures"
