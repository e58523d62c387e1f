"""Options beside the words, contradictions, and quotation marks."""

from fractions import Fraction

import pytest

from filmwright.core.errors import BadFilm
from filmwright.film.shots.reading import picture_size, read_brief
from filmwright.film.shots.words.names import name_from_file
from filmwright.film.shots.words.quotes import find_quotes


def test_options_win_over_words():
    brief = read_brief(
        "A calm vertical 20 second spot for Fuze on red. 'Slow.' No music.",
        mood="energetic",
        seconds=8.5,
        aspect="1:1",
        name="Other",
        tagline="Go",
        backdrop=(0.1, 0.2, 0.3),
        music=True,
        seed=7,
    )
    assert (brief.mood, brief.seconds, brief.width, brief.height) == ("energetic", Fraction(17, 2), 720, 720)
    assert (brief.name, brief.tagline, brief.backdrop, brief.music, brief.seed) == (
        "Other",
        "Go",
        (0.1, 0.2, 0.3),
        True,
        7,
    )
    assert "length: 8.5 s, as asked by --seconds" in brief.understood


def test_an_option_settles_a_contradiction():
    text = "a square vertical video, 10 seconds, no: 20 seconds"
    assert read_brief(text, aspect="9:16", seconds=20).height == 1280


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("16:9 and a square video", "'16:9'"),
        ("a 10 second spot, 15 seconds", "--seconds"),
        ("on a red background, on a blue background", "--backdrop"),
        ("no music, with jazzy music", "--music-off"),
    ],
)
def test_contradictions(text, words):
    with pytest.raises(BadFilm, match="two things at once") as caught:
        read_brief(text)
    assert words in str(caught.value)


@pytest.mark.parametrize("seconds", [0, 2.9, 121, -5, float("nan"), float("inf")])
def test_lengths_that_no_film_has(seconds):
    with pytest.raises(BadFilm, match="3 to 120 seconds"):
        read_brief("a spot", seconds=seconds)


def test_a_length_in_words_that_no_film_has():
    with pytest.raises(BadFilm, match="got 600"):
        read_brief("a ten minute film")


def test_a_shape_that_no_film_has():
    with pytest.raises(BadFilm, match="16:9, 9:16, 1:1, 4:5"):
        read_brief("a spot", aspect="2:1")
    with pytest.raises(BadFilm, match="21:9"):
        read_brief("film it in 21:9")


def test_a_mood_that_does_not_exist():
    with pytest.raises(BadFilm, match="calm, luxury"):
        read_brief("a spot", mood="grumpy")


def test_a_tagline_that_no_title_shows():
    with pytest.raises(BadFilm, match="letters"):
        read_brief("'" + "so many words " * 10 + "more'")


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1", "4:5"])
@pytest.mark.parametrize("short", [90, 181, 360, 720, 1080, 2160])
def test_pictures_are_even_and_in_shape(aspect, short):
    width, height = picture_size(aspect, short)
    across, up = map(int, aspect.split(":"))
    assert width % 2 == height % 2 == 0
    assert width / height == pytest.approx(across / up, rel=0.03)
    assert abs(min(width, height) - short) <= 1


def test_the_usual_sizes():
    assert [picture_size(a) for a in ("16:9", "9:16", "1:1", "4:5")] == [
        (1280, 720),
        (720, 1280),
        (720, 720),
        (720, 900),
    ]
    assert picture_size("9:16", 1080) == (1080, 1920)


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("A spot. 'Slow down.'", ["Slow down."]),
        ('A spot. "Slow down."', ["Slow down."]),
        ("A spot. “Slow down.”", ["Slow down."]),
        ("A spot. ‘Slow down.’", ["Slow down."]),
        ("A spot. «Lentement»", ["Lentement"]),
        ("„Langsam“", ["Langsam"]),
        ("it's the kids' drink, don't rush", []),
        ("it’s the kids’ drink, don’t rush", []),
        ("the kids' tea: 'Slow down.'", ["Slow down."]),
        ("rock 'n' roll, '90s style, 'Play loud'", ["Play loud"]),
        ("‘Don’t stop’ it says", ["Don’t stop"]),
        ("'Don't stop' it says", ["Don't stop"]),
        ("'Makin' waves' it says", ["Makin' waves"]),
        ("\"It's tea\" and 'no more'", ["It's tea", "no more"]),
        ('a 5" disk and a 7" one', []),
        ("「천천히」 『느리게』", ["천천히", "느리게"]),
        ("'천천히'라는", ["천천히"]),
        ("''", []),
        ('a lone " mark', []),
    ],
)
def test_quotation_marks(text, quotes):
    assert [q.text for q in find_quotes(text)] == quotes


@pytest.mark.parametrize(
    ("text", "name", "tagline"),
    [
        ("for 'Fuze Tea'. 'Slow down.'", "Fuze Tea", "Slow down."),
        ("'Slow down.' is for a drink called 'Fuze'", "Fuze", "Slow down."),
        ("The tagline is 'Slow'. End with 'Fuze Tea'", "Fuze Tea", "Slow"),
        ("make it 'pop', slogan: 'Go'", "", "Go"),
        ("'One' 'Two'", "", "One"),
    ],
)
def test_which_quotation_is_what(text, name, tagline):
    brief = read_brief(text)
    assert (brief.name, brief.tagline) == (name, tagline)


def test_quotations_without_a_place_are_told():
    assert any("'Two'" in line for line in read_brief("'One' 'Two'").understood)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("vintageFan_animated", "Vintage Fan"),
        ("fuze", "Fuze"),
        ("rubber-duck_final_v2", "Rubber Duck"),
        ("BMW_model", "BMW"),
        ("퓨즈_티", "퓨즈 티"),
        ("scan", ""),
    ],
)
def test_names_from_files(stem, name):
    assert name_from_file(stem) == name
