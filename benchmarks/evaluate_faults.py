"""What each metric says as each planted fault grows, and what it costs: python benchmarks/evaluate_faults.py

A texture that slides and turns, 24 frames, is measured without a fault and with each at three strengths; PSNR and SSIM
beside the film without. Bold is a metric that follows the fault: each value above the one before, or each below, and
the last away from the first by a tenth of it and by more than `STILL`. The cost is that of a metric by itself, on one
core, for a second of 1280x720 at 24 fps, decoding left out; motion that several metrics need is estimated once when
they are measured together.
"""

import argparse
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
from bundled import machine

from filmwright.core.clip import Clip, Lens
from filmwright.core.frames import Frames, Passes
from filmwright.jobs.evaluate import Opened, Subject, from_clip, measure, opened
from filmwright.jobs.evaluate.faults import FAULTS, SPARE, STRENGTHS, plant
from filmwright.jobs.evaluate.known import moving
from filmwright.jobs.evaluate.nouns import titled
from filmwright.jobs.evaluate.similarity import Similarity
from filmwright.jobs.evaluate.words import number

FPS = Fraction(24)
NUM = 24
COURSE = Similarity(right=-1.5, down=0.5, turn=0.002)
COMMANDED = {"motion": {"pan": 1.5, "tilt": 0.5, "zoom": 0.0, "roll": -float(np.degrees(0.002))}}
OF_NETWORKS = ("clip_score", "fvd", "vbench")  # need weights of others
REPEATS = 3
JUDGED = ("attribute_accuracy", "frechet_distance", "kernel_distance")  # look at simulated clips: evaluate_judged.py
STILL = 0.02  # of any unit: what changes less is not told of


@dataclass(frozen=True)
class Course:
    """One metric's values at strength 0, 1, 2 and 3 of one fault."""

    values: tuple[float, ...]

    @property
    def follows(self) -> bool:
        """Whether they go one way, and far enough to be seen."""
        steps = [b - a for a, b in pairwise(self.values)]
        far = abs(self.values[-1] - self.values[0])
        one_way = all(step > 0 for step in steps) or all(step < 0 for step in steps)
        return one_way and far > max(STILL, abs(self.values[0]) / 10)

    def __str__(self) -> str:
        """As a cell of the table."""
        text = " ".join(map(number, self.values))
        return f"**{text}**" if self.follows else text


def main() -> None:
    """Print both tables, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--height", type=int, default=144)
    parser.add_argument("--cost-frames", type=int, default=9, help="of 720p that each metric is timed on")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    metrics = tuple(each for each in opened() if each.name not in (*OF_NETWORKS, *JUDGED))
    courses = followed(metrics, options.width, options.height)
    print(f"{machine()}; {options.width}x{options.height}, {NUM} frames\n")
    for half in (metrics[: len(metrics) // 2 + 1], metrics[len(metrics) // 2 + 1 :]):
        rows = [[fault, *(str(courses[fault, m.name]) for m in half)] for fault in FAULTS]
        print_table(["fault", *(titled(m.name) for m in half)], rows)
    follow = [name for (_, name), course in courses.items() if course.follows]
    print(f"{len(set(follow))} of {len(metrics)} metrics follow a fault; {len(follow)} of {len(courses)} pairs do.\n")
    print_table(["metric", "CPU ms for a second of 720p"], costs(metrics, options.cost_frames))


def followed(metrics: tuple[Opened, ...], width: int, height: int) -> dict[tuple[str, str], Course]:
    """Every fault and metric."""
    base = film(width, height, NUM + SPARE)
    clean = subject(base[:NUM])
    found = {}
    for fault in FAULTS:
        columns = []
        for strength in (0, *STRENGTHS):
            faulty = subject(plant(fault, base, strength, num_frames=NUM), reference=clean)
            columns.append([m.reading.value if m.reading else float("nan") for m in measure(faulty, metrics).measured])
        rows = zip(metrics, zip(*columns, strict=True), strict=True)
        found |= {(fault, m.name): Course(values) for m, values in rows}
    return found


def costs(metrics: tuple[Opened, ...], num: int) -> list[list[str]]:
    """CPU milliseconds for 24 frames, of each metric by itself and of all together."""
    frames = film(1280, 720, num)
    timed = subject(frames, reference=subject(frames[::-1].copy()))
    nothing = seconds(timed, ())
    rows = [[titled(m.name), f"{1000 * (seconds(timed, (m,)) - nothing) * 24 / num:.0f}"] for m in metrics]
    return [*rows, ["all together", f"{1000 * (seconds(timed, metrics) - nothing) * 24 / num:.0f}"]]


def seconds(timed: Subject, metrics: tuple[Opened, ...]) -> float:
    """CPU time of one look through, the least of some: on a busy machine the rest is others' doing."""

    def once() -> float:
        began = time.process_time()
        measure(timed, metrics)
        return time.process_time() - began

    return min(once() for _ in range(REPEATS))


def film(width: int, height: int, num: int) -> np.ndarray:
    """The film without a fault."""
    return np.concatenate([f.rgb for f in moving(COURSE, num_frames=num, width=width, height=height)])


def subject(rgb: np.ndarray, reference: Subject | None = None) -> Subject:
    """A clip as metrics take it, with what its camera was told."""
    still = np.tile(np.eye(4), (len(rgb), 1, 1))
    lens = Lens(intrinsics=still[:, :3, :3], world_from_camera=still)
    clip = Clip(key="clip", frames=Frames(rgb=rgb, fps=FPS, passes=Passes()), lens=lens, facts=COMMANDED)
    return replace(from_clip(clip), lens=None, reference=reference)  # so that its facts count


def print_table(head: list[str], rows: list[list[str]]) -> None:
    """In Markdown."""
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |")
    print()


if __name__ == "__main__":
    main()
