"""What each format costs: python benchmarks/simulate_formats.py [--clips 20]."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from filmwright.core.clip import Clip
from filmwright.jobs.simulate import Recipe, factory
from filmwright.jobs.simulate.writers import writers


def main() -> None:
    """Write and read the same clips by every writer, in this process alone."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--clips", type=int, default=20)
    num = ask.parse_args(sys.argv[1:]).clips
    with factory(Recipe(num_frames=16, height=64, width=64)) as held:
        clips = [held.staged(i) for i in range(num)]
    print(f"{num} clips of 16 frames at 64x64; CPU milliseconds and kilobytes a clip")
    print(
        "| writer | kB | of it exact passes and words | files | ms to write | ms to read |\n|---|---|---|---|---|---|"
    )
    for name in writers.names():
        print(f"| `{name}` | {' | '.join(_cost(name, clips))} |")


def _cost(name: str, clips: list[Clip]) -> list[str]:
    writer, num = writers.open(name), len(clips)
    with TemporaryDirectory() as room:
        warm, folder = Path(room) / "warm", Path(room) / "data"
        writer.write(clips[:1], warm, "clips-000000")
        before = process_time()
        writer.write(clips, folder, "clips-000000")
        writer.finish(folder)
        written = process_time()
        assert sum(1 for _ in writer.read(folder)) == num
        read = process_time()
        sizes = {p: p.stat().st_size for p in folder.rglob("*") if p.is_file()}
        exact = sum(size for path, size in sizes.items() if path.parent.name == "exact")
    kilobytes = [f"{size / num / 1000:.0f}" for size in (sum(sizes.values()), exact)]
    times = [f"{1000 * seconds / num:.0f}" for seconds in (written - before, read - written)]
    return [*kilobytes, f"{len(sizes) / num:.1f}", *times]


if __name__ == "__main__":
    main()
