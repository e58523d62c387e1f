"""Consent: who agreed that their face or voice is used, for what, and until when."""

import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm, FilmWarning
from filmwright.core.manifest import now

from .audit import Event, append
from .home import home
from .seals import read_sealed, write_sealed

KEY = "consent"
Scope = Literal["image", "voice"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A record of a person's word. The evidence itself, a signed release, stays with its keeper: its hash is here."""

    id: str
    subject: str  # whose face or voice
    scope: tuple[Scope, ...]
    uses: tuple[str, ...]  # "advertising", "training", ...; a film's use must be one of them
    expires: str  # ISO 8601 date, the last day it holds
    evidence: str  # SHA-256 of the file that proves it
    inputs: tuple[str, ...]  # SHA-256 of the files it covers, or the names of what has no file
    added: str  # UTC, ISO 8601
    revoked: str = ""  # UTC, ISO 8601; "" is in force
    reason: str = ""  # of the revocation

    def covers(self, given: str, *, use: str, on: date, scope: Scope) -> bool:
        """Whether it lets this input be used so on that day."""
        return (
            not self.revoked
            and scope in self.scope
            and use in self.uses
            and given in self.inputs
            and on <= date.fromisoformat(self.expires)
        )

    def state(self, on: date) -> str:
        """in force, expired or revoked."""
        if self.revoked:
            return "revoked"
        return "in force" if on <= date.fromisoformat(self.expires) else "expired"


def add(
    *,
    subject: str,
    scope: Iterable[Scope],
    uses: Iterable[str],
    expires: date,
    evidence: str,
    inputs: Iterable[str],
) -> Consent:
    """Keep a new record, and log it. Raises BadFilm where a part is missing."""
    told = Consent(
        id="",
        subject=subject.strip(),
        scope=tuple(scope),
        uses=tuple(uses),
        expires=expires.isoformat(),
        evidence=evidence,
        inputs=tuple(inputs),
        added=now(),
    )
    if empty := [name for name in ("subject", "scope", "uses", "evidence", "inputs") if not getattr(told, name)]:
        raise BadFilm(f"a consent needs {' and '.join(empty)}. It must say whose it is, of what, for what, with proof.")
    new = replace(told, id=content_hash(told)[:12])
    append(Event(kind="consent", subject=new.id, facts={"record": content_hash(new), "expires": new.expires}))
    _keep(new)
    return new


def consents() -> tuple[Consent, ...]:
    """All records, oldest first. Warns of those that were changed from outside; they don't count."""
    found = [_read(path) for path in sorted(_folder().glob("*.json"))]
    return tuple(sorted((c for c in found if c), key=lambda c: c.added))


def find(consent: str) -> Consent:
    """The record whose id begins so. Raises BadFilm where there is none, or more than one."""
    found = [c for c in consents() if consent and c.id.startswith(consent)]
    if len(found) == 1:
        return found[0]
    some = "more than one consent begins with" if found else "no consent is called"
    raise BadFilm(f"{some} {consent!r}. `filmwright consent list` shows them.")


def covering(given: str, use: str, on: date, *, scope: Scope = "image") -> Consent | None:
    """The consent that lets this input, a file's SHA-256 or a name, be used so on that day."""
    return next((c for c in consents() if c.covers(given, use=use, on=on, scope=scope)), None)


def revoke(consent: str, *, reason: str) -> Consent:
    """Take a consent back, for good, and log it. Raises BadFilm where it was before, or without a reason."""
    found = find(consent)
    if not reason.strip():
        raise BadFilm("a revocation needs a reason: --why TEXT.")
    if found.revoked:
        raise BadFilm(f"the consent of {found.subject} ({found.id}) was revoked before, at {found.revoked}.")
    new = replace(found, revoked=now(), reason=reason)
    append(Event(kind="revocation", subject=new.id, facts={"record": content_hash(new)}))
    _keep(new)
    return new


def _keep(consent: Consent) -> None:
    write_sealed(_folder() / f"{consent.id}.json", KEY, asdict(consent))


def _read(path: Path) -> Consent | None:
    record = read_sealed(path, KEY)
    if record is None:
        warnings.warn(f"the consent {path.stem} was changed from outside and does not count", FilmWarning, stacklevel=2)
        return None
    return Consent(**record | {key: tuple(record[key]) for key in ("scope", "uses", "inputs")})


def _folder() -> Path:
    return home() / "consents"
