"""Simulated frames a second with all passes, written and read back: python benchmarks/simulate_speed.py

Each row makes clips of 16 frames of recipes/objects.toml (lit colour, depth, normals, ids, flow with occlusion) by all
cores, writes them as WebDataset and reads every one back. The clock runs from before the workers start. `--thousand`
makes the thousand clips at 64x64 of the project's goal; without it rows are shorter and the workers' start weighs more.
"""

import argparse
import tempfile
import time
from pathlib import Path

from bundled import machine, table

from filmwright.jobs.simulate import load_recipe, read, simulate
from filmwright.jobs.simulate.engines import engines

RECIPE = Path(__file__).parents[1] / "recipes" / "objects.toml"
ROWS = {64: (300, None), 128: (200, 80.0), 256: (100, 20.0)}  # side: clips, goal in frames a second
THOUSAND, MINUTES = 1000, 3.0


def measured(side: int, num_clips: int, workers: int, folder: Path) -> tuple[float, float, float]:
    """Seconds to make and write, seconds to read back, megabytes."""
    recipe = load_recipe(RECIPE).model_copy(update={"num_clips": num_clips, "height": side, "width": side, "shard": 10})
    made = simulate(recipe, folder, engine=engines.open("local", workers=workers))
    began = time.perf_counter()
    count = sum(1 for _ in read(folder))
    assert count == num_clips == made.num_made
    size = sum(p.stat().st_size for p in folder.iterdir()) / 1e6
    return made.seconds, time.perf_counter() - began, size


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
            seconds, reading, size = measured(side, num, options.workers, Path(folder))
        rate, goal = num * 16 / seconds, ROWS[side][1]
        wanted = f"{MINUTES:.0f} min in all" if options.thousand else f"{goal:.0f}" if goal else ""
        cells = [f"{side}x{side}", str(num), f"{seconds:.1f}", f"{reading:.1f}", f"{rate:.1f}", wanted, f"{size:.0f}"]
        rows.append(cells)
    print(machine())
    print(table(["size", "clips", "make s", "read s", "frames/s", "goal", "MB"], rows))


if __name__ == "__main__":
    main()
