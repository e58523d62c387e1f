"""What a signature says about a film, and what a reader of signatures finds."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .manifest import Ingredient

SourceType = Literal[  # IPTC digital source types, http://cv.iptc.org/newscodes/digitalsourcetype/
    "algorithmicMedia",  # rendered by rules, nothing captured, nothing learned
    "compositeSynthetic",  # synthetic pictures of a captured thing: a film from a scan
    "compositeWithTrainedAlgorithmicMedia",  # parts came out of a trained model
    "trainedAlgorithmicMedia",  # all of it came out of a trained model
    "digitalCapture",  # a camera's pictures
    "humanEdits",  # a camera's pictures, changed by a person with tools that are not generative
]
Training = Literal["allowed", "notAllowed", "constrained"]
State = Literal["trusted", "untrusted", "changed", "expired", "revoked", "broken", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that was done, in C2PA's words: created, opened, edited, converted, watermarked..."""

    name: str
    says: str = ""  # in plain words
    source: SourceType | None = None
    software: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the maker signs."""

    title: str
    maker: str  # a person or a company, as it should be shown
    software: str  # name and version
    actions: tuple[Action, ...]  # the first is "created", or "opened" where there is a parent
    parent: Path | None = None  # the film or picture that was opened; its own signature is carried along
    ingredients: tuple[Ingredient, ...] = ()
    mark_algorithm: str = ""  # "" is an unmarked film
    mark_id: str = ""  # hexadecimal
    fingerprints: tuple[str, ...] = ()  # PDQ of key frames, hexadecimal
    training: Training = "notAllowed"
    labels: dict[str, str] = field(default_factory=dict)  # what a law asks to be said: name -> words


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The state of a file's signature, and what it says where it can be believed or at least read."""

    state: State
    says: str  # in plain words, for a person
    signer: str = ""  # the certificate's name
    issuer: str = ""  # who issued that certificate
    serial: str = ""  # of the certificate, hexadecimal: what a revocation names
    expires: str = ""  # the certificate, ISO 8601
    signed: str = ""  # UTC, ISO 8601; "" without a trusted or claimed time
    trusted_time: bool = False  # a time-stamp authority vouches for `signed`
    embedded: bool = True  # in the file itself, not beside it
    title: str = ""
    software: str = ""
    maker: str = ""
    source: str = ""  # the digital source type of what was created
    actions: tuple[Action, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    brought: tuple["Signature", ...] = ()  # of ingredients that were signed, as they stood when the film was signed
    mark_algorithm: str = ""
    mark_id: str = ""
    fingerprints: tuple[str, ...] = ()
    training: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()  # the standard's own codes, for engineers
    store: bytes = field(default=b"", repr=False)  # the manifest store itself (JUMBF); b"" where there is none
