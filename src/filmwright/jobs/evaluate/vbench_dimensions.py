"""The dimensions of VBench that need only the video: their weights, and how VBench joins them into one score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from .weights import Weights

Name = Literal[
    "subject_consistency",
    "background_consistency",
    "temporal_flickering",
    "motion_smoothness",
    "dynamic_degree",
    "aesthetic_quality",
    "imaging_quality",
]
NAMES: tuple[Name, ...] = get_args(Name)

DINO = Weights(
    path="dino_model/dino_vitbase16_pretrain.pth",
    origin="DINO ViT-B/16 (facebookresearch/dino)",
    licence="Apache-2.0",
    sha256="bf34ad0f424b9029b593e8dc3ed553bf26e88bcba0d32bf3e62a6209cb64c85e",
)
DINO_CODE = Weights(
    path="dino_model/facebookresearch_dino_main/hubconf.py",
    origin="a clone of facebookresearch/dino into the folder above it",
    licence="Apache-2.0",
)
CLIP_B = Weights(
    path="clip_model/ViT-B-32.pt",
    origin="CLIP ViT-B/32 (openai/CLIP)",
    licence="MIT",
    sha256="40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
)
CLIP_L = Weights(
    path="clip_model/ViT-L-14.pt",
    origin="CLIP ViT-L/14 (openai/CLIP)",
    licence="MIT",
    sha256="b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836",
)
AESTHETIC = Weights(
    path="aesthetic_model/emb_reader/sa_0_4_vit_l_14_linear.pth",
    origin="LAION-AI/aesthetic-predictor",
    licence="MIT",
    sha256="2cd4e60f4f24ae3bcd57b847b13c1f3ba27edc28cc1a7f9ce74ee9f421243cba",
)
AMT = Weights(
    path="amt_model/amt-s.pth",
    origin="AMT-S (MCG-NKU/AMT)",
    licence="CC BY-NC 4.0, not for commercial use",
    sha256="07e7e03405c213fe4405678db9b42d05671e48c56faf6a441b99bb0047d3cf77",
)
RAFT = Weights(
    path="raft_model/models/raft-things.pth",
    origin="RAFT (princeton-vl/RAFT)",
    licence="BSD-3-Clause",
    sha256="fcfa4125d6418f4de95d84aec20a3c5f4e205101715a79f193243c186ac9a7e1",
)
MUSIQ = Weights(
    path="pyiqa_model/musiq_spaq_ckpt-358bb6af.pth",
    origin="MUSIQ on SPAQ (chaofengc/IQA-PyTorch)",
    licence="CC BY-NC-SA 4.0, not for commercial use",
    sha256="358bb6af275e28ea56821d44fb55c6cb83645db11f394d3ad65b2d149965ab50",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One of them, with its bounds and its weight in VBench's quality score (its scripts/constant.py)."""

    needs: tuple[Weights, ...] = ()
    low: float = 0.0
    high: float = 1.0
    weight: float = 1.0


DIMENSIONS: Mapping[Name, Dimension] = {
    "subject_consistency": Dimension(needs=(DINO_CODE, DINO), low=0.1462),
    "background_consistency": Dimension(needs=(CLIP_B,), low=0.2615),
    "temporal_flickering": Dimension(low=0.6293),
    "motion_smoothness": Dimension(needs=(AMT,), low=0.706, high=0.9975),
    "dynamic_degree": Dimension(needs=(RAFT,), weight=0.5),
    "aesthetic_quality": Dimension(needs=(CLIP_L, AESTHETIC)),
    "imaging_quality": Dimension(needs=(MUSIQ,)),
}


def quality(scores: Mapping[Name, float]) -> float:
    """VBench's quality score, over the dimensions that are there: each within its bounds, weighted."""
    shares = {
        name: (score - DIMENSIONS[name].low) / (DIMENSIONS[name].high - DIMENSIONS[name].low)
        for name, score in scores.items()
    }
    weights = sum(DIMENSIONS[name].weight for name in scores)
    return sum(DIMENSIONS[name].weight * share for name, share in shares.items()) / weights
