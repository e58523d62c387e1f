"""Flicker taken out of simulated clips, beside two peers: python benchmarks/steady.py

Planted in each clip is flicker as generated films have it, new in every frame: of all light (`light`), of each channel
(`colour`), of broad places (`boil`), of fine texture (`texture`), at three strengths; in the first frame too, unless it
is `--given`, as to a model that goes on from an image. Then the film is steadied along the exact and along estimated
flow, averaged over five frames (`mean`), and denoised by OpenCV's fastNlMeansDenoisingColoredMulti over five frames,
told the strength (`NLM`). Printed are means over clips: warp error along the exact flow and flicker in levels,
sharpness as a share of the clean clip's, PSNR to the clean clip. The filter's constants were found on other clips
(seeds 0 to 2).
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from bundled import machine, table

from filmwright.core.clip import Clip
from filmwright.core.frames import Frames, Passes
from filmwright.film.video.steady import steady
from filmwright.jobs.evaluate import Opened, from_clip, measure
from filmwright.jobs.evaluate.metrics import metrics
from filmwright.jobs.simulate import Recipe, factory

NAMES = ("warp_error", "flicker", "sharpness", "psnr")
OPENED = tuple(Opened(name=name, about="", metric=metrics.open(name)) for name in NAMES)
SHARES, LEVELS = (0.02, 0.04, 0.08), (2.0, 4.0, 8.0)  # standard deviations at the three strengths
SEED = 3


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=4)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--given", action="store_true", help="the first frame has no flicker")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    num = options.clips
    recipe = Recipe(
        name="steady", seed=SEED, num_clips=num, num_frames=options.frames, width=options.size, height=options.size
    )
    with factory(recipe) as made:
        clips = [made.clip(i) for i in range(num)]
    print(f"{machine()}; {num} simulated clips of {options.size}x{options.size}, {options.frames} frames\n")
    spent = dict.fromkeys(WAYS, 0.0)
    rows = []
    for fault, strength in [("none", 0), *((fault, k) for fault in FAULTS for k in (1, 2, 3))]:
        rows += compared(clips, fault, strength, spent, given=options.given)
    print(table(["flicker", "", "warp error", "flicker", "sharpness", "PSNR", "least PSNR"], rows))
    runs = num * options.frames * (1 + 3 * len(FAULTS))
    print(
        "\nCPU ms a frame: " + ", ".join(f"{way} {1000 * spent[way] / runs:.0f}" for way in WAYS if way != "as it is")
    )


def compared(clips: list[Clip], fault: str, strength: int, spent: dict[str, float], *, given: bool) -> list[list[str]]:
    """A row for each way."""
    found: dict[str, list[np.ndarray]] = {way: [] for way in WAYS}
    for i, clip in enumerate(clips):
        rng = np.random.default_rng([SEED, i, strength])
        rgb = FAULTS[fault](clip.frames.rgb, strength - 1, rng) if strength else clip.frames.rgb
        if given:
            rgb = np.concatenate([clip.frames.rgb[:1], rgb[1:]])
        clean = values(clip, clip.frames.rgb)[2]
        for way, filtered in WAYS.items():
            began = time.process_time()
            out = filtered(replace(clip.frames, rgb=rgb), LEVELS[strength - 1])
            spent[way] += time.process_time() - began
            found[way].append(values(clip, out) / [1, 1, clean / 100, 1])
    rows = []
    for way, each in found.items():
        warp, flicker, sharp, psnr = np.mean(each, 0)
        cells = [f"{warp:.2f}", f"{flicker:.2f}", f"{sharp:.0f}%", f"{psnr:.1f}", f"{np.min(each, 0)[3]:.1f}"]
        rows.append([f"{fault} {strength}" if strength else fault, way, *cells])
    return rows


def values(clip: Clip, rgb: np.ndarray) -> np.ndarray:
    """What the metrics say of a clip with these pictures."""
    kept = Passes(flow=clip.frames.passes.flow, visible=clip.frames.passes.visible)
    subject = from_clip(replace(clip, frames=replace(clip.frames, rgb=rgb, passes=kept)))
    row = measure(replace(subject, reference=from_clip(clip)), OPENED)
    return np.array([m.reading.value for m in row.measured])


def along_exact(frames: Frames, level: float) -> np.ndarray:  # noqa: ARG001
    """The filter, with the flow that the clip carries."""
    return np.concatenate([f.rgb for f in steady([frames])])


def along_estimated(frames: Frames, level: float) -> np.ndarray:
    """The filter, with the pictures alone."""
    return along_exact(replace(frames, passes=Passes()), level)


def mean(frames: Frames, level: float) -> np.ndarray:  # noqa: ARG001
    """Each frame averaged with two before and two after it."""
    padded = np.pad(frames.rgb.astype(np.float32), ((2, 2), (0, 0), (0, 0), (0, 0)), mode="edge")
    return levels(np.mean([padded[k : k + len(frames.rgb)] for k in range(5)], 0))


def non_local_means(frames: Frames, level: float) -> np.ndarray:
    """OpenCV's, over the same five frames."""
    bgr = [np.ascontiguousarray(rgb[..., ::-1]) for rgb in np.pad(frames.rgb, ((2, 2), *[(0, 0)] * 3), mode="edge")]
    found = [
        cv2.fastNlMeansDenoisingColoredMulti(bgr, 2 + i, 5, None, level, level, 7, 9) for i in range(len(frames.rgb))
    ]
    return np.stack(found)[..., ::-1]


def gains(rgb: np.ndarray, strength: int, rng: np.random.Generator, channels: int = 1) -> np.ndarray:
    """All light up and down."""
    return levels(rgb * (1 + SHARES[strength] * rng.standard_normal((len(rgb), 1, 1, channels))))


def colors(rgb: np.ndarray, strength: int, rng: np.random.Generator) -> np.ndarray:
    """Each channel up and down by itself."""
    return gains(rgb, strength, rng, 3)


def boil(rgb: np.ndarray, strength: int, rng: np.random.Generator) -> np.ndarray:
    """Soft spots, about a sixth of the picture wide, that come and go."""
    return levels(rgb + LEVELS[strength] * spots(rgb.shape, min(rgb.shape[1:3]) / 12, 1, rng))


def texture(rgb: np.ndarray, strength: int, rng: np.random.Generator) -> np.ndarray:
    """Coloured grain two to three pixels wide."""
    return levels(rgb + LEVELS[strength] * spots(rgb.shape, 0.8, 3, rng))


def spots(shape: tuple[int, ...], radius: float, channels: int, rng: np.random.Generator) -> np.ndarray:
    """Blurred noise of variance 1."""
    num, height, width, _ = shape
    white = rng.standard_normal((num, height, width, channels)).astype(np.float32)
    soft = np.stack([cv2.GaussianBlur(each, (0, 0), radius).reshape(each.shape) for each in white])
    return soft / soft.std()


def levels(light: np.ndarray) -> np.ndarray:
    """As pictures."""
    return np.clip(np.rint(light), 0, 255).astype(np.uint8)


WAYS: dict[str, Callable[[Frames, float], np.ndarray]] = {
    "as it is": lambda frames, _: frames.rgb,
    "exact": along_exact,
    "estimated": along_estimated,
    "mean": mean,
    "NLM": non_local_means,
}
FAULTS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "light": gains,
    "colour": colors,
    "boil": boil,
    "texture": texture,
}

if __name__ == "__main__":
    main()
