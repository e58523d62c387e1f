"""WebDataset: tar shards of .mp4 (lossless), .json, .txt and .passes.npz for each clip."""

import io
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from filmwright.core.clip import Clip
from filmwright.core.errors import BadAsset
from filmwright.core.files import whole
from filmwright.core.frames import Passes

from ..lossless import decoded, encoded
from ..records import as_json, from_json, packed, unpacked
from . import FIRST

_BROKEN = (tarfile.TarError, KeyError, TypeError, ValueError, OSError, EOFError)


class WebDataset:
    """A shard is one tar; the files of a clip stand together and begin with its key."""

    def has(self, folder: Path, shard: str) -> bool:
        """Whether a shard is there; then it is whole."""
        return (folder / f"{shard}.tar").is_file()

    def write(self, clips: Iterable[Clip], folder: Path, shard: str) -> None:
        """Write the clips of a shard, whole or not at all."""
        with whole(folder / f"{shard}.tar") as part, tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as tar:
            for clip in clips:
                _add(tar, f"{clip.key}.mp4", encoded(clip.frames))
                _add(tar, f"{clip.key}.json", as_json(clip).encode())
                _add(tar, f"{clip.key}.txt", (clip.captions[0] if clip.captions else "").encode())
                if clip.frames.passes.depth is not None:
                    _add(tar, f"{clip.key}.passes.npz", packed(clip.frames.passes))

    def finish(self, folder: Path) -> None:
        """Nothing speaks of all shards; one that was not full gives way to a fuller one, which has its clips too."""
        for path in folder.glob(f"*{FIRST}*.tar"):
            full, _, count = path.stem.rpartition(FIRST)
            counts = [int(other.stem.rpartition(FIRST)[2]) for other in folder.glob(f"{full}{FIRST}*.tar")]
            if self.has(folder, full) or int(count) < max(counts):
                path.unlink()

    def read(self, folder: Path) -> Iterator[Clip]:
        """All clips in order. Raises BadAsset where a file is broken."""
        for path in sorted(folder.glob("[!.]*.tar")):
            try:
                yield from _clips(path)
            except _BROKEN as err:
                raise BadAsset(f"{path} is not a whole shard of clips: {err}. Remove it and simulate again.") from err


def _clips(path: Path) -> Iterator[Clip]:
    held: dict[str, dict[str, bytes]] = {}
    with tarfile.open(path) as tar:
        for member in tar:
            file = tar.extractfile(member)
            if file is None:
                continue
            key, _, ending = member.name.partition(".")
            if key not in held:
                yield from map(_clip, held.values())
                held = {key: {}}
            held[key][ending] = file.read()
    yield from map(_clip, held.values())


def _clip(files: dict[str, bytes]) -> Clip:
    passes = unpacked(files["passes.npz"]) if "passes.npz" in files else Passes()
    return from_json(files["json"].decode(), decoded(files["mp4"]), passes)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)  # its time is 0, its owner nobody: the same clip, the same bytes
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def build() -> WebDataset:
    """Takes no options."""
    return WebDataset()
