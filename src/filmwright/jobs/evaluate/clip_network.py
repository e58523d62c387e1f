"""CLIP's two towers from a local folder, as transformers has them (needs torch)."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoTokenizer, CLIPImageProcessorPil, CLIPModel
from transformers.utils import logging as transformers_logging


class Clip:
    """Pictures and words as unit vectors of one space (Radford et al., ICML 2021)."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError or ValueError where the folder holds something else."""
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            model = CLIPModel.from_pretrained(folder, local_files_only=True)
        except (SafetensorError, RuntimeError) as err:
            raise ValueError(str(err)) from err
        self._model = model.eval().to(self._device)  # type: ignore[no-untyped-call]
        self._split = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._prepare = CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)  # resized as in training
        self.longest: int = self._model.config.text_config.max_position_embeddings  # tokens

    @torch.inference_mode()
    def picture(self, rgb: UInt8[np.ndarray, "H W 3"]) -> Float32[np.ndarray, " D"]:
        """Resized and cropped as the folder's preprocessor says."""
        pixels = self._prepare(images=rgb, input_data_format="channels_last", return_tensors="pt")["pixel_values"]
        return _unit(self._model.get_image_features(pixel_values=pixels.to(self._device)).pooler_output)

    @torch.inference_mode()
    def words(self, text: str) -> Float32[np.ndarray, " D"]:
        """Cut at `longest` tokens."""
        tokens = self._split([text], truncation=True, max_length=self.longest, return_tensors="pt").to(self._device)
        found = self._model.get_text_features(
            input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
        ).pooler_output
        return _unit(found)

    def cut(self, text: str) -> bool:
        """Whether a text is longer than the network reads."""
        return len(self._split(text)["input_ids"]) > self.longest


def _unit(features: Tensor) -> Float32[np.ndarray, " D"]:
    return torch.nn.functional.normalize(features[0].float(), dim=0).cpu().numpy()
