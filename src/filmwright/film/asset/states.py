"""The standard's result codes -> one state and plain words. Source: C2PA 2.x, "Standard status codes"."""

from collections.abc import Collection

from filmwright.core.claim import Signature, State
from filmwright.core.printable import printable

CONTENT = (  # pictures, sound or the way they are put together
    "assertion.bmffHash.mismatch",
    "assertion.dataHash.mismatch",
    "assertion.boxesHash.mismatch",
    "assertion.boxHash.mismatch",
    "assertion.collectionHash.mismatch",
)
EXPIRED = ("signingCredential.expired", "claimSignature.outsideValidity")
REVOKED = ("signingCredential.revoked", "signingCredential.ocsp.revoked")
UNKNOWN = ("signingCredential.untrusted", "signingCredential.invalid")
TRUSTED = "signingCredential.trusted"


def judged(failures: Collection[str], successes: Collection[str], *, revoked: bool = False) -> State:
    """The worst of what the codes say; only a certificate that leads to a known root makes it trusted."""
    failed = set(failures)
    if failed - {*CONTENT, *EXPIRED, *REVOKED, *UNKNOWN}:
        return "broken"  # also what we do not know: a new kind of failure is never good news
    if failed.intersection(CONTENT):
        return "changed"
    if revoked or failed.intersection(REVOKED):
        return "revoked"
    if failed.intersection(EXPIRED):
        return "expired"
    return "trusted" if TRUSTED in successes and not failed else "untrusted"


def in_words(signature: Signature, *, known: bool) -> str:
    """The state as a sentence or two; `known` tells whether the certificate leads to a root that is trusted here."""
    who = signature.signer or "somebody"
    issuer = signature.issuer or "nobody"
    ended = f" on {signature.expires[:10]}" if signature.expires else ""
    stranger = "" if known else " That certificate is not known here, so the name proves nothing."
    same = "What is seen and heard has not changed since"  # a container's empty boxes may: the standard allows it
    spoilt = [b.title for b in signature.brought if b.state in ("changed", "broken")]
    words = {
        "trusted": f"Signed by {who}. {same}.",
        "untrusted": f"{same} it was signed by {who} (certificate issued by {issuer}).{stranger}",
        "changed": f"Changed since {who} signed it, or the signature was taken from another film.{stranger}",
        "expired": f"{same} {who} signed it, but the certificate expired{ended}, and no time-stamp "
        "authority vouches that the film was signed before that.",
        "revoked": f"Signed by {who} with a certificate that is revoked: somebody else may have used it.",
        "broken": "The signature itself was altered or damaged: nothing that it says can be believed.",
        "none": "No signature.",
    }[signature.state]
    words += "".join(f" The signature of {title}, which it was made from, did not hold." for title in spoilt)
    return printable(words)  # whoever signs a film writes what he likes
