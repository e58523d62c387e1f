"""What a manifest store says, ours or anybody's, in our words; with what its ingredients brought along."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, get_args

from filmwright.core.claim import Action, Signature, SourceType
from filmwright.core.manifest import Ingredient

from .statement import ACTIONS, MINING, OURS, PDQ
from .states import TRUSTED, in_words, judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The manifests of a store and the certificates they are signed with, by their labels."""

    manifests: dict[str, Any]
    certificates: dict[str, Any]


def told(store: str, crjson: str, blank: Signature) -> Signature:
    """What the active manifest says, filled into a signature.

    `store` and `crjson` are the C2PA library's two accounts of it; only the second tells who issued the certificates.
    Raises KeyError, TypeError, AttributeError or ValueError where it is not of the standard's form.
    """
    parsed = json.loads(store)
    signed = {m["label"]: m.get("signature") or {} for m in json.loads(crjson)["manifests"]}
    certificates = {label: signature.get("certificateInfo") or {} for label, signature in signed.items()}
    whole = Store(manifests=parsed["manifests"], certificates=certificates)
    return _told(whole, parsed["active_manifest"], blank, ())


def _told(store: Store, label: str, blank: Signature, above: tuple[str, ...]) -> Signature:
    manifest, certificate = store.manifests[label], store.certificates.get(label, {})
    assertions = _assertions_told(manifest)
    actions = [a for name, data in assertions if name in ACTIONS for a in data.get("actions") or []]
    bindings = [data for name, data in assertions if name == "c2pa.soft-binding"]
    mark: dict[str, Any] = next((b for b in bindings if b.get("alg") != PDQ), {})
    stamped = (manifest.get("signature_info") or {}).get("time")
    parts = manifest.get("ingredients") or []
    brought = tuple(b for part in parts if (b := _brought(store, part, (*above, label))))
    types = (_last(a.get("digitalSourceType")) for a in actions)
    return replace(
        blank,
        signer=_person(certificate.get("subject")),
        issuer=_person(certificate.get("issuer")),
        serial=str(certificate.get("serialNumber") or "").lower().lstrip("0"),
        expires=(certificate.get("validity") or {}).get("notAfter") or "",
        signed=stamped or max((str(a.get("when") or "") for a in actions), default=""),
        title=manifest.get("title") or blank.title,
        software=_software(manifest),
        maker=_maker(assertions),
        source=next(filter(None, types), "") or next((b.source for b in brought), ""),
        actions=tuple(_action_told(a) for a in actions),
        ingredients=tuple(_ingredient_told(part) for part in parts),
        brought=brought,
        mark_algorithm=mark.get("alg", ""),
        mark_id=next(_values(mark), ""),
        fingerprints=tuple(v for b in bindings if b.get("alg") == PDQ for v in _values(b)),
        training=_training(assertions),
        labels={k: str(v) for name, data in assertions if name == f"{OURS}.labels" for k, v in data.items()},
    )


def _brought(store: Store, ingredient: dict[str, Any], above: tuple[str, ...]) -> Signature | None:
    """The signature of an ingredient, in the state in which the signer of the film found it."""
    label = ingredient.get("active_manifest") or ""
    if label not in store.manifests or label in above:
        return None
    found = (ingredient.get("validation_results") or {}).get("activeManifest") or {}
    passed, failed = (tuple(r["code"] for r in found.get(kind) or []) for kind in ("success", "failure"))
    title = ingredient.get("title") or ""
    blank = Signature(state=judged(failed, passed), says="", title=title, problems=failed)
    said = replace(_told(store, label, blank, above), title=title)
    return replace(said, says=in_words(said, known=TRUSTED in passed))


def _ingredient_told(ingredient: dict[str, Any]) -> Ingredient:
    facts = ingredient.get("metadata") or {}
    return Ingredient(
        role=facts.get(f"{OURS}.role") or {"parentOf": "parent"}.get(ingredient.get("relationship", ""), "component"),
        name=ingredient.get("title") or "",
        sha256=facts.get(f"{OURS}.sha256", ""),
        licence=facts.get(f"{OURS}.licence", ""),
    )


def _action_told(action: dict[str, Any]) -> Action:
    source: Any = _last(action.get("digitalSourceType"))
    agent = action.get("softwareAgent") or ""
    return Action(
        name=action["action"].removeprefix("c2pa.").removesuffix(".unbound").removesuffix(".bound"),
        says=action.get("description") or "",
        source=source if source in get_args(SourceType) else None,
        software=agent if isinstance(agent, str) else _named(agent),
    )


def _assertions_told(manifest: dict[str, Any]) -> list[tuple[str, Any]]:
    """Label and content of those that have fields; others are pictures, or of no use here."""
    found = ((a.get("label") or "", a.get("data")) for a in manifest.get("assertions") or [])
    return [(label.split("__")[0], data) for label, data in found if isinstance(data, dict)]


def _software(manifest: dict[str, Any]) -> str:
    info = manifest.get("claim_generator_info") or []
    return _named(info[0]) if info else manifest.get("claim_generator") or ""


def _person(names: dict[str, str] | None) -> str:
    return (names or {}).get("CN") or (names or {}).get("O") or ""


def _named(generator: dict[str, Any]) -> str:
    return f"{generator.get('name', '')} {generator.get('version') or ''}".strip()


def _maker(assertions: list[tuple[str, Any]]) -> str:
    for label, data in assertions:
        if label in ("cawg.metadata", "c2pa.metadata") and data.get("dc:creator"):
            makers = data["dc:creator"]
            return makers if isinstance(makers, str) else ", ".join(map(str, makers))
        if label == "stds.schema-org.CreativeWork" and data.get("author"):
            return ", ".join(str(author.get("name", "")) for author in data["author"])
    return ""


def _training(assertions: list[tuple[str, Any]]) -> str:
    for label, data in assertions:
        if label in ("cawg.training-mining", "c2pa.training-mining"):
            entries = {key.partition(".")[2]: entry.get("use", "") for key, entry in data.get("entries", {}).items()}
            return next((entries[use] for use in MINING if entries.get(use)), "")
    return ""


def _values(binding: dict[str, Any]) -> Iterator[str]:
    return (str(block.get("value", "")) for block in binding.get("blocks", []))


def _last(url: str | None) -> str:
    return (url or "").rstrip("/").rpartition("/")[2]
