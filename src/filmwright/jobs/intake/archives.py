"""A stranger's ZIP archive: examined before a byte is unpacked, and unpacked into one folder only."""

import stat
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath

from filmwright.core.errors import Refused

from .nouns import Limits

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga", ".tif", ".tiff", ".gif")
_ARCHIVES = {".zip", ".usdz", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".zst", ".jar", ".apk", ".cab"}
_ARCHIVE_HEADS = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")
_SMALL = 1 << 20  # bytes: no ratio makes a file of this size a bomb, and even pictures pack well
_DEPTH = 12  # folders in folders
_BLOCK = 1 << 20
_HEADER = 30  # bytes of an entry's own header, without its name


def examined(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files of an archive, if it may be unpacked at all.

    Raises Refused: "archive_bomb", "nested_archive", "unsafe_path", "unsafe_archive". Entries that share bytes are
    refused too: it is how a small archive promises petabytes (Fifield 2019, "A better zip bomb").
    """
    entries = archive.infolist()
    if len(entries) > limits.max_entries:
        raise Refused(f"the archive has {len(entries):,} entries, above {limits.max_entries:,}.", "archive_bomb")
    for entry in entries:
        _check_name(entry)
    files = [entry for entry in entries if not entry.is_dir()]
    _check_together(files)
    for entry in files:
        _check_entry(entry, limits)
    if (total := sum(entry.file_size for entry in files)) > limits.max_expanded_bytes:
        raise Refused(f"the archive unpacks to {total:,} bytes, above {limits.max_expanded_bytes:,}.", "archive_bomb")
    return files


def unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], folder: Path, limits: Limits) -> list[Path]:
    """Write these entries below `folder`, counting what really comes out of them."""
    left, paths = limits.max_expanded_bytes, []
    for entry in entries:
        path = folder / PurePosixPath(entry.filename)
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Refused(f"the archive's entry {entry.filename[:80]!r} leads out of it.", "unsafe_path")
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, path.open("xb") as target:
            while block := source.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise Refused("the archive unpacks to more than it promises.", "archive_bomb")
                if target.tell() == 0 and block.startswith(_ARCHIVE_HEADS):
                    raise _nested(entry)
                target.write(block)
        paths.append(path)
    return paths


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.rstrip("/").split("/")
    wrong = (
        name.startswith("/")
        or "\\" in name
        or any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in name)
        or any(part in ("", ".", "..") or len(part.encode()) > 200 or part[1:2] == ":" for part in parts)
        or len(parts) > _DEPTH
    )
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if wrong or mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused(
            f"the archive's entry {name[:80]!r} is a link, or its name leads elsewhere. Pack plain files.",
            "unsafe_path",
        )


def _check_together(files: list[zipfile.ZipInfo]) -> None:
    names = [unicodedata.normalize("NFC", entry.filename).casefold() for entry in files]
    if len(set(names)) < len(names):
        raise Refused("the archive has two entries of the same name. Pack it again.", "unsafe_archive")
    end = 0
    for entry in sorted(files, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise Refused("the archive's entries lie over each other. Pack it again.", "unsafe_archive")
        end = entry.header_offset + _HEADER + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & 0x1:
        raise Refused("the archive is encrypted. Pack it without a password.", "unsafe_archive")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("the archive is packed in a way that is not read. Pack it as plain ZIP.", "unsafe_archive")
    if PurePosixPath(entry.filename).suffix.lower() in _ARCHIVES:
        raise _nested(entry)
    if entry.file_size > _SMALL and entry.file_size > limits.max_ratio * max(1, entry.compress_size):
        raise Refused(
            f"the archive's entry {entry.filename[:80]!r} unpacks to more than {limits.max_ratio:g} times its size.",
            "archive_bomb",
        )


def _nested(entry: zipfile.ZipInfo) -> Refused:
    return Refused(f"the archive holds another archive, {entry.filename[:80]!r}. Send its content.", "nested_archive")
