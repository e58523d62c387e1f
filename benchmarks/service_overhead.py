"""What the service costs: the same film by the command line and by the service, in turns; and polls beside a render.

Prints wall and processor seconds of both, of each turn and together, and then, while the worker renders a long film,
the latency of polls that are sent at a fixed rate, counted from the moment they were due (so that a server that falls
behind can't hide it), with the server's processor time a poll.

    python benchmarks/service_overhead.py --turns 3 --seconds 6 --size 480 --rate 500 --polls 5000

The worker reads its libraries once, and a command each time, so the first turn is told apart and not counted.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

BRIEF = "A calm luxury spot for a perfume. 'Made to last.'"
TICK = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 16
TOML = """
port = 0
database = "sqlite:///{folder}/service.db"
store = "{folder}/store"
log_level = "warning"
[film.render]
use = "warp"
quality = "draft"
workers = 1
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--size", type=int, default=480)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--polls", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="filmwright-overhead-") as name, serving(Path(name)) as (url, server):
        if asked.turns:
            films(url, server, Path(name), asked)
        polls(url, server, asked)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """The address and process id of a server with one worker."""
    (folder / "server.toml").write_text(TOML.format(folder=folder))
    command = [sys.executable, "-m", "filmwright", "serve", "--config", str(folder / "server.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+:\d+", process.stdout.readline())
            assert found
            yield found[0], process.pid
        finally:
            process.terminate()


def films(url: str, server: int, folder: Path, asked: argparse.Namespace) -> None:
    print(f"{'turn':>5}  {'command wall':>12} {'cpu':>7}  {'service wall':>12} {'cpu':>7}   seconds")
    rows = []
    for turn in range(asked.turns + 1):
        seed = f"{turn}"
        command = [
            sys.executable,
            "-m",
            "filmwright",
            "make",
            "sample",
            "--brief",
            BRIEF,
            "--seconds",
            str(asked.seconds),
        ]
        command += ["--size", str(asked.size), "--quality", "draft", "--workers", "1", "--seed", seed, "--quiet"]
        command += ["--aspect", "16:9", "--out", str(folder / f"made{turn}")]
        pair = []
        for way in ("command", "service") if turn % 2 else ("service", "command"):
            began, cpu = time.perf_counter(), spent(server) if way == "service" else children()
            if way == "command":
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                pair.append((way, time.perf_counter() - began, children() - cpu))
            else:
                size = {"width": round(asked.size * 16 / 9), "height": asked.size}
                order(url, seconds=asked.seconds, seed=turn, **size)
                pair.append((way, time.perf_counter() - began, spent(server) - cpu))
        found = {way: (wall, seconds) for way, wall, seconds in pair}
        rows.append((*found["command"], *found["service"]))
        label = "first" if turn == 0 else str(turn)
        print("{:>5}  {:12.1f} {:7.1f}  {:12.1f} {:7.1f}".format(label, *rows[-1]), flush=True)
    counted = rows[1:]
    wall = statistics.median(row[2] / row[0] for row in counted) - 1
    cpu = statistics.median(row[3] / row[1] for row in counted) - 1
    print(f"the service adds {wall:+.1%} wall and {cpu:+.1%} processor time (medians of {len(counted)} pairs)")


def order(url: str, **fields: object) -> str:
    """Place a film and wait for it."""
    video = asked_for(f"{url}/v1/videos", json.dumps({"prompt": BRIEF} | fields).encode())
    while video["status"] in ("queued", "in_progress"):
        time.sleep(0.1)
        video = asked_for(f"{url}/v1/videos/{video['id']}")
    assert video["status"] == "completed", video["error"]
    return str(video["id"])


def asked_for(url: str, body: bytes | None = None) -> dict[str, object]:
    with urlopen(Request(url, body, {"Content-Type": "application/json"})) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def polls(url: str, server: int, asked: argparse.Namespace) -> None:
    body = json.dumps({"prompt": BRIEF, "seconds": 60, "size": "1280x720", "seed": 99}).encode()
    video = asked_for(f"{url}/v1/videos", body)
    while video["status"] == "queued":
        time.sleep(0.2)
        video = asked_for(f"{url}/v1/videos/{video['id']}")
    cpu, began = spent(server, tree=False), time.perf_counter()
    late = asyncio.run(polled(url, str(video["id"]), asked.rate, asked.polls))
    took, cpu = time.perf_counter() - began, spent(server, tree=False) - cpu
    at = asked_for(f"{url}/v1/videos/{video['id']}")
    assert at["status"] == "in_progress", "the render ended before the polls: make it longer"
    p50, p99 = (1000 * late[int(len(late) * share)] for share in (0.5, 0.99))
    print(
        f"{len(late)} polls at {len(late) / took:.0f}/s beside a render: p50 {p50:.1f} ms, p99 {p99:.1f} ms, ", end=""
    )
    print(f"{1000 * cpu / len(late):.2f} ms of the server's processor time each")
    asked_for(f"{url}/v1/videos/{video['id']}/cancel", b"")


async def polled(url: str, video: str, rate: float, count: int) -> list[float]:
    """Seconds from when each poll was due to its answer, sorted."""
    host, port = url.removeprefix("http://").split(":")
    text = f"GET /v1/videos/{video} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    began = time.perf_counter() + 0.2
    due = iter(range(count))
    late: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for number in due:
            at = began + number / rate
            await asyncio.sleep(max(at - time.perf_counter(), 0))
            writer.write(text)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = re.search(rb"content-length: (\d+)", head.lower())
            assert length
            await reader.readexactly(int(length[1]))
            late.append(time.perf_counter() - at)
        writer.close()

    await asyncio.gather(*[client() for _ in range(CONNECTIONS)])
    return sorted(late)


def children() -> float:
    """Processor seconds of the processes that this one has waited for."""
    times = os.times()
    return times.children_user + times.children_system


def spent(root: int, *, tree: bool = True) -> float:
    """Processor seconds of a process, and of those below it, which ended or are there."""
    parents: dict[int, tuple[int, float, float]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own, ended = sum(map(int, fields[11:13])) / TICK, sum(map(int, fields[13:15])) / TICK
        parents[int(path.parent.name)] = (int(fields[1]), own, ended)
    if not tree:
        return parents[root][1]
    below, found = {root}, True
    while found:
        more = {pid for pid, (parent, *_) in parents.items() if parent in below} - below
        below, found = below | more, bool(more)
    return sum(parents[pid][1] + parents[pid][2] for pid in below if pid in parents)


if __name__ == "__main__":
    main()
