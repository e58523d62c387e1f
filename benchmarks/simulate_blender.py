"""Simulated frames beside the same frames from Blender: python benchmarks/simulate_blender.py --blender PYTHON

PYTHON is the interpreter of an environment of Python 3.11 that has Blender as a module:

    python3.11 -m venv build/blender && build/blender/bin/pip install bpy==5.0.1

which also wants, on Debian: apt install libx11-6 libxi6 libxxf86vm1 libxfixes3 libxrender1 libxkbcommon0 libsm6 libgl1
libegl1. Both sides film the same clips of a recipe, objects.toml: ours makes each from its recipe, with colour, depth,
normals, ids, flow and what of it stays visible; Blender is given the USD stage of the same clip and writes Combined,
Depth, Normal, Object Index and Vector. Turns are taken clip by clip, one process and `--threads` threads each.

Blender is helped where it can be: persistent data, one animation render a clip, uncompressed files, no adaptive
sampling, a map of the sky no finer than the sky, and its clock runs neither for the import of the stage nor for what it
prepares for the first frame, which are told apart. Our clock runs for everything from the recipe on.

PSNR is that of the middle frame of each clip, developed with the film's curve, against Cycles with `--reference`
samples and 12 bounces. Then the passes of both are compared: flow not in a clip's last frame, where its stage ends.
"""

import argparse
import resource
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import cv2
import numpy as np
from blender.agreement import NAMES, differences, row
from blender.client import Blender, Filming, passes
from bundled import machine, table
from jaxtyping import Float, Float32, UInt8

from filmwright.film.frames.develop import develop
from filmwright.jobs.evaluate.likeness import decibels, squared_error
from filmwright.jobs.simulate import factory, load_recipe
from filmwright.jobs.simulate.filming import Factory
from filmwright.jobs.simulate.stage import stage
from filmwright.jobs.simulate.world import LOOK

RECIPE = Path(__file__).parents[1] / "recipes" / "objects.toml"
BOUNCES = 12  # of the reference: Blender's own default
WAYS = ["1/0", "1/0d", "2/1d", "4/1"]  # the first is the least that Cycles can do
Seconds = tuple[float, float]  # of the processor, of the clock


@dataclass
class Row:
    """What one way of filming has cost, and how good it looks."""

    spent: list[Seconds] = field(default_factory=list)  # a clip
    once: list[float] = field(default_factory=list)  # a clip, of the processor, beside it
    quality: list[float] = field(default_factory=list)  # decibels

    def cells(self, name: str, frames: int, ours: float) -> list[str]:
        """Of the table; `ours` is our CPU seconds a clip."""
        cpu, wall = np.mean(self.spent, 0)
        once = f"{1000 * np.mean(self.once):.0f}" if self.once else ""
        times = [f"{1000 * cpu / frames:.1f}", f"{frames / wall:.1f}", once, f"{cpu / ours:.1f}"]
        return [name, f"{np.mean(self.quality):.1f}", *times]


@dataclass
class Result:
    """Of all clips of a size."""

    rows: dict[str, Row]
    differences: dict[str, list[Float[np.ndarray, " N"]]]
    starts: tuple[float, float] = (0.0, 0.0)  # seconds until ours and Blender are ready


def developed(radiance: Float32[np.ndarray, "H W 3"]) -> UInt8[np.ndarray, "H W 3"]:
    """Blender's light as our film would show it."""
    return develop(np.ascontiguousarray(radiance), LOOK, seed=0, frame=0, device="cpu")


def way(words: str, plain: Filming) -> Filming:
    """How Blender films: "4/1" has 4 samples a pixel and 1 bounce, "4/1d" is denoised too."""
    samples, bounces = words.removesuffix("d").split("/")
    return replace(plain, samples=int(samples), bounces=int(bounces), denoise=words.endswith("d"))


def named(how: Filming) -> str:
    """As the table says it."""
    engine = how.engine.removeprefix("BLENDER_").capitalize()
    told = f"{engine} {how.samples} spp, {how.bounces} bounces"
    return told + ", denoised" if how.denoise else told


class Bench:
    """One size: a factory and a Blender that film the same clips in turns."""

    def __init__(self, held: Factory, blender: Blender, options: argparse.Namespace, room: Path) -> None:
        self.held, self.blender, self.options, self.room = held, blender, options, room
        self.side, self.middle = held.recipe.height, options.frames // 2
        self.plain = Filming(
            side=self.side, frames=(0, options.frames - 1), engine=options.engine, threads=options.threads
        )
        self.ways = {named(how): how for how in (way(words, self.plain) for words in options.ways)}
        self.ours = f"Filmwright, {held.recipe.render.options().get('quality', 'standard')}"
        self.result = Result({name: Row() for name in (self.ours, *self.ways)}, {name: [] for name in NAMES})

    def warm(self, index: int) -> None:
        """Start both sides: what is compiled or loaded once is not counted."""
        began = perf_counter()
        self.held.clip(index)
        started = perf_counter()
        how = replace(self.plain, frames=(0, 0))
        self.blender.film(self.staged(index), how, self.room / "warm")
        self.result.starts = started - began, perf_counter() - started

    def staged(self, index: int) -> Path:
        """The stage of a clip, as a file."""
        clip = self.held.staged(index)
        for name, data in stage(clip).items():
            path = self.room / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        return self.room / f"{clip.key}.usdc"

    def film(self, index: int) -> None:
        """One clip, by all."""
        before = clocks()
        clip = self.held.clip(index)
        after = clocks()
        self.result.rows[self.ours].spent.append((after[0] - before[0], after[1] - before[1]))
        path = self.staged(index)
        middle = (self.middle, self.middle)
        still = replace(self.plain, engine="CYCLES", frames=middle, samples=self.options.reference, bounces=BOUNCES)
        self.blender.film(path, still, self.room / "reference")
        truth = self.picture("reference")
        shown = {self.ours: clip.frames.rgb[self.middle]}
        for name, how in self.ways.items():
            took = self.blender.film(path, how, self.room / "film")
            self.result.rows[name].spent.append(took["film"])
            self.result.rows[name].once.append(took["load"][0] + took["first"][0])
            shown[name] = self.picture("film")
            if how.samples == 1 and not how.denoise:  # of more samples Blender's passes are means, wrong at edges
                found = passes(self.room / "film", 0, self.options.frames - 1)
                for what, pixels in differences(clip.frames.passes, found).items():
                    self.result.differences[what].append(pixels)
        for name, rgb in shown.items():
            self.result.rows[name].quality.append(decibels(squared_error(rgb, truth)))
        if self.options.pictures:
            beside = np.concatenate([*shown.values(), truth], 1)
            self.options.pictures.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(self.options.pictures / f"{self.side}-{clip.key}.png"), beside[..., ::-1])

    def picture(self, name: str) -> UInt8[np.ndarray, "H W 3"]:
        """The middle frame of what Blender filmed last."""
        radiance = passes(self.room / name, self.middle, self.middle).radiance
        assert radiance is not None
        return developed(radiance[0])


def clocks() -> Seconds:
    """Of this process and its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, perf_counter()


def measured(side: int, options: argparse.Namespace) -> Result:
    """All clips of a size."""
    recipe = load_recipe(options.recipe).model_copy(
        update={"height": side, "width": side, "num_frames": options.frames}
    )
    with TemporaryDirectory() as room, factory(recipe) as held, Blender(options.blender) as blender:
        bench = Bench(held, blender, options, Path(room))
        bench.warm(options.clips)
        for index in range(options.clips):
            bench.film(index)
        return bench.result


def main() -> None:
    """Print the tables."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--blender", type=Path, required=True, help="the interpreter of an environment with bpy")
    ask.add_argument("--recipe", type=Path, default=RECIPE, help="of clips with objects")
    ask.add_argument("--sides", type=int, nargs="*", default=[128, 256], help="pixels")
    ask.add_argument("--clips", type=int, default=2)
    ask.add_argument("--frames", type=int, default=8, help="a clip")
    ask.add_argument("--ways", nargs="*", default=WAYS, help="of Blender: samples/bounces, d at the end to denoise")
    ask.add_argument("--reference", type=int, default=64, help="samples of what PSNR is measured against")
    ask.add_argument("--threads", type=int, default=1, help="of Blender; we have one")
    ask.add_argument("--engine", choices=["CYCLES", "BLENDER_EEVEE"], default="CYCLES")
    ask.add_argument("--pictures", type=Path, help="a folder for PNGs: ours, Blender's rows, the reference")
    options = ask.parse_args()
    if not options.blender.is_file():
        ask.error(f"there is no {options.blender}; --help says how to make one.")
    if options.frames < 2:
        ask.error("flow needs clips of 2 frames or more.")
    print(f"{machine()}; {options.clips} clips of {options.frames} frames")
    head = ["way", "PSNR dB", "CPU-ms a frame", "frames/s", "CPU-ms once a clip", "times ours"]
    for side in options.sides:
        result = measured(side, options)
        ours = float(np.mean(next(iter(result.rows.values())).spent, 0)[0])
        print(f"\n{side}x{side}; seconds to start: ours {result.starts[0]:.1f}, Blender {result.starts[1]:.1f}")
        print(table(head, [made.cells(name, options.frames, ours) for name, made in result.rows.items()]))
        print(
            table(
                ["difference", "mean", "median", "99.9%", "most"],
                [row(*one) for one in result.differences.items() if one[1]],
            )
        )


if __name__ == "__main__":
    main()
