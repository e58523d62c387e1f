"""One line of a shot list: what the user may say of a shot, and what is left to the director."""

from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict, Field

from filmwright.core.errors import BadFilm

from .kinds import KINDS


class Entry(BaseModel):
    """A shot in a film.toml; only `kind` must be given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    seconds: float | None = Field(default=None, gt=0, le=120)  # to the nearest frame; else whole beats
    seed: int | None = None  # variety of this shot alone
    interest: int | None = Field(default=None, ge=0)  # the place that a macro or push-in looks at: 0, 1, ...


def check_entries(entries: list[Entry]) -> None:
    """Raises BadFilm for an empty list or a kind that does not exist, naming those that do."""
    if not entries:
        raise BadFilm("the list of shots is empty. Name at least one shot, or leave the list out.")
    for number, entry in enumerate(entries, 1):
        if entry.kind not in KINDS:
            near = get_close_matches(entry.kind, KINDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise BadFilm(
                f"shot {number} is of kind {entry.kind!r}, which does not exist.{hint} There are: {', '.join(KINDS)}."
            )
