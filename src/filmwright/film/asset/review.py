"""The review queue: requests that wait for a person's decision, and the decisions.

Each request is a folder with what was asked and what was noticed, under a seal; a decision is sealed beside it and
names the record it is about, so that it counts for that request, those signals and that policy only.
"""

import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm, Blocked, FilmWarning
from filmwright.core.files import whole
from filmwright.core.manifest import now
from filmwright.core.verdict import Signal, Verdict

from .audit import Event, append
from .home import HOME, home
from .policy import MINORS, PROTECTED
from .seals import read_sealed, write_sealed

KEY = "review"
SMALL = 512  # pixels of a kept picture's longer side
NOTICED = 0.1  # how much higher a score may come back than the reviewer saw it; providers waver
Choice = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided."""

    review: str
    choice: Choice
    by: str  # as typed; who it truly was, the machine does not know
    why: str
    at: str  # UTC, ISO 8601
    record: str  # content hash of the review that was decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A request that is held, as the reviewer sees it."""

    id: str
    held: str  # UTC, ISO 8601
    title: str
    request: str  # content hash of everything the film is made from
    verdict: Verdict
    source: str = ""  # path of the film.toml or scan
    asked: tuple[tuple[str, str], ...] = ()  # ("brief", its words), ("tagline", ...)
    pictures: tuple[str, ...] = ()  # file names in the review's folder
    decision: Decision | None = None

    @property
    def record(self) -> str:
        """Content hash of all that a decision is about."""
        told = asdict(self)
        del told["decision"]
        return content_hash(told)

    @property
    def state(self) -> str:
        """waiting, approved or rejected."""
        return self.decision.choice if self.decision else "waiting"

    def covers(self, verdict: Verdict) -> bool:
        """Whether who decided this has seen all that this verdict noticed, under the same policy."""
        seen = {(s.what, s.category, s.where): s.score for s in self.verdict.signals}
        return verdict.policy == self.verdict.policy and all(
            s.score <= seen.get((s.what, s.category, s.where), 0.0) + NOTICED for s in verdict.signals
        )


def hold(
    request: str,
    verdict: Verdict,
    *,
    title: str,
    source: Path | None = None,
    asked: Mapping[str, str] | None = None,
    pictures: Mapping[str, UInt8[np.ndarray, "H W 3"]] | None = None,
) -> Review:
    """Put a request into the queue, or find it there; `asked` and `pictures` are what the reviewer is to see, by name.

    Raises Blocked for a verdict that blocks: there is nothing to decide.
    """
    if verdict.decision == "block":
        raise Blocked(f"{title} can't be held for review, the policy blocks it: {'; '.join(verdict.reasons)}.")
    for found in reviews():
        if found.request == request and found.state == "waiting" and found.covers(verdict):
            return found
    held = now()
    folder = _queue() / content_hash(request, verdict, held)[:12]
    new = Review(
        id=folder.name,
        held=held,
        title=title,
        request=request,
        verdict=verdict,
        source=str(source.resolve()) if source else "",
        asked=tuple((asked or {}).items()),
        pictures=tuple(_keep_picture(folder, name, rgb) for name, rgb in (pictures or {}).items()),
    )
    append(Event(kind="hold", subject=new.id, facts={"request": request, "record": new.record}))
    write_sealed(folder / "review.json", KEY, {k: v for k, v in asdict(new).items() if k != "decision"})
    return new


def reviews() -> tuple[Review, ...]:
    """The queue, oldest first. Warns of records that were changed from outside; they don't count."""
    found = [_read(path.parent) for path in sorted(_queue().glob("*/review.json"))]
    return tuple(sorted((r for r in found if r), key=lambda r: r.held))


def find(review: str) -> Review:
    """The review whose id begins so. Raises BadFilm where there is none, or more than one."""
    found = [r for r in reviews() if review and r.id.startswith(review)]
    if len(found) == 1:
        return found[0]
    some = "more than one review begins with" if found else "no review is called"
    raise BadFilm(f"{some} {review!r}. `filmwright review list` shows them.")


def decide(review: str, choice: Choice, *, by: str, why: str) -> Review:
    """Sign and log a person's decision; a later one takes an earlier one's place. Raises BadFilm and Blocked."""
    found = find(review)
    if not by.strip() or not why.strip():
        raise BadFilm("a decision needs a name and a reason: --by NAME --why TEXT.")
    if choice == "approved" and forbidden(found.verdict):
        raise Blocked(f"{found.title} can't be approved: no review lets {MINORS} pass. Reject it, or change the film.")
    new = Decision(review=found.id, choice=choice, by=by, why=why, at=now(), record=found.record)
    kind: Literal["approval", "rejection"] = "approval" if choice == "approved" else "rejection"
    facts = {"by": by, "request": found.request, "decision": content_hash(new)}
    append(Event(kind=kind, subject=found.id, facts=facts))  # first: a decision that counts is always in the log
    write_sealed(_queue() / found.id / "decision.json", KEY, asdict(new))
    return replace(found, decision=new)


def decision(request: str, verdict: Verdict) -> Decision | None:
    """What was decided of this very request; an approval counts only where its reviewer saw all that is noticed now."""
    own = [r for r in reviews() if r.request == request]
    rejected = [r.decision for r in own if r.decision and r.decision.choice == "rejected"]
    approved = [r.decision for r in own if r.decision and r.covers(verdict) and not forbidden(verdict)]
    return next(iter(rejected + approved), None)


def forbidden(verdict: Verdict) -> bool:
    """Whether there is something in it that no person's word lets pass."""
    least = PROTECTED.review or 0.0
    noticed = any(s.category == MINORS and s.score >= least for s in verdict.signals)
    return noticed or verdict.decision == "block"


def picture_paths(review: Review) -> tuple[Path, ...]:
    """The pictures that were kept for the reviewer."""
    return tuple(_queue() / review.id / name for name in review.pictures)


def _read(folder: Path) -> Review | None:
    record = read_sealed(folder / "review.json", KEY)
    if record is None:
        warnings.warn(
            f"the record of review {folder.name} was changed from outside and does not count", FilmWarning, stacklevel=2
        )
        return None
    signals = tuple(Signal(**signal) for signal in record["verdict"]["signals"])
    verdict = Verdict(**record["verdict"] | {"signals": signals, "reasons": tuple(record["verdict"]["reasons"])})
    told = record | {
        "verdict": verdict,
        "asked": tuple((name, words) for name, words in record["asked"]),
        "pictures": tuple(record["pictures"]),
    }
    review = Review(**told)
    path = folder / "decision.json"
    if not path.exists():
        return review
    decided = read_sealed(path, KEY)
    if decided is None or decided["record"] != review.record:
        warnings.warn(
            f"the decision on review {review.id} is not genuinely signed and does not count", FilmWarning, stacklevel=2
        )
        return review
    return replace(review, decision=Decision(**decided))


def _keep_picture(folder: Path, name: str, rgb: UInt8[np.ndarray, "H W 3"]) -> str:
    """A small JPEG for the reviewer; its file name."""
    file = "".join(c if c.isalnum() else "-" for c in name).strip("-") + ".jpg"
    picture = Image.fromarray(rgb)
    picture.thumbnail((SMALL, SMALL))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole(folder / file, by=HOME) as part:
        picture.save(part, "JPEG", quality=90)
    return file


def _queue() -> Path:
    return home() / "reviews"
