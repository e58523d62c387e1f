"""What was made, kept by the id in the mark: a film that lost its signature finds it again."""

import base64
import json
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from filmwright.core.errors import BadFilm, FilmWarning
from filmwright.core.files import whole

from .fingerprint import film_distance
from .home import HOME, home


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One film as it was made."""

    mark_id: str  # hexadecimal; "" for a film without a mark
    made: str  # UTC, ISO 8601
    title: str
    maker: str
    sha256: str  # of the signed film file
    path: str = ""  # where that file was written; it may have gone since
    fingerprints: tuple[str, ...] = ()  # PDQ of key frames, hexadecimal
    made_from: tuple[str, ...] = ()  # SHA-256 and names of what went into it
    manifest: str = ""  # the film's .manifest.json, as text
    store: bytes = field(default=b"", repr=False)  # the C2PA manifest store, for a signer's `read_stored`


def keep(record: Record) -> Path:
    """Write a record, whole or not at all, and return its file; the same film kept twice is one record.

    Raises BadFilm for an id that is not hexadecimal.
    """
    if not re.fullmatch("[0-9a-f]*", record.mark_id):
        raise BadFilm(f"the id of a mark is hexadecimal and lower case, got {record.mark_id!r}.")
    stamp = re.sub("[^0-9TZ]", "", record.made.partition("+")[0])
    path = _folder(record.mark_id) / f"{stamp}-{record.sha256[:16]}.json"
    content = asdict(record) | {"store": base64.b64encode(record.store).decode()}
    with whole(path, by=HOME) as part:
        part.write_text(json.dumps(content | {"check": _check(content)}, ensure_ascii=False), encoding="utf-8")
    return path


def find(mark_id: str) -> tuple[Record, ...]:
    """The films that carry this id, newest first: a film that was made again has the same one."""
    if not re.fullmatch("[0-9a-f]{1,64}", mark_id.lower()):
        return ()  # ids come out of other people's files
    return _newest_first(_read(_folder(mark_id.lower()).glob("*.json")))


def find_file(sha256: str) -> Record | None:
    """The film whose file has this very content, however it is called now."""
    named = _read(_root().glob(f"*/*-{sha256[:16]}.json"))
    return next((record for record in named if record.sha256 == sha256), None)


def nearest(fingerprints: Sequence[str]) -> tuple[Record, float] | None:
    """The film that looks most like this one, and how far apart they are (fingerprint.film_distance); None of none."""
    near = [(record, film_distance(fingerprints, record.fingerprints)) for record in every() if record.fingerprints]
    return min(near, key=lambda pair: pair[1]) if fingerprints and near else None


def every() -> tuple[Record, ...]:
    """All films that were made here, newest first."""
    return _newest_first(_read(_root().glob("*/*.json")))


def _root() -> Path:
    return home() / "records"


def _folder(mark_id: str) -> Path:
    return _root() / (mark_id or "unmarked")


def _newest_first(records: Iterator[Record]) -> tuple[Record, ...]:
    return tuple(sorted(records, key=lambda record: record.made, reverse=True))


def _read(paths: Iterable[Path]) -> Iterator[Record]:
    """The records in these files; a damaged one is named in a warning, and the others are read all the same."""
    for path in sorted(paths):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content.pop("check") != _check(content):
                raise ValueError("its content is not what was written")
            content["store"] = base64.b64decode(content["store"], validate=True)
            content |= {key: tuple(content.get(key, ())) for key in ("fingerprints", "made_from")}
            yield Record(**content)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as err:
            message = (
                f"the record {path} is damaged and was passed over ({err}). Put it back from a backup, or delete it."
            )
            warnings.warn(message, FilmWarning, stacklevel=2)


def _check(content: dict[str, object]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
