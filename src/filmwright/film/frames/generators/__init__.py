"""Words -> Frames, by a trained model. One file here is one kind of model."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from filmwright.core.frames import Frames
from filmwright.core.generation import Generation
from filmwright.core.manifest import Ingredient
from filmwright.core.plugins import Slot
from filmwright.core.progress import Report, silent


@runtime_checkable
class Generator(Protocol):
    """A model that makes clips. Opening one is quick: weights are read when they are needed."""

    @property
    def model(self) -> Ingredient:
        """The weights: their name, hash and, where they say so, licence."""
        ...

    @property
    def fingerprint(self) -> str:
        """Everything besides the request that decides the pixels: weights, options, versions of the code."""
        ...

    def check(self, asked: Generation) -> None:
        """Raise BadFilm or BadAsset for what the model can't do at all; no weights are read for it."""
        ...

    def fitted(self, asked: Generation) -> Generation:
        """The nearest that the model can do, with nothing left open; a FilmWarning says what was changed."""
        ...

    def generate(self, asked: Generation, report: Report = silent) -> Iterator[Frames]:
        """Yield the clip that `fitted` tells of, in order, in pieces; `report` counts the steps of denoising.

        Raises BadFilm for what can't be made, RenderFailed where the machine is too small for it.
        """
        ...


generators: Slot[Generator] = Slot(__name__, "generator", extras={"bundled": "model", "diffusers": "model"})
