"""A verdict -> the film goes on, or waits for a person, or is refused."""

import shlex
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import Blocked, HeldForReview
from filmwright.core.verdict import Verdict
from filmwright.film.asset.likeness import PROVIDER
from filmwright.film.asset.review import decision, hold


def settle(
    verdict: Verdict,
    request: str,
    *,
    title: str,
    source: Path | None = None,
    asked: Mapping[str, str] | None = None,
    pictures: Mapping[str, UInt8[np.ndarray, "H W 3"]] | None = None,
) -> None:
    """Let pass what the policy allows or a person has approved; `request` is the content hash of all it is made from.

    Raises Blocked for what the policy or a person forbids, and HeldForReview after putting it into the queue.
    """
    why = "".join(f"\n  {reason}" for reason in verdict.reasons)
    if verdict.decision == "block":
        raise Blocked(f"this film is not made, the policy forbids it:{why}\nChange what is named and try again.")
    decided = decision(request, verdict)
    if decided and decided.choice == "rejected":
        raise Blocked(f"{title} was rejected by {decided.by} on {decided.at[:10]}: {decided.why}")
    if verdict.decision != "review" or decided:
        return
    held = hold(request, verdict, title=title, source=source, asked=asked, pictures=pictures)
    people = any(signal.provider == PROVIDER for signal in verdict.signals)
    covers = shlex.quote(str(source)) if source else "FILE"
    agreed = (
        f"\nWhere those who are shown agreed, keep that with `filmwright consent add NAME --covers {covers} ...`: "
        "no review is needed then."
    )
    raise HeldForReview(
        f"a person has to look at this film before it is made:{why}\n"
        f"It waits as review {held.id}. See it with `filmwright review show {held.id}`; once it is approved, "
        f"run the same command again." + (agreed if people else "")
    )
