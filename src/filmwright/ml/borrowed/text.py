"""Prompts as the text encoder of a diffusers pipeline hears them, by the pipeline's own code."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from diffusers import DiffusionPipeline, LTXPipeline
from jaxtyping import Bool, Float
from torch import Tensor

WAN_TOKENS, LTX_TOKENS = 512, 128  # that the pipelines hear by themselves


def text_encoder(
    folder: Path, device: torch.device
) -> Callable[[Sequence[str]], tuple[Float[Tensor, "B S E"], Bool[Tensor, "B S"]]]:
    """Prompts -> states, and which of them are no padding; of the pipeline only what hears prompts is loaded."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    parts = {"transformer": None, "vae": None, "dtype": dtype}
    pipe = DiffusionPipeline.from_pretrained(folder, local_files_only=True, **parts).to(device)

    @torch.inference_mode()
    def hear(prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        if isinstance(pipe, LTXPipeline):
            states, mask, *_ = pipe.encode_prompt(
                list(prompts), do_classifier_free_guidance=False, max_sequence_length=LTX_TOKENS
            )
        else:
            states, _ = pipe.encode_prompt(
                list(prompts), do_classifier_free_guidance=False, max_sequence_length=WAN_TOKENS
            )
            mask = states.abs().amax(-1) > 0  # padding is zeros
        return states.float().cpu(), mask.bool().cpu()

    return hear
