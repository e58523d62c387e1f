"""What a recipe leaves to chance: a value, or a distribution to draw it from.

In Python `uniform(1.0, 2.0)`, in TOML `{ uniform = [1.0, 2.0] }`; wherever a recipe takes a number or a word it takes
either, and a plain value is itself. The words are those of NVIDIA Replicator's distributions.
"""

from __future__ import annotations

from math import exp, log
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from filmwright.core.errors import BadFilm

from .dice import Dice

_CONFIG = ConfigDict(extra="forbid", frozen=True)


class Distribution(BaseModel):
    """Something to draw from."""

    model_config = _CONFIG

    def drawn(self, dice: Dice, index: int) -> Any:
        """One value; `index` is the number of the clip."""
        raise NotImplementedError

    @property
    def among(self) -> tuple[int | float | str, ...]:
        """What it chooses among, where it chooses."""
        return ()


class Uniform(Distribution):
    """Any number between two, all as likely."""

    uniform: tuple[float, float]

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return dice.uniform(*self.uniform)


class LogUniform(Distribution):
    """Any positive number between two, each of its factors as likely."""

    log_uniform: tuple[float, float]

    @model_validator(mode="after")
    def _positive(self) -> LogUniform:
        if min(self.log_uniform) <= 0:
            raise ValueError(f"log_uniform takes positive numbers, not {list(self.log_uniform)}")
        return self

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return exp(dice.uniform(log(self.log_uniform[0]), log(self.log_uniform[1])))


class Normal(Distribution):
    """The normal distribution, by mean and standard deviation."""

    normal: tuple[float, float]

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return dice.normal(*self.normal)


class Integer(Distribution):
    """A whole number between two, both included."""

    integer: tuple[int, int]

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return dice.integer(*self.integer)


class Choice(Distribution):
    """One of several, all as likely, or as likely as their `weights`."""

    choice: tuple[int | float | str, ...] = Field(min_length=1)
    weights: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _alike(self) -> Choice:
        if self.weights is not None and len(self.weights) != len(self.choice):
            raise ValueError(f"{len(self.choice)} choices need as many weights, not {len(self.weights)}")
        if self.weights is not None and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise ValueError("weights are 0 or more, and not all 0")
        return self

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One of them."""
        return dice.choice(self.choice, self.weights)

    @property
    def among(self) -> tuple[int | float | str, ...]:
        """What it chooses among."""
        return self.choice


class Sequence(Distribution):
    """One after the other, clip by clip, over and over."""

    sequence: tuple[int | float | str, ...] = Field(min_length=1)

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """The one whose turn it is."""
        return self.sequence[index % len(self.sequence)]

    @property
    def among(self) -> tuple[int | float | str, ...]:
        """What takes turns."""
        return self.sequence


def _parsed(value: Any) -> Any:
    """TOML's table for a distribution as the distribution; everything else as it is."""
    if not isinstance(value, dict):
        return value
    kinds = {next(iter(kind.model_fields)): kind for kind in KINDS}
    named = next((kinds[key] for key in value if key in kinds), None)
    if named is None:
        raise ValueError(f"no distribution is called {next(iter(value), '')!r}; there are: {', '.join(kinds)}")
    try:
        return named.model_validate(value)
    except ValidationError as err:
        first = err.errors()[0]
        raise ValueError(f"{first['msg'].removeprefix('Value error, ').lower()}, in {value}") from err


def _numbers(value: Any) -> Any:
    words = [one for one in value.among if isinstance(one, str)] if isinstance(value, Distribution) else []
    if words:
        raise ValueError(f"numbers are wanted here, not {words[0]!r}")
    return value


KINDS = (Uniform, LogUniform, Normal, Integer, Choice, Sequence)
Number = Annotated[
    float | Uniform | LogUniform | Normal | Integer | Choice | Sequence,
    BeforeValidator(_parsed),
    AfterValidator(_numbers),
]
Count = Annotated[int | Integer | Choice | Sequence, BeforeValidator(_parsed), AfterValidator(_numbers)]
Word = Annotated[str | Choice | Sequence, BeforeValidator(_parsed)]


def drawn(value: Any, dice: Dice, index: int) -> Any:
    """A plain value itself, or what its distribution draws."""
    return value.drawn(dice, index) if isinstance(value, Distribution) else value


def drawn_within(value: Any, dice: Dice, index: int, *, what: str, low: float, high: float) -> float:
    """The same for a number that has bounds, both included. Raises BadFilm where a draw is beyond them."""
    number = float(drawn(value, dice, index))
    if not low <= number <= high:
        raise BadFilm(
            f"the recipe's {what!r} drew {number:.4g} for clip {index}; it is from {low:g} to {high:g}. "
            f"Use a distribution that stays within."
        )
    return number


def uniform(low: int | float, high: int | float) -> Uniform:
    """Any number between two, all as likely."""
    return Uniform(uniform=(low, high))


def log_uniform(low: int | float, high: int | float) -> LogUniform:
    """Any positive number between two, each of its factors as likely."""
    return LogUniform(log_uniform=(low, high))


def normal(mean: int | float, deviation: int | float) -> Normal:
    """The normal distribution."""
    return Normal(normal=(mean, deviation))


def integer(low: int, high: int) -> Integer:
    """A whole number between two, both included."""
    return Integer(integer=(low, high))


def choice(*among: int | float | str, weights: tuple[int | float, ...] | None = None) -> Choice:
    """One of several."""
    return Choice(choice=among, weights=weights)


def sequence(*among: int | float | str) -> Sequence:
    """One after the other, clip by clip."""
    return Sequence(sequence=among)
