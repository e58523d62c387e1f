"""A server to ask: in this process with a client of Starlette's, or as a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import update
from starlette.testclient import TestClient

from filmwright.apps.server.app import create_app
from filmwright.apps.server.service import Service, opened
from filmwright.apps.server.settings import ServerSettings
from filmwright.jobs.orders import Result, tables
from filmwright.jobs.orders.endings import end
from filmwright.jobs.orders.places import results_of

QUICK = """
worker = {worker}
port = {port}
host = "{host}"
database = "sqlite:///{folder}/service.db"
store = "{folder}/store"

[film.render]
use = "warp"
quality = "draft"
workers = 1

[film.trust]
mark = {{ use = "none" }}
signer = {{ use = "none" }}
moderator = {{ use = "none" }}
"""


@contextmanager
def asked(folder: Path, **settings) -> Iterator[tuple[TestClient, Service]]:
    """A client of a server without a worker."""
    told = {"database": f"sqlite:///{folder}/service.db", "store": str(folder / "store"), "worker": False}
    with (
        opened(ServerSettings(**(told | settings))) as service,
        TestClient(create_app(service), base_url="http://localhost", raise_server_exceptions=False) as client,
    ):
        yield client, service


def finish(service: Service, order: str, folder: Path, **files: bytes) -> None:
    """Complete an order with these files, as a worker would."""
    results = {}
    types = {"video": ("video.mp4", "video/mp4"), "thumbnail": ("poster.jpg", "image/jpeg")}
    for variant, content in files.items():
        name, media_type = types[variant]
        path = folder / name
        path.write_bytes(content)
        stored = service.store.put(path, f"{results_of(order)}{name}")
        results[variant] = Result(
            name=stored.name, media_type=media_type, num_bytes=len(content), sha256=sha256(content).hexdigest()
        )
    with service.orders.engine.begin() as connection:
        chosen = tables.orders.c.id == order
        connection.execute(update(tables.orders).where(chosen).values(status="in_progress", started=time.time()))
        assert end(connection, service.orders.terms, order, "completed", results=results)


@dataclass
class Process:
    """A server as the user starts it."""

    url: str
    process: subprocess.Popen[str]
    log: Path
    rooms: Path  # its folder for temporary files

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextmanager
def serving(
    folder: Path, *, worker: bool = False, host: str = "127.0.0.1", port: int = 0, config: str = ""
) -> Iterator[Process]:
    """`filmwright serve`, until the block ends; its log is in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    toml, log = folder / "server.toml", folder / "log.jsonl"
    toml.write_text(QUICK.format(worker=str(worker).lower(), folder=folder, host=host, port=port) + config)
    command = [sys.executable, "-W", "error", "-m", "filmwright", "serve", "--config", str(toml)]
    rooms = folder / "rooms"
    rooms.mkdir(exist_ok=True)
    around = os.environ | {"OMP_NUM_THREADS": "1", "TMPDIR": str(rooms)}
    with log.open("a") as lines:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=lines, text=True, env=around)
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.search(r"http://\S+:\d+", said)
            assert found, said + log.read_text()
            yield Process(found[0], process, log, rooms)
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            finally:
                process.kill()
                process.stdout.close()
