"""`filmwright serve`: films ordered over HTTP."""

from pathlib import Path
from typing import Annotated

import typer

from .exits import told


def serve(
    *,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="A server.toml; else a laptop's own.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 is any that is free, else 8008.")] = None,
    database: Annotated[
        str | None, typer.Option(help="URL of SQLite or PostgreSQL; else SQLite in your Filmwright folder.")
    ] = None,
    store: Annotated[
        str | None, typer.Option(help="A folder, or s3://bucket/prefix; else your Filmwright folder.")
    ] = None,
    worker: Annotated[
        bool | None, typer.Option("--worker/--no-worker", help="Whether the films are made here too; else they are.")
    ] = None,
) -> None:
    """Serve films over HTTP, in the shape of the openai SDK's client.videos, and make them.

    Jobs are kept in a database: stop it or kill it, start it again, and it goes on. Beyond this machine it wants keys:
    filmwright keys.
    """
    with told():
        from filmwright.apps.server.logs import set_up
        from filmwright.apps.server.running import Started
        from filmwright.apps.server.running import serve as run
        from filmwright.apps.server.settings import load_settings

        settings = load_settings(config, host=host, port=port, database=database, store=store, worker=worker)

        def say(started: Started) -> None:
            typer.echo(f"Filmwright serves at {started.url}/v1 (what there is: {started.url}/docs)")
            typer.echo(f"keys: {'wanted' if started.keys else 'none, as only this machine reaches it'}")
            typer.echo(f"jobs: {started.database}   files: {started.store}")

        set_up(settings.log_level)
        run(settings, told=say)
