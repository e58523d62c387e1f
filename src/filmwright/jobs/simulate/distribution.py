"""What a recipe leaves to chance: a value, or a distribution to draw it from.

In Python `uniform(1.0, 2.0)`, in TOML `{ uniform = [1.0, 2.0] }`; wherever a recipe takes a number or a word it takes
either, and a plain value is itself. The words are those of NVIDIA Replicator's distributions.
"""

from __future__ import annotations

from math import exp, log
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .dice import Dice

T = TypeVar("T")
_CONFIG = ConfigDict(extra="forbid", frozen=True)


class Uniform(BaseModel):
    """Any number between two, all as likely."""

    model_config = _CONFIG
    uniform: tuple[float, float]

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value; `index` is the number of the clip."""
        return dice.uniform(*self.uniform)


class LogUniform(BaseModel):
    """Any positive number between two, each of its factors as likely."""

    model_config = _CONFIG
    log_uniform: tuple[float, float]

    @model_validator(mode="after")
    def _positive(self) -> LogUniform:
        if min(self.log_uniform) <= 0:
            raise ValueError(f"log_uniform takes positive numbers, not {list(self.log_uniform)}")
        return self

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return exp(dice.uniform(log(self.log_uniform[0]), log(self.log_uniform[1])))


class Normal(BaseModel):
    """The normal distribution, by mean and standard deviation."""

    model_config = _CONFIG
    normal: tuple[float, float]

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return dice.normal(*self.normal)


class Integer(BaseModel):
    """A whole number between two, both included."""

    model_config = _CONFIG
    integer: tuple[int, int]

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One value."""
        return dice.integer(*self.integer)


class Choice(BaseModel, Generic[T]):
    """One of several, all as likely, or as likely as their `weights`."""

    model_config = _CONFIG
    choice: tuple[T, ...] = Field(min_length=1)
    weights: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _alike(self) -> Choice[T]:
        if self.weights is not None and len(self.weights) != len(self.choice):
            raise ValueError(f"{len(self.choice)} choices need as many weights, not {len(self.weights)}")
        if self.weights is not None and (min(self.weights) < 0 or sum(self.weights) <= 0):
            raise ValueError("weights are 0 or more, and not all 0")
        return self

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """One of them."""
        return dice.choice(self.choice, self.weights)


class Sequence(BaseModel, Generic[T]):
    """One after the other, clip by clip, over and over."""

    model_config = _CONFIG
    sequence: tuple[T, ...] = Field(min_length=1)

    def drawn(self, dice: Dice, index: int) -> Any:  # noqa: ARG002
        """The one whose turn it is."""
        return self.sequence[index % len(self.sequence)]


Number = float | Uniform | LogUniform | Normal | Integer | Choice[float] | Sequence[float]
Count = int | Integer | Choice[int] | Sequence[int]
Word = str | Choice[str] | Sequence[str]


def drawn(value: Any, dice: Dice, index: int) -> Any:
    """A plain value itself, or what its distribution draws."""
    return value.drawn(dice, index) if isinstance(value, BaseModel) else value


def uniform(low: float, high: float) -> Uniform:
    """Any number between two, all as likely."""
    return Uniform(uniform=(low, high))


def log_uniform(low: float, high: float) -> LogUniform:
    """Any positive number between two, each of its factors as likely."""
    return LogUniform(log_uniform=(low, high))


def normal(mean: float, deviation: float) -> Normal:
    """The normal distribution."""
    return Normal(normal=(mean, deviation))


def integer(low: int, high: int) -> Integer:
    """A whole number between two, both included."""
    return Integer(integer=(low, high))


def choice(*among: T, weights: tuple[float, ...] | None = None) -> Choice[T]:
    """One of several."""
    return Choice(choice=among, weights=weights)


def sequence(*among: T) -> Sequence[T]:
    """One after the other, clip by clip."""
    return Sequence(sequence=among)
