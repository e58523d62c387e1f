"""A model's folder: what it is called, what is in it, who may use it, where it runs."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import DiffusionPipeline

from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.manifest import Ingredient

INDEX = "model_index.json"
ENDINGS = (".json", ".safetensors", ".txt", ".model")
Device = Literal["auto", "cpu", "cuda", "mps"]


def ingredient(folder: Path, name: str, lora: Path | None = None) -> Ingredient:
    """The model as a part of the films that it makes; the hash is that of its files and their names."""
    sha256 = _hash(folder)
    if lora is not None:
        name, sha256 = f"{name} with {lora.resolve().name}", content_hash(sha256, _hash(lora))
    return Ingredient(role="model", name=name, sha256=sha256, licence=_licence(folder))


def adapters(lora: Path | None) -> Path | None:
    """The same, if it is there. Raises BadAsset."""
    if lora is not None and not lora.exists():
        raise BadAsset(f"there is no {lora}, which the option lora names.")
    return lora


def adapt(pipe: DiffusionPipeline, lora: Path) -> None:
    """Put low-rank adapters, a file or a folder as diffusers has them, into a pipeline. Raises BadAsset."""
    if not hasattr(pipe, "load_lora_weights"):
        raise BadFilm(f"{type(pipe).__name__} takes no adapters: leave the option lora out.")
    try:
        pipe.load_lora_weights(str(lora))
    except (OSError, ValueError, KeyError, RuntimeError) as err:
        raise BadAsset(f"{lora} are no adapters of this model: {err}") from err


def code() -> str:
    """A hash of the code that makes clips, and the versions of the libraries that it stands on."""
    package = Path(__file__).parents[2]
    files = sorted(
        [*package.glob("ml/**/*.py"), *package.glob("film/frames/generators/*.py"), *Path(__file__).parent.glob("*.py")]
    )
    libraries = " ".join(f"{name}-{version(name)}" for name in ("torch", "diffusers", "transformers"))
    return (
        f"{libraries} {content_hash([(file.relative_to(package).as_posix(), file_hash(file)) for file in files])[:16]}"
    )


def index(folder: Path) -> dict[str, Any]:
    """What `model_index.json` says. Raises BadAsset where the folder is no pipeline's."""
    try:
        found: dict[str, Any] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return found | {"_class_name": str(found["_class_name"])}
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise BadAsset(
            f"{folder} is no pipeline: it has no {INDEX} that can be read. Give a folder that has one."
        ) from err


def device_of(name: Device) -> torch.device:
    """Where to work; auto is a graphics card where there is one. Raises BadFilm for one that is not there."""
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    if (name, cuda) == ("cuda", False) or (name, mps) == ("mps", False):
        raise BadFilm(f"there is no device {name!r} that PyTorch can use here. Use 'cpu' or 'auto'.")
    return torch.device(name)


def _hash(where: Path) -> str:
    files = [where] if where.is_file() else sorted(path for path in where.rglob("*") if path.suffix in ENDINGS)
    return content_hash([(path.relative_to(where).as_posix(), file_hash(path)) for path in files])


def _licence(folder: Path) -> str:
    """As the model card's head says it."""
    try:
        lines = (folder / "README.md").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return next((line.partition(":")[2].strip() for line in lines[:40] if line.startswith("license:")), "")
