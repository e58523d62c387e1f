"""Certificates that are trusted no longer: a small file in the maker's folder."""

import re
from datetime import UTC, datetime
from pathlib import Path

from filmwright.core.errors import BadFilm
from filmwright.core.files import whole

from .home import HOME, home


def revoke(serial: str, why: str = "") -> None:
    """Trust a certificate no longer; `serial` as a Signature or `openssl x509 -serial` gives it.

    Raises BadFilm for what is no serial number. A revoked certificate of the maker's own is replaced at the next film.
    """
    number = _plain(serial)
    if not re.fullmatch("[0-9a-f]{1,40}", number):
        raise BadFilm(f"{serial!r} is not the serial number of a certificate: hexadecimal, up to 40 digits.")
    path = revocations()
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else _HEAD
    with whole(path, by=HOME) as part:
        part.write_text(f"{before}{number}  # {datetime.now(UTC):%Y-%m-%d} {why}".rstrip() + "\n", encoding="utf-8")


def revoked() -> frozenset[str]:
    """Serial numbers of the certificates that this maker revoked, in plain hexadecimal."""
    path = revocations()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return frozenset(_plain(line.split("#")[0]) for line in lines) - {""}


def revocations() -> Path:
    """The file of revocations: a serial number a line, and after `#` when and why."""
    return home() / "revoked.txt"


_HEAD = "# Serial numbers (hexadecimal) of certificates that are trusted no longer, one a line.\n"


def _plain(serial: str) -> str:
    return serial.strip().lower().removeprefix("serial=").removeprefix("0x").replace(":", "").lstrip("0")
