"""What verification finds."""

from dataclasses import dataclass, field
from typing import Literal

from filmwright.core.claim import Signature
from filmwright.core.mark import UNMARKED, MarkReading
from filmwright.film.asset.records import Record

Outcome = Literal[
    "verified",  # as it was signed, by a signer that is trusted here, or byte for byte as recorded
    "marked",  # the signature is gone, the mark tells whose it is
    "changed",  # not as it was signed, or with parts that are not from that film
    "doubtful",  # signed by a stranger, or with a certificate that is no longer good
    "unknown",  # nothing vouches for it
    "broken",  # it can't be read
]
EXITS: dict[Outcome, int] = {"verified": 0, "marked": 10, "changed": 9, "doubtful": 9, "unknown": 9, "broken": 9}
Found = Literal["file", "mark", "signature", "looks"]
Kind = Literal["marked", "unmarked", "other film", "unclear"]
Heard = Literal["same", "other", "none", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of the film, in seconds, and what its mark says there."""

    start: float
    end: float
    kind: Kind
    mark_id: str = ""  # of another film


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One picture that differs from the original's."""

    at: float  # seconds, in the film
    of: float  # seconds, in the original
    share: float  # of the picture, 0 to 1
    boxes: tuple[tuple[float, float, float, float], ...]  # left, top, right, bottom of the original's picture, 0 to 1
    picture: bytes = field(default=b"", repr=False)  # JPEG: the film's picture with the differences in colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The film beside its original."""

    original: str  # its file
    changes: tuple[Change, ...] = ()  # the worst, worst first
    missing: tuple[tuple[float, float], ...] = ()  # seconds of the original
    inserted: tuple[tuple[float, float], ...] = ()  # seconds of the film
    speed: float = 1.0  # seconds of the original in one of the film
    sound: Heard = ""  # "" is not compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """All that one file tells."""

    name: str
    outcome: Outcome
    says: str  # the verdict, in one sentence
    sha256: str
    signature: Signature
    facts: str = ""  # length, size and codec, in words
    mark: MarkReading = UNMARKED
    mark_id: str = ""  # hexadecimal; "" where no message was read
    mark_says: str = ""
    geometry: str = ""  # "cropped to 70%, mirrored"
    record: Record | None = None
    found_by: Found | None = None  # what led to the record
    stored: Signature | None = None  # what the record's manifest says, where the file's own does not
    distance: float | None = None  # of the fingerprints to the record's; None where there is none
    spans: tuple[Span, ...] = ()  # along time; () where the file is whole, or the mark too weak to tell
    comparison: Comparison | None = None
    notes: tuple[str, ...] = ()  # what could not be looked at, and why
    pictures: tuple[bytes, ...] = field(default=(), repr=False)  # JPEG, for the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One or more files."""

    source: str  # as it was given
    findings: tuple[Finding, ...]
    made: str  # UTC, ISO 8601
    software: str

    @property
    def exit_code(self) -> int:
        """0 where all are verified; 9 where one is not; 10 where all that are not are known by their mark."""
        codes = {EXITS[finding.outcome] for finding in self.findings}
        return 9 if 9 in codes else max(codes, default=0)
