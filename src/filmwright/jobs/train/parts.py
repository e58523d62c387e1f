"""Parts of pipelines on disk, a folder each, as diffusers saves them."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from filmwright.core.content import file_hash

INDEX = "model_index.json"


def kind(part: Path) -> str:
    """The class of the network in a folder; "" where there is none."""
    return str(_told(part / "config.json").get("_class_name", ""))


def index(pipeline: Path) -> dict[str, Any]:
    """What a pipeline's folder says of it; nothing where it is none."""
    return _told(pipeline / INDEX)


def fingerprint(part: Path | None) -> str:
    """The hash of the weights in a folder, wherever it stands; "" where there are none."""
    files = [] if part is None else sorted(part.glob("*.safetensors"))
    return "".join(_hash(file, file.stat().st_mtime_ns) for file in files)


@lru_cache
def _hash(file: Path, written: int) -> str:  # noqa: ARG001 - one that is written anew is another
    return file_hash(file)


def _told(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
