"""A brief in plain words -> what was understood."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal, TypeVar

from filmwright.core.errors import BadFilm
from filmwright.core.scene import Vec3

from .brief import Brief, MoodName
from .words.asked import asked_aspects, asked_music, asked_seconds
from .words.colours import asked_backdrops
from .words.heard import Heard
from .words.moods import MOOD_NAMES, look_mood, primary_mood, weigh_moods
from .words.names import find_name, sort_quotes
from .words.quotes import find_quotes, without_quotes

T = TypeVar("T")
ASPECTS: dict[str, tuple[int, int]] = {
    "16:9": (16, 9),
    "9:16": (9, 16),
    "1:1": (1, 1),
    "4:5": (4, 5),
    "7:4": (7, 4),
    "4:7": (4, 7),
}
SHORTEST, LONGEST = Fraction(3), Fraction(120)  # seconds
_BRIEF_LIMIT = 4000  # letters
_TAGLINE_LIMIT = 90  # letters: two lines of a title at most


def read_brief(
    text: str,
    *,
    mood: str | None = None,
    seconds: float | int | Fraction | None = None,
    aspect: str | None = None,
    name: str | None = None,
    tagline: str | None = None,
    backdrop: Vec3 | None = None,
    music: bool | None = None,
    seed: int = 0,
    fps: Fraction | int = 24,
    short_side: int = 720,
) -> Brief:
    """Understand a brief in English or Korean; what is given as an option wins over the words.

    `short_side` is the picture's shorter side in pixels, `backdrop` a linear colour. `Brief.understood` says what
    was taken from which words. Raises BadFilm for what contradicts itself or can't be filmed.
    """
    if len(text) > _BRIEF_LIMIT:
        raise BadFilm(f"the brief has {len(text)} letters. Tell the film in {_BRIEF_LIMIT} at most.")
    quotes = find_quotes(text)
    plain = without_quotes(text, quotes)
    quoted_name, quoted_tagline, spare = sort_quotes(text, quotes)
    notes: list[str] = []
    heard_mood, look, mood_notes = _mood(plain, [q.text for q in quotes], mood)
    heard_seconds = _pick(
        None if seconds is None else film_seconds(seconds),
        asked_seconds(plain),
        "length",
        "--seconds",
        notes,
        _seconds_text,
    )
    heard_aspect = _pick(aspect, asked_aspects(plain), "aspect", "--aspect", notes)
    heard_name = _pick(name, [h for h in (quoted_name or find_name(plain),) if h], "name", "--name", notes)
    heard_tagline = _pick(tagline, [quoted_tagline] if quoted_tagline else [], "tagline", "--tagline", notes)
    heard_backdrop = _pick(backdrop, asked_backdrops(plain), "backdrop", "--backdrop", notes, _hex)
    heard_music = _pick(music, asked_music(plain), "music", "--music-off", notes, lambda on: "on" if on else "off")
    notes += [f"left out: '{words}', as one tagline is all the film has room for" for words in spare]
    width, height = picture_size(heard_aspect or "16:9", short_side)
    return Brief(
        text=text,
        mood=heard_mood,
        look=look,
        tagline=_tagline(heard_tagline or ""),
        name=(heard_name or "").strip(),
        language=_language(text),
        seconds=film_seconds(10 if heard_seconds is None else heard_seconds),
        fps=Fraction(fps),
        width=width,
        height=height,
        backdrop=heard_backdrop,
        music=True if heard_music is None else heard_music,
        seed=seed,
        understood=(*mood_notes, *notes),
    )


def picture_size(aspect: str, short_side: int = 720) -> tuple[int, int]:
    """Width and height in pixels, both even, of a picture with that shorter side. Raises BadFilm."""
    if aspect not in ASPECTS:
        raise BadFilm(f"no film is made in aspect {aspect!r}. Choose one of {', '.join(ASPECTS)}.")
    if not 16 <= short_side <= 4320:
        raise BadFilm(f"a picture's shorter side must be 16 to 4320 pixels, got {short_side}.")
    across, up = ASPECTS[aspect]
    unit = Fraction(short_side, min(across, up))
    return 2 * round(across * unit / 2), 2 * round(up * unit / 2)


def film_seconds(seconds: float | int | Fraction) -> Fraction:
    """A film's length as a fraction. Raises BadFilm where it is too short or too long to be one."""
    exact = Fraction(seconds).limit_denominator(1001) if float("-inf") < seconds < float("inf") else None
    if exact is None or not SHORTEST <= exact <= LONGEST:
        raise BadFilm(f"a film must be {SHORTEST} to {LONGEST} seconds long, got {float(seconds):g}. Change --seconds.")
    return exact


def _mood(plain: str, quoted: Sequence[str], option: str | None) -> tuple[MoodName, MoodName | None, list[str]]:
    if option is not None:
        for known in MOOD_NAMES:
            if option.strip().lower() == known:
                return known, None, [f"mood: {known}, as asked by --mood"]
        raise BadFilm(f"no mood is called {option!r}. Choose one of {', '.join(MOOD_NAMES)}.")
    heard = weigh_moods(plain, quoted)
    mood = primary_mood(heard)
    look = look_mood(heard, mood)
    notes = [] if look == mood else [f"light: {look}, the look that the brief names beside the mood"]
    for thing in heard:
        which, weight = thing.value
        notes.append(Heard(which, thing.words).note("mood" if weight > 0 else "mood, not"))
    summary = f"mood: {mood}" + ("" if len({h.value[0] for h in heard}) <= 1 else ", the one with the most weight")
    return (
        mood,
        None if look == mood else look,
        [summary if heard else f"mood: {mood}, as the brief names none", *dict.fromkeys(notes)],
    )


def _pick(
    option: T | None,
    heard: Sequence[Heard[T]],
    what: str,
    flag: str,
    notes: list[str],
    show: Callable[[T], str] = str,
) -> T | None:
    """The option, or else the one thing the words say. Raises BadFilm where they say two."""
    if option is not None:
        notes.append(f"{what}: {show(option)}, as asked by {flag}")
        return option
    if not heard:
        return None
    other = next((h for h in heard if h.value != heard[0].value), None)
    if other is not None:
        raise BadFilm(
            f"the brief asks for two things at once, {what} {show(heard[0].value)} ('{heard[0].words.strip()}') and "
            f"{show(other.value)} ('{other.words.strip()}'). Leave one out, or settle it with {flag}."
        )
    notes.append(heard[0].note(what, show(heard[0].value)))
    return heard[0].value


def _tagline(words: str) -> str:
    words = " ".join(words.split())
    if len(words) > _TAGLINE_LIMIT:
        raise BadFilm(
            f"the tagline has {len(words)} letters, which no title can show: '{words[:40]}...'. "
            f"Quote {_TAGLINE_LIMIT} at most."
        )
    return words


def _language(text: str) -> Literal["en", "ko"]:
    """Korean where at least a quarter of the letters are Hangul: a syllable says as much as two or three letters."""
    hangul = len(re.findall(r"[가-힣ㄱ-ㆎ]", text))
    latin = len(re.findall(r"[A-Za-z]", text))
    return "ko" if hangul and hangul >= (hangul + latin) / 4 else "en"


def _seconds_text(seconds: Fraction) -> str:
    return f"{float(seconds):g} s"


def _hex(linear: Vec3) -> str:
    srgb = [12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in linear]
    return "#" + "".join(f"{round(255 * min(max(c, 0), 1)):02x}" for c in srgb)
