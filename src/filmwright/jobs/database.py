"""The service's database: one URL, SQLite or PostgreSQL, for all its parts and processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, NoSuchModuleError, OperationalError

from filmwright.core.errors import BadFilm, Unavailable
from filmwright.core.files import writing
from filmwright.film.asset.home import HOME, home

LOCK = 0x66696C6D  # PostgreSQL's number for "one at a time": "film"
PATIENCE = 30  # seconds that a write waits for another's
_PARTS = MetaData()
_SCHEMA = Table(
    "filmwright_schema",
    _PARTS,
    Column("part", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
)


def default_url() -> str:
    """The database of a service that names none: a file in the user's Filmwright folder."""
    return f"sqlite:///{home() / 'service.db'}"


def opened(url: str, part: str, version: int, tables: MetaData) -> Engine:
    """An engine on a database in which a part's tables stand, in this version; whoever opens it disposes of it.

    Safe where several processes begin at once. Raises BadFilm for a URL of another kind and for tables that another
    version of Filmwright made, and Unavailable.
    """
    parsed = _parsed(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database:
        with writing(Path(parsed.database), by=HOME):
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options: dict[str, Any] = {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": not sqlite}
    if not sqlite:
        options["connect_args"] = {"application_name": "filmwright", "connect_timeout": 10}
    engine = create_engine(parsed, **options)
    if sqlite:
        event.listen(engine, "connect", _like_a_server)
    try:
        with reaching(), alone(engine) as connection:
            tables.create_all(connection)
            _check_version(connection, part, version)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction beside which no other of its kind runs, on any host: it may decide by what it reads."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # SQLite begins by itself at the first write only
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


@contextmanager
def reaching() -> Iterator[None]:
    """Turn a database that can't be reached into an Unavailable."""
    try:
        yield
    except (OperationalError, InterfaceError) as err:
        says = str(err.orig).strip().splitlines()[0] if err.orig else str(err)
        raise Unavailable(f"the service's database can't be reached: {says}. Is it up, and its URL right?") from err


def _check_version(connection: Connection, part: str, version: int) -> None:
    _PARTS.create_all(connection)
    found = connection.scalar(select(_SCHEMA.c.version).where(_SCHEMA.c.part == part))
    if found is None:
        connection.execute(insert(_SCHEMA).values(part=part, version=version))
    elif found != version:
        todo = "Install that newer Filmwright" if found > version else "Give a new database"
        raise BadFilm(f"the database has the {part} of version {found}, and this Filmwright knows {version}. {todo}.")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite":
            raise BadFilm(f"the service's database is SQLite or PostgreSQL, not {parsed.get_backend_name()!r}.")
    except (ArgumentError, NoSuchModuleError) as err:
        raise BadFilm("that is no URL of a database: give sqlite:///FILE or postgresql://USER@HOST/NAME.") from err
    return parsed


def _like_a_server(connection: Any, _record: Any) -> None:
    """Readers beside a writer, writers one after the other, and rows that point at rows that exist."""
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # what was confirmed outlives a power cut
    connection.execute("PRAGMA foreign_keys=ON")
