"""The quality score of VBench, by its own code, in the seven of its dimensions that need only the video.

From 0 to 1; higher is better: subject and background consistency, temporal flickering, motion smoothness, dynamic
degree, aesthetic and imaging quality, each within VBench's bounds and with its weights. Only .mp4 files, which VBench's
custom input takes; for those of 5 seconds and more its authors have another tool, VBench-Long. Some of its networks are
not for commercial use. Its Python and weights are the user's own: `filmwright evaluate` says what is missing.

Source: Huang et al., "VBench: Comprehensive Benchmark Suite for Video Generative Models", CVPR 2024; version 0.1.5, and
the quality score of its scripts/cal_final_score.py, which leaderboards take over its own prompts: compare with care.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale
from ..subject import Subject
from ..vbench_dimensions import DIMENSIONS, NAMES, Name, quality
from ..vbench_process import run_vbench, vbench_cache, vbench_python
from ..weights import check_weights

FEWEST = 3  # frames: motion smoothness makes every other one up


class VBench:
    """The metric."""

    scale = Scale(unit="of 1", better="higher")

    def __init__(self, dimensions: tuple[Name, ...]) -> None:
        self.dimensions = dimensions

    def start(self, subject: Subject) -> "Sent":
        """Raises Refused for what is no .mp4 file, without VBench, and without the weights of a dimension."""
        python, cache = vbench_python(), vbench_cache()
        needed = dict.fromkeys(file for name in self.dimensions for file in DIMENSIONS[name].needs)
        check_weights(list(needed), cache)
        if subject.path is None or subject.path.suffix != ".mp4":
            raise Refused(f"needs an .mp4 file: VBench reads no other video, and {subject.name} is none")
        if subject.protocol.num_frames < FEWEST:
            raise Refused(f"needs {FEWEST} frames, got {subject.protocol.num_frames}")
        return Sent(python, cache, subject.path, self.dimensions)


class Sent:
    """One video, which VBench reads by itself."""

    def __init__(self, python: Path, cache: Path, video: Path, dimensions: tuple[Name, ...]) -> None:
        self.python, self.cache, self.video, self.dimensions = python, cache, video, dimensions

    def see(self, moment: Moment) -> None:
        """Nothing: VBench decodes the file anew."""

    def reading(self) -> Reading:
        """The joint score, and that of each dimension as VBench gives it."""
        scores = run_vbench(self.python, self.cache, self.video, self.dimensions)
        parts = tuple(Part(name=name.replace("_", " "), value=score, unit="of 1") for name, score in scores.items())
        note = "" if len(scores) == len(NAMES) else f"over {len(scores)} of {len(NAMES)} dimensions"
        return Reading(value=quality(scores), parts=parts, note=note)


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], Field(min_length=1), BeforeValidator(_several)]


def build(*, dimensions: Names = NAMES) -> VBench:
    """`dimensions` are VBench's names; fewer need fewer weights, and make another score."""
    return VBench(tuple(dict.fromkeys(dimensions)))
