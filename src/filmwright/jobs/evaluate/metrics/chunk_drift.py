"""How different the end of the video is from its beginning: in colours, edges and sharpness.

From 0 to 1; lower is better in one shot that should stay what it is. The first 15% of the frames against the last 15%,
the mean of three: the distance (Hellinger) of their histograms of colours, that of directions of edges, and the share
of the variance of the Laplacian by which the softer end falls short. Beside it stand these three, and the distance of
the mean colours (Delta E).

Source: Zhang and Agrawala, "Packing Input Frame Context in Next-Frame Prediction Models for Video Generation", 2025:
start-end contrast, which they take of learned scores.
"""

import numpy as np

from ..descriptors import COLORS, EDGES, hellinger, histograms
from ..moment import Moment
from ..reading import Part, Reading, Refused, Scale
from ..subject import Subject

CHUNK = 0.15  # of the video, at either end
FEWEST = 4  # frames


class ChunkDrift:
    """The metric."""

    scale = Scale(unit="of 1", better="lower")

    def start(self, subject: Subject) -> "Ends":
        """Raises Refused for a handful of frames."""
        num = subject.protocol.num_frames
        if num < FEWEST:
            raise Refused(f"needs {FEWEST} frames, got {num}")
        return Ends(num, max(round(CHUNK * num), 1))


class Chunk:
    """The sums over one end."""

    def __init__(self) -> None:
        self.count, self.sharpness = 0, 0.0
        self.lab, self.colors, self.edges = np.zeros(3), np.zeros(3 * COLORS), np.zeros(EDGES)

    def add(self, moment: Moment) -> None:
        """One more frame."""
        colors, edges = histograms(moment.lab, moment.luma)
        self.lab = self.lab + moment.lab.reshape(-1, 3).mean(0)
        self.colors, self.edges = self.colors + colors, self.edges + edges
        self.count, self.sharpness = self.count + 1, self.sharpness + moment.sharpness


class Ends:
    """One video."""

    def __init__(self, num_frames: int, length: int) -> None:
        self.num_frames, self.length = num_frames, length
        self.first, self.last = Chunk(), Chunk()

    def see(self, moment: Moment) -> None:
        """Only the ends count."""
        if moment.index < self.length:
            self.first.add(moment)
        elif moment.index >= self.num_frames - self.length:
            self.last.add(moment)

    def reading(self) -> Reading:
        """The distance of both ends."""
        a, b = self.first, self.last
        if not a.count or not b.count:
            raise Refused("needs all its frames: it ended before its last chunk")
        colors = hellinger(a.colors / a.count, b.colors / b.count)
        edges = hellinger(a.edges / a.count, b.edges / b.count)
        apart = float(np.linalg.norm(a.lab / a.count - b.lab / b.count))
        less, more = sorted((a.sharpness / a.count, b.sharpness / b.count))
        soft = 1 - less / more if more else 0.0
        return Reading(
            value=(colors + edges + soft) / 3,
            parts=(
                Part(name="colours", value=colors, unit="of 1"),
                Part(name="edges", value=edges, unit="of 1"),
                Part(name="sharpness", value=soft, unit="of 1"),
                Part(name="mean colour", value=apart, unit="Delta E"),
            ),
        )


def build() -> ChunkDrift:
    """Takes no options."""
    return ChunkDrift()
