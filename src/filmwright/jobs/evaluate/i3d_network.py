"""The detector that Frechet video distances are taken with, as TorchScript (needs torch)."""

import warnings
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float32, UInt8


class Detector:
    """Called as StyleGAN-V calls it: levels 0 to 255, which it scales to -1..1 and to 224x224 by itself."""

    def __init__(self, path: Path) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is going, but the field's file is one
            self._network = torch.jit.load(str(path), map_location=self._device).eval()  # type: ignore[no-untyped-call]

    @torch.inference_mode()
    def __call__(self, rgb: UInt8[np.ndarray, "F H W 3"]) -> Float32[np.ndarray, " D"]:
        """The features of one clip."""
        video = torch.from_numpy(rgb).to(self._device).permute(3, 0, 1, 2)[None].float()  # 1 C F H W
        found = self._network(video, rescale=True, resize=True, return_features=True)
        return found[0].float().cpu().numpy()
