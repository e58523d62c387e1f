"""Shards of loose files: laid out in a hidden folder, moved into place, and sealed by an index with their hashes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from filmwright.core.errors import BadAsset
from filmwright.core.files import whole, workroom, writing

SHARDS = "shards"
Files = Mapping[str, bytes]  # a file's path in the data set, with slashes, to what it holds
Hashes = Mapping[str, str]  # the same to its SHA-256


def has(folder: Path, shard: str) -> bool:
    """Whether a shard is there: its index is written when all its files are in place."""
    return _index(folder, shard).is_file()


def write(clips: Iterable[tuple[str, Files]], folder: Path, shard: str) -> None:
    """Write the files of clips, by their keys, whole or not at all. Raises CannotWrite.

    Files that a killed run left are replaced: until there is an index, nobody reads them.
    """
    with writing(folder), workroom(folder, name=shard) as room:
        index = {}
        for key, files in clips:
            for path, data in files.items():
                (room / path).parent.mkdir(parents=True, exist_ok=True)
                if not (room / path).exists():  # clips may share files, named after what they hold
                    (room / path).write_bytes(data)
            index[key] = {path: _hash(data) for path, data in sorted(files.items())}
        for path in dict.fromkeys(path for hashes in index.values() for path in hashes):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (room / path).replace(folder / path)
        with whole(_index(folder, shard)) as part:
            part.write_text(json.dumps(index, indent=0, ensure_ascii=False), encoding="utf-8")


def sealed(folder: Path) -> Iterator[tuple[str, Hashes]]:
    """The key of every clip in order, and its files. Raises BadAsset for a broken index."""
    seen: set[str] = set()  # a last shard that was not full stays beside the full one that came later
    for path in sorted((folder / SHARDS).glob("[!.]*.json")):
        try:
            index = json.loads(path.read_text(encoding="utf-8"))
            found = {str(key): dict(hashes) for key, hashes in index.items()}
        except (ValueError, TypeError, AttributeError, OSError) as err:
            raise BadAsset(f"{path} is not the index of a shard: {err}. Remove it and simulate again.") from err
        yield from ((key, hashes) for key, hashes in found.items() if key not in seen)
        seen |= found.keys()


def read(folder: Path) -> Iterator[tuple[str, Files]]:
    """The key of every clip in order, and what its files hold. Raises BadAsset where one is missing or damaged."""
    if (seal := folder / SHARDS / _FINISHED).exists():
        expected, _, path = seal.read_text(encoding="utf-8").strip().partition("  ")
        loaded(folder, path, expected)
    for key, hashes in sealed(folder):
        yield key, {path: loaded(folder, path, expected) for path, expected in hashes.items()}


def loaded(folder: Path, path: str, expected: str) -> bytes:
    """The bytes of a file. Raises BadAsset where they are not those that were written."""
    try:
        data = (folder / path).read_bytes()
    except OSError as err:
        raise BadAsset(f"{folder / path} can't be read: {err.strerror}. {_AGAIN}") from err
    if _hash(data) != expected:
        raise BadAsset(f"{folder / path} is damaged: it is not what was written. {_AGAIN}")
    return data


def conclude(folder: Path, path: str, data: bytes) -> None:
    """Write the one file that speaks of all shards, and its hash as `sha256sum --check` reads it."""
    seal = folder / SHARDS / _FINISHED
    with writing(folder):
        seal.unlink(missing_ok=True)  # a run that is killed here leaves a file without a hash, not with a wrong one
    for goal, content in ((folder / path, data), (seal, f"{_hash(data)}  {path}\n".encode())):
        with whole(goal) as part:
            part.write_bytes(content)


_FINISHED = "finished.sha256"
_AGAIN = f"Remove its shard's index in the folder {SHARDS!r} and simulate again."


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()


def _index(folder: Path, shard: str) -> Path:
    return folder / SHARDS / f"{shard}.json"
