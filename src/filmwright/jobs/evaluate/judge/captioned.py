"""The attributes that a caption tells, where it is in the words in which `filmwright simulate` captions its clips."""

import re
from collections.abc import Iterable, Mapping

from filmwright.film.scene.procedural.solids import SOLIDS
from filmwright.jobs.simulate.captions import CAMERA, VERBS
from filmwright.jobs.simulate.lights import LIGHTS
from filmwright.jobs.simulate.vocabulary import COLORS, MATERIALS

from .attributes import FALLING, of_ground, of_objects

_THING = re.compile(rf"\b({'|'.join(COLORS)}) ({'|'.join(MATERIALS)}) ({'|'.join(SOLIDS)})\b")
_GROUND = re.compile(rf"\b({'|'.join(COLORS)})(?: ({'|'.join(MATERIALS)}))? floor\b")
_BACKDROPS = {
    "bokeh": "bokeh",
    "water caustics": "caustics",
    "clouds in the sky": "clouds",
    "fog": "fog",
    "gradient": "gradients",
    "light leaks": "light_leaks",
    "particles": "particles",
    "silk": "silk",
    "studio backdrop": "studio",
    "sunset": "sunset",
}
_MOTIONS = {verb: motion for motion, verb in VERBS.items()} | {"falls and bounces": FALLING, "fall and bounce": FALLING}
_TERSE = {motion: motion for motion in (*VERBS, FALLING)}
_MOVES = {words: move for move, both in CAMERA.items() for words in both}
_LIGHTS = {kind.says: name for name, kind in LIGHTS.items()}


def told_in(captions: Iterable[str]) -> dict[str, str]:
    """What should be seen by captions of one clip; of two that speak of the same, the first counts. {} of others."""
    found: dict[str, str] = {}
    for caption in captions:
        found = _one(caption.lower()) | found
    return found


def _one(text: str) -> dict[str, str]:
    things = list(dict.fromkeys(_THING.findall(text)))  # a long caption names each twice
    camera, rest = _first(text, _MOVES)
    ground = _GROUND.search(text)
    if not things and not ground:
        backdrop, _ = _first(text, _BACKDROPS)
        return {"backdrop": backdrop} if backdrop else {}
    motion = _first(rest, _MOTIONS)[0] or _among(rest, _TERSE)
    found = of_objects(len(things), motion if things else "", things[0] if things else ())
    found |= {"camera": camera} if camera else {}
    light = _first(rest, _LIGHTS)[0] or _among(rest, LIGHTS)
    found |= {"light": light} if light else {}
    return found | (of_ground(ground[1], ground[2] or "matte") if ground else {})


def _first(text: str, words: Mapping[str, str]) -> tuple[str, str]:
    """What the longest of some words that stand in a text mean, and the text without them; "" where none does."""
    for each in sorted(words, key=len, reverse=True):
        if re.search(rf"\b{re.escape(each)}\b", text):
            return words[each], re.sub(rf"\b{re.escape(each)}\b", "", text)
    return "", text


def _among(text: str, words: Iterable[str]) -> str:
    """A word that stands by itself between commas, as in a terse caption."""
    parts = [part.strip(" .") for part in text.split(",")]
    return next((word for word in words if word in parts), "")
