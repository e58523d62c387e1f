"""The server's TOML, and what it is where nobody says otherwise."""

import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from filmwright.core.errors import BadFilm
from filmwright.film.asset.home import home
from filmwright.jobs.database import default_url
from filmwright.jobs.film import Choice, Film
from filmwright.jobs.intake import Hosts, Limits
from filmwright.jobs.orders import Terms

SCAN = "filmwright-scan"  # the model that is no model: a film of a scan
BUNDLED = "filmwright-bundled"
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]


def _known(kind: type[Any]) -> Callable[[Any], Any]:
    """A check of a table's keys: pydantic passes over those that a dataclass has not."""
    names = {field.name for field in fields(kind)}

    def check(table: Any) -> Any:
        if isinstance(table, dict) and (strange := sorted(map(str, table.keys() - names))):
            raise ValueError(f"there is no key {strange[0]!r}. There are: {', '.join(sorted(names))}")
        return table

    return check


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServedModel(_Table):
    """A generator that clips may be ordered of, and what they are where the customer leaves it open."""

    generator: Choice
    about: str = ""
    width: int | None = Field(default=None, gt=0)  # pixels; None is the model's own
    height: int | None = Field(default=None, gt=0)
    seconds: float | None = Field(default=None, gt=0)


class RequestLimits(_Table):
    """How much is taken of one request, and how long it may take."""

    body_mib: int = Field(default=128, ge=1)
    head_seconds: float = Field(default=15.0, gt=0)  # for a request's head
    body_seconds: float = Field(default=20.0, gt=0)  # for any body, and then what it takes at 16 KiB a second
    connections: int = Field(default=1000, ge=1)  # at the same time; also those that follow events
    seconds: float = Field(default=120.0, gt=0)  # of a film
    pixels: int = Field(default=3840 * 2160, ge=256)  # of its picture
    prompt_letters: int = Field(default=8000, ge=1)
    batch_lines: int = Field(default=1000, ge=1)


class JobTerms(_Table):
    """On what terms jobs are taken."""

    keep_hours: float = Field(default=7 * 24.0, gt=0)  # a finished job and its files
    time_limit_minutes: float = Field(default=120.0, gt=0)  # of making one
    per_key: int | None = Field(default=None, ge=1)  # jobs of one key that are made at the same time
    attempts: int = Field(default=5, ge=1)  # workers that may take a job up

    @property
    def terms(self) -> Terms:
        """In the words of the order book."""
        return Terms(
            keep=self.keep_hours * 3600,
            time_limit=self.time_limit_minutes * 60,
            per_owner=self.per_key,
            attempts=self.attempts,
        )


class RealtimeTerms(_Table):
    """On what terms scenes are looked at live."""

    sessions: int = Field(default=2, ge=0)  # at the same time; 0 is none at all
    per_key: int = Field(default=1, ge=1)
    idle_seconds: float = Field(default=60.0, gt=0)  # without a word from the client
    pixels: int = Field(default=1280 * 720, ge=256)  # of a frame, both eyes together
    renderer: Choice = Choice(use="warp").having(quality="draft")
    scans: dict[Name, Path] = Field(default_factory=dict)  # files of the server that clients may open by name


class ServerSettings(_Table):
    """All that `filmwright serve` can be told."""

    host: str = "127.0.0.1"
    port: int = Field(default=8008, ge=0, le=65535)  # 0 is any that is free
    database: str = ""  # URL; SQLite in the user's folder if empty
    store: str = ""  # folder or s3://bucket/prefix; a folder beside the database if empty
    worker: bool = True  # whether a worker is started with the server
    concurrency: int = Field(default=1, ge=1)  # films that this worker makes at the same time
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    traces: str = ""  # OTLP collector, as in http://localhost:4318; none if empty
    origins: tuple[str, ...] = ()  # of web pages that may use the server (CORS)
    direct_downloads: bool = False  # whether files come from the store itself, by addresses that hold some minutes
    open_metrics: bool = False  # whether /metrics is told without a key, where there are keys
    default_model: Name = SCAN
    models: dict[Name, ServedModel] = Field(default_factory=dict)
    film: Film = Film()  # what every film starts from: maker, signer, policy, renderer, ...
    requests: RequestLimits = RequestLimits()
    inputs: Annotated[Limits, BeforeValidator(_known(Limits))] = Limits()
    hosts: Annotated[Hosts, BeforeValidator(_known(Hosts))] = Hosts()
    jobs: JobTerms = JobTerms()
    realtime: RealtimeTerms = RealtimeTerms()

    @model_validator(mode="after")
    def _sound(self) -> "ServerSettings":
        if self.film.scan is not None or self.film.brief:
            raise ValueError("'film' is what every film starts from: a scan and a brief come with each order")
        if SCAN in self.models:
            raise ValueError(f"{SCAN!r} is the film of a scan: call your model otherwise")
        if self.default_model not in self.served:
            raise ValueError(f"'default_model' is {self.default_model!r}; there are: {', '.join(self.served)}")
        return self

    @property
    def served(self) -> dict[str, ServedModel | None]:
        """Every model by name; the film of a scan is None, the bundled model there where its weights are."""
        own = {BUNDLED: ServedModel(generator=Choice(use="bundled"), about="The project's own video model.")}
        return {SCAN: None, **(own if _bundled() else {}), **self.models}

    @property
    def database_url(self) -> str:
        """Where orders and keys are kept."""
        return self.database or default_url()

    @property
    def store_url(self) -> str:
        """Where files are kept."""
        return self.store or (home() / "store").as_posix()


def load_settings(path: Path | None, **typed: Any) -> ServerSettings:
    """Read a server.toml, with what was typed on top of it. Raises BadFilm naming each wrong line."""
    table: dict[str, Any] = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as err:
            raise BadFilm(f"cannot read {path}: {err.strerror}.") from err
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
            raise BadFilm(f"{path} is not TOML: {err}") from err
    table |= {key: value for key, value in typed.items() if value is not None}
    try:
        return ServerSettings.model_validate(table)
    except ValidationError as err:
        found = [(".".join(map(str, e["loc"])), e["msg"].lower(), e["input"]) for e in err.errors()]
        wrong = "; ".join(f"{key!r}: {said}, got {came!r}" for key, said, came in found)
        raise BadFilm(f"{path or 'the options'}: {wrong}") from err


def _bundled() -> bool:
    return (Path(__file__).parents[2] / "ml" / "bundled" / "model_index.json").is_file()
