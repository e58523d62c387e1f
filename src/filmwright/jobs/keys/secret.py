"""The secret that a client shows, and what is kept of it.

A secret is 256 random bits, so no dictionary helps against its hash, and a slow one (bcrypt, Argon2) would only slow
down every request: SHA-256 is right here, as it would not be for passwords (NIST SP 800-63B says the same of look-up
secrets of 112 bits or more).
"""

import hmac
import re
import secrets
from hashlib import sha256

NOBODY = "0" * 64  # the digest that a secret is compared with where no key has its prefix: no SHA-256 anyone knows
_SHAPE = re.compile(r"fw_([0-9a-z]{10})_[A-Za-z0-9_-]{43}")
_LETTERS = "0123456789abcdefghijkmnpqrstuvwxyz"


def new_secret() -> tuple[str, str]:
    """A secret and its prefix: fw_PREFIX_43 letters. The prefix is no secret, and names the key in logs."""
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"fw_{prefix}_{secrets.token_urlsafe(32)}", prefix


def prefix_of(secret: str) -> str:
    """The prefix of a secret; for what has not the shape of one, a prefix that no key has."""
    found = _SHAPE.fullmatch(secret)
    return found[1] if found else ""


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256, hexadecimal."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(secret: str, digest: str | None) -> bool:
    """Whether a secret has this digest, in a time that tells nothing; the same work is done where there is none."""
    return hmac.compare_digest(digest_of(secret), digest or NOBODY)
