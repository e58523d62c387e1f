"""Video to video from noise that moves as the scene does: python benchmarks/warped_noise.py [--model FOLDER]

Simulated clips of a moving thing before a moving camera are noised and made anew by the bundled model, in other light
than they have, from noise that is drawn for each token by itself (`independent`) and from noise that rides on the
scene's exact flow (`warped`): same prompts, same strength, same seeds. Printed are means over clips: the warp error
along the exact flow in levels, flicker, and sharpness as a share of the source's.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from bundled import machine, table
from steady import values

from filmwright.core.clip import Clip
from filmwright.film.frames.generators.bundled import BUNDLED, STEPS
from filmwright.jobs.simulate import factory
from filmwright.jobs.simulate.distribution import choice
from filmwright.jobs.simulate.recipe import load_recipe
from filmwright.ml.diffusion.noise import warped_token_noise
from filmwright.ml.pipeline import VideoPipeline

RECIPE = Path(__file__).parents[1] / "recipes" / "bundled-clips.toml"
LIGHTS = ("in daylight", "at sunset", "at night", "in a studio", "on a grey day", "in neon light")
SEED = 991


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--clips", type=int, default=24)
    parser.add_argument("--strengths", type=float, nargs="+", default=[0.5, 0.7, 0.9])
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--guidance", type=float, default=1.0)
    parser.add_argument("--correlation", type=float, default=1.0, help="of the noise from frame to frame")
    options = parser.parse_args()
    pipe = VideoPipeline.trained(options.model)
    pipe.set_progress_bar_config(disable=True)
    clips = list(moving(options.clips))
    print(f"{machine()}; {len(clips)} clips, {options.steps} steps, guidance {options.guidance:g}\n")
    sources = np.array([values(clip, clip.frames.rgb)[:3] for clip in clips])
    rows = [row("", "source", sources, sources)]
    for strength in options.strengths:
        for way, correlation in (("independent", None), ("warped", options.correlation)):
            made = again(pipe, clips, strength, correlation, options)
            found = np.array([values(clip, rgb)[:3] for clip, rgb in zip(clips, made, strict=True)])
            rows.append(row(f"{strength:g}", way, found, sources))
    print(table(["strength", "noise", "warp error", "flicker", "sharpness"], rows))


def moving(num: int) -> Iterator[Clip]:
    """Clips whose camera moves."""
    recipe = load_recipe(RECIPE)
    moves = choice("orbit left", "orbit right", "crane up", "crane down", "pan left", "pan right")
    recipe = recipe.model_copy(
        update={
            "seed": SEED,
            "backdrops": recipe.backdrops.model_copy(update={"share": 0.0}),
            "camera": recipe.camera.model_copy(update={"move": moves}),
        }
    )
    with factory(recipe) as held:
        for index in range(num):
            yield held.clip(index)


def again(
    pipe: VideoPipeline, clips: Sequence[Clip], strength: float, correlation: float | None, options: argparse.Namespace
) -> Iterator[np.ndarray]:
    """Each clip made anew in the next light, from warped noise or, where nothing correlates, noise of its own."""
    for number, clip in enumerate(clips):
        generator = torch.Generator().manual_seed(SEED + number)
        video = torch.from_numpy(clip.frames.rgb.copy()).permute(0, 3, 1, 2)[None] / 127.5 - 1
        frames, height, width, _ = clip.frames.rgb.shape
        made = pipe(
            relit(clip.captions[0]),
            video=video,
            strength=strength,
            height=height,
            width=width,
            num_frames=frames,
            num_inference_steps=options.steps,
            guidance_scale=options.guidance,
            latents=None if correlation is None else riding(pipe, clip, correlation, generator),
            generator=generator,
        ).frames[0]
        yield np.round(255 * np.clip(made, 0, 1)).astype(np.uint8)


def riding(pipe: VideoPipeline, clip: Clip, correlation: float, generator: torch.Generator) -> torch.Tensor:
    """Noise on the clip's own flow, as the pipeline begins from it."""
    passes, tokens = clip.frames.passes, pipe.video_tokenizer
    return warped_token_noise(
        torch.from_numpy(passes.flow.astype(np.float32)),
        torch.from_numpy(passes.visible.astype(bool)),
        torch.from_numpy(passes.ids.astype(np.int64)),
        num_channels=tokens.config.channels,
        generator=generator,
        frames=tokens.frames,
        side=tokens.side,
        correlation=correlation,
    )[None]


def relit(caption: str) -> str:
    """The caption with the next kind of light."""
    for light, other in zip(LIGHTS, (*LIGHTS[1:], LIGHTS[0]), strict=True):
        if light in caption:
            return caption.replace(light, other)
    return caption


def row(strength: str, way: str, found: np.ndarray, sources: np.ndarray) -> list[str]:
    """Means over clips."""
    warp, flicker, sharp = found.mean(0)
    return [strength, way, f"{warp:.2f}", f"{flicker:.2f}", f"{100 * sharp / sources[:, 2].mean():.0f}%"]


if __name__ == "__main__":
    main()
