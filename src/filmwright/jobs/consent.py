"""Files and a person's word -> a consent record; a consent taken back -> the films it touches."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.film.asset.consent import SCOPES, Consent, Scope, add
from filmwright.film.asset.records import Record, every


def add_consent(
    *, subject: str, scope: Iterable[str], uses: Iterable[str], until: str, evidence: Path, covers: Iterable[str]
) -> Consent:
    """Keep a consent. `covers` are files, kept by their hashes, or names of what has no file; `until` is YYYY-MM-DD.

    Raises BadFilm for a wrong or past date or a wrong scope, BadAsset for a file that can't be read.
    """
    try:
        expires = date.fromisoformat(until)
    except ValueError as err:
        raise BadFilm(f"{until!r} is no date. Write the last day like 2027-12-31.") from err
    if expires < datetime.now(UTC).date():
        raise BadFilm(f"{until} is past: such a consent would let nothing through. Give the last day that it holds.")
    return add(
        subject=subject,
        scope=[_scope(word) for word in scope],
        uses=uses,
        expires=expires,
        evidence=_hash(evidence, "--evidence"),
        inputs=[_hash(Path(word), "--covers") if _is_file(word) else word for word in covers],
    )


def films_touched(consent: Consent) -> tuple[str, ...]:
    """Films made here with an input of this consent, or from such a film; newest first, with day, id and file."""
    films, covered, found = every(), set(consent.inputs), set[str]()
    while new := {film.sha256 for film in films if covered.intersection(film.made_from)} - found:
        found |= new
        covered |= new
    return tuple(_named(film) for film in films if film.sha256 in found)


def _named(film: Record) -> str:
    return f"{film.title} ({film.made[:10]}, {film.mark_id or 'no mark'})" + (f": {film.path}" if film.path else "")


def _is_file(word: str) -> bool:
    """What is there, or is written like a file: a folder or an ending in it. "Dr. Kim" is a name."""
    return Path(word).exists() or "/" in word or re.search(r"\.[A-Za-z0-9]{2,4}$", word) is not None


def _scope(word: str) -> Scope:
    for scope in SCOPES:
        if word == scope:
            return scope
    raise BadFilm(f"a consent is for {' or '.join(SCOPES)}, got {word!r}.")


def _hash(path: Path, option: str) -> str:
    try:
        return file_hash(path)
    except OSError as err:
        raise BadAsset(f"cannot read {path}, which {option} names: {err.strerror}.") from err
