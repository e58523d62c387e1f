"""What every tokenizer of video here does."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor


@runtime_checkable
class VideoTokenizer(Protocol):
    """Video in [-1, 1] <-> tokens of about unit variance: those of the first frame, then those of `frames` each."""

    @property
    def frames(self) -> int:
        """Frames to a token, after the first."""
        ...

    @property
    def side(self) -> int:
        """Pixels to a token's side."""
        ...

    def encode(self, video: Float[Tensor, "B F 3 H W"]) -> Float[Tensor, "B L C"]:
        """Tokens of 1 + `frames` k frames, group by group, across first."""
        ...

    def decode(self, tokens: Float[Tensor, "B L C"], rows: int, columns: int) -> Float[Tensor, "B F 3 H W"]:
        """The video of tokens on a grid of so many rows and columns."""
        ...
