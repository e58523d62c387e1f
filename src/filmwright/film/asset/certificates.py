"""Certificates to sign with, and what makes a chain of them fit for it.

Profile: C2PA 2.x, section "X.509 Certificates".
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from filmwright.core.errors import BadFilm

from .home import home
from .revocations import revocations, revoked

SIGNING = {
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "emailProtection",
    x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"): "documentSigning",
    x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1"): "C2PA claim signing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Certificates to sign with: the leaf first, then what issued it, without the root."""

    certificates: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...] = ()  # self-signed ones that came with it
    key: str = field(default="", repr=False)  # PEM; "" where something else signs

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate that signs films."""
        return self.certificates[0]

    @property
    def algorithm(self) -> str:
        """The signature algorithm that fits the leaf's key, in C2PA's words. Raises BadFilm for an unfit key."""
        key = self.leaf.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
            return _CURVES[key.curve.name]
        if isinstance(key, ed25519.Ed25519PublicKey):
            return "ed25519"
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
            return "ps256"
        raise BadFilm(f"{name_of(self.leaf)}: its key is of no kind that C2PA signs with. Use an EC P-256 key.")


_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


def read_chain(chain: Path, key: Path | None, anchors: tuple[x509.Certificate, ...] = ()) -> Chain:
    """A chain of one's own from PEM files: the leaf first, then its intermediates, the root if wanted.

    Raises BadFilm that names what is wrong: a key that does not fit, a certificate that has expired or may not sign, an
    intermediate that is missing (such a file would sign, and nobody could trust what it signed).
    """
    certificates = read_certificates(chain)
    roots = tuple(c for c in certificates if c.issuer == c.subject)
    rest = tuple(c for c in certificates if c.issuer != c.subject)
    if not rest:
        raise BadFilm(
            f"{chain}: {name_of(certificates[0])} is signed by itself. Give a certificate that an authority issued, "
            "with its intermediates below it; or leave 'chain' out, and filmwright makes one of its own."
        )
    made = Chain(certificates=rest, roots=roots, key=_read_key(key) if key else "")
    _check_leaf(made.leaf, chain)
    _check_links(rest, (*roots, *anchors), chain)
    if key and _public(load_key(made.key.encode())) != _public(made.leaf):
        raise BadFilm(
            f"{key} is not the key of {name_of(made.leaf)}, the first certificate in {chain}. "
            "Give the key that belongs to it, or put its certificate first."
        )
    return made


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """All certificates in a PEM file, in order. Raises BadFilm where there are none."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except OSError as err:
        raise BadFilm(f"cannot read certificates from {path}: {err.strerror}.") from err
    except ValueError as err:
        raise BadFilm(f"{path} holds no certificates in PEM (-----BEGIN CERTIFICATE-----).") from err


def chain_in(store: bytes, serial: str) -> tuple[x509.Certificate, ...]:
    """The certificate of this serial number in a manifest store, and those above it; as far as they are there."""
    found = [c for at in re.finditer(b"\x30\x82", store) if (c := _der(store, at.start()))]
    chain = [c for c in found if serial_of(c) == serial][:1]
    while chain and (above := next((c for c in found if c not in chain and _issued(chain[-1], c)), None)):
        chain.append(above)
    return tuple(chain)


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number in plain hexadecimal."""
    return f"{certificate.serial_number:x}"


def name_of(certificate: x509.Certificate) -> str:
    """The name a person would call a certificate by."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def pem(*certificates: x509.Certificate) -> str:
    """Certificates in PEM, one below the other."""
    return "".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in certificates)


def load_key(text: bytes) -> PrivateKeyTypes:
    """A private key in PEM. Raises ValueError for none, TypeError for one with a password."""
    return serialization.load_pem_private_key(text, password=None)


def ec_key(text: bytes) -> ec.EllipticCurvePrivateKey:
    """An EC key in PEM. Raises ValueError for another one."""
    key = load_key(text)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not an EC key")
    return key


def key_pem(key: PrivateKeyTypes) -> str:
    """A private key in PEM, without a password."""
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def _check_leaf(leaf: x509.Certificate, path: Path) -> None:
    name, now = name_of(leaf), datetime.now(UTC)
    if leaf.not_valid_after_utc < now:
        raise BadFilm(f"{path}: {name} expired on {leaf.not_valid_after_utc:%Y-%m-%d}. Have it renewed.")
    if leaf.not_valid_before_utc > now:
        raise BadFilm(f"{path}: {name} is not valid before {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC.")
    if serial_of(leaf) in revoked():
        raise BadFilm(f"{path}: {name} is revoked in {revocations()}. Sign with another certificate.")
    try:
        purposes = set(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        signs = leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    except x509.ExtensionNotFound:
        purposes, signs = set(), False
    if not signs or not purposes & SIGNING.keys():
        raise BadFilm(
            f"{path}: {name} may not sign films. It needs the key usage digitalSignature and one of the purposes "
            f"{', '.join(SIGNING.values())}; it is the first certificate in the file: is that the right order?"
        )


def _check_links(certificates: tuple[x509.Certificate, ...], anchors: tuple[x509.Certificate, ...], path: Path) -> None:
    for below, above in pairwise(certificates):
        if not _issued(below, above):
            raise BadFilm(
                f"{path}: {name_of(below)} was not issued by {name_of(above)}, which follows it. "
                "Put each certificate before the one that issued it."
            )
    last = certificates[-1]
    if not any(last == anchor or _issued(last, anchor) for anchor in anchors):
        issuer = last.issuer.rfc4514_string()
        raise BadFilm(
            f"{path} ends with {name_of(last)}, and the certificate that issued it ({issuer}) is neither in the file "
            f"nor among your anchors: readers could not trust your films. Add the missing intermediates to the file, "
            f"and put the root there too or into {home() / 'anchors'}."
        )


def _issued(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _der(content: bytes, at: int) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(content[at : at + 4 + int.from_bytes(content[at + 2 : at + 4], "big")])
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
        return None


def _read_key(path: Path) -> str:
    try:
        return key_pem(load_key(path.read_bytes()))
    except OSError as err:
        raise BadFilm(f"cannot read the key {path}: {err.strerror}.") from err
    except TypeError as err:
        raise BadFilm(f"the key {path} has a password. Give one without, or sign with a function of your own.") from err
    except ValueError as err:
        raise BadFilm(f"{path} holds no private key in PEM.") from err


def _public(of: PrivateKeyTypes | x509.Certificate) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return of.public_key().public_bytes(serialization.Encoding.DER, form)
