"""Labels that laws ask for, by region: presets of words, container tags and claims. Engineering help, not legal advice.

What each rule says, where that was read, and what is left to you: docs/reference/region-labels.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from typing import Literal

from filmwright.core.claim import SourceType
from filmwright.core.errors import BadFilm

Language = Literal["en", "zh"]
Shown = Literal["never", "always"]

WORDS: dict[SourceType, dict[Language, str]] = {  # true for what was done; a camera's pictures need no words
    "algorithmicMedia": {"en": "Computer-generated", "zh": "计算机生成"},
    "compositeSynthetic": {"en": "Computer-generated", "zh": "计算机生成"},
    "compositeWithTrainedAlgorithmicMedia": {"en": "Partly AI-generated", "zh": "含AI生成内容"},
    "trainedAlgorithmicMedia": {"en": "AI-generated", "zh": "AI生成"},
    "humanEdits": {"en": "Digitally altered", "zh": "经数字技术修改"},
    "digitalCapture": {"en": "", "zh": ""},
}
LEARNED = ("compositeWithTrainedAlgorithmicMedia", "trainedAlgorithmicMedia")  # a trained model made some or all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the labels of a film speak of."""

    source: SourceType
    maker: str  # who is answerable for the film, as it should be shown
    film_id: str  # unique to the film: its mark's message in hexadecimal
    made: str  # UTC, ISO 8601
    software: str  # name and version: "filmwright 0.3.0"
    marked: bool = True
    signed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What one region's rule asks of a film."""

    name: str
    law: str
    says: str  # what the preset does, in one sentence
    shown: Shown  # when the film carries visible words
    words: str = ""  # of its own; else WORDS by what was done
    language: Language = "en"
    seconds: Fraction = Fraction(3)  # from the first picture on
    size: float = 0.03  # height of capitals, of the picture's shorter side
    needs_mark: bool = False
    needs_signature: bool = False
    aigc: bool = False  # whether the container carries the field AIGC
    discloses: bool = False  # whether the claim names provider, system, time and id


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """Everything that the asked regions add to one film, together."""

    notice: str = ""  # visible words, a line each; "" shows none
    seconds: Fraction = Fraction(0)
    size: float = 0.0
    tags: Mapping[str, str] = field(default_factory=dict)  # of the container
    claims: dict[str, str] = field(default_factory=dict)  # region -> words, for the signed claim
    says: tuple[str, ...] = ()  # what was done, and what was not and why, in plain words


REGIONS: dict[str, Region] = {
    region.name: region
    for region in (
        Region(
            name="eu",
            law="EU AI Act (2024/1689), Art. 50(2) and (4)",
            says="Asks for the signature and the mark; a deep fake needs words, too: ask for 'visible' besides.",
            shown="never",
            needs_mark=True,
            needs_signature=True,
        ),
        Region(
            name="california",
            law="California SB 942, amended by AB 853 (Bus. & Prof. Code 22757)",
            says="Names provider, system, version, time and id in the signature and the file's tags.",
            shown="never",
            needs_mark=True,
            needs_signature=True,
            discloses=True,
        ),
        Region(
            name="china",
            law="China, labelling measures of 2025 and GB 45438-2025",
            says="Shows words in Chinese for 2 seconds, letters 5% of the shorter side high; writes the field AIGC.",
            shown="always",
            language="zh",
            seconds=Fraction(2),
            size=0.05,
            aigc=True,
        ),
        Region(
            name="new-york",
            law="New York General Business Law 396-b (S.8420-A)",
            says="Shows that the advertisement has a synthetic performer: ask for it only if it has one.",
            shown="always",
            words="Synthetic performer",
            seconds=Fraction(4),
            size=0.04,
        ),
        Region(
            name="visible",
            law="no law: the visible label that others leave to you",
            says="Shows true words on how the film was made: SB 942's manifest disclosure, or your own wish.",
            shown="always",
        ),
    )
}


def region(name: str) -> Region:
    """The preset of that name. Raises BadFilm."""
    if name not in REGIONS:
        near = get_close_matches(name.lower(), REGIONS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise BadFilm(f"no region is called {name!r}.{hint} There are: {', '.join(REGIONS)}.")
    return REGIONS[name]


def check_regions(names: Sequence[str], *, marked: bool, signed: bool) -> None:
    """Raise BadFilm before anything is rendered: for an unknown region, or one that asks for what is turned off."""
    for asked in map(region, names):
        off = {"mark": asked.needs_mark and not marked, "signer": asked.needs_signature and not signed}
        if missing := [key for key, wrong in off.items() if wrong]:
            raise BadFilm(
                f"region {asked.name!r} ({asked.law}) asks for a signed and marked film, but 'trust."
                f"{missing[0]}' is 'none'. Choose another {missing[0]}, or leave the region out."
            )


def labels_for(names: Sequence[str], facts: Facts) -> Labelling:
    """What these regions ask of a film, merged: every region's words, the longest time, the largest letters.

    The words are true for what was done: a film rendered from a scan is called computer-generated, not AI-generated,
    and gets no AIGC field, which has no value for that. Raises BadFilm.
    """
    check_regions(names, marked=facts.marked, signed=facts.signed)
    asked = [region(name) for name in dict.fromkeys(names)]
    showing = [r for r in asked if _words(r, facts)]
    tags: dict[str, str] = {}
    for one in asked:
        tags |= _tags(one, facts)
    return Labelling(
        notice="\n".join(dict.fromkeys(_words(r, facts) for r in showing)),
        seconds=max((r.seconds for r in showing), default=Fraction(0)),
        size=max((r.size for r in showing), default=0.0),
        tags=tags,
        claims={r.name: _claim(r, facts) for r in asked},
        says=tuple(line for r in asked for line in _says(r, facts)),
    )


def _words(asked: Region, facts: Facts) -> str:
    """The visible words, "" where the film carries none for this region."""
    if facts.source == "digitalCapture" or asked.shown == "never":
        return ""
    return asked.words or WORDS[facts.source][asked.language]


def _tags(asked: Region, facts: Facts) -> dict[str, str]:
    if asked.aigc and facts.source in LEARNED:
        return {"AIGC": aigc_field(facts)}
    if asked.discloses and facts.source != "digitalCapture":
        return {"comment": _disclosure(facts)}
    return {}


def aigc_field(facts: Facts) -> str:
    """The value of the metadata field AIGC, as JSON: GB 45438-2025, annex E.

    Label 1 is "generated by AI" (2 may be, 3 is suspected). Whoever writes the field first names himself as the one
    who spreads the film, too (its note 1); platforms change that later.
    """
    return json.dumps(
        {
            "Label": "1",
            "ContentProducer": facts.maker,
            "ProduceID": facts.film_id,
            "ReservedCode1": "",
            "ContentPropagator": facts.maker,
            "PropagateID": facts.film_id,
            "ReservedCode2": "",
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _disclosure(facts: Facts) -> str:
    """SB 942's latent disclosure: name of the provider, name and version of the system, time, unique identifier."""
    how = WORDS[facts.source]["en"]
    return f"{how}. Provider: {facts.maker}. System: {facts.software}. Made: {facts.made}. Id: {facts.film_id}."


def _claim(asked: Region, facts: Facts) -> str:
    """What the signed claim says for this region."""
    if facts.source == "digitalCapture":
        return f"{asked.law}: recorded by a camera, nothing is generated."
    words = _disclosure(facts) if asked.discloses else f"{asked.words or WORDS[facts.source]['en']}."
    return f"{asked.law}: {words}"


def _says(asked: Region, facts: Facts) -> list[str]:
    """What was done for a region, and what was not and why."""
    words = _words(asked, facts)
    done = [f"shows {words!r} for {float(asked.seconds):g} s" if words else "shows nothing"]
    done += [f"writes the tag {tag!r}" for tag in _tags(asked, facts)]
    lines = [f"{asked.name}: {', '.join([*done, 'is named in the signature'] if facts.signed else done)}"]
    if facts.source == "digitalCapture":
        lines.append(f"{asked.name}: a camera's own pictures need no label")
    elif asked.aigc and facts.source not in LEARNED:
        lines.append(f"{asked.name}: no field AIGC: no trained model made these pictures, and its values all say so")
    elif asked.aigc and not _plain(facts.maker + facts.film_id):
        lines.append(
            f"{asked.name}: GB 45438-2025 wants a maker without spaces, quotes and other scripts, as an organisation's "
            f"code is; {facts.maker!r} is written as it stands"
        )
    return lines


def _plain(value: str) -> bool:
    """Whether all letters are of GB 45438-2025, annex E j): 0x21, 0x23 to 0x5B, 0x5D to 0x7E."""
    return bool(value) and all("!" <= char <= "~" and char not in '"\\' for char in value)
