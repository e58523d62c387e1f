"""What moderation says of a film."""

from dataclasses import dataclass
from typing import Literal, get_args

Decision = Literal["allow", "label", "review", "block"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)  # from mild to severe
What = Literal["prompt", "title", "picture", "frame", "sound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that one provider noticed."""

    provider: str
    what: What
    category: str  # "violence", "sexual/minors", "likeness", "provider-down", ...
    score: float  # 0 to 1
    where: str = ""  # "brief", "reference portrait.png", "frame at 3.2 s"
    says: str = ""  # what a number can't say: why a provider is down, which language it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The most severe of all decisions, and why."""

    decision: Decision
    reasons: tuple[str, ...] = ()  # in plain words, most severe first
    signals: tuple[Signal, ...] = ()
    provider: str = ""
    policy: str = ""  # hash of the policy that was applied
