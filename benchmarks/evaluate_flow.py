"""Warp error along estimated against along exact flow, on the same simulated clips: python benchmarks/evaluate_flow.py

Each clip is measured as it is and with each of four faults, so that the errors differ. Printed are the means of both
and their correlation (Pearson's), fault by fault and over all; and how far the camera's motion, read from the picture,
is from the clip's lens.
"""

import argparse
from dataclasses import replace

import cv2
import numpy as np
from bundled import machine, table

from filmwright.core.clip import Clip
from filmwright.core.frames import Passes
from filmwright.jobs.evaluate import Opened, Subject, from_clip, measure
from filmwright.jobs.evaluate.faults import SPARE, plant
from filmwright.jobs.evaluate.metrics import metrics
from filmwright.jobs.simulate import Recipe, factory

NUM = 12  # frames that are measured
FAULTS = {"none": 0, "noise": 2, "flicker": 2, "blur": 3, "blocking": 2}  # and their strengths
ALONG = tuple(
    Opened(name=flow, about="", metric=metrics.open("warp_error", flow=flow)) for flow in ("exact", "estimated")
)
CAMERA = (Opened(name="camera_error", about="", metric=metrics.open("camera_error")),)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--size", type=int, default=128)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    errors: dict[str, list[list[float]]] = {name: [] for name in FAULTS}
    camera = []
    num, size = options.clips, options.size
    recipe = Recipe(name="flow", num_clips=num, num_frames=NUM + SPARE, width=size, height=size)
    with factory(recipe) as made:
        for clip in map(made.clip, range(num)):
            for fault, strength in FAULTS.items():
                errors[fault].append(values(faulty(clip, fault, strength), ALONG))
            camera += values(faulty(clip, "none", 0), CAMERA)
    print(f"{machine()}; {num} simulated clips of {size}x{size}, {NUM} frames\n")
    pairs = {fault: np.array(found) for fault, found in errors.items()}
    rows = [row(fault, found) for fault, found in (pairs | {"all": np.concatenate(list(pairs.values()))}).items()]
    print(table(["fault", "exact", "estimated", "correlation"], rows))
    said = f"median {np.median(camera):.2f}, mean {np.mean(camera):.2f} pixels a frame"
    print(f"\ncamera error: {said}, {len(camera)} clips")


def faulty(clip: Clip, fault: str, strength: int) -> Subject:
    """The first frames of a clip, with a fault in their colours; passes stay true."""
    rgb = plant(fault if strength else "blur", clip.frames.rgb, strength, num_frames=NUM)
    of = clip.frames.passes
    passes = Passes(depth=of.depth[:NUM], flow=of.flow[:NUM], visible=of.visible[:NUM])
    return from_clip(replace(clip, frames=replace(clip.frames, rgb=rgb, passes=passes)))


def values(subject: Subject, opened: tuple[Opened, ...]) -> list[float]:
    """What was measured; what was refused is left out."""
    return [m.reading.value for m in measure(subject, opened).measured if m.reading]


def row(name: str, pairs: np.ndarray) -> list[str]:
    """Means and correlation of one fault."""
    exact, estimated = pairs.T
    return [name, f"{exact.mean():.2f}", f"{estimated.mean():.2f}", f"{np.corrcoef(exact, estimated)[0, 1]:.3f}"]


if __name__ == "__main__":
    main()
