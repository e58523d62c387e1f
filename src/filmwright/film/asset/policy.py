"""Signals -> a verdict, by a policy in TOML."""

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm
from filmwright.core.verdict import DECISIONS, Decision, Signal, Verdict, What

CATEGORIES = (  # the first thirteen are those of OpenAI's omni-moderation
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent"),
    *("self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors"),
    *("violence", "violence/graphic", "deception", "likeness", "unknown-language", "unseen"),
)
MINORS, DOWN, UNSEEN = "sexual/minors", "provider-down", "unseen"


class Thresholds(BaseModel):
    """From which score on something is done; None is never."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: float | None = Field(default=None, ge=0, le=1)
    review: float | None = Field(default=None, ge=0, le=1)
    block: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _rising(self) -> "Thresholds":
        steps = [s for s in (self.label, self.review, self.block) if s is not None]
        if steps != sorted(steps):
            raise ValueError("label, review and block must rise: the more severe, the higher the score")
        return self

    def decide(self, score: float) -> tuple[Decision, float]:
        """The most severe decision that the score reaches, and from where it holds."""
        for decision, start in (("block", self.block), ("review", self.review), ("label", self.label)):
            if start is not None and score >= start:
                return decision, start  # type: ignore[return-value]
        return "allow", 0.0


PROTECTED = Thresholds(review=0.2, block=0.4)  # of sexual/minors: in the code, out of any policy's reach


class Policy(BaseModel):
    """What each category leads to."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = ""
    provider_down: Literal["review", "block"] = Field(default="review", alias="provider-down")
    other: Thresholds = Thresholds(review=0.5)
    categories: dict[str, Thresholds] = {}
    kinds: dict[What, dict[str, Thresholds]] = {}  # for one kind of exhibit, before `categories`

    @model_validator(mode="after")
    def _known(self) -> "Policy":
        for category in [*self.categories, *(c for table in self.kinds.values() for c in table)]:
            if category == MINORS:
                raise ValueError(f"{MINORS!r} is always blocked and can't be set. Remove it")
            if category not in CATEGORIES:
                near = get_close_matches(category, CATEGORIES, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(CATEGORIES)}"
                raise ValueError(f"there is no category {category!r}. {hint}")
        return self

    @property
    def hash(self) -> str:
        """Names this policy's content, for verdicts and records."""
        return content_hash(self.model_dump())

    def thresholds(self, what: What, category: str) -> Thresholds:
        """Those of the category for this kind of exhibit, else for all kinds, else of the whole it is part of."""
        if category == MINORS:
            return PROTECTED
        for name in (category, category.split("/")[0]):
            for table in (self.kinds.get(what, {}), self.categories):
                if name in table:
                    return table[name]
        return self.other


def load_policy(path: Path | None = None) -> Policy:
    """The bundled policy, changed by what the file says. Raises BadFilm that names each wrong key."""
    table = tomllib.loads((Path(__file__).parent / "policy.toml").read_text(encoding="utf-8"))
    if path is not None:
        table = _over(table, _read(path))
    try:
        return Policy.model_validate(table)
    except ValidationError as err:
        raise BadFilm(f"{path or 'policy.toml'}: " + "; ".join(map(_line, err.errors()))) from err


def judge(signals: Iterable[Signal], policy: Policy, provider: str) -> Verdict:
    """The most severe decision that any signal leads to, with a reason for each kind of exhibit and category."""
    signals = tuple(signals)
    groups: dict[tuple[str, str], list[tuple[int, float, str]]] = {}
    for signal in signals:
        decision, why = _decide(signal, policy)
        if decision != "allow" or signal.category == UNSEEN:
            groups.setdefault((signal.what, signal.category), []).append((DECISIONS.index(decision), signal.score, why))
    worst = sorted((max(found), len(found) - 1) for found in groups.values())[::-1]
    reasons = [why + (f" (and {more} more like it)" if more else "") for (_, _, why), more in worst]
    nobody = ["nothing was moderated: the moderator is 'none'"] if provider == "none" else []
    return Verdict(
        decision=DECISIONS[worst[0][0][0]] if worst else "allow",
        reasons=(*reasons, *nobody),
        signals=signals,
        provider=provider,
        policy=policy.hash,
    )


def _decide(signal: Signal, policy: Policy) -> tuple[Decision, str]:
    """What one signal leads to, and the reason in plain words."""
    note = f" ({signal.says})" if signal.says else ""
    if signal.category == DOWN or not 0 <= signal.score <= 1:  # a score that is no number is no answer either
        does = {"review": "asks for a review", "block": "blocks"}[policy.provider_down]
        return policy.provider_down, f"{signal.where}: {signal.provider} could not judge it{note}, the policy {does}"
    decision, start = policy.thresholds(signal.what, signal.category).decide(signal.score)
    does = {"allow": "allows it", "label": "labels", "review": "asks for a review", "block": "blocks"}[decision]
    if signal.category == UNSEEN:
        return decision, f"{signal.where}: {signal.says or 'not looked at'}, the policy {does}"
    return decision, f"{signal.where}: {signal.category} {signal.score:.2f}{note}, the policy {does} from {start:.2f}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise BadFilm(f"cannot read the policy {path}: {err.strerror}. Name another file in [trust] policy.") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise BadFilm(f"{path} is not TOML: {err}") from err


def _over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables laid over tables; a table of thresholds replaces the one below as a whole."""
    merged = dict(under)
    for key, value in over.items():
        below = under.get(key)
        tables = isinstance(value, dict) and isinstance(below, dict) and key not in CATEGORIES
        merged[key] = _over(below, value) if tables and key != "other" else value  # type: ignore[arg-type]
    return merged


def _line(err: Any) -> str:
    key = ".".join(map(str, err["loc"]))
    if err["type"] == "extra_forbidden":
        fields = Policy.model_fields if len(err["loc"]) == 1 else Thresholds.model_fields
        return f"there is no key '{key}'. There are: {', '.join(f.replace('_', '-') for f in fields)}"
    message = err["msg"].removeprefix("Value error, ")
    return (
        f"'{key}': {message}, got {err['input']!r}"
        if key and err["type"] != "value_error"
        else f"{key} {message}".strip()
    )
