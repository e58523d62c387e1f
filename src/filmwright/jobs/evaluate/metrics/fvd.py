"""How far these videos are from others as a whole, in the features of a network that tells actions apart.

In squared features; lower is better. Frechet distance of the sets' features: of each video the first 16 frames, through
I3D trained on Kinetics-400, its 400 outputs before the softmax. Needs at least 256 videos on either side, of equal
protocol; papers take 2048, and numbers of unequal counts can't be compared: with fewer it reads higher.

Source: Unterthiner et al., "Towards Accurate Generative Models of Video: A New Metric & Challenges", 2018; the detector
and what it is given as in StyleGAN-V (Skorokhodov, Tulyakov and Elhoseiny, CVPR 2022, fvd_16f).
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32, Float64, UInt8
from pydantic import PositiveInt

from ..frechet import check_enough, frechet
from ..halves import by_halves
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale
from ..subject import Subject
from ..weights import Weights, check_installed, check_weights, sha256, weights_folder

if TYPE_CHECKING:
    from ..i3d_network import Detector

FRAMES = 16
FEWEST = 256  # videos
I3D = Weights(
    path="i3d_torchscript.pt",
    origin="I3D on Kinetics-400 in StyleGAN-V's release (universome/stylegan-v, linked in its FVD code)",
    licence="which its README takes to be under NVIDIA's non-commercial licence; I3D itself is Apache-2.0",
    sha256="bec6519f66ea534e953026b4ae2c65553c17bf105611c746d904657e5860a5e2",
)


class Fvd:
    """The metric."""

    scale = Scale(unit="squared features", better="lower", over="set")

    def __init__(self, detector: Path | None, fewest: int) -> None:
        self.detector, self.fewest = detector, fewest

    def start(self, subject: Subject) -> "Beginning":
        """Raises Refused without torch or weights, and for fewer than 16 frames."""
        path = self.detector or weights_folder() / "fvd" / I3D.path
        file = Weights(path=path.name, origin="another detector", licence="yours") if self.detector else I3D
        check_weights([file], path.parent)
        check_installed("torch", extra="metrics")
        if subject.protocol.num_frames < FRAMES:
            raise Refused(f"needs {FRAMES} frames of each video, got {subject.protocol.num_frames} of {subject.name}")
        return Beginning(self._network)

    def between(self, ours: Sequence[Reading], theirs: Sequence[Reading]) -> Reading:
        """The distance as papers give it, and what it would be of sets without end."""
        check_enough(len(ours), len(theirs), fewest=self.fewest, of="videos")
        a, b = _samples(ours), _samples(theirs)
        found = by_halves(lambda i, j: frechet(a[i], b[j]), len(a), len(b))
        endless = Part(name="without what the sizes add", value=found.without_bias)
        who = f" by {self.detector.name} {sha256(self.detector)[:12]}" if self.detector else ""
        return Reading(
            value=found.whole,
            interval=found.around(found.whole),
            parts=(endless,),
            note=f"{len(ours)} videos against {len(theirs)}{who}",
        )

    @cached_property
    def _network(self) -> "Detector":
        """Loaded once for all videos."""
        from ..i3d_network import Detector

        path = self.detector or weights_folder() / "fvd" / I3D.path
        try:
            return Detector(path)
        except (OSError, RuntimeError) as err:
            raise Refused(f"needs a whole detector: {path} can't be read as TorchScript") from err


class Beginning:
    """The first frames of one video, at most `FRAMES` of them in memory."""

    def __init__(self, network: "Detector") -> None:
        self.network, self.frames = network, list[UInt8[np.ndarray, "H W 3"]]()
        self.features: Float32[np.ndarray, " D"] | None = None

    def see(self, moment: Moment) -> None:
        """With the last of them the features are known, and the pictures can go."""
        if self.features is None:
            self.frames.append(moment.rgb)
            if len(self.frames) == FRAMES:
                self.features, self.frames = self.network(np.stack(self.frames)), []

    def reading(self) -> Reading:
        """A sample for the set; by itself it is no number."""
        if self.features is None:
            raise Refused(f"needs {FRAMES} frames of each video, got {len(self.frames)}")
        return Reading(value=float("nan"), sample=self.features[None])


def _samples(readings: Sequence[Reading]) -> Float64[np.ndarray, "N D"]:
    return np.concatenate([r.sample for r in readings if r.sample is not None]).astype(np.float64)


def build(*, detector: Path | None = None, fewest: PositiveInt = FEWEST) -> Fvd:
    """`detector` is another TorchScript of I3D's signature; None is fvd/i3d_torchscript.pt in the folder of weights."""
    return Fvd(detector, fewest)
