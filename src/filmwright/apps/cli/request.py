"""From what was typed to a request."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from filmwright.core.errors import BadFilm
from filmwright.jobs.film import Backdrop, Film, check_film, generator_for, load_film

SAMPLE = "sample"
Request = TypeVar("Request", bound=BaseModel)


def read_request(source: str, **typed: Any) -> Film:
    """A scan, a film.toml or 'sample', with the options that were typed on top of it."""
    given = {key: value for key, value in typed.items() if value is not None}
    quality = given.pop("quality", None)
    workers = given.pop("workers", None)
    preset = given.pop("preset", None)
    environment = given.pop("environment", None)
    prompt, model = given.pop("backdrop", None), given.pop("backdrop_model", None)
    trust: dict[str, Any] = {key: given.pop(key) for key in ("maker", "regions") if key in given}
    film = _base(source, given)
    render = {k: v for k, v in {"quality": quality, "workers": workers}.items() if v is not None}
    if render:
        film = film.model_copy(update={"render": film.render.having(**render)})
    if environment:
        film = film.model_copy(update={"light": film.light.model_copy(update={"environment": environment})})
    if prompt is not None or model is not None:
        film = film.model_copy(update={"backdrop": _backdrop(film.backdrop, prompt, model)})
    if trust:
        film = film.model_copy(update={"trust": film.trust.model_copy(update=trust)})
    if preset:
        film = film.model_copy(update={"video": film.video.having(preset=preset)})
    return film


def _backdrop(own: Backdrop | None, prompt: str | None, model: str | None) -> Backdrop:
    """The film's backdrop, with what was typed on top of it."""
    if own is None and prompt is None:
        raise BadFilm("--backdrop-model makes what --backdrop says: say what is to be behind the product.")
    backdrop = own or Backdrop(prompt="")
    if prompt is not None:
        backdrop = backdrop.model_copy(update={"prompt": prompt})
    if model is not None:
        generator = generator_for(model)
        if Path(model).is_dir():  # so that a film.toml elsewhere names it by the way from there
            generator = generator.having(model=Path(model))
        backdrop = backdrop.model_copy(update={"generator": generator})
    return backdrop


def _base(source: str, given: dict[str, Any]) -> Film:
    path = Path(source)
    if path.suffix.lower() == ".toml":
        film = load_film(path)
        changed = check_film(given, "the options")
        return film.model_copy(update={key: getattr(changed, key) for key in given})
    if source != SAMPLE and not path.exists():
        raise BadFilm(f"there is no file {source}. Give a scan (GLB, OBJ, USDZ, ...), a film.toml, or 'sample'.")
    return check_film(given | ({} if source == SAMPLE else {"scan": path}), "the options")


def folder_for(film: Film, out: Path | None) -> tuple[Film, Path]:
    """Where the film goes: `--out` names a folder, or the film file itself by its .mp4 ending."""
    if out is None:
        return film, Path("films") / film.title
    if out.suffix.lower() == ".mp4":
        return film.model_copy(update={"name": out.stem}), out.parent
    return film, out


def checked(kind: type[Request], **typed: Any) -> Request:
    """A request from options. Raises BadFilm that names each wrong one."""
    try:
        return kind.model_validate(typed)
    except ValidationError as err:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}, got {e['input']!r}" for e in err.errors()
        )
        raise BadFilm(f"the options: {wrong}") from err


def measured(size: str | None) -> tuple[int | None, int | None]:
    """Width and height of "832x480"."""
    if size is None:
        return None, None
    found = re.fullmatch(r"(\d+)\s*[xX×]\s*(\d+)", size.strip())
    if found is None:
        raise BadFilm(f"--size is width and height as in 832x480, got {size!r}.")
    return int(found[1]), int(found[2])


def named(options: Iterable[str], option: str = "--option", like: str = "offload=model") -> dict[str, str]:
    """What was given as NAME=VALUE, each by an option of that name."""
    parted = [given.partition("=") for given in options]
    if wrong := ["".join(parts) for parts in parted if not all(parts)]:
        raise BadFilm(f"{option} is NAME=VALUE as in {like}, got {wrong[0]!r}.")
    return {name: value for name, _, value in parted}
