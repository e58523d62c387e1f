"""What lies in a folder and its folders."""

import os
from collections.abc import Collection
from pathlib import Path


def inside(folder: Path, endings: Collection[str]) -> list[Path]:
    """Files with one of these endings, without what is hidden; links that lead nowhere are told of."""
    found: list[Path] = []
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(at, name) for name in sorted(files) if not name.startswith(".")]
    return [path for path in found if path.suffix.lower() in endings and (path.is_file() or not path.exists())]
