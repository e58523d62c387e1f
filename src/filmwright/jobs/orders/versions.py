"""The version of the application that orders are made by: runs that one has begun, no other goes on with."""

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import filmwright


@cache
def code_version() -> str:
    """Filmwright's version and a hash of its code: two builds are one version only if they do the same."""
    digest = sha256(version("dbos").encode())
    root = Path(filmwright.__file__).parent
    for path in sorted(path for floor in ("core", "film", "jobs") for path in (root / floor).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{filmwright.__version__}-{digest.hexdigest()[:12]}"
