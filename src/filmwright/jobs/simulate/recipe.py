"""A recipe: what a data set is made of, and what of it is left to chance."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from filmwright.core.errors import BadFilm
from filmwright.film.scene.procedural.solids import SOLIDS
from filmwright.jobs.film import Choice as Driver

from .backdrops import backdrops
from .distribution import Count, Distribution, Number, Word, choice, integer, uniform
from .lights import LIGHTS
from .motions import MOTIONS
from .moves import MOVES
from .vocabulary import COLORS, MATERIALS

_CONFIG = ConfigDict(extra="forbid", frozen=True)


def _one_of(words: Iterable[str], what: str) -> AfterValidator:
    """Checks a word, or all that a distribution may draw."""
    known = tuple(words)

    def check(value: Word) -> Word:
        for word in map(str, value.among if isinstance(value, Distribution) else (value,)):
            if word not in known:
                raise ValueError(f"no {what} is called {word!r}; there are: {', '.join(known)}")
        return value

    return AfterValidator(check)


Shape = Annotated[Word, _one_of(SOLIDS, "shape")]
Color = Annotated[Word, _one_of(COLORS, "colour")]
Surface = Annotated[Word, _one_of(MATERIALS, "material")]
Motion = Annotated[Word, _one_of(MOTIONS, "motion")]
Move = Annotated[Word, _one_of(MOVES, "camera move")]
LightKind = Annotated[Word, _one_of(LIGHTS, "light")]
BackdropKind = Annotated[Word, _one_of(backdrops.names(), "backdrop")]


class Objects(BaseModel):
    """What stands in a scene."""

    model_config = _CONFIG
    count: Count = integer(1, 3)
    shape: Shape = choice(*SOLIDS)
    color: Color = choice(*COLORS)
    material: Surface = choice(*MATERIALS)
    size: Number = uniform(0.5, 0.9)  # metres along the longest side
    motion: Motion = choice(*MOTIONS)  # of the first; the others stand still
    scans: tuple[Path, ...] = ()  # 3D files that take the place of solids...
    scan_share: float = Field(default=0.5, ge=0, le=1)  # ...in so many cases, where there are any
    physics: float = Field(default=0.0, ge=0, le=1)  # share of clips whose objects fall and collide (needs mujoco)
    speed: Number = uniform(0.8, 1.2)


class Camera(BaseModel):
    """Where the camera is, and how it moves."""

    model_config = _CONFIG
    move: Move = choice(*MOVES)
    speed: Number = uniform(0.8, 1.2)  # times the move's own
    distance: Number = uniform(3.4, 4.6)  # metres from the middle
    elevation: Number = uniform(12.0, 32.0)  # degrees
    azimuth: Number = uniform(0.0, 360.0)  # degrees
    fov: Number = uniform(36.0, 46.0)  # degrees, the whole vertical angle


class Light(BaseModel):
    """The kind of light, and where it comes from."""

    model_config = _CONFIG
    kind: LightKind = choice(*LIGHTS)
    strength: Number = uniform(0.85, 1.2)
    azimuth: Number = uniform(0.0, 360.0)  # degrees from the camera's right
    elevation: Number = uniform(35.0, 65.0)  # degrees


class Ground(BaseModel):
    """What objects stand on."""

    model_config = _CONFIG
    color: Color = choice("grey", "white", "brown", "green", "blue")
    material: Surface = choice("matte", "checkered", "striped", "dotted", weights=(3, 1, 1, 1))


class Backdrops(BaseModel):
    """Moving pictures without objects, to be seen behind a product."""

    model_config = _CONFIG
    share: float = Field(default=0.0, ge=0, le=1)  # of all clips
    kind: BackdropKind = choice(*backdrops.names())


_REDRAWN: dict[str, type[BaseModel]] = {"light": Light, "ground": Ground}


class OnFrame(BaseModel):
    """Something drawn anew in the middle of a clip, every so many frames."""

    model_config = _CONFIG
    every: int = Field(ge=1)  # frames
    what: str  # "light.kind", "ground.color", ...: a field of the recipe's light or ground
    to: Word | Number

    @model_validator(mode="after")
    def _fits(self) -> "OnFrame":
        part, _, field = self.what.partition(".")
        model = _REDRAWN.get(part)
        if model is None or field not in model.model_fields:
            known = [f"{part}.{field}" for part, model in _REDRAWN.items() for field in model.model_fields]
            raise ValueError(f"{self.what!r} can't be drawn anew inside a clip; there are: {', '.join(known)}")
        try:
            model.model_validate({field: self.to})
        except ValidationError as err:
            raise ValueError(err.errors()[0]["msg"].removeprefix("Value error, ")) from err
        return self


class Recipe(BaseModel):
    """A data set, decided but for chance: the same recipe is the same clips."""

    model_config = _CONFIG
    name: str = Field(default="clips", pattern=r"^\w[\w-]*$")  # of the files: letters, digits, - and _
    seed: int = Field(default=0, ge=0)
    num_clips: int = Field(default=100, ge=1)
    num_frames: int = Field(default=16, ge=1, le=10_000)
    height: int = Field(default=128, ge=16, le=4320)  # pixels
    width: int = Field(default=128, ge=16, le=7680)
    fps: int = Field(default=16, ge=1, le=240)
    objects: Objects = Objects()
    camera: Camera = Camera()
    light: Light = Light()
    ground: Ground = Ground()
    backdrops: Backdrops = Backdrops()
    on_frame: tuple[OnFrame, ...] = ()
    render: Driver = Driver(use="warp").having(quality="draft")
    writer: Driver = Driver(use="webdataset")
    shard: int = Field(default=50, ge=1)  # clips that are written and kept together


def load_recipe(path: Path) -> Recipe:
    """Read a recipe from TOML; files it names are looked for beside it. Raises BadFilm."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as err:
        raise BadFilm(
            f"there is no recipe {path}. Without one, `filmwright simulate` writes one to start from."
        ) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise BadFilm(f"{path} is not TOML: {err}.") from err
    return read_recipe(table, where=path)


def read_recipe(table: dict[str, Any], *, where: Path) -> Recipe:
    """A recipe from TOML's tables. Raises BadFilm that names what is wrong."""
    try:
        recipe = Recipe.model_validate(table)
    except ValidationError as err:
        places: dict[str, str] = {}  # the first thing that is wrong of each key
        for e in err.errors():
            in_list = any(isinstance(step, int) for step in e["loc"][:2])
            place = ".".join(map(str, e["loc"][: 3 if in_list else 2]))
            places.setdefault(place, e["msg"].removeprefix("Value error, "))
        told = "; ".join(f"{place}: {says}" for place, says in places.items())
        raise BadFilm(f"{where} is not a recipe: {told}.") from err
    scans = tuple(p if p.is_absolute() else where.parent / p for p in recipe.objects.scans)
    return recipe.model_copy(update={"objects": recipe.objects.model_copy(update={"scans": scans})})
