"""How often the shipped classifier is right on clips it never saw: python training/attributes/measure.py FOLDER

FOLDER holds what `clips.py` made. What runs is the package's own network with the weights that ship. Prints a table
and writes card.toml and what is measured as the card beside the weights.
"""

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from clips import kept_for_test
from dataset import Clips

from filmwright.core.files import whole
from filmwright.jobs.evaluate.interval import wilson
from filmwright.jobs.evaluate.judge.attributes import told
from filmwright.jobs.evaluate.judge.card import CARD
from filmwright.jobs.evaluate.judge.network import network

Facts = dict[str, Any]
PARTS: dict[str, Callable[[Facts], bool]] = {
    "all": lambda facts: True,  # noqa: ARG005
    "one object": lambda facts: facts["family"] == "objects" and len(facts["objects"]) == 1,
    "unseen pairs": lambda facts: facts["family"] == "objects" and kept_for_test(facts),
}


def measured(folder: Path) -> dict[str, dict[str, tuple[int, int]]]:
    """How many of how many are right, of each part and attribute."""
    see = network()
    clips = Clips(folder, ["test", "test-backdrops"], see.classes)
    hits: dict[str, dict[str, list[bool]]] = {part: {name: [] for name in see.classes} for part in PARTS}
    for rgb, facts in clips.plain():
        seen = see(rgb).words
        for part, takes in PARTS.items():
            for name, word in told(facts).items() if takes(facts) else ():
                if word in see.classes[name]:
                    hits[part][name].append(seen[name] == word)
    return {part: {name: (sum(h), len(h)) for name, h in found.items()} for part, found in hits.items()}


def print_table(found: dict[str, dict[str, tuple[int, int]]]) -> None:
    """In Markdown, in percent with bounds."""
    print(f"| attribute | {' | '.join(found)} |\n|{'---|' * (len(found) + 1)}")
    for name in found["all"]:
        cells = [wilson(*part[name]).percent for part in found.values()]
        told_of = [f"{i.mean:.1f} [{i.low:.1f}, {i.high:.1f}]" if i.num else "" for i in cells]
        print(f"| {name} | {' | '.join(told_of)} |")


def write_card(found: dict[str, dict[str, tuple[int, int]]]) -> None:
    """What its makers say, and what was measured."""
    said = tomllib.loads((Path(__file__).parent / "card.toml").read_text(encoding="utf-8"))
    for key, part in (("accuracy", "all"), ("unseen", "unseen pairs")):
        said[key] = {name: {"right": r, "num": n} for name, (r, n) in found[part].items() if n}
    with whole(CARD) as part:
        part.write_text(tomli_w.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    results = measured(Path(sys.argv[1]))
    print_table(results)
    write_card(results)
