"""What `filmwright evaluate --fast` saves and what it costs: python benchmarks/evaluate_fast.py

CPU seconds for one 720p clip with and without, in turns, on one core; then what the metrics of motion say of a texture
that slides and turns, with and without faults: the mean over all steps / over two of eight.
"""

import argparse
import time
from statistics import median

import cv2
import numpy as np
from bundled import machine
from evaluate_faults import OF_NETWORKS, film, print_table, subject

from filmwright.jobs.evaluate import Opened, Subject, measure, opened
from filmwright.jobs.evaluate.faults import SPARE, plant
from filmwright.jobs.evaluate.nouns import titled
from filmwright.jobs.evaluate.subject import fast_look
from filmwright.jobs.evaluate.words import number

MOTION = ("warp_error", "smoothness", "dynamic_degree", "camera_motion", "camera_error")
FAULTS = ("noise", "jitter", "dropped frames", "freeze")
NUM = 48  # frames whose values are compared


def main() -> None:
    """Print both tables, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=24, help="of the 720p clip")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    print(f"{machine()}; {options.frames} frames of 1280x720, median of {options.turns} turns\n")
    clip = subject(film(1280, 720, options.frames))
    metrics = tuple(each for each in opened() if each.name not in OF_NETWORKS and each.metric.scale.over == "video")
    pairs = [(seconds(clip, metrics), seconds(fast_look(clip), metrics)) for _ in range(options.turns)]
    whole, fast = (median(side) for side in zip(*pairs, strict=True))
    print_table(
        ["all metrics without a reference", "CPU seconds"],
        [["all steps", f"{whole:.2f}"], ["--fast", f"{fast:.2f}"], ["ratio", f"{whole / fast:.1f}"]],
    )
    base, motion = film(192, 144, NUM + SPARE), opened(MOTION)
    rows = [["none", *both(base[:NUM], motion)]]
    rows += [[fault, *both(plant(fault, base, 2, num_frames=NUM), motion)] for fault in FAULTS]
    print_table(["fault", *map(titled, MOTION)], rows)


def seconds(clip: Subject, metrics: tuple[Opened, ...]) -> float:
    """CPU time of one look through."""
    began = time.process_time()
    measure(clip, metrics)
    return time.process_time() - began


def both(rgb: np.ndarray, metrics: tuple[Opened, ...]) -> list[str]:
    """All steps / two of eight."""
    clip = subject(rgb)
    rows = zip(measure(clip, metrics).measured, measure(fast_look(clip), metrics).measured, strict=True)
    return [" / ".join(number(m.reading.value) for m in pair if m.reading) for pair in rows]


if __name__ == "__main__":
    main()
