"""How often the classifier is right on real clips: measured once, and kept in the card beside its weights."""

import tomllib
from functools import lru_cache

from ..interval import Interval, wilson
from .network import WEIGHTS

CARD = WEIGHTS.with_suffix(".card.toml")


@lru_cache(maxsize=1)
def own_accuracy() -> dict[str, Interval]:
    """By attribute, each a share with its bounds."""
    told = tomllib.loads(CARD.read_text(encoding="utf-8"))["accuracy"]
    return {name: wilson(row["right"], row["num"]) for name, row in told.items()}
