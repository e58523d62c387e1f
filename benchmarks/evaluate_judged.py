"""What the metrics of the project's own classifier say as faults grow, and how few clips are too few.

    python benchmarks/evaluate_judged.py [--clips 250]

Two sets of simulated clips of 64x64, of other seeds, are made. The first table plants each fault at strength 0, 1, 2
and 3 in all clips of the one: how much of their attributes is still seen, and how far the set is from the other. Bold
follows the fault. The second draws pairs of sets of equal size from all clips without a fault, `--draws` times: the
truth is 0. The cost is that of a metric by itself, on one core, for one clip of a second.
"""

import argparse
import time
from collections.abc import Sequence
from fractions import Fraction

import cv2
import numpy as np
from bundled import machine
from evaluate_faults import JUDGED, Course, print_table

from filmwright.core.clip import Clip
from filmwright.core.frames import Frames
from filmwright.jobs.evaluate import Opened, from_clip, measure, opened
from filmwright.jobs.evaluate.faults import FAULTS, SPARE, STRENGTHS, plant
from filmwright.jobs.evaluate.frechet import frechet
from filmwright.jobs.evaluate.halves import by_halves
from filmwright.jobs.evaluate.judge.sampled import samples_of
from filmwright.jobs.evaluate.kernel import kernels
from filmwright.jobs.evaluate.nouns import Row
from filmwright.jobs.evaluate.reading import Reading
from filmwright.jobs.evaluate.words import number
from filmwright.jobs.simulate.filming import factory
from filmwright.jobs.simulate.recipe import Recipe

NUM, FPS = 16, 16
SEEDS = (501, 502)
SIZES = (25, 50, 100, 200)


def main() -> None:
    """Print the tables, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=250, help="of each set")
    parser.add_argument("--draws", type=int, default=40)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    metrics = opened(JUDGED)
    ours, theirs = (simulated(seed, options.clips) for seed in SEEDS)
    print(f"{machine()}; {options.clips} clips against {options.clips}\n")
    print_table(["fault", *(m.title for m in metrics)], followed(metrics, ours, theirs))
    pool = samples(metrics, [*ours, *theirs])
    sizes = [size for size in SIZES if 2 * size <= len(pool)]
    head = ["clips a side", "Frechet, raw", "Frechet", "interval holds 0", "kernel", "interval holds 0"]
    print_table(head, [alike(pool, size, options.draws) for size in sizes])
    print_table(["metric", "CPU ms a clip"], [[m.title, f"{cost(m, ours[:20]):.0f}"] for m in metrics])


def simulated(seed: int, num: int) -> list[Clip]:
    """Clips with frames to spare, for faults that drop some."""
    recipe = Recipe(seed=seed, height=64, width=64, fps=FPS, num_frames=NUM + SPARE)
    with factory(recipe) as made:
        return [made.clip(index) for index in range(num)]


def rows(metrics: Sequence[Opened], clips: Sequence[Clip], fault: str, strength: int) -> list[Row]:
    """Every clip with a fault, measured."""
    found = []
    for clip in clips:
        rgb = plant(fault, clip.frames.rgb, strength, num_frames=NUM)
        frames = Frames(rgb=rgb, fps=Fraction(FPS))
        found.append(measure(from_clip(Clip(key=clip.key, frames=frames, lens=clip.lens, facts=clip.facts)), metrics))
    return found


def readings(found: Sequence[Row], name: str) -> list[Reading]:
    """Those of one metric."""
    return [m.reading for row in found for m in row.measured if m.name == name and m.reading]


def followed(metrics: Sequence[Opened], ours: Sequence[Clip], theirs: Sequence[Clip]) -> list[list[str]]:
    """A row a fault."""
    others = rows(metrics, theirs, next(iter(FAULTS)), 0)
    clean = rows(metrics, ours, next(iter(FAULTS)), 0)
    lines = []
    for fault in FAULTS:
        sets = [clean, *(rows(metrics, ours, fault, strength) for strength in STRENGTHS)]
        accuracy = [np.mean([r.value for r in readings(found, JUDGED[0])]) for found in sets]
        apart = [
            [m.metric.between(readings(found, m.name), readings(others, m.name)).value for found in sets]
            for m in metrics[1:]
        ]
        lines.append([fault, *(str(Course(tuple(map(float, values)))) for values in (accuracy, *apart))])
    return lines


def samples(metrics: Sequence[Opened], clips: Sequence[Clip]) -> np.ndarray:
    """The features of clips without a fault."""
    return samples_of(readings(rows(metrics[1:2], clips, next(iter(FAULTS)), 0), JUDGED[1]))


def alike(pool: np.ndarray, size: int, draws: int) -> list[str]:
    """Means and shares over pairs of sets that are alike."""
    rng, found = np.random.default_rng(0), []
    share = 100 / pool.shape[1]
    for _ in range(draws):
        a, b = np.split(pool[rng.permutation(len(pool))[: 2 * size]], 2)
        by_frechet = by_halves(lambda i, j, a=a, b=b: share * frechet(a[i], b[j]), size, size)
        of_all = kernels(a, b)
        by_kernel = by_halves(lambda i, j, k=of_all: 1000 * k.distance(i, j), size, size)
        pairs = [(by_frechet, by_frechet.without_bias), (by_kernel, by_kernel.whole)]
        bounds = [each.around(value) for each, value in pairs]
        found.append([by_frechet.whole, *(x for i in bounds for x in (i.mean, i.low <= 0 <= i.high))])
    raw, frechets, held, kernel, kernel_held = np.array(found, float).T
    spread = f"{number(frechets.mean())} ± {number(frechets.std())}"
    held_of = [f"{100 * share_of.mean():.0f}%" for share_of in (held, kernel_held)]
    return [str(size), number(raw.mean()), spread, held_of[0],
            f"{number(kernel.mean())} ± {number(kernel.std())}", held_of[1]]  # fmt: skip


def cost(metric: Opened, clips: Sequence[Clip]) -> float:
    """CPU milliseconds a clip."""
    began = time.process_time()
    rows([metric], clips, next(iter(FAULTS)), 0)
    return 1000 * (time.process_time() - began) / len(clips)


if __name__ == "__main__":
    main()
