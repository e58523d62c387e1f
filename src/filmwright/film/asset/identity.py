"""The number that a film's mark carries: it tells films apart, and tells nobody but the maker anything else."""

import hmac


def film_id(secret: bytes, *content: str, num_bits: int = 64) -> int:
    """The id of the film that is made from `content`: the same film made again has it again.

    HMAC-SHA256 (RFC 2104), truncated to `num_bits`; nobody without the secret can tell what it stands for.
    """
    if not 1 <= num_bits <= 256:
        raise ValueError(f"an id has 1 to 256 bits, got {num_bits}")
    parts = b"".join(len(part := text.encode()).to_bytes(8, "big") + part for text in content)  # no two lists agree
    digest = hmac.digest(secret, b"filmwright film id\0" + parts, "sha256")
    return int.from_bytes(digest, "big") >> (256 - num_bits)


def id_text(payload: int, num_bits: int = 64) -> str:
    """The id as it is written and filed: hexadecimal, lower case, all digits."""
    return f"{payload:0{-(-num_bits // 4)}x}"
