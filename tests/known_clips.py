"""Videos in memory whose numbers are known, for the tests of metrics."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from filmwright.core.clip import Clip, Lens
from filmwright.core.frames import Frames, Passes
from filmwright.jobs.evaluate import Opened, Subject, from_clip, measure
from filmwright.jobs.evaluate.faults import SPARE
from filmwright.jobs.evaluate.known import moving
from filmwright.jobs.evaluate.metrics import metrics
from filmwright.jobs.evaluate.reading import Reading
from filmwright.jobs.evaluate.similarity import Similarity

FPS = Fraction(24)
NO_PASSES = Passes()
OF_NETWORKS = ("clip_score", "fvd", "vbench")  # of others, whose weights can't be had here
JUDGED = ("attribute_accuracy", "frechet_distance", "kernel_distance")  # look at simulated clips
NUM = 24  # frames of a film with a fault
COURSE = Similarity(right=-1.5, down=0.5, turn=0.002)  # and how it moves
COMMANDED = {"motion": {"pan": 1.5, "tilt": 0.5, "zoom": 0.0, "roll": -0.1146}}  # the same in the facts' words


def going(**values: float) -> Similarity:
    """A motion, whole numbers welcome."""
    return Similarity(**{name: float(value) for name, value in values.items()})


def film(motion: Similarity = COURSE, num: int = NUM + SPARE, **options: Any) -> np.ndarray:
    """A moving texture, all its frames."""
    return np.concatenate([piece.rgb for piece in moving(motion, num_frames=num, **options)])


def flat(*levels: Any, width: int = 64, height: int = 48) -> np.ndarray:
    """Frames of one colour each: a grey level, or (r, g, b)."""
    return np.stack([np.broadcast_to(np.uint8(level), (height, width, 3)) for level in levels])


def subject(
    rgb: np.ndarray,
    *,
    fps: Fraction = FPS,
    passes: Passes = NO_PASSES,
    facts: Mapping[str, Any] | None = None,
    lens: Lens | None = None,
    reference: Subject | None = None,
) -> Subject:
    """A clip as metrics take it."""
    still = Lens(
        intrinsics=np.tile(np.eye(3), (len(rgb), 1, 1)), world_from_camera=np.tile(np.eye(4), (len(rgb), 1, 1))
    )
    clip = Clip(key="clip", frames=Frames(rgb=rgb, fps=fps, passes=passes), lens=lens or still, facts=facts or {})
    return replace(from_clip(clip), lens=lens, reference=reference)


def reading(name: str, measured: Subject, **options: Any) -> Reading:
    """What one metric says."""
    opened = Opened(name=name, about="", metric=metrics.open(name, **options))
    (found,) = measure(measured, [opened]).measured
    assert found.reading is not None, found.refused
    return found.reading


def refused(name: str, measured: Subject, **options: Any) -> str:
    """Why it says nothing."""
    opened = Opened(name=name, about="", metric=metrics.open(name, **options))
    (found,) = measure(measured, [opened]).measured
    assert found.reading is None
    return found.refused
