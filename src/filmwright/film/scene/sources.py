"""The files an asset is made of: the one the user named, and those beside it."""

import re
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from filmwright.core.errors import BadAsset

MAX_BYTES = 4 << 30
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def file_bytes(path: Path) -> bytes:
    """The whole content of a plain, non-empty file of at most 4 GiB; raises BadAsset for anything else."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise BadAsset(f"{path} is a folder. Give the 3D file inside it.")
        if not stat.S_ISREG(found.st_mode):
            raise BadAsset(f"{path} is no plain file. Give the path of a 3D file.")
        if found.st_size > MAX_BYTES:
            raise BadAsset(
                f"{path} has {found.st_size:,} bytes, more than the limit of {MAX_BYTES:,}. Simplify it first."
            )
        data = path.read_bytes()
    except FileNotFoundError as err:
        raise BadAsset(f"there is no file {path}. Check its name and folder.") from err
    except (OSError, ValueError) as err:
        raise BadAsset(f"{path} can't be read: {getattr(err, 'strerror', None) or err}.") from err
    if not data:
        raise BadAsset(f"{path} is empty (0 bytes). Export or download it again.")
    return data


def beside(asset: Path, reference: str, *, encoded: bool = False) -> Path:
    """The file that `asset` refers to, which must lie in its folder or below; it need not exist.

    `encoded` undoes percent-encoding first (RFC 3986, as glTF asks). Raises BadAsset for URLs, absolute paths and
    everything that leaves the folder, symbolic links included: an asset from elsewhere must not read other files.
    """
    name = unquote(reference) if encoded else reference
    shown = reference if len(reference) <= 120 else reference[:117] + "..."
    advice = f"Put the file beside {asset.name} and refer to it by its name alone."
    if _SCHEME.match(name):
        raise BadAsset(f"{asset} refers to {shown!r}, a web address or absolute path, which is not followed. {advice}")
    name = name.replace("\\", "/")
    if name.startswith("/"):
        raise BadAsset(f"{asset} refers to {shown!r}, an absolute path, which is not followed. {advice}")
    if not name.strip() or "\0" in name:
        raise BadAsset(f"{asset} refers to a file by the name {shown!r}, which can't be one. {advice}")
    try:
        folder = asset.parent.resolve()
        target = (folder / name).resolve()
        with suppress(FileNotFoundError, NotADirectoryError):
            target.lstat()  # refuses names that are too long
    except (OSError, RuntimeError, ValueError) as err:
        raise BadAsset(f"{asset} refers to {shown!r}, which can't be looked up. {advice}") from err
    if not target.is_relative_to(folder):
        raise BadAsset(f"{asset} refers to {shown!r}, which leaves its folder. {advice}")
    return target
