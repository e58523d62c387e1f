"""What an order asks for: a film or a clip, validated, its files named by their places in the store."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from filmwright.jobs.film import Film
from filmwright.jobs.generate import GenerateRequest

MOST_LETTERS = 2048  # of a webhook's URL
Kind = Literal["film", "generate", "remix", "edit", "extension"]


class Input(BaseModel):
    """A file of the customer's, examined and in the store."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str  # in the store
    filename: str = Field(pattern=r"^[^/\\\x00-\x1f]{1,200}$")  # what the customer calls it; it names the film's parts
    sha256: str = ""


class FilmWork(BaseModel):
    """A film of a scan; in `film` no customer's file is named, for they are in the store."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    what: Literal["film"] = "film"
    film: Film
    scan: Input | None = None  # None is the bundled sample
    environment: Input | None = None

    @model_validator(mode="after")
    def _no_paths(self) -> "FilmWork":
        if self.film.scan is not None or self.film.light.environment is not None:
            raise ValueError("a film that is ordered names its scan and environment as inputs, not as paths")
        return self


class ClipWork(BaseModel):
    """A clip by a trained model; in `request` no customer's file is named, for they are in the store."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    what: Literal["clip"] = "clip"
    request: GenerateRequest
    image: Input | None = None
    video: Input | None = None

    @model_validator(mode="after")
    def _no_paths(self) -> "ClipWork":
        if self.request.image is not None or self.request.video is not None:
            raise ValueError("a clip that is ordered names its picture and video as inputs, not as paths")
        return self


def checked_webhook(url: str) -> str:
    """A URL that can be told of ends: https, without a user in it. Raises ValueError.

    Whether its host is on the public internet is looked at when it is told, each time.
    """
    try:
        parts = urlsplit(url) if url.isprintable() and " " not in url and len(url) <= MOST_LETTERS else urlsplit("")
        wrong = parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.port == 0
    except ValueError:
        wrong = True
    if wrong:
        raise ValueError(f"a webhook is told at an https URL without a user in it, not at {url[:100]!r}")
    return url


Work = Annotated[FilmWork | ClipWork, Field(discriminator="what")]


class OrderRequest(BaseModel):
    """Everything that an order asks for; what is to be made is in `work`, whatever the kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    model: str  # as the customer named it
    kind: Kind
    work: Work
    remixed_from: str | None = None  # id of the order that a remix, edit or extension starts from
    time_limit: float | None = Field(default=None, gt=0)  # seconds of making; None is the service's own
    keep: float | None = Field(default=None, gt=0)  # seconds from its end to its removal; None is the service's own
    webhook: str | None = None  # URL that is told of the end

    @field_validator("webhook")
    @classmethod
    def _can_be_told(cls, url: str | None) -> str | None:
        return None if url is None else checked_webhook(url)

    @property
    def prompt(self) -> str:
        """The words that the film was asked for with."""
        return self.work.film.brief if isinstance(self.work, FilmWork) else self.work.request.prompt

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The customer's files."""
        work = self.work
        files = (work.scan, work.environment) if isinstance(work, FilmWork) else (work.image, work.video)
        return tuple(file for file in files if file is not None)
