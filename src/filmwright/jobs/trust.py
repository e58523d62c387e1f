"""Why a film can be trusted: who may have it made, what its mark says, what is claimed of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import UInt8

from filmwright import __version__
from filmwright.core.claim import Action, Claim, SourceType
from filmwright.core.content import content_hash
from filmwright.core.manifest import Ingredient, now
from filmwright.core.scene import Material, Texture
from filmwright.core.verdict import DECISIONS, Verdict
from filmwright.film.asset.audit import Event, append
from filmwright.film.asset.home import secret
from filmwright.film.asset.identity import film_id, id_text
from filmwright.film.asset.likeness import Shown, likeness_signals
from filmwright.film.asset.marks import Mark, marks
from filmwright.film.asset.moderators import Exhibit
from filmwright.film.asset.policy import load_policy
from filmwright.film.video.pictures import Still

from .moderation import moderate, request_words, sampled_frames, title_words
from .plan import Plan
from .regions import Facts, Labelling, labels_for
from .review import settle

SOFTWARE = f"Filmwright {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the mark and the labels say of one film."""

    payload: int
    mark_id: str  # "" for an unmarked film
    source: SourceType
    made: str  # UTC, ISO 8601
    labels: Labelling


def request_hash(planned: Plan) -> str:
    """Content hash of all that a film is made from; where its files lie does not matter, what is in them does."""
    table = planned.film.model_dump(mode="json", exclude={"scan": True, "fonts": True, "light": {"environment"}})
    return content_hash(table, planned.ingredients)


def admit(planned: Plan, stills: Iterable[Still] = ()) -> Verdict:
    """Moderate what was asked for, or with `stills`, what came of it. Raises Blocked or HeldForReview.

    Words and the user's pictures are judged before anything is rendered, rendered pictures as soon as they are there.
    """
    trust, stills = planned.film.trust, list(stills)
    if stills:
        exhibits = sampled_frames((still.start + still.seconds / 2, still.rgb) for still in stills)
        shown = [Shown(where=e.where, sha256=_scan_hash(planned), rgb=e.rgb) for e in exhibits if e.rgb is not None]
    else:
        shown = list(_own_pictures(planned))
        exhibits = [*request_words(planned.film), *title_words(planned.storyboard.titles)]
        exhibits += [Exhibit(what="picture", where=s.where, rgb=s.rgb) for s in shown]
    people = likeness_signals(shown, use=trust.use)  # whatever the moderator is: consent is not its to give
    verdict = moderate(exhibits, moderator=trust.moderator, policy=load_policy(trust.policy), noticed=people)
    request = request_hash(planned)
    facts = {"decision": verdict.decision, "provider": verdict.provider, "policy": verdict.policy}
    append(Event(kind="moderation", subject=request, facts=facts))
    settle(
        verdict,
        request,
        title=planned.storyboard.title,
        source=planned.film.scan,
        asked={e.where: e.text for e in exhibits if e.text},
        pictures={s.where: s.rgb for s in shown},
    )
    return verdict


def both(first: Verdict, second: Verdict) -> Verdict:
    """What was judged before and after rendering, as one: the more severe decision, all reasons and signals."""
    worse = max(first, second, key=lambda verdict: DECISIONS.index(verdict.decision))
    reasons = tuple(dict.fromkeys(first.reasons + second.reasons))
    return replace(worse, reasons=reasons, signals=first.signals + second.signals)


def identify(planned: Plan, scene_hash: str, verdict: Verdict) -> Identity:
    """The film's id, made of its content and the maker's secret, and the labels that regions and verdict ask for."""
    film, mark = planned.film, opened_mark(planned)
    payload = film_id(secret("mark"), request_hash(planned), scene_hash, __version__, num_bits=max(mark.num_bits, 1))
    mark_id = id_text(payload, mark.num_bits) if mark.algorithm else ""
    made, source = now(), source_of(planned)
    facts = Facts(
        source=source,
        maker=film.trust.maker,
        film_id=mark_id,
        made=made,
        software=SOFTWARE.lower(),
        marked=bool(mark_id),
        signed=film.trust.signer.use != "none",
    )
    asked = ("visible",) if verdict.decision == "label" else ()
    labels = labels_for((*film.trust.regions, *asked), facts)
    return Identity(payload=payload, mark_id=mark_id, source=source, made=made, labels=labels)


def opened_mark(planned: Plan) -> Mark:
    """The film's watermark driver."""
    return marks.open(planned.film.trust.mark.use, **planned.film.trust.mark.options())


def source_of(planned: Plan) -> SourceType:
    """What the pictures truly are: made by rules alone, or synthetic pictures of something that was captured."""
    return "compositeSynthetic" if planned.ingredients else "algorithmicMedia"


def claim_for(planned: Plan, identity: Identity, fingerprints: tuple[str, ...]) -> Claim:
    """What is signed: what was done, to what, and what others may do with it."""
    film, mark = planned.film, opened_mark(planned)
    what = film.scan.name if film.scan else "the bundled sample"
    actions = [
        Action(name="created", says=f"rendered from {what}", source=identity.source, software=SOFTWARE),
        Action(name="edited", says="cut, titled and encoded", software=SOFTWARE),
    ]
    if identity.labels.notice:
        actions.append(Action(name="edited", says=f"labelled {identity.labels.notice!r}", software=SOFTWARE))
    if identity.mark_id:
        actions.append(Action(name="watermarked", says="marked invisibly", software=SOFTWARE))
    music = (Ingredient(role="music", name="Music composed by Filmwright", licence="the maker's own"),)
    return Claim(
        title=planned.storyboard.title,
        maker=film.trust.maker,
        software=SOFTWARE,
        actions=tuple(actions),
        ingredients=planned.ingredients + (music if planned.storyboard.music else ()),
        mark_algorithm=mark.algorithm,
        mark_id=identity.mark_id,
        fingerprints=fingerprints,
        training=film.trust.training,
        labels=identity.labels.claims,
    )


def picture_claim(claim: Claim, title: str) -> Claim:
    """What is signed of a still of the film: it carries neither mark nor fingerprints."""
    actions = tuple(action for action in claim.actions if action.name == "created")
    return replace(claim, title=title, actions=actions, mark_algorithm="", mark_id="", fingerprints=())


def _own_pictures(planned: Plan) -> Iterator[Shown]:
    """The user's pictures: what the scan is painted with, and the surroundings that light it."""
    film = planned.film
    if film.scan is not None:
        scene = planned.stage.scene
        painted = {mesh for i in planned.stage.product if (mesh := scene.nodes[i].mesh) is not None}
        textures = {id(t): t for i in sorted(painted) for t in _pictures_of(scene.meshes[i].material)}
        for number, texture in enumerate(textures.values(), 1):
            where = f"texture {number} of {film.scan.name}"
            yield Shown(where=where, sha256=_scan_hash(planned), rgb=_rgb(texture.pixels))
    if film.light.environment is not None and planned.stage.scene.environment is not None:
        light = np.clip(planned.stage.scene.environment.pixels[..., :3], 0, 1) ** (1 / 2.2)
        sha256 = next(i.sha256 for i in planned.ingredients if i.role == "environment")
        yield Shown(where=film.light.environment.name, sha256=sha256, rgb=(light * 255).astype(np.uint8))


def _pictures_of(material: Material) -> list[Texture]:
    return [t for t in (material.base_color_texture, material.emission_texture) if t is not None]


def _rgb(pixels: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    """A texture of 1 to 4 channels as a picture."""
    colours = pixels[..., :3] if pixels.shape[-1] >= 3 else np.repeat(pixels[..., :1], 3, axis=-1)
    return np.ascontiguousarray(colours)


def _scan_hash(planned: Plan) -> str:
    return next((i.sha256 for i in planned.ingredients if i.role == "scan"), "")
