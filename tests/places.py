"""Real servers that tests start for themselves: an S3 that is moto's, and a PostgreSQL of their own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A port of the loopback that nobody listens on at the moment."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen, *, seconds: float = 90.0) -> None:
    """Until something listens on a port of the loopback."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port} after {seconds} s")


@contextmanager
def s3_server() -> Iterator[str]:
    """The URL of an empty S3: moto's server, in a process of its own."""
    pytest.importorskip("moto")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs: where they are called from, or where Debian puts them."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return Path(found).parent if found else folders[-1] if folders else None


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The URL of an empty database in a cluster of its own; a skip where PostgreSQL is not installed.

    Other users must be able to get to `folder`, for PostgreSQL refuses to be root.
    """
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    user: dict[str, str] = {}
    if os.geteuid() == 0:
        user = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        folder.chmod(0o711)
    data, port = folder / "cluster", free_port()
    data.mkdir(parents=True)
    if user:
        shutil.chown(data, user["user"], user["group"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", **user}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "films", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet
    )
    settings = [f"-cport={port}", "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={data}", "-cfsync=off"]
    process = subprocess.Popen([programs / "postgres", "-D", data, *settings], **quiet)
    try:
        wait_for(port, process)
        _wait_until_it_answers(f"postgresql://films@127.0.0.1:{port}/postgres")
        yield f"postgresql://films@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(2)  # SIGINT: a fast shutdown
        process.wait()


def _wait_until_it_answers(url: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
