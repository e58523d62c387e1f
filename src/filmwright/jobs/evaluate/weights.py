"""Weights of others' networks: looked for in one folder of the user's, and never downloaded."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from .reading import Refused

FOLDER = "FILMWRIGHT_WEIGHTS"  # the variable of the environment that names another folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One file, where it is from and under which licence."""

    path: str  # below the folder
    origin: str  # "StyleGAN-V (universome/stylegan-v)"
    licence: str
    sha256: str = ""  # as published; "" where none is known


def weights_folder() -> Path:
    """$FILMWRIGHT_WEIGHTS, or the platform's place for an application's data."""
    import platformdirs  # here, so that --help stays instant

    told = os.environ.get(FOLDER)
    return Path(told).expanduser() if told else platformdirs.user_data_path("filmwright") / "weights"


def check_installed(*modules: str, extra: str) -> None:
    """Raise Refused with the command that installs what is missing. Imports nothing."""
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise Refused(f"needs {' and '.join(missing)}. Run: pip install 'filmwright[{extra}]'")


def check_weights(wanted: Sequence[Weights], folder: Path) -> None:
    """Raise Refused where a file is missing, with its name, origin, licence and place, or is another."""
    missing = [each for each in wanted if not (folder / each.path).exists()]
    if missing:
        raise Refused(f"needs weights, which are never downloaded. Put into {folder}: {_by_origin(missing)}")
    for each in wanted:
        if each.sha256 and sha256(folder / each.path) != each.sha256:
            raise Refused(
                f"needs the weights of {each.origin}: {folder / each.path} is another file or a part of it, "
                f"its SHA-256 is not {each.sha256}. Get it again"
            )


def _by_origin(files: Sequence[Weights]) -> str:
    """Files of one origin are named together."""
    origins = dict.fromkeys(f"{each.origin}, {each.licence}" for each in files)
    return "; ".join(
        f"{', '.join(each.path for each in files if f'{each.origin}, {each.licence}' == origin)} from {origin}"
        for origin in origins
    )


def sha256(path: Path) -> str:
    """Of a file; large ones are hashed once, and again when they change."""
    facts = path.stat()
    return _sha256(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, changed: int) -> str:  # noqa: ARG001  part of the cache's key
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
