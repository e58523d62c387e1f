"""Why a film can be trusted: who may have it made, what its mark says, what is claimed of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from filmwright import __version__
from filmwright.core.claim import Action, Claim, SourceType
from filmwright.core.manifest import Ingredient, now
from filmwright.core.verdict import DECISIONS, Verdict
from filmwright.film.asset.audit import Event, append
from filmwright.film.asset.home import secret
from filmwright.film.asset.identity import film_id, id_text
from filmwright.film.asset.likeness import Shown, likeness_signals
from filmwright.film.asset.marks import Mark, marks
from filmwright.film.asset.moderators import Exhibit
from filmwright.film.asset.policy import load_policy
from filmwright.film.video.pictures import Still

from .film import Trust
from .moderation import moderate, sampled_frames
from .regions import Facts, Labelling, labels_for
from .review import settle

SOFTWARE = f"Filmwright {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """A film that is being made, as those see it who have to vouch for it."""

    title: str
    trust: Trust
    request: str  # content hash of all that it is made from
    source: SourceType  # what its pictures truly are
    says: str  # how they came about: "rendered from bottle.glb"
    edits: str  # what was done to them then: "cut, titled and encoded"
    words: tuple[Exhibit, ...]  # that were asked for, and that are to be read in it
    pictures: tuple[Shown, ...]  # the user's own
    ingredients: tuple[Ingredient, ...] = ()
    file: Path | None = None  # of the user's, which a reviewer may want to see
    stills: str = "shot"  # what each picture on its contact sheet shows
    shows: str | None = (
        ""  # hash of the file whose likeness its frames bear; None for pictures of nothing that was given
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the mark and the labels say of one film."""

    payload: int
    mark_id: str  # "" for an unmarked film
    source: SourceType
    made: str  # UTC, ISO 8601
    labels: Labelling


def admit(work: Work, stills: Iterable[Still] = ()) -> Verdict:
    """Moderate what was asked for, or with `stills`, what came of it. Raises Blocked or HeldForReview.

    Words and the user's pictures are judged before anything is made, the film's own pictures as soon as they are there.
    """
    trust, stills = work.trust, list(stills)
    if stills:
        exhibits = sampled_frames((still.start + still.seconds / 2, still.rgb) for still in stills)
        seen = exhibits if work.shows is not None else []
        shown = [Shown(where=e.where, sha256=work.shows or "", rgb=e.rgb) for e in seen if e.rgb is not None]
    else:
        shown = list(work.pictures)
        exhibits = [*work.words, *(Exhibit(what="picture", where=s.where, rgb=s.rgb) for s in shown)]
    people = likeness_signals(shown, use=trust.use)  # whatever the moderator is: consent is not its to give
    verdict = moderate(exhibits, moderator=trust.moderator, policy=load_policy(trust.policy), noticed=people)
    facts = {"decision": verdict.decision, "provider": verdict.provider, "policy": verdict.policy}
    append(Event(kind="moderation", subject=work.request, facts=facts))
    settle(
        verdict,
        work.request,
        title=work.title,
        source=work.file,
        asked={e.where: e.text for e in exhibits if e.text},
        pictures={e.where: e.rgb for e in exhibits if e.rgb is not None},
    )
    return verdict


def both(first: Verdict, second: Verdict) -> Verdict:
    """What was judged before and after the pictures were made, as one: the more severe decision, all its reasons."""
    worse = max(first, second, key=lambda verdict: DECISIONS.index(verdict.decision))
    reasons = tuple(dict.fromkeys(first.reasons + second.reasons))
    return replace(worse, reasons=reasons, signals=first.signals + second.signals)


def identify(work: Work, verdict: Verdict, *content: str) -> Identity:
    """The film's id, made of its content and the maker's secret, and the labels that regions and verdict ask for."""
    trust, mark = work.trust, opened_mark(work)
    payload = film_id(secret("mark"), work.request, *content, __version__, num_bits=max(mark.num_bits, 1))
    mark_id, made = id_text(payload, mark.num_bits) if mark.algorithm else "", now()
    facts = Facts(
        source=work.source,
        maker=trust.maker,
        film_id=mark_id,
        made=made,
        software=SOFTWARE.lower(),
        marked=bool(mark_id),
        signed=trust.signer.use != "none",
    )
    asked = ("visible",) if verdict.decision == "label" else ()
    labels = labels_for((*trust.regions, *asked), facts)
    return Identity(payload=payload, mark_id=mark_id, source=work.source, made=made, labels=labels)


def opened_mark(work: Work) -> Mark:
    """The film's watermark driver."""
    return marks.open(work.trust.mark.use, **work.trust.mark.options())


def claim_for(work: Work, identity: Identity, fingerprints: tuple[str, ...]) -> Claim:
    """What is signed: what was done, to what, and what others may do with it."""
    actions = [
        Action(name="created", says=work.says, source=identity.source, software=SOFTWARE),
        Action(name="edited", says=work.edits, software=SOFTWARE),
    ]
    if identity.labels.notice:
        actions.append(Action(name="edited", says=f"labelled {identity.labels.notice!r}", software=SOFTWARE))
    if identity.mark_id:
        actions.append(Action(name="watermarked", says="marked invisibly", software=SOFTWARE))
    return Claim(
        title=work.title,
        maker=work.trust.maker,
        software=SOFTWARE,
        actions=tuple(actions),
        ingredients=work.ingredients,
        mark_algorithm=opened_mark(work).algorithm,
        mark_id=identity.mark_id,
        fingerprints=fingerprints,
        training=work.trust.training,
        labels=identity.labels.claims,
    )


def picture_claim(claim: Claim, title: str) -> Claim:
    """What is signed of a still of the film: it carries neither mark nor fingerprints."""
    actions = tuple(action for action in claim.actions if action.name == "created")
    return replace(claim, title=title, actions=actions, mark_algorithm="", mark_id="", fingerprints=())
