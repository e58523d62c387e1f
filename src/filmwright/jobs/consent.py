"""Files and a person's word -> a consent record; a consent taken back -> the films it touches."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.film.asset.consent import SCOPES, Consent, Scope, add, touched
from filmwright.film.asset.records import Record, every


def add_consent(
    *, subject: str, scope: Iterable[str], uses: Iterable[str], until: str, evidence: Path, covers: Iterable[str]
) -> Consent:
    """Keep a consent. `covers` are files, kept by their hashes, or names of what has no file; `until` is YYYY-MM-DD.

    Raises BadFilm for a wrong date or scope, BadAsset for a file that can't be read.
    """
    try:
        expires = date.fromisoformat(until)
    except ValueError as err:
        raise BadFilm(f"{until!r} is no date. Write the last day like 2027-12-31.") from err
    return add(
        subject=subject,
        scope=[_scope(word) for word in scope],
        uses=uses,
        expires=expires,
        evidence=_hash(evidence),
        inputs=[_hash(Path(word)) if Path(word).suffix or Path(word).exists() else word for word in covers],
    )


def films_touched(consent: Consent) -> tuple[str, ...]:
    """Films made here that have an input of this consent in them, newest first, with the day they were made."""
    films = ((f"{record.title} ({record.made[:10]}, {record.mark_id or 'no mark'})", record) for record in every())
    return touched(consent, ((name, _ingredients(record)) for name, record in films))


def _ingredients(record: Record) -> Iterator[str]:
    """Hashes and names of what a film was made from."""
    manifest: dict[str, Any] = json.loads(record.manifest) if record.manifest else {}
    for ingredient in manifest.get("ingredients", ()):
        yield ingredient["sha256"]
        yield ingredient["name"]


def _scope(word: str) -> Scope:
    for scope in SCOPES:
        if word == scope:
            return scope
    raise BadFilm(f"a consent is for {' or '.join(SCOPES)}, got {word!r}.")


def _hash(path: Path) -> str:
    try:
        return file_hash(path)
    except OSError as err:
        raise BadAsset(f"cannot read {path}: {err.strerror}.") from err
