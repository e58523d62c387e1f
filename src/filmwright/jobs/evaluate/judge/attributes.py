"""The attributes that a simulated clip's facts tell, as pairs of a name and a word."""

from collections.abc import Mapping
from typing import Any

FALLING = "falling"
TWO_COLORED = ("striped", "checkered")  # evenly, so that none of the two is the thing's own


def told(facts: Mapping[str, Any]) -> dict[str, str]:
    """What should be seen by a clip's facts, or by the record that data sets keep beside a video; {} where nothing is.

    The subject is the only object, or the one that moves by itself; of several that stand still or fall together none
    is. What nobody could tell is left out: the colour of stripes, and what changes inside the clip.
    """
    facts = facts["facts"] if isinstance(facts.get("facts"), Mapping) else facts
    try:
        if facts.get("family") == "backdrop":
            return {"backdrop": str(facts["kind"])}
        if facts.get("family") != "objects":
            return {}
        return {**_subject(facts), "camera": str(facts["camera"]["move"]), **_light(facts["light"])}
    except (KeyError, TypeError, IndexError, AttributeError):  # facts of somebody else's
        return {}


def has_subject(num_objects: int, motion: str) -> bool:
    """Whether one of the objects is the one that is spoken of; `motion` is that of the first."""
    return num_objects == 1 or (num_objects > 1 and motion not in ("", "still", FALLING))


def of_thing(shape: str, color: str, material: str) -> dict[str, str]:
    """What can be told of one object."""
    return {"shape": shape, "material": material} | ({} if material in TWO_COLORED else {"colour": color})


def of_ground(color: str, material: str) -> dict[str, str]:
    """What can be told of the ground: the second colour of its patterns is grey, so that a grey one shows none."""
    return {"ground colour": color} | ({} if color == "grey" else {"ground material": material})


def _subject(facts: Mapping[str, Any]) -> dict[str, str]:
    objects = facts["objects"]
    found = {"objects": str(len(objects))}
    if not objects:
        return found
    first = objects[0]
    found["motion"] = str(first["motion"])
    if has_subject(len(objects), first["motion"]) and "shape" in first:  # a scan has none
        found |= of_thing(first["shape"], first["color"], first["material"])
    return found


def _light(light: Mapping[str, Any]) -> dict[str, str]:
    if "drawn_anew" in light:
        return {}
    return {"light": str(light["kind"])} | of_ground(light["ground"]["color"], light["ground"]["material"])
