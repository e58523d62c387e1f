"""An audit log, this machine's or one that somebody handed over -> what is wrong with it."""

from pathlib import Path

from filmwright.core.errors import BadFilm
from filmwright.film.asset.audit import KEY
from filmwright.film.asset.audit_check import Finding, check, verify
from filmwright.film.asset.audit_export import read_export
from filmwright.film.asset.seals import public_key


def check_log(path: Path | None = None, *, key: str = "", noted: str = "") -> Finding:
    """Check this machine's log, or an exported one with its maker's public key (left out, this machine's).

    Raises BadFilm where no key is known, or one is given that is not asked for, BadAsset where the file is no log.
    """
    if path is None:
        if key:
            raise BadFilm("--key belongs to an exported log: name its file too. Your own is checked with your own key.")
        return verify(noted=noted)
    rows, end, _ = read_export(path)  # the key in the file is its writer's word, and proves nothing
    with_key = key or public_key(KEY)
    if not with_key:
        raise BadFilm(f"{path} can only be checked with its maker's public key. Ask for it and give it with --key.")
    return check(rows, end, with_key, noted=noted)
