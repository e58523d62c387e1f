"""Small stand-ins for networks that can't be had here: the same files and signatures, weights by chance."""

import json
import sys
import warnings
from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel


def tiny_clip(folder: Path) -> Path:
    """A CLIP in the layout of transformers, with a vocabulary of letters."""
    towers = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    letters = [chr(i) for i in range(ord("!"), ord("~") + 1)]
    vocabulary = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    begin, end = len(vocabulary) - 2, len(vocabulary) - 1
    words = towers | {"vocab_size": len(vocabulary), "max_position_embeddings": 24, "eos_token_id": end}
    words |= {"bos_token_id": begin, "pad_token_id": end}
    pictures = towers | {"image_size": 32, "patch_size": 8}
    torch.manual_seed(3)
    CLIPModel(CLIPConfig(text_config=words, vision_config=pictures, projection_dim=16)).save_pretrained(folder)
    CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(vocabulary)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    kind = {"tokenizer_class": "CLIPTokenizer", "bos_token": vocabulary[begin], "eos_token": vocabulary[end]}
    (folder / "tokenizer_config.json").write_text(
        json.dumps(kind | {"pad_token": vocabulary[end], "unk_token": vocabulary[end], "model_max_length": 24})
    )
    return folder


class Means(torch.nn.Module):
    """I3D's signature; the features are a clip's mean levels, scaled as the network scales them."""

    def forward(self, x: torch.Tensor, rescale: bool, resize: bool, return_features: bool) -> torch.Tensor:
        assert rescale
        assert resize
        assert return_features
        assert x.dim() == 5
        assert x.size(1) == 3
        assert x.size(2) == 16
        return (x / 127.5 - 1).mean(dim=[2, 3, 4])


def tiny_detector(path: Path) -> Path:
    """TorchScript with three features."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(Means()).save(str(path))
    return path


VBENCH = '''"""VBench's class with its signatures; it writes what it was called with into its results."""
import json, os, sys
from pathlib import Path

class VBench(object):
    def __init__(self, device, full_info_dir, output_path):
        self.device, self.full_info_dir, self.output_path = device, full_info_dir, output_path
        os.makedirs(self.output_path, exist_ok=True)

    def evaluate(self, videos_path, name, prompt_list=[], dimension_list=None, local=False, read_frame=False,
                 mode="vbench_standard", **kwargs):
        assert mode == "custom_input" and local and not read_frame and prompt_list == []
        assert kwargs == {"imaging_quality_preprocessing_mode": "longer"}
        assert os.path.isfile(videos_path) and os.path.isfile(self.full_info_dir)
        assert str(self.device) in ("cpu", "cuda")
        assert os.environ["https_proxy"] == "http://127.0.0.1:9"
        hub = Path(os.environ["TORCH_HOME"], "hub", "checkpoints", "dino_vitbase16_pretrain.pth")
        assert hub.is_file() == Path(os.environ["VBENCH_CACHE_DIR"], "dino_model", hub.name).is_file()
        print("some chatter")
        scores = {dimension: [0.5 + 0.05 * i, [{"video_path": videos_path, "video_results": 1}]]
                  for i, dimension in enumerate(dimension_list)}
        Path(self.output_path, name + "_eval_results.json").write_text(json.dumps(scores))
'''


def fake_vbench(folder: Path) -> Path:
    """A Python that has it: a script that adds a folder to the path and goes on as this one."""
    package = folder / "site" / "vbench"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(VBENCH)
    (package / "VBench_full_info.json").write_text("[]")
    quick = (
        "device = str\nclass cuda:\n    is_available = staticmethod(lambda: False)\n"  # torch takes seconds to import
    )
    (folder / "site" / "torch.py").write_text(quick)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={folder / "site"} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return python
