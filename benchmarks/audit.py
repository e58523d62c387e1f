"""What an event costs in the audit log, and a row in its check: python benchmarks/audit.py

"one by one" is how a film is logged: each event is on the disk before the next step. "in one go" is the bare work of
hashing, signing and inserting.
"""

import argparse
import os
import tempfile
import time

from bundled import machine, table


def measure(num_events: int) -> list[list[str]]:
    """Rows of (what, microseconds an event of wall time, of processor time)."""
    from filmwright.film.asset.audit import Event, append, rows
    from filmwright.film.asset.audit_check import verify

    events = [Event(kind="mark", subject=f"film {i}", facts={"id": f"{i:016x}"}) for i in range(num_events)]
    append(events[0])
    out = []

    def timed(what: str, count: int, work: object) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        work()  # type: ignore[operator]
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        out.append([what, f"{count}", f"{wall / count * 1e6:.0f}", f"{cpu / count * 1e6:.0f}"])

    few = events[: num_events // 10]
    timed("append, one by one", len(few), lambda: [append(event) for event in few])
    timed("append, in one go", num_events, lambda: append(*events))
    total = len(list(rows()))
    timed("verify", total, lambda: verify().whole or exit("the log is not whole"))
    return out


def main() -> None:
    """Measure in a folder of its own and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FILMWRIGHT_HOME"] = folder
        measured = measure(asked.events)
    print(machine())
    print(table(["what", "events", "us an event", "us of processor"], measured))


if __name__ == "__main__":
    main()
