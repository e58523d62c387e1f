"""Where a maker's keys and records live on this machine."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from filmwright.core.errors import CannotWrite
from filmwright.core.files import writing

HOME = "FILMWRIGHT_HOME"  # the variable of the environment that names another folder


def home() -> Path:
    """The user's Filmwright folder: $FILMWRIGHT_HOME, or the platform's place for configuration."""
    import platformdirs

    told = os.environ.get(HOME)
    return Path(told).expanduser() if told else platformdirs.user_config_path("filmwright")


def secret(name: str, *, num_bytes: int = 32) -> bytes:
    """The maker's secret of this name, made at its first use and readable by the user alone.

    Raises CannotWrite where it can't be kept or read, or where a file in its place is not a secret of ours.
    """
    path = home() / "keys" / f"{name}.key"
    try:
        if not path.exists():
            keep_private(path, secrets.token_bytes(num_bytes).hex().encode())
        found = bytes.fromhex(path.read_text(encoding="ascii"))
    except OSError as err:
        raise CannotWrite(f"cannot read your key {path}: {err.strerror}. Give this account access to it.") from err
    except ValueError as err:
        raise CannotWrite(
            f"{path} does not hold a key. Put your key back from its backup, or move the file away."
        ) from err
    if len(found) != num_bytes:
        raise CannotWrite(f"{path} holds {len(found)} bytes, not {num_bytes}. Put your key back from its backup.")
    return found


def keep_private(path: Path, content: bytes) -> None:
    """Write a file that only the user may read; a file that is there already stays, also if it came just now."""
    with writing(path, by=HOME):
        for folder in (home(), path.parent):  # records tell what was asked for: they are nobody else's business
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was first: its key is the key
                os.link(part, path)
        finally:
            part.unlink(missing_ok=True)
