"""An examination as plain values, for scripts."""

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from .nouns import Examination


def as_json(found: Examination) -> dict[str, Any]:
    """Counts by verdict, every finding, what is left at the server, and the SDK that judged."""
    counts = {"holds": found.count("holds"), "diverges": found.count("diverges")}
    counts |= {"cannot be tried": found.count("cannot be tried")}
    return {"holds": found.holds, "counts": counts, "openai": version("openai"), **asdict(found)}
