"""The bundled model in its own world: python benchmarks/bundled_model.py [--model FOLDER] [--num 500]

It is asked for things in colours that no training clip has (what `data.apart` of recipes/bundled.toml keeps apart), and
for backdrops of other seeds. The project's classifier tells what is seen, in what was generated and in the simulated
clips of the same prompts: their ratio counts. Then clips go on from the first frame of simulated ones whose camera
stands still and whose caption tells the motion, and are compared with how those go on.
"""

import argparse
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tomli_w
import torch
from bundled import machine
from evaluate_faults import print_table
from jaxtyping import Float, UInt8
from PIL import Image

from filmwright.core.clip import Clip
from filmwright.core.files import whole
from filmwright.film.frames.generators.bundled import BUNDLED, GUIDANCE, STEPS
from filmwright.jobs.evaluate.interval import wilson
from filmwright.jobs.evaluate.judge.attributes import told
from filmwright.jobs.evaluate.judge.network import Network, network
from filmwright.jobs.simulate import Recipe, factory
from filmwright.jobs.simulate.recipe import load_recipe
from filmwright.jobs.simulate.world import world
from filmwright.jobs.train.recipe import load_recipe as load_training
from filmwright.ml.pipeline import VideoPipeline

RECIPES = Path(__file__).parents[1] / "recipes"
SEED, BATCH, SEEN = 770, 10, 16  # SEEN: frames that the classifier looks at
Videos = list[UInt8[np.ndarray, "F H W 3"]]


def main() -> None:
    """Print the tables, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--num", type=int, default=500, help="prompts, a fifth of them of backdrops")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--images", type=int, default=100, help="clips that go on from an image")
    parser.add_argument("--sheet", type=Path, help="a picture of the first clips")
    parser.add_argument("--card", action="store_true", help="write what is found into the model's card.toml")
    options = parser.parse_args()
    pipe = VideoPipeline.trained(options.model)
    pipe.set_progress_bar_config(disable=True)
    recipe = load_recipe(RECIPES / "bundled-clips.toml").model_copy(update={"seed": SEED})
    clips = [*asked_for(recipe, options.num - options.num // 5), *backdrops(recipe, options.num // 5)]
    print(f"{machine()}; {options.steps} steps, guidance {options.guidance:g}\n")
    made = generated(pipe, clips, options.steps, options.guidance)
    seen = hits(network(), clips, made)
    print_table(["attribute", "simulated clips, %", "generated, %", "ratio"], accuracies(seen))
    calm = [clip for clip in clips if clip.facts.get("camera", {}).get("move") == "still"][: options.images]
    print_table(["from an image", "mean PSNR, dB"], continued(pipe, calm, options.steps, options.guidance))
    begin = time.process_time()
    generated(pipe, clips[:1], options.steps, options.guidance)
    print(f"One clip takes {time.process_time() - begin:.2f} s of processor time.")
    if options.card:
        write_card(options.model / "card.toml", seen)
    if options.sheet:
        sheet(clips, made, options.sheet)


def asked_for(recipe: Recipe, num: int) -> list[Clip]:
    """Clips of one object, in a shape and a colour that are kept apart in training."""
    apart = [set(words) for words in load_training(RECIPES / "bundled.toml").data.apart]
    recipe = recipe.model_copy(
        update={
            "backdrops": recipe.backdrops.model_copy(update={"share": 0.0}),
            "objects": recipe.objects.model_copy(update={"count": 1}),
        }
    )
    found: list[Clip] = []
    with factory(recipe) as held:
        index = 0
        while len(found) < num:
            thing = world(recipe, index).facts["objects"][0]
            if {thing["color"], thing["shape"]} in apart:
                found.append(held.clip(index))
            index += 1
    return found


def backdrops(recipe: Recipe, num: int) -> list[Clip]:
    """Backdrops of another seed."""
    recipe = recipe.model_copy(update={"backdrops": recipe.backdrops.model_copy(update={"share": 1.0})})
    with factory(recipe) as held:
        return [held.clip(index) for index in range(num)]


def generated(
    pipe: VideoPipeline, clips: Sequence[Clip], steps: int, guidance: float, *, image: bool = False
) -> Videos:
    """A video for the first caption of each, from its first frame if so asked."""

    def some() -> Iterator[UInt8[np.ndarray, "F H W 3"]]:
        for number in range(0, len(clips), BATCH):
            part = clips[number : number + BATCH]
            frames, height, width, _ = part[0].frames.rgb.shape
            firsts = torch.stack([torch.from_numpy(c.frames.rgb[0].copy()).permute(2, 0, 1) for c in part])
            videos = pipe(
                [clip.captions[0] for clip in part],
                image=firsts.float() / 127.5 - 1 if image else None,
                height=height,
                width=width,
                num_frames=frames,
                num_inference_steps=steps,
                guidance_scale=guidance,
                generator=torch.Generator().manual_seed(SEED + number),
            ).frames
            yield from np.round(255 * np.clip(videos, 0, 1)).astype(np.uint8)

    return list(some())


Hits = dict[str, tuple[list[bool], list[bool]]]


def hits(see: Network, clips: Sequence[Clip], made: Videos) -> Hits:
    """Of each attribute, whether it is seen in each real clip that tells it, and in the generated one."""
    found: Hits = {name: ([], []) for name in see.classes}
    for clip, video in zip(clips, made, strict=True):
        real, fake = see(clip.frames.rgb[:SEEN]).words, see(video[:SEEN]).words
        for name, word in told(clip.facts).items():
            if word in see.classes[name]:
                found[name][0].append(real[name] == word)
                found[name][1].append(fake[name] == word)
    return {name: both for name, both in found.items() if both[0]}


def accuracies(seen: Hits) -> list[list[str]]:
    """How often each attribute is seen in real and generated clips, and the ratio."""
    rows = []
    for name, both in seen.items():
        real, fake = (wilson(sum(h), len(h)).percent for h in both)
        cells = [f"{i.mean:.1f} [{i.low:.1f}, {i.high:.1f}]" for i in (real, fake)]
        rows.append([name, *cells, f"{fake.mean / real.mean:.2f}"])
    return rows


def write_card(path: Path, seen: Hits) -> None:
    """What the makers say, and how often what was asked for is seen."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    said["unseen"] = {name: {"right": sum(fake), "num": len(fake)} for name, (_, fake) in seen.items()}
    with whole(path) as part:
        part.write_text(tomli_w.dumps(said), encoding="utf-8")


def continued(pipe: VideoPipeline, clips: Sequence[Clip], steps: int, guidance: float) -> list[list[str]]:
    """How near clips that go on from a first frame are to the true ones; a still of that frame is beside."""
    made = generated(pipe, clips, steps, guidance, image=True)
    pairs = [(video, clip.frames.rgb) for video, clip in zip(made, clips, strict=True)]
    moving = [
        (v, c) for (v, c), clip in zip(pairs, clips, strict=True) if clip.facts["objects"][0]["motion"] != "still"
    ]
    return [
        ["first frame", f"{np.mean([psnr(v[:1], c[:1]) for v, c in pairs]):.1f}"],
        ["the other frames", f"{np.mean([psnr(v[1:], c[1:]) for v, c in pairs]):.1f}"],
        ["the other frames, where things move", f"{np.mean([psnr(v[1:], c[1:]) for v, c in moving]):.1f}"],
        ["the first frame all the time, there", f"{np.mean([psnr(c[:1], c[1:]) for _, c in moving]):.1f}"],
    ]


def psnr(one: Float[np.ndarray, "*S"], other: Float[np.ndarray, "*S"]) -> float:
    """Of 8-bit pictures, dB."""
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-6)))


def sheet(clips: Sequence[Clip], made: Videos, path: Path, num: int = 12, shown: int = 5) -> None:
    """The first of both kinds, generated beside simulated, at some moments."""
    picked = [*range(num), *range(len(clips) - num, len(clips))]
    times = np.linspace(0, len(made[0]) - 1, shown).astype(int)
    rows = [np.hstack([*made[i][times], np.zeros_like(made[i][0, :, :8]), *clips[i].frames.rgb[times]]) for i in picked]
    Image.fromarray(np.vstack(rows)).save(path)


if __name__ == "__main__":
    main()
