"""Text files of keyword lines (OBJ, STL, ...) cut into arrays without a loop over lines."""

import re
import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, UInt8

from filmwright.core.errors import BadAsset


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lines:
    """A text's bytes with, for every line, where its first word starts and where it ends (the newline's place)."""

    data: UInt8[np.ndarray, " B"]
    starts: Int64[np.ndarray, " N"]
    ends: Int64[np.ndarray, " N"]

    def text(self, line: int) -> str:
        """One line, without white space at its ends."""
        raw = self.data[self.starts[line] : self.ends[line]].tobytes()
        return raw.decode("utf-8", errors="replace").strip()


_TO_SPACE = bytes.maketrans(b"\t\r\v\f\0", b"     ")


def cut(data: bytes) -> Lines:
    """Find the lines that are not blank; tabs count as spaces and a backslash at a line's end joins the next."""
    if b"\\" in data:
        data = re.sub(rb"\\\r?\n", b" ", data)
    text = data.translate(_TO_SPACE).replace(b"\n ", b"\n") + b"\n"
    if b"\n " in text:
        text = re.sub(rb"\n +", b"\n", text)
    raw = np.frombuffer(text.lstrip(b" "), np.uint8)
    ends = np.flatnonzero(raw == 10)
    starts = np.concatenate([[0], ends[:-1] + 1])
    full = ends > starts
    return Lines(data=raw, starts=starts[full], ends=ends[full])


def begins(lines: Lines, word: bytes) -> Int64[np.ndarray, " M"]:
    """The numbers of the lines that have `word` for their first."""
    found = np.arange(len(lines.starts))
    for k, letter in enumerate(word):  # no line's end lies before its letters: the newline is none of them
        found = found[lines.data[np.minimum(lines.starts[found] + k, len(lines.data) - 1)] == letter]
    after = lines.data[np.minimum(lines.starts[found] + len(word), len(lines.data) - 1)]
    return found[after <= 32]


def body(lines: Lines, which: Int64[np.ndarray, " M"], *, skip: int) -> bytes:
    """Some lines' text one after the other, their first `skip` letters blanked, each with its newline; no comments."""
    if not len(which):
        return b""
    starts, stops = lines.starts[which], lines.ends[which] + 1
    run = np.flatnonzero(starts[1:] != stops[:-1]) + 1  # where lines of other kinds lie between
    pieces = zip(starts[np.concatenate([[0], run])], stops[np.concatenate([run - 1, [-1]])], strict=True)
    out = np.concatenate([lines.data[a:b] for a, b in pieces])
    offsets = np.cumsum(stops - starts) - (stops - starts)
    for k in range(skip):
        out[offsets + k] = 32
    text = out.tobytes()
    return re.sub(rb"#[^\n]*", b"", text) if b"#" in text else text


def words(text: bytes) -> tuple[Int64[np.ndarray, " C"], Int64[np.ndarray, " M"]]:
    """Where each word of `text` starts, and how many words each of its lines has."""
    raw = np.frombuffer(text, np.uint8)
    ink = raw > 32
    ink[1:] &= raw[:-1] <= 32
    starts = np.flatnonzero(ink)
    return starts, np.diff(np.searchsorted(starts, np.flatnonzero(raw == 10)), prepend=0)


def floats(text: bytes, what: str) -> Float64[np.ndarray, " K"]:
    """All numbers in `text`; raises BadAsset for a word that is none."""
    return _numbers(text, np.float64, what)


def integers(text: bytes, what: str) -> Int64[np.ndarray, " K"]:
    """All whole numbers in `text`; raises BadAsset for a word that is none."""
    return _numbers(text, np.int64, what)


def _numbers(text: bytes, dtype: type, what: str) -> np.ndarray:
    if not text.strip():
        return np.zeros(0, dtype)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy warns at a word that is no number
            found: np.ndarray = np.fromstring(text, dtype, sep=" ")
    except (ValueError, DeprecationWarning) as err:
        raise BadAsset(f"{what} has a word that is no number. The file is broken: export it again.") from err
    return found
