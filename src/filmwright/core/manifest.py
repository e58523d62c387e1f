"""Everything needed to make a film again, written beside it."""

import json
import platform
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """A file that went into the film."""

    role: str  # "scan", "environment", "music", "picture", "model", ...
    name: str
    sha256: str = ""  # "" for what has no file: composed music
    licence: str = ""  # "" is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRecord:
    """One shot as it was made."""

    name: str
    kind: str
    seed: int
    num_frames: int
    start: float  # seconds into the film
    key: str  # content hash of scene, shot and renderer
    reused: bool  # taken from an earlier run
    render_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What a trained model made of a film's pictures."""

    what: str  # in plain words
    prompt: str
    model: str
    model_sha256: str
    settings: dict[str, Any]
    clips: dict[str, int]  # content hash and seed of each
    shares: dict[str, float]  # of each shot's pixels that show it, where no object stands (id 0), measured on stills


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a film was made of, by what, and how long it took. Everything but `made` and times is repeatable."""

    film: dict[str, Any]  # the resolved request; `filmwright make` takes it again as film.toml
    film_hash: str
    understood: dict[str, Any]  # the brief as it was read
    ingredients: tuple[Ingredient, ...]
    scene_hash: str
    renderer: str  # fingerprint of the renderer or generator
    takes: tuple[TakeRecord, ...]
    video: dict[str, Any]
    sha256: str  # of the film file, signed
    unsigned_sha256: str  # of the film file before it was signed: the same film made again has it again
    source: str  # IPTC digital source type
    moderation: Verdict
    mark: dict[str, str]  # algorithm and id; empty is an unmarked film
    signature: dict[str, str]  # state, signer and serial number of the certificate
    labels: tuple[str, ...]  # what was done for each region, in plain words
    energy: dict[str, Any]
    generated: tuple[Generated, ...] = ()  # parts by trained models, of a film that is not all theirs
    warnings: tuple[str, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)  # seconds
    versions: dict[str, str] = field(default_factory=dict)
    made: str = ""  # UTC, ISO 8601

    @property
    def text(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, default=str) + "\n"


def versions(*packages: str) -> dict[str, str]:
    """Python, the platform and the installed packages of those named."""
    found = {"python": sys.version.split()[0], "platform": platform.platform()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def now() -> str:
    """This moment in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
