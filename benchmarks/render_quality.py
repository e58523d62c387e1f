"""Each quality against a 256-sample path-traced reference of the same frames: python benchmarks/render_quality.py

PSNR is that of the developed sRGB pictures. Flicker is the mean change, of 255, of a surface point from one frame to
the next, along the exact flow and where the point is seen in both; the reference's own is what truly changes
(reflections). Noise is the part of it that is not in the reference: the change of the error.
"""

import argparse
import time
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from bundled import bundled, machine, table
from jaxtyping import Bool, Float32, UInt8

from filmwright.core.frames import Frames
from filmwright.core.scene import Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.renderers import renderers
from filmwright.film.video.flow import change_along
from filmwright.jobs.evaluate.likeness import decibels, squared_error


@dataclass(frozen=True)
class Run:
    """The compared frames of one quality."""

    name: str
    rgb: UInt8[np.ndarray, "F H W 3"]
    seconds: float  # of one process, a frame


def filmed(scene: Scene, shot: Shot, quality: str, picks: range, samples: int = 0) -> tuple[Run, list[Frames]]:
    """The frames `picks` as they are in the whole shot, up to the last of them, and what one costs."""
    with renderers.open("warp", quality=quality, workers=1, device="cpu", samples=samples) as renderer:
        began = time.process_time()
        frames = list(islice(renderer.render(scene, shot, passes=("flow",)), picks.stop))[picks.start :]
    rgb = np.concatenate([f.rgb for f in frames])
    return Run(quality, rgb, (time.process_time() - began) / picks.stop), frames


def referenced(scene: Scene, shot: Shot, picks: range, samples: int) -> Run:
    """Stills with so many samples that the denoiser has next to nothing to do."""
    with renderers.open("warp", quality="final", workers=0, device="cpu", samples=samples) as renderer:
        began = time.process_time()
        rgb = np.concatenate([f.rgb for f in renderer.render(scene, shot, frames=picks)])
    return Run(f"{samples} samples", rgb, time.process_time() - began)


def flicker(
    pictures: Float32[np.ndarray, "F H W 3"], flow: Float32[np.ndarray, "F H W 2"], visible: Bool[np.ndarray, "F H W"]
) -> float:
    """Mean change along the flow, of 255, where visible."""
    steps = zip(pictures, pictures[1:], flow, visible, strict=False)
    return float(np.mean([change_along(*step) for step in steps]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--height", type=int, default=180)
    parser.add_argument("--skip", type=int, default=8, help="frames before the compared ones, for what is accumulated")
    parser.add_argument("--frames", type=int, default=4, help="frames to compare")
    parser.add_argument("--samples", type=int, default=256, help="of the reference")
    parser.add_argument("--quality", nargs="*", default=["draft", "standard", "final"])
    parser.add_argument("--kind", default="hero", help="the shot to film")
    options = parser.parse_args()
    scene, shot = bundled(options.width, options.height, options.kind)
    shot = replace(shot, look=replace(shot.look, grain=0.0))
    picks = range(options.skip, options.skip + options.frames)
    reference = referenced(scene, shot, picks, options.samples)
    runs, passes = [], []
    for quality in options.quality:
        run, passes = filmed(scene, shot, quality, picks)
        runs.append(run)
    flow = np.concatenate([f.passes.flow for f in passes])
    visible = np.concatenate([f.passes.visible for f in passes])
    truth = reference.rgb.astype(np.float32)
    rows = []
    for run in [*runs, reference]:
        rgb = run.rgb.astype(np.float32)
        change, noise = flicker(rgb, flow, visible), flicker(rgb - truth, flow, visible)
        likeness = f"{decibels(squared_error(run.rgb, reference.rgb)):.1f}" if run is not reference else ""
        cost = f"{run.seconds:.2f}" if run is not reference else ""
        rows.append([run.name, likeness, f"{change:.2f}", f"{noise:.2f}", cost])
    print(
        f"{machine()}; {options.width}x{options.height}, frames {picks.start} to {picks.stop - 1} of {options.kind!r}"
    )
    print(table(["quality", "PSNR dB", "flicker", "noise", "CPU-s a frame"], rows))


if __name__ == "__main__":
    main()
