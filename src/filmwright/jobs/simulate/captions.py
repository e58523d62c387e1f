"""The same clip said in several ways."""

from collections.abc import Sequence
from typing import Any

from .backdrops import Painted
from .dice import Dice
from .lights import LIGHTS
from .things import Thing
from .world import World

CAMERA = {
    "still": ("the camera stands still", "static shot"),
    "orbit left": ("the camera orbits to the left", "camera orbiting left"),
    "orbit right": ("the camera orbits to the right", "camera orbiting right"),
    "zoom in": ("the camera moves in", "camera moving in"),
    "zoom out": ("the camera moves out", "camera moving out"),
    "crane up": ("the camera rises", "camera craning up"),
    "crane down": ("the camera sinks", "camera craning down"),
    "pan left": ("the camera pans to the left", "camera panning left"),
    "pan right": ("the camera pans to the right", "camera panning right"),
    "tilt up": ("the camera tilts up", "camera tilting up"),
    "tilt down": ("the camera tilts down", "camera tilting down"),
}


def captions(world: World, dice: Dice) -> tuple[str, ...]:
    """A full sentence, a terse line, a long one, and one that leaves something out, as people do."""
    camera, light = world.facts["camera"]["move"], world.facts["light"]
    things = [_article(t.name) for t in world.things]
    if not things:
        return _of_nothing(light, CAMERA[camera])
    acting = _acting(world.things, world.facts["objects"])
    ground = _article(_surface(light["ground"])) + " floor"
    where = LIGHTS[light["kind"]].says
    sentence, terse = CAMERA[camera]
    full = f"{acting} on {ground} {where}, while {sentence}."
    short = ", ".join([*(t.name for t in world.things), world.facts["objects"][0]["motion"], light["kind"], terse])
    long = (
        f"A short clip {where}. On {ground} there {'is' if len(things) == 1 else 'are'} {_listed(things)}. "
        f"{_capital(acting)}; {sentence}."
    )
    loose = dice.choice([f"{acting}.", f"{_listed(things)} {where}.", f"{acting} {where}."])
    return tuple(_capital(text) for text in (full, short, long, loose))


def _of_nothing(light: dict[str, Any], camera: tuple[str, str]) -> tuple[str, ...]:
    """A ground without anything on it."""
    ground, where = f"empty {_surface(light['ground'])} floor", LIGHTS[light["kind"]].says
    texts = (f"an {ground} {where}, while {camera[0]}.", f"{ground}, {light['kind']}, {camera[1]}", f"an {ground}.")
    return tuple(map(_capital, texts))


def captions_of_backdrop(painted: Painted) -> tuple[str, ...]:
    """The same for a backdrop."""
    whole = " ".join(filter(None, [painted.says, painted.moves]))
    return (
        _capital(f"{whole}."),
        _capital(f"an abstract background of {whole}."),
        _capital(f"{painted.says}, background video{', ' + painted.moves if painted.moves else ''}"),
    )


def _acting(things: Sequence[Thing], facts: Sequence[dict[str, Any]]) -> str:
    motion = facts[0]["motion"]
    if motion == "falling":
        verb = "falls and bounces" if len(things) == 1 else "fall and bounce"
        return f"{_listed([_article(t.name) for t in things])} {verb}"
    first = f"{_article(things[0].name)} {VERBS[motion]}"
    if len(things) == 1:
        return first
    return f"{first} beside {_listed([_article(t.name) for t in things[1:]])}"


VERBS = {
    "still": "stands still",
    "spinning": "spins",
    "sliding left": "slides to the left",
    "sliding right": "slides to the right",
    "coming closer": "comes closer",
    "going away": "goes away",
    "rising": "rises",
    "bouncing": "bounces",
}


def _surface(ground: dict[str, str]) -> str:
    return ground["color"] if ground["material"] == "matte" else f"{ground['color']} {ground['material']}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _article(words: str) -> str:
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
