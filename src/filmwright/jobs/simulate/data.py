"""What stands beside the clips of a data set: its recipe, and what else decides its pixels."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import tomli_w

from filmwright import __version__
from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.files import whole
from filmwright.film.frames.renderers import renderers

from .recipe import Recipe, load_recipe

RECIPE, DATA = "recipe.toml", "data.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The identity of a data set: two with the same one hold the same bytes."""

    recipe: str  # content hash
    scans: dict[str, str]  # file name to SHA-256
    renderer: str  # its fingerprint
    software: str


def identity(recipe: Recipe) -> Data:
    """What decides the clips of a recipe here and now. Raises BadAsset for a scan that is missing."""
    for scan in recipe.objects.scans:
        if not scan.is_file():
            raise BadAsset(f"there is no scan {scan}, which the recipe's 'objects.scans' names.")
    plain = recipe.model_dump(mode="json", exclude={"num_clips"}) | {"scans": None}
    plain["objects"]["scans"] = [scan.name for scan in recipe.objects.scans]
    with_renderer = renderers.open(recipe.render.use, **recipe.render.options())
    return Data(
        recipe=content_hash(plain),
        scans={scan.name: file_hash(scan) for scan in recipe.objects.scans},
        renderer=with_renderer.fingerprint,
        software=f"filmwright {__version__}",
    )


def begin(recipe: Recipe, folder: Path) -> Data:
    """Write recipe and identity, or check that what is there was begun with the same. Raises BadFilm if not.

    More clips of the same recipe may be asked for later: those that are there stay.
    """
    now, path = identity(recipe), folder / DATA
    if path.exists():
        try:
            before = Data(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as err:
            raise BadAsset(f"{path} is broken: {err}. Remove the folder, or choose another one.") from err
        if changed := [name for name in asdict(now) if getattr(before, name) != getattr(now, name)]:
            raise BadFilm(
                f"{folder} holds clips that were made with another {' and '.join(changed)}: they would not fit "
                f"together. Choose another folder with --out, or remove this one."
            )
    else:
        with whole(path) as part:
            part.write_text(json.dumps(asdict(now), indent=1), encoding="utf-8")
    with whole(folder / RECIPE) as part:
        part.write_text(tomli_w.dumps(recipe.model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    return now


def recipe_of(folder: Path) -> Recipe:
    """The recipe of a data set on disk. Raises BadAsset for another folder."""
    if not (folder / RECIPE).is_file():
        raise BadAsset(f"{folder} holds no simulated clips: it has no {RECIPE}.")
    return load_recipe(folder / RECIPE)
