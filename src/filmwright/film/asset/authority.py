"""The maker's own authority: root, intermediate and signing certificate, made at first use, renewed in time.

The signing certificate carries the purpose emailProtection, which the default trust configuration of C2PA readers asks
for. Profile: C2PA 2.x, section "X.509 Certificates".
"""

import os
import re
import secrets
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from filmwright.core.errors import CannotWrite, FilmWarning

from .certificates import Chain, ec_key, key_pem, pem, read_certificates, serial_of
from .home import home, keep_private
from .revocations import revoke, revoked

YEAR = timedelta(days=365)
ROOT, INTERMEDIATE, LEAF = 40 * YEAR, 30 * YEAR, 10 * YEAR
FRESH = 5 * YEAR  # without a time-stamp authority a film reads "trusted" for at least this long after it was signed


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
    if os.name == "posix" and path.stat().st_mode & 0o077:
        warnings.warn(f"{path} can be read by others. Run: chmod 600 '{path}'", FilmWarning, stacklevel=2)
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


def known_anchors() -> tuple[x509.Certificate, ...]:
    """The roots that are trusted here: the maker's own, and those put into the folder `anchors`. Makes no keys."""
    own = home() / "keys" / "signing.pem"
    roots = _kept(own)[0].roots if own.exists() else ()
    return roots + tuple(c for path in sorted((home() / "anchors").glob("*.pem")) for c in read_certificates(path))


def revoke_own(why: str = "") -> tuple[str, ...]:
    """Revoke what the maker signs with, after a theft: leaf and intermediate; the next film gets new ones.

    Returns their serial numbers, for others to put into their `revoked.txt`. Films signed with them read as revoked.
    """
    serials = tuple(serial_of(c) for c in own_chain().certificates)
    for serial in serials:
        revoke(serial, why)
    return serials


def _first() -> str:
    root, root_key = _authority()
    return _signing(root, *_intermediate(root, root_key))


def _authority(wanted: x509.Certificate | None = None) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    path = home() / "keys" / "authority.pem"
    if wanted is None and not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        keep_private(path, (pem(_issue(key, "Root", ROOT, path_length=1)) + key_pem(key)).encode())
    try:
        text = path.read_bytes()
        root, key = x509.load_pem_x509_certificate(text), ec_key(text)
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
    return pem(leaf, intermediate, root) + key_pem(key) + key_pem(intermediate_key)


def _kept(path: Path) -> tuple[Chain, ec.EllipticCurvePrivateKey]:
    text = path.read_text(encoding="ascii", errors="replace")
    try:
        leaf, intermediate, root = x509.load_pem_x509_certificates(text.encode())
        key, intermediate_key = _PRIVATE.findall(text)
        chain = Chain(certificates=(leaf, intermediate), roots=(root,), key=key)
        return chain, ec_key(intermediate_key.encode())
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
