"""What a model knows at each level of noise: python benchmarks/denoising.py [--model FOLDER] [--clips 64]

Clips that it has not seen are noised and the data is predicted, from their captions and with the first frame given or
not. Printed is the mean squared error as a share of what the best linear guess of each channel by itself leaves: 1 is
a model that knows of a channel's distribution and nothing else. Bands of channels are of falling variance: the first is
light and dark, the last fine texture.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from bundled import machine, table
from bundled_model import RECIPES, SEED

from filmwright.film.frames.generators.bundled import BUNDLED
from filmwright.jobs.simulate import factory
from filmwright.jobs.simulate.recipe import load_recipe
from filmwright.ml.nets.minilm import token_states
from filmwright.ml.nets.rope import places
from filmwright.ml.pipeline import VideoPipeline

TIMES = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0)
EDGES = (0, 1, 4, 12, 30, 80)  # of the bands


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--clips", type=int, default=64)
    options = parser.parse_args()
    pipe = VideoPipeline.trained(options.model)
    recipe = load_recipe(RECIPES / "bundled-clips.toml").model_copy(update={"seed": SEED})
    with factory(recipe) as held:
        clips = [held.clip(index) for index in range(options.clips)]
    videos = np.stack([clip.frames.rgb for clip in clips]).astype(np.float32) / 127.5 - 1
    tokens = pipe.video_tokenizer.encode(torch.from_numpy(videos).permute(0, 1, 4, 2, 3))
    states, mask = token_states(pipe.tokenizer, pipe.text_encoder, [clip.captions[0] for clip in clips])
    side = pipe.video_tokenizer.side
    rows, columns = videos.shape[2] // side, videos.shape[3] // side
    groups = tokens.shape[1] // (rows * columns)
    at = places(groups, rows, columns).expand(len(tokens), -1, -1)
    print(f"{machine()}; {options.clips} clips\n")
    edges = (*[e for e in EDGES if e < tokens.shape[-1]], tokens.shape[-1])
    bands = list(pairwise(edges))
    printed = []
    for said in (False, True):
        given = torch.zeros(tokens.shape[:2], dtype=torch.bool)
        given[:, : rows * columns] = said
        for time in TIMES:
            noise = torch.randn(tokens.shape, generator=torch.Generator().manual_seed(SEED))
            noisy = torch.where(given[..., None], tokens, (1 - time) * tokens + time * noise)
            t = torch.full((len(tokens),), time)
            with torch.inference_mode():
                told = pipe.transformer(noisy, at, t, states.float(), mask, given=given)
            if pipe.config.prediction == "velocity":
                told = noisy - time * told
            error = (told - tokens)[~given].square().mean(0)
            power = pipe.video_tokenizer.deviations.square()
            linear = time**2 * power / ((1 - time) ** 2 * power + time**2)
            shares = [error[a:b].mean() / linear[a:b].mean() for a, b in bands]
            printed.append(["yes" if said else "no", f"{time:g}", *(f"{share:.2f}" for share in shares)])
    print(table(["first frame", "time", *(f"channels {a}-{b - 1}" for a, b in bands)], printed))


if __name__ == "__main__":
    main()
