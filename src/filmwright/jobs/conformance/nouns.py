"""What was found out about a server."""

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["holds", "diverges", "cannot be tried"]


class Diverges(Exception):
    """The server does otherwise than the rule says. Its text is what came."""


class Untried(Exception):
    """What the rule is about can't be had of this server. Its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one check."""

    topic: str
    name: str
    rule: str
    source: str
    verdict: Verdict
    came: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """A server as it was asked and as it answered."""

    url: str
    model: str  # "" is the server's own choice
    findings: tuple[Finding, ...]
    left: tuple[str, ...] = field(default=())  # videos that we made and could not remove

    def count(self, verdict: Verdict) -> int:
        """Of how many rules this was said."""
        return sum(finding.verdict == verdict for finding in self.findings)

    @property
    def holds(self) -> bool:
        """Whether nothing diverges, and something could be tried."""
        return not self.count("diverges") and self.count("holds") > 0


def expect(holds: bool, otherwise: str) -> None:
    """Raise Diverges where a rule does not hold."""
    if not holds:
        raise Diverges(otherwise)
