"""Peak memory of a long film against a short one: python benchmarks/memory.py

Each film is made in a fresh process, whose peak is that of itself and all its children added up.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from bundled import BRIEF, machine, table

MAKE = """
import sys
from pathlib import Path
from filmwright.jobs.film import Choice, Film
from filmwright.jobs.make import make
brief, seconds, size, quality, out = sys.argv[1:]
film = Film(brief=brief, seconds=float(seconds), size=int(size), render=Choice(use="warp", quality=quality))
make(film, Path(out))
"""


def tree(pid: int) -> list[int]:
    """A process and all that it started (Linux)."""
    out = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            out += tree(int(child))
    return out


def resident(pid: int) -> int:
    """Bytes of memory that belong to a process; shared ones count by their share."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:  # it ended meanwhile
        return 0
    return 0


def peak_of(arguments: list[str]) -> tuple[int, float]:
    """Peak bytes of a process tree, looked at five times a second, and how many seconds it ran."""
    began, most, done = time.perf_counter(), 0, threading.Event()
    process = subprocess.Popen(arguments)
    while not done.wait(0.2):
        with suppress(OSError):  # a child ended while it was looked at
            most = max(most, sum(map(resident, tree(process.pid))))
        if process.poll() is not None:
            done.set()
    if process.returncode:
        raise SystemExit(process.returncode)
    return most, time.perf_counter() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, nargs="*", default=[10.0, 60.0])
    parser.add_argument("--size", type=int, default=90, help="pixels of the pictures' shorter side")
    parser.add_argument("--quality", default="standard", choices=["draft", "standard", "final"])
    options = parser.parse_args()
    if not Path("/proc/self/smaps_rollup").exists():
        raise SystemExit("this benchmark reads /proc/PID/smaps_rollup: run it on Linux")
    rows, first = [], 0
    for seconds in options.seconds:
        with tempfile.TemporaryDirectory() as out:
            peak, took = peak_of(
                [sys.executable, "-c", MAKE, BRIEF, str(seconds), str(options.size), options.quality, out]
            )
        first = first or peak
        rows.append([f"{seconds:g} s", f"{peak / 1e6:.0f} MB", f"{peak / first:.2f}", f"{took:.0f}"])
    print(f"{machine()}; {options.quality}, {options.size} pixels high")
    print(table(["film", "peak", "of the first", "seconds"], rows))


if __name__ == "__main__":
    main()
