"""Records that show it when somebody else has changed them: JSON under an Ed25519 seal (RFC 8032)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from filmwright.core.files import whole

from .home import HOME, home, secret


def seal(key: str, message: bytes) -> str:
    """The message's signature under the maker's key of this name, made at its first use. Hexadecimal."""
    return sealer(key)(message)


def sealer(key: str) -> Callable[[bytes], str]:
    """`seal` for many messages: the key is read once."""
    private = _private(key)
    return lambda message: private.sign(message).hex()


def genuine(public: str, message: bytes, signature: str) -> bool:
    """Whether the holder of this public key sealed this very message; keys and signatures hexadecimal."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key(key: str) -> str:
    """The public half of the maker's key of this name, hexadecimal; "" where there is no such key yet."""
    if not (home() / "keys" / f"{key}.key").exists():
        return ""
    return _private(key).public_key().public_bytes_raw().hex()


def write_sealed(path: Path, key: str, table: dict[str, Any]) -> None:
    """Write plain values as JSON under a seal, whole or not at all."""
    text = plain(table)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole(path, by=HOME) as part:
        part.touch(mode=0o600)
        told = {"record": table, "seal": seal(key, _framed(path, text))}
        part.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_sealed(path: Path, key: str) -> dict[str, Any] | None:
    """What `write_sealed` wrote; None where the seal is not that of this record, of this file name and of this key."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        record: dict[str, Any] = told["record"]
        signature = str(told["seal"])
    except (ValueError, KeyError, TypeError):
        return None
    return record if genuine(public_key(key), _framed(path, plain(record)), signature) else None


def plain(value: Any) -> str:
    """The one way in which a value is written before it is hashed or signed: compact JSON, keys in order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _framed(path: Path, text: str) -> bytes:
    # the place is signed too: an approval copied beside another film does not count there
    return f"filmwright record {path.parent.name}/{path.name}\n{text}".encode()


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret(key))
