"""Certificates to sign with: the maker's own, made at first use, or a chain that was bought or issued elsewhere.

Profile: C2PA 2.x, section "X.509 Certificates"; a signing certificate carries the purpose emailProtection, which the
default trust configuration of C2PA readers asks for.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from filmwright.core.errors import BadFilm, CannotWrite
from filmwright.core.files import whole

from .home import home, keep_private

YEAR = timedelta(days=365)
ROOT, INTERMEDIATE, LEAF = 40 * YEAR, 30 * YEAR, 10 * YEAR
FRESH = 5 * YEAR  # without a time-stamp authority a film reads "trusted" for at least this long after it was signed
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


def own_chain() -> Chain:
    """The maker's own certificates; made at first use, and the leaf anew when it would not last long enough.

    Two files in the maker's folder, readable by the user alone: `keys/authority.pem` holds the root and its key, which
    may be moved to a safe place; `keys/signing.pem` everything that is needed to sign. Raises CannotWrite where they
    can't be kept, or where a file in their place is not ours.
    """
    path = home() / "keys" / "signing.pem"
    if not path.exists():
        keep_private(path, _first().encode())
    chain, intermediate_key = _kept(path)
    if _lasts(chain.leaf, FRESH) and serial_of(chain.leaf) not in revoked():
        return chain
    intermediate = chain.certificates[1]
    if not _lasts(intermediate, LEAF) or serial_of(intermediate) in revoked():
        root, root_key = _authority(chain.roots[0])
        intermediate, intermediate_key = _intermediate(root, root_key)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")  # no two processes share it
    keep_private(fresh, _signing(chain.roots[0], intermediate, intermediate_key).encode())
    fresh.replace(path)
    return _kept(path)[0]


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
    if key and _public(_load_key(made.key.encode())) != _public(made.leaf):
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


def known_anchors() -> tuple[x509.Certificate, ...]:
    """The roots that are trusted here: the maker's own, and those put into the folder `anchors`. Makes no keys."""
    own = home() / "keys" / "signing.pem"
    roots = _kept(own)[0].roots if own.exists() else ()
    return roots + tuple(c for path in sorted((home() / "anchors").glob("*.pem")) for c in read_certificates(path))


def revoke(serial: str, why: str = "") -> None:
    """Trust a certificate no longer; `serial` as a Signature or `openssl x509 -serial` gives it.

    Raises BadFilm for what is no serial number. A revoked certificate of the maker's own is replaced at the next film.
    """
    number = _plain(serial)
    if not re.fullmatch("[0-9a-f]{1,40}", number):
        raise BadFilm(f"{serial!r} is not the serial number of a certificate: hexadecimal, up to 40 digits.")
    path = _revocations()
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else _HEAD
    with whole(path) as part:
        part.write_text(f"{before}{number}  # {datetime.now(UTC):%Y-%m-%d} {why}".rstrip() + "\n", encoding="utf-8")


def revoked() -> frozenset[str]:
    """Serial numbers of the certificates that this maker revoked, in plain hexadecimal."""
    path = _revocations()
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return frozenset(_plain(line.split("#")[0]) for line in lines) - {""}


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


_HEAD = "# Serial numbers (hexadecimal) of certificates that are trusted no longer, one a line.\n"


def _revocations() -> Path:
    return home() / "revoked.txt"


def _plain(serial: str) -> str:
    return serial.strip().lower().removeprefix("serial=").removeprefix("0x").replace(":", "").lstrip("0")


def _first() -> str:
    root, root_key = _authority()
    return _signing(root, *_intermediate(root, root_key))


def _authority(wanted: x509.Certificate | None = None) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path = home() / "keys" / "authority.pem"
    if wanted is None and not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        keep_private(path, (pem(_issue(key, "Root", ROOT, path_length=1)) + _pem_key(key)).encode())
    try:
        text = path.read_bytes()
        root, key = x509.load_pem_x509_certificate(text), _ec_key(text)
    except (OSError, ValueError) as err:
        raise CannotWrite(
            f"{path} does not hold your root certificate and its key, which are needed to renew what you sign with. "
            "Put the file back from its backup."
        ) from err
    if wanted is not None and root != wanted:
        raise CannotWrite(f"{path} holds another root than signing.pem beside it. Put the right one back.")
    return root, key


def _intermediate(
    root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    return _issue(key, "Intermediate", INTERMEDIATE, path_length=0, by=(root, root_key)), key


def _signing(
    root: x509.Certificate, intermediate: x509.Certificate, intermediate_key: ec.EllipticCurvePrivateKey
) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _issue(key, "", LEAF, by=(intermediate, intermediate_key))
    return pem(leaf, intermediate, root) + _pem_key(key) + _pem_key(intermediate_key)


def _kept(path: Path) -> tuple[Chain, ec.EllipticCurvePrivateKey]:
    text = path.read_text(encoding="ascii", errors="replace")
    try:
        leaf, intermediate, root = x509.load_pem_x509_certificates(text.encode())
        key, intermediate_key = _PRIVATE.findall(text)
        chain = Chain(certificates=(leaf, intermediate), roots=(root,), key=key)
        return chain, _ec_key(intermediate_key.encode())
    except ValueError as err:
        raise CannotWrite(
            f"{path} does not hold your certificates. Put it back from its backup, or move it away: "
            "new ones are then made from your root."
        ) from err


_PRIVATE = re.compile(r"-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n", re.DOTALL)


def _issue(
    key: ec.EllipticCurvePrivateKey,
    role: str,
    lasts: timedelta,
    *,
    path_length: int | None = None,
    by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
) -> x509.Certificate:
    """A certificate for a key; an authority's where it has a path length, else one that signs films."""
    issuer_key = by[1] if by else key
    maker = str(by[0].subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value) if by else _anonymous(key)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, maker),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{maker} {role}".strip()),
        ]
    )
    authority = path_length is not None
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + lasts)
        .add_extension(x509.BasicConstraints(authority, path_length), critical=True)
        .add_extension(_usage(authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _anonymous(key: ec.EllipticCurvePrivateKey) -> str:
    """A name that tells makers apart and gives nothing of them away: films are public."""
    return f"Filmwright maker {x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:8]}"


def _lasts(certificate: x509.Certificate, span: timedelta) -> bool:
    return certificate.not_valid_after_utc - datetime.now(UTC) >= span


def _check_leaf(leaf: x509.Certificate, path: Path) -> None:
    name, now = name_of(leaf), datetime.now(UTC)
    if leaf.not_valid_after_utc < now:
        raise BadFilm(f"{path}: {name} expired on {leaf.not_valid_after_utc:%Y-%m-%d}. Have it renewed.")
    if leaf.not_valid_before_utc > now:
        raise BadFilm(f"{path}: {name} is not valid before {leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC.")
    if serial_of(leaf) in revoked():
        raise BadFilm(f"{path}: {name} is revoked in {_revocations()}. Sign with another certificate.")
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
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _read_key(path: Path) -> str:
    try:
        return _pem_key(_load_key(path.read_bytes()))
    except OSError as err:
        raise BadFilm(f"cannot read the key {path}: {err.strerror}.") from err
    except TypeError as err:
        raise BadFilm(f"the key {path} has a password. Give one without, or sign with a function of your own.") from err
    except ValueError as err:
        raise BadFilm(f"{path} holds no private key in PEM.") from err


def _load_key(text: bytes) -> PrivateKeyTypes:
    return serialization.load_pem_private_key(text, password=None)


def _ec_key(text: bytes) -> ec.EllipticCurvePrivateKey:
    key = _load_key(text)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not an EC key")
    return key


def _pem_key(key: PrivateKeyTypes) -> str:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def _public(of: PrivateKeyTypes | x509.Certificate) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return of.public_key().public_bytes(serialization.Encoding.DER, form)
