"""A training recipe: data, network, method, optimiser, budget, machine, and what to look at meanwhile."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from filmwright.core.errors import BadFilm
from filmwright.jobs.film import Choice

from .parts import INDEX, index

_CONFIG = ConfigDict(extra="forbid", frozen=True)


class Data(BaseModel):
    """What is learned from."""

    model_config = _CONFIG
    folders: tuple[Path, ...] = Field(min_length=1)  # data sets that `filmwright simulate` wrote
    num_frames: int = Field(default=0, ge=0)  # of each clip, from its first on: 1 + 4k; 0 is as many as fit
    held_out: int = Field(default=16, ge=0)  # clips that are never learned from
    apart: tuple[tuple[str, ...], ...] = ()  # words that are never learned together, to be asked for later
    cache: Path | None = None  # a folder for what is encoded, shared by runs; None is `cache` beside the run's
    text_encoder: Path | None = None  # MiniLM's folder, or another pipeline's; None is the installed package's MiniLM


class Tokenizer(BaseModel):
    """How video becomes tokens."""

    model_config = _CONFIG
    start: Path | None = None  # the folder of one that is there already; None fits one, of the sizes below
    channels: int = Field(default=128, ge=1)
    frames: int = Field(default=4, ge=1)
    side: int = Field(default=8, ge=1)  # pixels
    overlap: int = Field(default=0, ge=0)  # pixels that neighbours share, at most a side: no seams
    num_clips: int = Field(default=500, ge=1)  # that it is fitted on


class Network(BaseModel):
    """The video transformer's size."""

    model_config = _CONFIG
    start: Path | None = None  # the folder of a trained one, or of its whole pipeline, instead of the sizes below
    width: int = Field(default=256, ge=8)
    num_layers: int = Field(default=8, ge=1)
    num_heads: int = Field(default=4, ge=1)
    mlp_ratio: float = Field(default=4.0, gt=0)


class Optimiser(BaseModel):
    """AdamW or Muon, the learning rate over the run, and the moving average that is kept of the weights."""

    model_config = _CONFIG
    lr: float = Field(default=5e-4, gt=0)
    muon: float | None = Field(default=None, gt=0)  # the rate of Muon, for matrices of blocks; None: AdamW for all
    warmup: int = Field(default=200, ge=0)  # steps
    decay: Literal["constant", "linear", "cosine"] = "cosine"
    lowest: float = Field(default=0.05, ge=0, le=1)  # of lr, at the end
    weight_decay: float = Field(default=0.01, ge=0)  # of matrices
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = Field(default=1.0, gt=0)  # the longest gradient
    average: float = Field(default=0.999, ge=0, lt=1)  # how much of the moving average stays, a step
    bad_steps: int = Field(
        default=0, ge=0
    )  # how many steps with numbers that are not finite are left out before it ends


class Budget(BaseModel):
    """How much is learned."""

    model_config = _CONFIG
    batch: int = Field(default=32, ge=1)  # clips in memory at a time, of all processes together
    accumulate: int = Field(default=1, ge=1)  # batches a step
    steps: int | None = Field(default=None, ge=1)
    minutes: float | None = Field(default=None, gt=0)  # of training, all runs together

    @model_validator(mode="after")
    def _one_end(self) -> "Budget":
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("give either 'steps' or 'minutes'")
        return self

    @property
    def step_size(self) -> int:
        """Clips a step."""
        return self.batch * self.accumulate


class Machine(BaseModel):
    """On what, and how; none of it changes what is learned, but for rounding."""

    model_config = _CONFIG
    device: str = "auto"  # auto, cpu, cuda, cuda:1, mps
    precision: Literal["float32", "bf16"] = "float32"  # bf16 by autocast: weights stay float32
    compile: bool = False
    threads: int = Field(default=0, ge=0)  # of a process; 0 is as torch decides
    parallel: Literal["ddp", "fsdp"] = "ddp"  # under torchrun


class Watch(BaseModel):
    """What is kept and drawn as it goes."""

    model_config = _CONFIG
    checkpoint_every: int = Field(default=500, ge=1)  # steps...
    checkpoint_minutes: float = Field(default=10.0, gt=0)  # ...and where those take longer, so often
    keep: int = Field(default=2, ge=1)  # checkpoints
    validate_every: int = Field(default=500, ge=1)  # steps
    sample_every: int = Field(default=1000, ge=1)  # steps
    num_samples: int = Field(default=6, ge=0)  # of held-out clips: every other one goes on from the first frame
    prompts: tuple[str, ...] = ()  # of your own
    num_inference_steps: int = Field(default=30, ge=1)
    guidance_scale: float = Field(default=3.0, ge=1)
    track_every: int = Field(default=10, ge=1)  # steps, for the trackers
    trackers: tuple[Literal["mlflow", "tensorboard"], ...] | None = None  # None is those that are installed


class TrainingRecipe(BaseModel):
    """A training, decided: on one machine the same recipe and data are the same weights."""

    model_config = _CONFIG
    name: str = Field(default="model", pattern=r"^\w[\w-]*$")
    seed: int = Field(default=0, ge=0)
    data: Data
    tokenizer: Tokenizer = Tokenizer()
    network: Network = Network()
    method: Choice = Choice(use="flow")
    optimiser: Optimiser = Optimiser()
    budget: Budget
    machine: Machine = Machine()
    watch: Watch = Watch()


def load_recipe(path: Path) -> TrainingRecipe:
    """Read a training recipe from TOML; folders it names are looked for beside it. Raises BadFilm."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise BadFilm(f"cannot read {path}: {err.strerror}. `recipes/` of the project has one to start from.") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise BadFilm(f"{path} is not TOML: {err}.") from err
    try:
        recipe = TrainingRecipe.model_validate(table)
    except ValidationError as err:
        told = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ').lower()}" for e in err.errors()
        )
        raise BadFilm(f"{path} is no training recipe: {told}.") from err
    return whole(beside(recipe, path.parent))


def having(
    recipe: TrainingRecipe, *, steps: int | None = None, minutes: float | None = None, device: str | None = None
) -> TrainingRecipe:
    """The same with another budget or device, where one is named. Raises BadFilm for two budgets, or none of time."""
    if steps is not None and minutes is not None:
        raise BadFilm("a training ends after steps or after minutes: give one of them.")
    if minutes is not None and minutes <= 0:
        raise BadFilm(f"a training takes some minutes, not {minutes:g}.")
    update: dict[str, BaseModel] = {}
    if steps is not None or minutes is not None:
        update["budget"] = recipe.budget.model_copy(update={"steps": steps, "minutes": minutes})
    if device is not None:
        update["machine"] = recipe.machine.model_copy(update={"device": device})
    return recipe.model_copy(update=update)


def beside(recipe: TrainingRecipe, here: Path) -> TrainingRecipe:
    """The same with its folders' paths from `here` on."""

    def of(path: Path | None) -> Path | None:
        return None if path is None else here / path

    data = {"folders": tuple(here / f for f in recipe.data.folders), "cache": of(recipe.data.cache)}
    data["text_encoder"] = of(recipe.data.text_encoder)
    return recipe.model_copy(
        update={
            "data": recipe.data.model_copy(update=data),
            "tokenizer": recipe.tokenizer.model_copy(update={"start": of(recipe.tokenizer.start)}),
            "network": recipe.network.model_copy(update={"start": of(recipe.network.start)}),
        }
    )


def whole(recipe: TrainingRecipe) -> TrainingRecipe:
    """The same, where its network is to start from a pipeline: with the network, tokenizer and text encoder of that."""
    pipeline = recipe.network.start
    if pipeline is None or not (pipeline / INDEX).is_file():
        return recipe
    told = index(pipeline)
    own = "video_tokenizer" in told  # a pipeline of this project's: its text encoder is no part of it
    tokenizer = recipe.tokenizer.start or pipeline / ("video_tokenizer" if own else "vae")
    hears = recipe.data.text_encoder or (None if own else pipeline)
    return recipe.model_copy(
        update={
            "data": recipe.data.model_copy(update={"text_encoder": hears}),
            "tokenizer": recipe.tokenizer.model_copy(update={"start": tokenizer}),
            "network": recipe.network.model_copy(update={"start": pipeline / "transformer"}),
        }
    )
