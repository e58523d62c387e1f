"""One answer of a server, as it came."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .nouns import Diverges, expect

SHOWN = 160  # characters of an answer that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers (by names in small letters) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the server says that it did what was asked."""
        return 200 <= self.status < 300

    @property
    def kind(self) -> str:
        """The media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def told(self) -> str:
        """The answer in a line."""
        if not self.body:
            return f"HTTP {self.status} with an empty body"
        if "json" not in self.kind and not self.kind.startswith("text/"):
            return f"HTTP {self.status}, {len(self.body)} bytes of {self.kind or 'no type'}"
        text = " ".join(self.body.decode("utf-8", "replace").split())
        return f"HTTP {self.status} {text[:SHOWN]}{'...' if len(text) > SHOWN else ''}"

    @property
    def table(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Diverges."""
        try:
            found = json.loads(self.body)
        except ValueError:
            raise Diverges(f"the answer is no JSON: {self.told}") from None
        expect(isinstance(found, dict), f"the answer is no JSON object: {self.told}")
        return dict(found)


def done(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer that says that all is well. Raises Diverges."""
    expect(answer.ok, answer.told)
    return answer.table


def refused(answer: Answer, *statuses: int) -> str:
    """What came, once its status is one of those. Raises Diverges."""
    expect(not answer.ok, f"it is taken: {answer.told}")
    expect(answer.status in statuses, f"{answer.told}; the status should be {' or '.join(map(str, statuses))}")
    return answer.told


def enveloped(answer: Answer) -> str:
    """The error's code and message, where it has the shape of OpenAI's errors. Raises Diverges."""
    expect(not answer.ok, f"it is taken: {answer.told}")
    error = answer.table.get("error")
    expect(isinstance(error, dict), f"there is no object `error` in {answer.told}")
    assert isinstance(error, dict)
    if missing := [name for name in ("message", "type", "param", "code") if name not in error]:
        raise Diverges(f"error has no {', '.join(missing)}: {answer.told}")
    for name in ("message", "type"):
        expect(isinstance(error[name], str) and error[name] != "", f"error.{name} is {error[name]!r}, not words")
    for name in ("param", "code"):
        expect(error[name] is None or isinstance(error[name], str), f"error.{name} is {error[name]!r}, not a string")
    return f"{error['type']}, code {error['code']}: {error['message'][:SHOWN]}"
