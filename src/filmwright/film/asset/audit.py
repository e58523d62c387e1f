"""The audit log: what was decided, signed and checked, in rows that hang together.

Each row's hash covers the row and the hash before it (a chain), and each hash is signed. The newest hash and the
number of rows stand signed in a file beside the log, so that rows missing at its end are noticed as well. The log holds
hashes of prompts, never their words.
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from filmwright.core.errors import BadAsset, CannotWrite
from filmwright.core.files import sweep, whole, writing
from filmwright.core.manifest import now

from .home import HOME, home, keep_private
from .seals import genuine, plain, public_key, seal, sealer

KEY = "audit"
START = "0" * 64  # what stands before the first row
Kind = Literal[
    "moderation",
    "hold",
    "approval",
    "rejection",
    "mark",
    "signature",
    "verification",
    "key-use",
    "consent",
    "revocation",
    "gap",  # written by the log itself: what stood at its end before is gone
]
KINDS: tuple[str, ...] = get_args(Kind)
COLUMNS = "number, at, kind, subject, facts, previous, hash, signature"
SCHEMA = (
    "CREATE TABLE events (number INTEGER PRIMARY KEY, at TEXT, kind TEXT, subject TEXT, facts TEXT, "
    "previous TEXT, hash TEXT UNIQUE, signature TEXT) STRICT",
    "CREATE TRIGGER no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'rows are never changed'); END",
    "CREATE TRIGGER no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'rows are never removed'); END",
)
_FIXES = {
    sqlite3.SQLITE_FULL: "Free some space there.",
    sqlite3.SQLITE_BUSY: "Another process holds it: try again when that is done.",
    sqlite3.SQLITE_READONLY: f"Make it writable, or choose another folder with {HOME}.",
    sqlite3.SQLITE_CANTOPEN: f"Make its folder writable, or choose another one with {HOME}.",
    sqlite3.SQLITE_IOERR: f"Look after that disk, or choose another folder with {HOME}.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. No field takes words of a prompt: give their hash."""

    kind: Kind
    subject: str  # what it happened to: a film's name, a content hash, a mark's id, a review's id
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An event as it stands in the log; all hashes and signatures hexadecimal."""

    number: int
    at: str  # UTC, ISO 8601; this machine's clock, vouched for by nobody
    kind: str
    subject: str
    facts: dict[str, str]
    previous: str
    hash: str
    signature: str

    def true_hash(self) -> str:
        """SHA-256 over the row and the hash before it; the number follows from the chain."""
        told = plain([self.at, self.kind, self.subject, self.facts, self.previous])
        return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How long the log was when it was last written to, and its newest hash."""

    count: int
    hash: str
    signature: str

    def message(self) -> bytes:
        """What is signed; worded unlike a row, so that no row's signature can pass for a head's."""
        return f"filmwright audit head {self.count} {self.hash}".encode("utf-8", "surrogatepass")


def append(*events: Event) -> int:
    """Add events at the end, all or none, and return the number of the last row.

    Several processes may do so at once. Raises CannotWrite where the log can't be kept.
    """
    path = log_path()
    try:
        sweep(path.parent)
        with _opened(path) as log:
            with _transaction(log):
                last = _add(log, events)
            with _transaction(log):  # after the rows are on the disk, so that the head is never ahead of them
                _write_head(*_newest(log))
        return last
    except sqlite3.Error as err:
        spoilt = "Put it back from a backup, or move it away to begin a new one."
        fix = _FIXES.get(getattr(err, "sqlite_errorcode", 0) & 0xFF, spoilt)
        raise CannotWrite(f"cannot write the audit log {path}: {err}. {fix}") from err


def rows() -> Iterator[Row]:
    """All rows in order. Raises BadAsset where the file is no log."""
    path = log_path()
    if not path.exists():
        return
    try:
        with _opened(path) as log:
            for found in log.execute(f"SELECT {COLUMNS} FROM events ORDER BY number"):
                yield as_row(*found)
    except sqlite3.Error as err:
        raise BadAsset(f"{path} can't be read as an audit log: {err}. Put it back from a backup.") from err


def as_row(number: Any, at: Any, kind: Any, subject: Any, facts: Any, previous: Any, own: Any, signature: Any) -> Row:
    """A row as it was found; what somebody put in place of words is told as words, so that the check can name it."""
    at, kind, subject, previous, own, signature = (
        value if isinstance(value, str) else repr(value) for value in (at, kind, subject, previous, own, signature)
    )
    return Row(
        number=number if isinstance(number, int) else 0,
        at=at,
        kind=kind,
        subject=subject,
        facts=_facts(facts),
        previous=previous,
        hash=own,
        signature=signature,
    )


def head() -> Head | None:
    """The signed head beside the log; None where there is none, or none that can be read."""
    try:
        told = json.loads(head_path().read_text(encoding="utf-8"))
        return Head(count=int(told["count"]), hash=str(told["hash"]), signature=str(told["signature"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def digest(text: str) -> str:
    """What the log holds of a prompt: whoever has the words can tell that it was these."""
    return sha256(text.encode()).hexdigest()


def log_path() -> Path:
    """Where the rows are."""
    return home() / "audit.db"


def head_path() -> Path:
    """Where the signed head is."""
    return home() / "audit.head"


def _add(log: sqlite3.Connection, events: tuple[Event, ...]) -> int:
    count, previous = _newest(log)
    lost = _lost(log, count)
    if count == 0 and not lost:
        _write_head(0, START)
    sign = sealer(KEY)
    for event in (*lost, *events):
        at, facts = now(), dict(event.facts)
        row = Row(
            number=count + 1,
            at=at,
            kind=event.kind,
            subject=event.subject,
            facts=facts,
            previous=previous,
            hash="",
            signature="",
        )
        count, previous = row.number, row.true_hash()
        log.execute(
            f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (count, at, event.kind, event.subject, plain(facts), row.previous, previous, sign(previous.encode())),
        )
    return count


def _lost(log: sqlite3.Connection, count: int) -> tuple[Event, ...]:
    """A row that says so where rows are gone since the last one was written: new ones must not cover it up."""
    known = head()
    if known is None:
        fresh = count == 0 and not public_key(KEY)
        return () if fresh else (_gap("the head was missing", count),)
    there = log.execute("SELECT hash FROM events WHERE number = ?", (known.count,)).fetchone() or (START,)
    if not genuine(public_key(KEY), known.message(), known.signature):
        return (_gap("the head was not signed with this key", count),)
    if known.count > count or there[0] != known.hash:
        return (_gap(f"row {known.count}, {known.hash}, was gone", count),)
    return ()


def _gap(what: str, count: int) -> Event:
    return Event(kind="gap", subject="audit log", facts={"found": what, "rows": str(count)})


def _newest(log: sqlite3.Connection) -> tuple[int, str]:
    found = log.execute("SELECT number, hash FROM events ORDER BY number DESC LIMIT 1").fetchone()
    return found or (0, START)


def _write_head(count: int, own: str) -> None:
    signature = seal(KEY, Head(count=count, hash=own, signature="").message())
    with whole(head_path(), by=HOME) as part:
        part.write_text(plain({"count": count, "hash": own, "signature": signature}) + "\n", encoding="utf-8")


def _facts(found: Any) -> dict[str, str]:
    try:
        table = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        table = None
    fits = isinstance(table, dict) and all(isinstance(value, str) for value in table.values())
    return table if fits else {"unreadable": str(found)}


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with writing(path, by=HOME):
        if not path.exists():
            _create(path)
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as log:
            log.text_factory = lambda found: found.decode("utf-8", "replace")
            log.execute("PRAGMA synchronous=FULL")  # a row that was reported is on the disk
            yield log


def _create(path: Path) -> None:
    """Make the file aside and link it into place: two processes that set it up at once would lock each other out."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        keep_private(part, b"")
        with closing(sqlite3.connect(part, isolation_level=None)) as log:
            log.execute("PRAGMA journal_mode=WAL")
            for statement in SCHEMA:
                log.execute(statement)
        with suppress(FileExistsError):  # another process was first
            os.link(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _transaction(log: sqlite3.Connection) -> Iterator[None]:
    log.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        log.execute("ROLLBACK")
        raise
    log.execute("COMMIT")
