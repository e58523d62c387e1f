"""The audit log as JSON lines, for whoever is to check it without this machine's keys."""

import json
from dataclasses import asdict
from pathlib import Path

from filmwright.core.errors import BadAsset
from filmwright.core.files import whole

from .audit import KEY, Head, Row, as_row, head, rows
from .seals import public_key

FORMAT = "filmwright audit 1"
KEYS = ("number", "at", "kind", "subject", "facts", "previous", "hash", "signature")


def export(path: Path) -> int:
    """Write a line about the log and one a row, whole or not at all; returns the number of rows."""
    end = head()
    about = {"format": FORMAT, "public_key": public_key(KEY), "head": asdict(end) if end else None}
    count = 0
    with whole(path) as part, part.open("w", encoding="utf-8") as file:
        file.write(json.dumps(about) + "\n")
        for count, row in enumerate(rows(), 1):  # noqa: B007
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    return count


def read_export(path: Path) -> tuple[list[Row], Head | None, str]:
    """The rows, the head and the public key that an exported file names. Raises BadAsset for other files.

    Whoever made the file wrote the key into it as well: it proves nothing until it is compared with the maker's.
    """
    try:
        about, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")  # words may hold other line ends
        told = json.loads(about)
        if told["format"] != FORMAT:
            raise ValueError(told["format"])
        end = Head(**told["head"]) if told["head"] else None
        found = [json.loads(line) for line in lines]
        return [as_row(*(row[key] for key in KEYS)) for row in found], end, str(told["public_key"])
    except OSError as err:
        raise BadAsset(f"cannot read {path}: {err.strerror}.") from err
    except (ValueError, KeyError, TypeError) as err:
        raise BadAsset(
            f"{path} is no audit log that filmwright exported. `filmwright audit export` writes one."
        ) from err
