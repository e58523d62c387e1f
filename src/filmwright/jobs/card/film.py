"""The card of a film: from the manifest beside it and from the signature in it."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filmwright import __version__
from filmwright.core.claim import Signature
from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, MissingExtra, UnknownDriver
from filmwright.core.manifest import Ingredient, now
from filmwright.film.asset.consent import consents
from filmwright.film.asset.likeness import PROVIDER as LIKENESS
from filmwright.film.asset.signers import signers

from .cost import energy_facts
from .nouns import Card, Fact, Mood, Section
from .risks import HOW_MADE, misuse

ENDING = ".manifest.json"


def film_card(path: Path, *, grid: float | None = None) -> Card:
    """The card of a film, named by its file or by its manifest. Raises BadAsset for a manifest that is none."""
    told, film = _found(path)
    signature = _signature(film, told)
    source = _source(told, signature)
    parts = _ingredients(told, signature)
    title = signature.title or path.name.removesuffix(ENDING).removesuffix(path.suffix)
    sections = (
        Section(key="made", title="What was made", facts=tuple(_made(told, film, signature, source))),
        Section(key="ingredients", title="From what", facts=tuple(_from_what(parts, told))),
        Section(key="how", title="How", facts=tuple(_how(told, signature))),
        Section(key="people", title="People shown", facts=tuple(_people(told, parts))),
        Section(key="misuse", title="Likely misuse considered", facts=_misuse(told, signature, source)),
        Section(key="moderation", title="Moderation", facts=tuple(_moderation(told))),
        Section(key="trust", title="Mark and signature", facts=tuple(_trust(told, film, signature))),
        Section(key="labels", title="Labels", facts=tuple(_labels(told))),
        Section(key="energy", title="Energy", facts=energy_facts(_table(told, "energy"), grid)),
    )
    poster = film.with_name(f"{film.stem}.poster.jpg")
    return Card(
        kind="film",
        title=title,
        sentence=HOW_MADE.get(source, "How it was made is not known: neither a manifest nor a signature says so."),
        sections=sections,
        picture=poster.read_bytes() if poster.is_file() else b"",
        written=now(),
        software=f"filmwright {__version__}",
    )


def _found(path: Path) -> tuple[Mapping[str, Any], Path]:
    """The manifest's table, empty where there is none, and the film's file, which may be gone."""
    manifest = path if path.name.endswith(ENDING) else path.with_name(path.stem + ENDING)
    if not manifest.exists():
        return {}, path
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
    except (ValueError, OSError) as err:
        raise BadAsset(f"{manifest} is not a manifest ({err}). Make the film again, or move the file away.") from err
    if not isinstance(told, dict):
        raise BadAsset(f"{manifest} is not a manifest: it holds no table. Make the film again, or move the file away.")
    named = Path(str(_table(told, "video").get("file") or "")).name  # beside the manifest, wherever it points
    return told, path if path != manifest else manifest.with_name(named or manifest.name.removesuffix(ENDING) + ".mp4")


def _table(told: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """A table of the manifest, empty where it is absent or something else."""
    for key in keys:
        inner = told.get(key)
        told = inner if isinstance(inner, dict) else {}
    return told


def _dicts(told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """A list of tables of the manifest, without what is none."""
    found = told.get(key)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _signature(film: Path, told: Mapping[str, Any]) -> Signature:
    use = str(_table(told, "film", "trust", "signer").get("use") or "c2pa")
    if not film.is_file():
        return Signature(state="none", says="the film itself is not here")
    if use == "none":
        return Signature(state="none", says="the film was made without a signature")
    try:
        return signers.open(use).read(film)
    except (UnknownDriver, MissingExtra) as err:
        return Signature(state="none", says=f"it can't be read here: {err}")


def _source(told: Mapping[str, Any], signature: Signature) -> str:
    stated = signature.source or str(_table(told, "signature").get("source") or told.get("source") or "")
    if stated or not told:
        return stated.rsplit("/", 1)[-1]
    return "compositeSynthetic" if _table(told, "film").get("scan") else "algorithmicMedia"  # before films were signed


def _ingredients(told: Mapping[str, Any], signature: Signature) -> tuple[Ingredient, ...]:
    """The manifest's, and what the signature names besides: music that was composed has no file."""
    keys = ("role", "name", "sha256", "licence")
    listed = tuple(Ingredient(**{k: str(i.get(k) or "") for k in keys}) for i in _dicts(told, "ingredients"))
    known = {part.name for part in listed}
    return listed + tuple(part for part in signature.ingredients if part.name not in known)


def _made(told: Mapping[str, Any], film: Path, signature: Signature, source: str) -> Iterator[Fact]:
    video, asked = _table(told, "video"), _table(told, "film")
    maker = signature.maker or str(_table(asked, "trust").get("maker") or "")
    yield Fact(name="by", value=maker or "not named", mood="" if maker else "open")
    made = str(told.get("made") or signature.signed)
    yield Fact(name="when", value=_moment(made) or "not known", mood="" if made else "open")
    yield Fact(name="file", value=film.name, note=_size(film))
    if video.get("width"):
        fps, num_frames = _fraction(video.get("fps")), _fraction(video.get("num_frames"))
        seconds = f"{num_frames / fps:.1f} s at {fps:g} fps, " if fps else ""
        yield Fact(name="pictures", value=f"{seconds}{video['width']}×{video['height']}")
    if words := asked.get("brief") or asked.get("prompt"):
        yield Fact(name="asked for", value=f"“{words}”")
    yield Fact(name="digital source type", value=source or "not known", note="IPTC", mood="" if source else "open")


def _moment(stamp: str) -> str:
    """A UTC time stamp for people; what is none stays as it is."""
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return stamp


def _size(film: Path) -> str:
    return f"{film.stat().st_size / 1e6:.1f} MB, SHA-256 {file_hash(film)}" if film.is_file() else "not here"


def _fraction(value: Any) -> float:
    try:
        over, _, under = str(value).partition("/")
        return float(over) / float(under or 1)
    except (ValueError, ZeroDivisionError):
        return 0.0


def _from_what(parts: tuple[Ingredient, ...], told: Mapping[str, Any]) -> Iterator[Fact]:
    for part in parts:
        licence = f"licence: {part.licence}" if part.licence else "licence unknown"
        sha = f" · SHA-256 {part.sha256}" if part.sha256 else ""
        mood: Mood = "" if part.licence else "open"
        yield Fact(name=part.role, value=part.name or "unnamed", note=licence + sha, mood=mood)
    asked = _table(told, "film")
    if told and not asked.get("scan") and not asked.get("prompt") and not any(p.role == "scan" for p in parts):
        yield Fact(name="scene", value="filmwright's own sample", note="licence: Apache-2.0")
    if not parts and not told:
        yield Fact(name="ingredients", value="not known", mood="open")


def _how(told: Mapping[str, Any], signature: Signature) -> Iterator[Fact]:
    asked = _table(told, "film")
    if told.get("renderer"):
        yield Fact(
            name="generator" if asked.get("prompt") else "renderer",
            value=str(_table(asked, "generator" if asked.get("prompt") else "render").get("use") or "not said"),
            note=f"fingerprint {told['renderer']}",
        )
    if signature.software:
        yield Fact(name="software", value=signature.software)
    if takes := _dicts(told, "takes"):
        yield Fact(name="shots", value=f"{len(takes)}: " + ", ".join(str(t.get("kind", "?")) for t in takes))
    for part in _dicts(told, "generated"):
        note = f"by {part.get('model')} from the words {part.get('prompt')!r}"
        yield Fact(name="generated", value=str(part.get("what")), note=note)
    versions = _table(told, "versions")
    if versions:
        yield Fact(name="versions", value=", ".join(f"{k} {v}" for k, v in versions.items() if k != "platform"))
        yield Fact(name="on", value=str(versions.get("platform") or "not said"))
    for action in signature.actions:
        if action.says or action.name != "placed":  # what was placed stands among the ingredients
            yield Fact(name=action.name, value=action.says or action.software or "done")
    warnings = told.get("warnings")
    for warning in warnings if isinstance(warnings, list) else ():
        yield Fact(name="note", value=str(warning), mood="open")
    if not told and not signature.software:
        yield Fact(name="software", value="not known", mood="open")


def _people(told: Mapping[str, Any], parts: tuple[Ingredient, ...]) -> Iterator[Fact]:
    hashes = {part.sha256 for part in parts if part.sha256}
    held = [c for c in consents() if hashes.intersection(c.inputs)]
    for consent in held:
        scope, uses = ", ".join(consent.scope), ", ".join(consent.uses)
        note = f"consent {consent.id} for {scope}; uses: {uses}; to {consent.expires}"
        words: dict[str, tuple[str, Mood]] = {
            "in force": ("agreed", "good"),
            "expired": (f"agreed, until {consent.expires}", "open"),
            "revoked": (f"revoked {_moment(consent.revoked)}", "bad"),
        }
        value, mood = words[consent.state(datetime.now(UTC).date())]
        yield Fact(name=consent.subject, value=value, note=note, mood=mood)
    noticed = [s for s in _dicts(_table(told, "moderation"), "signals") if s.get("provider") == LIKENESS]
    for signal in noticed:
        yield Fact(name="noticed", value=str(signal.get("where")), note=str(signal.get("says")), mood="open")
    if not held and not noticed:
        yield Fact(name="people", value="none declared", note="no consent on this machine covers an ingredient")


def _misuse(told: Mapping[str, Any], signature: Signature, source: str) -> tuple[Fact, ...]:
    by = str(_table(told, "moderation").get("provider") or "none")
    signed = signature.state in ("trusted", "untrusted")
    looked = bool(_table(told, "moderation"))
    return misuse(source, signed=signed, marked=any(_mark(told, signature)), looked=looked, moderated=by != "none")


def _mark(told: Mapping[str, Any], signature: Signature) -> tuple[str, str]:
    """Algorithm and message of the mark, as the signature or else the manifest names them."""
    mark = told.get("mark")
    mark = mark if isinstance(mark, dict) else {"id": mark or ""}
    algorithm = signature.mark_algorithm or str(mark.get("algorithm") or "")
    return algorithm, signature.mark_id or str(mark.get("id") or mark.get("payload") or "")


def _moderation(told: Mapping[str, Any]) -> Iterator[Fact]:
    verdict = _table(told, "moderation")
    decision = str(verdict.get("decision") or "")
    if not decision:
        yield Fact(name="verdict", value="not recorded", mood="open")
        return
    moods: dict[str, Mood] = {"allow": "good", "label": "open", "review": "open", "block": "bad"}
    by = str(verdict.get("provider") or "none")
    unjudged = by == "none"
    yield Fact(
        name="verdict",
        value=f"{decision}, by {by}" if not unjudged else f"{decision}: nobody looked",
        note="; ".join(map(str, verdict.get("reasons") or ())),
        mood="open" if unjudged else moods.get(decision, ""),
    )
    if verdict.get("policy"):
        yield Fact(name="policy", value=str(verdict["policy"]))


def _trust(told: Mapping[str, Any], film: Path, signature: Signature) -> Iterator[Fact]:
    algorithm, message = _mark(told, signature)
    if algorithm or message:
        note = f"message {message}; `filmwright verify` reads it from the pictures"
        yield Fact(name="mark", value=algorithm or "marked", note=note)
    else:
        yield Fact(name="mark", value="none is named", note="`filmwright verify` looks for one", mood="open")
    moods: dict[str, Mood] = {"trusted": "good", "none": "open", "untrusted": "open"}
    signer = ", ".join(p for p in (signature.signer, signature.signed) if p)
    yield Fact(
        name="signature",
        value=signature.says if signature.state == "none" else f"{signature.state}: {signature.says}",
        note=signer,
        mood=moods.get(signature.state, "bad"),
    )
    if told.get("sha256") and film.is_file() and file_hash(film) != told["sha256"]:
        yield Fact(name="file", value="changed since its manifest was written", mood="bad")
    training = signature.training or str(_table(told, "film", "trust").get("training") or "")
    if training:
        words = {"notAllowed": "not allowed", "constrained": "on conditions"}
        yield Fact(name="training on it", value=words.get(training, training))


def _labels(told: Mapping[str, Any]) -> Iterator[Fact]:
    labels = told.get("labels")
    if isinstance(labels, dict) and labels:
        for region, words in labels.items():
            yield Fact(name=str(region), value=_plain(words))
    elif isinstance(labels, list) and labels:
        for line in labels:
            region, _, words = str(line).partition(": ")
            yield Fact(name=region if words else "label", value=words or region)
    else:
        regions = _table(told, "film", "trust").get("regions") or ()
        yield Fact(name="regions", value=", ".join(map(str, regions)) or "none asked for")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
