"""The request: what a film.toml says."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from filmwright.core.errors import BadFilm
from filmwright.core.files import whole

Aspect = Literal["16:9", "9:16", "1:1", "4:5", "7:4", "4:7"]
Mood = Literal["calm", "luxury", "playful", "energetic", "technical", "natural"]


class Choice(BaseModel):
    """Which driver, and its options; the driver itself checks them."""

    model_config = ConfigDict(extra="allow", frozen=True)
    use: str

    def options(self) -> dict[str, Any]:
        """Everything but `use`."""
        return dict(self.model_extra or {})

    def having(self, **options: Any) -> "Choice":
        """The same driver with some options set."""
        return Choice(use=self.use, **(self.options() | options))


class Light(BaseModel):
    """The user's own light."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    environment: Path | None = None  # an equirectangular HDR or EXR picture; None is the mood's own softboxes
    rotation: float = 0.0  # degrees about the vertical
    strength: float = Field(default=1.0, gt=0)


class Backdrop(BaseModel):
    """What moves behind the product, in words: a trained model makes it, and it lights the product too."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prompt: str
    generator: Choice = Choice(use="bundled")
    seconds: float | None = Field(default=None, gt=0)  # of a clip, before it is slowed down and repeated
    clips: int = Field(default=3, ge=1, le=8)  # of the same words, side by side: what is seen once is not seen again
    seed: int | None = Field(default=None, ge=0)  # None is the film's own


class Trust(BaseModel):
    """How the film is moderated, marked and signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    maker: str = ""  # who signs, as it should be shown; else the certificate's name
    mark: Choice = Choice(use="tiled")
    signer: Choice = Choice(use="c2pa")
    moderator: Choice = Choice(use="local")
    policy: Path | None = None  # a TOML file of your own; None is the bundled policy
    use: str = "advertising"  # what the film is for: consents of people shown are given for a use
    regions: tuple[str, ...] = ()  # labels that laws ask for: eu, california, china, new-york, visible
    training: Literal["allowed", "notAllowed", "constrained"] = "notAllowed"  # what others may do with the film


class Film(BaseModel):
    """Everything a film is made from. What is left open is read from the brief, or decided by the mood."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    scan: Path | None = None  # None is the bundled sample product
    brief: str = ""
    name: str = ""  # of the files; the scan's own if empty
    product: str = ""  # what the end card calls it
    tagline: str = ""  # what the film says; else the brief's quoted words
    mood: Mood | None = None
    aspect: Aspect | None = None
    seconds: float | None = None
    size: int = Field(default=720, ge=16, le=4320)  # pixels of the shorter side
    fps: int = Field(default=24, ge=1, le=120)
    music: bool | None = None  # None: unless the brief says no
    fonts: tuple[Path, ...] = ()  # font files of your own, before filmwright's
    seed: int = Field(default=0, ge=0)
    scene: Choice = Choice(use="auto")
    light: Light = Light()
    backdrop: Backdrop | None = None  # None is a plain wall in a colour that suits the product
    director: Choice = Choice(use="story")
    render: Choice = Choice(use="warp")
    video: Choice = Choice(use="mp4")
    trust: Trust = Trust()

    @property
    def title(self) -> str:
        """The name of the film's files."""
        return self.name or (self.scan.stem.split(".")[0].replace(" ", "-") if self.scan else "sample")


def generator_for(model: str | None, use: str | None = None, **options: Any) -> Choice:
    """The driver for a model, where nobody names one: the project's own for what `filmwright train` writes."""
    if model is None:
        return Choice(use=use or "bundled").having(**options)
    if use is None:
        try:
            index = json.loads((Path(model) / "model_index.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            index = {}
        use = "bundled" if isinstance(index, dict) and index.get("_class_name") == "VideoPipeline" else "diffusers"
    return Choice(use=use).having(model=model, **options)


def load_film(path: Path) -> Film:
    """Read a film.toml; paths in it start at its folder. Raises BadFilm naming each wrong line."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise BadFilm(f"cannot read {path}: {err.strerror}. Run `filmwright new` to write one.") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise BadFilm(f"{path} is not TOML: {err}") from err
    film = check_film(table, str(path))
    here = path.parent
    light = film.light
    if light.environment is not None:
        light = light.model_copy(update={"environment": here / light.environment})
    backdrop = film.backdrop
    if backdrop is not None and (here / str(backdrop.generator.options().get("model") or "?")).is_dir():
        generator = backdrop.generator.having(model=here / str(backdrop.generator.options()["model"]))
        backdrop = backdrop.model_copy(update={"generator": generator})
    trust = film.trust
    files = {key: here / path for key, path in trust.signer.options().items() if key in ("chain", "key", "anchors")}
    policy = here / trust.policy if trust.policy else None
    trust = trust.model_copy(update={"policy": policy, "signer": trust.signer.having(**files)})
    fonts = tuple(here / font for font in film.fonts)
    scan = here / film.scan if film.scan else None
    return film.model_copy(update={"scan": scan, "light": light, "backdrop": backdrop, "trust": trust, "fonts": fonts})


def check_film(table: dict[str, Any], source: str) -> Film:
    """A Film from plain values. Raises BadFilm that names every wrong key and what it takes."""
    try:
        return Film.model_validate(table)
    except ValidationError as err:
        wrong = "; ".join(_line(e["loc"], e["msg"], e["input"], e["type"]) for e in err.errors())
        raise BadFilm(f"{source}: {wrong}") from err


def _line(where: tuple[int | str, ...], message: str, came: Any, kind: str) -> str:
    key = ".".join(map(str, where))
    if kind == "extra_forbidden":
        return f"there is no key '{key}'. There are: {', '.join(Film.model_fields)}"
    return f"'{key}': {message[0].lower()}{message[1:]}, got {came!r}"


def save_film(film: Film, path: Path) -> None:
    """Write a film.toml that `load_film` reads back as the same film."""
    import tomli_w

    with whole(path) as part:
        part.write_text(tomli_w.dumps(film_table(film, path.parent)), encoding="utf-8")


def film_table(film: BaseModel, folder: Path) -> dict[str, Any]:
    """A request as plain values, paths relative to a folder, without what is left open."""

    def plain(value: Any) -> Any:
        if isinstance(value, Path):
            return Path(os.path.relpath(value.resolve(), folder.resolve())).as_posix()
        if isinstance(value, BaseModel):
            return plain(value.model_dump())
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if v is not None}
        if isinstance(value, (list, tuple)):
            return [plain(v) for v in value]
        return value

    table: dict[str, Any] = plain(film)
    return table
