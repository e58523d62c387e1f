"""The attributes that a simulated clip's facts tell, as pairs of a name and a word."""

from collections.abc import Mapping, Sequence
from typing import Any

FALLING = "falling"
TWO_COLORED = ("striped", "checkered")  # evenly, so that none of the two is the thing's own
ROUND = ("sphere", "cylinder", "cone", "torus", "capsule")  # the same from all sides...
AROUND = ("matte", "glossy", "metallic", "striped")  # ...in these, for stripes go around


def told(facts: Mapping[str, Any]) -> dict[str, str]:
    """What should be seen by a clip's facts, or by the record that data sets keep beside a video; {} where nothing is.

    The subject is the only object, or the one that moves by itself; of several that stand still or fall together none
    is. What nobody could tell is left out: the colour of stripes, whether a plain ball turns, what changes on the way.
    """
    facts = facts["facts"] if isinstance(facts.get("facts"), Mapping) else facts
    try:
        if facts.get("family") == "backdrop":
            return {"backdrop": str(facts["kind"])}
        if facts.get("family") != "objects":
            return {}
        return {**_objects(facts["objects"]), "camera": str(facts["camera"]["move"]), **_light(facts["light"])}
    except (KeyError, TypeError, IndexError, AttributeError):  # facts of somebody else's
        return {}


def of_objects(num: int, motion: str, first: Sequence[str]) -> dict[str, str]:
    """What can be told of things: how many, how the first moves, and what it is where it is the subject.

    `motion` is "" where none is told; `first` is its colour, material and shape, () of a scan.
    """
    found = {"objects": str(num)}
    if first and motion in ("still", "spinning") and first[1] in AROUND and first[2] in ROUND:
        motion = ""  # nobody can tell whether it turns
    if motion:
        found["motion"] = motion
    alone = num == 1 or motion not in ("", "still", FALLING)
    return found | (of_thing(*first) if first and alone else {})


def of_thing(color: str, material: str, shape: str) -> dict[str, str]:
    """What can be told of one object."""
    return {"shape": shape, "material": material} | ({} if material in TWO_COLORED else {"colour": color})


def of_ground(color: str, material: str) -> dict[str, str]:
    """What can be told of the ground: the second colour of its patterns is grey, so that a grey one shows none."""
    return {"ground colour": color} | ({} if color == "grey" else {"ground material": material})


def _objects(objects: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if not objects:
        return {"objects": "0"}
    first = [str(objects[0][key]) for key in ("color", "material", "shape")] if "shape" in objects[0] else []
    return of_objects(len(objects), str(objects[0]["motion"]), first)


def _light(light: Mapping[str, Any]) -> dict[str, str]:
    if "drawn_anew" in light:
        return {}
    return {"light": str(light["kind"])} | of_ground(light["ground"]["color"], light["ground"]["material"])
