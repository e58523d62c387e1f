"""English briefs."""

from fractions import Fraction

import pytest

from filmwright.film.shots.reading import read_brief


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("A calm luxury spot for a fruit tea. 'Slow down.'", "calm"),
        ("Serene, unhurried, almost meditative.", "calm"),
        ("an elegant premium film for a perfume", "luxury"),
        ("High-end and sophisticated, very refined", "luxury"),
        ("something fun and cheerful for kids", "playful"),
        ("quirky, bouncy and colourful", "playful"),
        ("fast-paced, punchy, full of energy", "energetic"),
        ("Bold and loud sneaker ad with quick cuts", "energetic"),
        ("precise, engineered, futuristic", "technical"),
        ("a sleek high-tech look at a drone", "technical"),
        ("organic, earthy, eco-friendly", "natural"),
        ("fresh and wholesome morning light", "natural"),
        ("Not too flashy, just show it", "calm"),
        ("nothing loud or flashy or wild; elegant please", "luxury"),
        ("without being loud, busy or flashy", "calm"),
        ("It shouldn't be calm. Make it powerful.", "energetic"),
        ("less luxurious, more natural", "natural"),
        ("anything but boring: wild and fast", "energetic"),
        ("not only calm but calm and quiet, with a touch of luxury", "calm"),
        ("not just fun: playful and cheeky", "playful"),
        ("slightly playful, very technical", "technical"),
        ("fun rather than luxurious", "playful"),
        ("a film for a whisky", "luxury"),
        ("show our thing", "calm"),
    ],
)
def test_moods(text, mood):
    assert read_brief(text).mood == mood


def test_a_mixed_mood_goes_to_the_heavier():
    assert read_brief("luxury, elegant, a bit playful").mood == "luxury"
    assert read_brief("playful, fun, cheeky, a bit of luxury").mood == "playful"


def test_quoted_words_count_half():
    assert read_brief("A natural film. 'Fast!'").mood == "natural"
    assert read_brief("A film. 'Faster, louder, wilder. Wild.'").mood == "energetic"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("a 10 second spot", 10),
        ("a 12-second film", 12),
        ("15s, vertical", 15),
        ("make it fifteen seconds long", 15),
        ("half a minute of peace", 30),
        ("a one minute film", 60),
        ("1 minute 30 seconds", 90),
        ("8 to 12 seconds", 10),
        ("8-10 sec", 9),
        ("a 7.5 second teaser", Fraction(15, 2)),
        ("It boils in 30 seconds.", 10),
        ("the 90s style", 10),
        ("a 20s retro look", 10),
        ("'Ready in 5 seconds'", 10),
        ("every 5 seconds a cut", 10),
        ("ready in just 60 seconds, a 20 second ad", 20),
    ],
)
def test_lengths(text, seconds):
    assert read_brief(text).seconds == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a spot", (1280, 720)),
        ("widescreen", (1280, 720)),
        ("16:9 please", (1280, 720)),
        ("a vertical video", (720, 1280)),
        ("Calm, vertical.", (720, 1280)),
        ("for reels", (720, 1280)),
        ("for Instagram Stories", (720, 1280)),
        ("a TikTok for teens", (720, 1280)),
        ("YouTube Shorts", (720, 1280)),
        ("9x16", (720, 1280)),
        ("a 15 second reel", (720, 1280)),
        ("in portrait format", (720, 1280)),
        ("make it square", (720, 720)),
        ("a square film", (720, 720)),
        ("4:5 for the feed", (720, 900)),
        ("a vertical blender", (1280, 720)),
        ("a square bottle with vertical stripes", (1280, 720)),
        ("it tells stories", (1280, 720)),
        ("opens at 11:15", (1280, 720)),
    ],
)
def test_shapes(text, size):
    brief = read_brief(text)
    assert (brief.width, brief.height) == size


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A calm spot for Fuze Tea, slow and warm", "Fuze Tea"),
        ("A spot for the Fuze Tea. Calm.", "Fuze Tea"),
        ("a drink called Boom on yellow", "Boom"),
        ("a drink called 'Boom!'", "Boom!"),
        ("a fan named 'Breeze 2' for summer", "Breeze 2"),
        ("about our new Widget Pro", "Widget Pro"),
        ("Introducing the Aero X1.", "Aero X1"),
        ("a watch called lumen.", "lumen"),
        ("a spot for Dr. Pepper. Loud.", "Dr. Pepper"),
        ("for Ben & Jerry", "Ben & Jerry"),
        ("A reel for our new energy drink VOLT. Loud!", "VOLT"),
        ("A perfume called Nuit d'Or. Seductive.", "Nuit d'Or"),
        ('our cold brew "Night Shift" needs an ad', "Night Shift"),
        ("for Nike's new running shoe", "Nike"),
        ("luxury, for the Chinese market", ""),
        ("for our shop in Berlin.", ""),
        ("It is for Mother's Day", ""),
        ("A spot for a fruit tea", ""),
        ("a film for Instagram", ""),
        ("for Christmas", ""),
        ("a 10 second ad for TikTok", ""),
        ("calm", ""),
    ],
)
def test_names(text, name):
    assert read_brief(text).name == name


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("no music", True),
        ("without any music please", True),
        ("Music off.", True),
        ("a silent film", True),
        ("don't add music", True),
        ("a silent fan", False),
        ("with soft music", False),
        ("music by candlelight", False),
    ],
)
def test_music(text, off):
    assert read_brief(text).music is not off


@pytest.mark.parametrize(
    "text",
    [
        "on deep green",
        "on a blue background",
        "a pink backdrop",
        "against a dusty pink wall",
        "background: navy",
        "on #102030",
    ],
)
def test_backdrops_are_found(text):
    assert read_brief(text).backdrop is not None


@pytest.mark.parametrize("text", ["no white background", "on black leather", "a red bottle", "green tea", "on a table"])
def test_what_is_no_backdrop(text):
    assert read_brief(text).backdrop is None


def test_backdrop_colours_are_linear_and_shaded():
    r, g, b = read_brief("on #808080").backdrop
    assert r == g == b == pytest.approx(0.2158605)
    plain, deep, pale = (read_brief(f"on a {w}green background").backdrop for w in ("", "deep ", "pale "))
    assert sum(deep) < sum(plain) < sum(pale)
    assert plain[1] > max(plain[0], plain[2])


def test_how_the_words_were_understood_is_told():
    notes = read_brief("A calm 12 second spot for Fuze Tea, vertical, not flashy. 'Slow down.' No music.").understood
    for line in (
        "mood: calm, from 'calm'",
        "mood, not: energetic, from 'not flashy'",
        "length: 12 s, from '12 second'",
        "name: Fuze Tea, from 'for Fuze Tea'",
        "music: off, from 'No music'",
    ):
        assert line in notes, notes
    assert any(line.startswith("aspect: 9:16, from") for line in notes)
    assert any(line.startswith("tagline: Slow down.") for line in notes)


@pytest.mark.parametrize(
    ("text", "mood", "lighting"),
    [
        ("A calm luxury spot for a fruit tea. 'Slow down.'", "calm", "luxury"),
        ("Fast and punchy, with a technical look", "energetic", "technical"),
        ("luxury, unhurried", "luxury", "luxury"),
        ("not only calm but calm and quiet, with a touch of luxury", "calm", "calm"),
        ("A calm spot for a watch", "calm", "calm"),
    ],
)
def test_a_brief_may_name_a_pace_and_a_look(text, mood, lighting):
    brief = read_brief(text)
    assert (brief.mood, brief.lighting) == (mood, lighting)
    assert any(line.startswith(f"light: {lighting}") for line in brief.understood) == (mood != lighting)
