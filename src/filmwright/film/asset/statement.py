"""A claim in C2PA's words: actions, ingredients, soft bindings, what may be done with the film, labels.

Sources: C2PA 2.x ("Actions", "Ingredient", "Soft binding"), CAWG metadata 1.1 and training and data mining 1.1, IPTC
digital source types. What has no place there goes into assertions of our own name, `org.filmwright...`.
"""

import json
import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from filmwright.core.claim import Action, Claim
from filmwright.core.content import file_hash
from filmwright.core.errors import BadFilm
from filmwright.core.manifest import Ingredient, now

OURS = "org.filmwright"
ACTIONS = ("c2pa.actions", "c2pa.actions.v2")
PDQ = f"{OURS}.pdq"  # the algorithm name of fingerprints
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MINING = ("ai_generative_training", "ai_training", "ai_inference", "data_mining")
SIGNED_BY_US = (  # of C2PA's two kinds of statements, those the signer itself answers for
    *(*ACTIONS, "c2pa.ingredient", "c2pa.ingredient.v3", "c2pa.soft-binding"),
    *("cawg.metadata", "cawg.training-mining", f"{OURS}.labels"),
)


def written(claim: Claim) -> str:
    """The claim as a manifest definition (JSON) for the C2PA library; ingredient files are not needed.

    Raises BadFilm where the first action is neither created without a parent nor opened with one.
    """
    _check(claim)
    definition = {
        "title": claim.title,
        "claim_generator_info": [_generator(claim.software)],
        "ingredients": [_ingredient(i, f"ingredient-{n}") for n, i in enumerate(claim.ingredients)],
        "assertions": list(_assertions(claim)),
    }
    return json.dumps(definition, ensure_ascii=False)


def parent(claim: Claim) -> str:
    """The definition (JSON) of the ingredient that was opened."""
    assert claim.parent is not None
    sha256 = file_hash(claim.parent)
    facts = {"description": f"the file that was opened; sha256: {sha256}", "metadata": {f"{OURS}.sha256": sha256}}
    return json.dumps({"title": claim.parent.name, "relationship": "parentOf", "label": "parent"} | facts)


def _check(claim: Claim) -> None:
    first = claim.actions[0] if claim.actions else Action(name="nothing")
    if first.name != ("opened" if claim.parent else "created"):
        raise BadFilm(
            "a claim begins with 'created', or with 'opened' and the opened file as its parent; "
            f"got {first.name!r} {'with' if claim.parent else 'without'} a parent."
        )
    if first.name == "created" and not first.source:
        raise BadFilm("the action 'created' has to say of what source the film is, for example 'compositeSynthetic'.")


def _generator(software: str) -> dict[str, str]:
    name, _, version = software.rpartition(" ")
    return {"name": name, "version": version} if name else {"name": software}


def _assertions(claim: Claim) -> Iterator[dict[str, Any]]:
    yield {"label": "c2pa.actions.v2", "data": {"actions": list(_actions(claim))}}
    if claim.mark_id:
        yield _binding(claim.mark_algorithm, claim.mark_id)
    if claim.fingerprints:
        yield _binding(PDQ, *claim.fingerprints)
    use = {"use": claim.training} | ({"constraint_info": "Ask the maker."} if claim.training == "constrained" else {})
    yield {"label": "cawg.training-mining", "data": {"entries": {f"cawg.{purpose}": use for purpose in MINING}}}
    words = {"dc:title": claim.title, "dc:creator": [claim.maker]} if claim.maker else {"dc:title": claim.title}
    context = {"@context": {"dc": "http://purl.org/dc/elements/1.1/"}}
    yield {"label": "cawg.metadata", "data": context | words}
    if claim.labels:
        yield {"label": f"{OURS}.labels", "data": dict(claim.labels)}


def _actions(claim: Claim) -> Iterator[dict[str, Any]]:
    moment = datetime.fromisoformat(now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {f"ingredient-{n}": i.role == "model" for n, i in enumerate(claim.ingredients)}
    inputs, placed = ([label for label, is_model in labels.items() if is_model is which] for which in (True, False))
    for n, action in enumerate(claim.actions):
        name = action.name
        if name == "watermarked":
            name += ".bound" if claim.mark_id else ".unbound"
        out: dict[str, Any] = {"action": f"c2pa.{name}", "when": moment}
        if action.says:
            out["description"] = action.says
        if action.source:
            out["digitalSourceType"] = SOURCE + action.source
        if action.software:
            out["softwareAgent"] = _generator(action.software)
        used = (["parent"] if n == 0 and claim.parent else []) + (inputs if n == bool(claim.parent) else [])
        if used:  # what was opened has to stand alone
            out["parameters"] = {"ingredientIds": used}
        yield out
        if n == 0 and placed:
            yield {"action": "c2pa.placed", "when": moment, "parameters": {"ingredientIds": placed}}


def _binding(algorithm: str, *values: str) -> dict[str, Any]:
    blocks = [{"scope": {}, "value": value} for value in values]
    return {"label": "c2pa.soft-binding", "data": {"alg": algorithm, "blocks": blocks}}


def _ingredient(ingredient: Ingredient, label: str) -> dict[str, Any]:
    """Name, hash and licence: in words for every reader, and in fields of our own for machines."""
    says = [ingredient.role]
    says += [f"licence: {ingredient.licence}"] if ingredient.licence else []
    says += [f"sha256: {ingredient.sha256}"] if ingredient.sha256 else []
    facts = {"role": ingredient.role, "sha256": ingredient.sha256, "licence": ingredient.licence}
    return {
        "title": ingredient.name,
        "format": mimetypes.guess_type(ingredient.name)[0] or "application/octet-stream",
        "relationship": "inputTo" if ingredient.role == "model" else "componentOf",
        "description": "; ".join(says),
        "metadata": {f"{OURS}.{key}": value for key, value in facts.items() if value},
        "label": label,
    }
