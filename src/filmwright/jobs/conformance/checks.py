"""One rule that servers are held to, and how to find out."""

from collections.abc import Callable
from dataclasses import dataclass

from .target import Target

SDK = "the openai SDK's types"  # openai/types/video*.py, openai/resources/videos.py
POLL = "the openai SDK's poll()"
PAGES = "the openai SDK's paging"  # openai/pagination.py
ERRORS = "OpenAI's error envelope"
HTTP = "RFC 9110"
EXTENSION = "an extension that several servers share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule, and how to find out: `run` returns what came, or raises Diverges or Untried."""

    topic: str
    name: str
    rule: str
    source: str
    run: Callable[[Target], str]


def check(topic: str, rule: str, source: str) -> Callable[[Callable[[Target], str]], Check]:
    """A function as a Check that is named after it."""

    def made(run: Callable[[Target], str]) -> Check:
        name = run.__name__.strip("_").replace("_", "-")
        return Check(topic=topic, name=name, rule=rule, source=source, run=run)

    return made
