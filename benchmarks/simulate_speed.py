"""Simulated frames a second with all passes, written and read back: python benchmarks/simulate_speed.py

Each row makes clips of 16 frames of recipes/objects.toml (lit colour, depth, normals, ids, flow with occlusion) by all
cores, writes them as WebDataset and reads every one back. The clock runs from before the workers start. `--thousand`
makes the thousand clips at 64x64 of the project's goal; without it rows are shorter and the workers' start weighs more.
Frames a CPU-second count what this process and its workers took, whatever else the machine does: twice that is what two
cores of their own would give.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from bundled import machine, table

from filmwright.jobs.simulate import load_recipe, read, simulate
from filmwright.jobs.simulate.engines import engines

RECIPE = Path(__file__).parents[1] / "recipes" / "objects.toml"
ROWS = {64: (300, None), 128: (200, 80.0), 256: (100, 20.0)}  # side: clips, goal in frames a second
THOUSAND, MINUTES = 1000, 3.0


def measured(side: int, num_clips: int, workers: int, folder: Path) -> tuple[float, float, float, float]:
    """Seconds to make and write, CPU-seconds of that, seconds to read back, megabytes."""
    recipe = load_recipe(RECIPE).model_copy(update={"num_clips": num_clips, "height": side, "width": side, "shard": 10})
    before = cpu_seconds()
    made = simulate(recipe, folder, engine=engines.open("local", workers=workers))
    spent = cpu_seconds() - before
    began = time.perf_counter()
    count = sum(1 for _ in read(folder))
    assert count == num_clips == made.num_made
    size = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
    return made.seconds, spent, time.perf_counter() - began, size


def cpu_seconds() -> float:
    """What this process and its workers that have ended took so far, in user and system time."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usages)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, nargs="*", choices=[*ROWS], default=[*ROWS])
    parser.add_argument("--thousand", action="store_true", help="only the thousand clips at 64x64")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one a core")
    options = parser.parse_args()
    asked = [(64, THOUSAND)] if options.thousand else [(side, ROWS[side][0]) for side in options.sides]
    rows = []
    for side, num in asked:
        with tempfile.TemporaryDirectory() as folder:
            seconds, spent, reading, size = measured(side, num, options.workers, Path(folder))
        frames, goal = num * 16, ROWS[side][1]
        wanted = f"{MINUTES:.0f} min in all" if options.thousand else f"{goal:.0f}" if goal else ""
        times = [f"{seconds:.1f}", f"{reading:.1f}", f"{frames / seconds:.1f}", f"{frames / spent:.1f}"]
        rows.append([f"{side}x{side}", str(num), *times, wanted, f"{size:.0f}"])
    print(machine())
    print(table(["size", "clips", "make s", "read s", "frames/s", "frames/CPU-s", "goal frames/s", "MB"], rows))


if __name__ == "__main__":
    main()
