"""Video models of others, by diffusers, whose parts are called as the project's own: to be adapted, not copied.

Each family has a file: its network takes tokens, places, time and text as `VideoTransformer` does, its autoencoder
speaks tokens as `PatchPCA` does, and `COMFYUI` is how ComfyUI calls its layers, where that has other names.
"""

from fractions import Fraction
from pathlib import Path

import torch
from diffusers import AutoencoderKLLTXVideo, AutoencoderKLWan, LTXVideoTransformer3DModel, WanTransformer3DModel

from . import ltx, wan
from .autoencoder import Autoencoder

NETWORKS = {"WanTransformer3DModel": WanTransformer3DModel, "LTXVideoTransformer3DModel": LTXVideoTransformer3DModel}
AUTOENCODERS = {"AutoencoderKLWan": AutoencoderKLWan, "AutoencoderKLLTXVideo": AutoencoderKLLTXVideo}
Names = tuple[tuple[str, str], ...]  # patterns, and what stands in their place
COMFYUI: dict[str, Names] = {"WanTransformer3DModel": wan.COMFYUI, "LTXVideoTransformer3DModel": ltx.COMFYUI}


def network(
    kind: str, folder: Path, *, grid: tuple[int, int, int], fps: Fraction, patch: tuple[int, int], timed: bool
) -> wan.Network | ltx.Network:
    """The transformer of a folder, for tokens on a grid; `patch` is a token's frames and pixels a side.

    `timed` is whether a Wan knows tokens of several times, as of a given first frame. Raises OSError where there is
    none, ValueError where the grid does not fit.
    """
    transformer = NETWORKS[kind].from_pretrained(folder)
    if isinstance(transformer, WanTransformer3DModel):
        return wan.Network(transformer, grid, timed=timed)
    return ltx.Network(transformer, grid, fps=fps, patch=patch)


def autoencoder(kind: str, folder: Path, device: torch.device) -> Autoencoder:
    """The autoencoder of a folder."""
    vae = AUTOENCODERS[kind].from_pretrained(folder).to(device).eval()
    return wan.autoencoder(vae) if isinstance(vae, AutoencoderKLWan) else ltx.autoencoder(vae)
