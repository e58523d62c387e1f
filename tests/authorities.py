"""Certificate authorities and films for tests of signatures: other people's, expired ones, self-signed ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from filmwright.core.claim import Action, Claim
from filmwright.core.frames import Frames
from filmwright.core.manifest import Ingredient
from filmwright.core.sound import Sound
from filmwright.film.video.codecs import codecs

CLOCK = ExtendedKeyUsageOID.TIME_STAMPING
EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION


@dataclass(frozen=True)
class Authority:
    """Root, intermediate and leaf with their keys."""

    root: x509.Certificate
    intermediate: x509.Certificate
    leaf: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self, *names: str) -> str:
        """Certificates by name, one below the other."""
        return "".join(pem(getattr(self, name)) for name in names or ("leaf", "intermediate"))

    def write(self, folder: Path, *names: str, anchors: bool = True) -> dict[str, Path]:
        """The chain and its key as files, and the root: options for the driver."""
        files = {"chain": folder / "chain.pem", "key": folder / "key.pem", "anchors": folder / "root.pem"}
        files["chain"].write_text(self.pem(*names))
        files["key"].write_text(key_pem(self.key))
        files["anchors"].write_text(pem(self.root))
        return files if anchors else {k: v for k, v in files.items() if k != "anchors"}


def authority(
    name: str = "Studio", *, purposes: Iterable[x509.ObjectIdentifier] = (EMAIL,), seconds: float = 86400.0
) -> Authority:
    """An authority whose leaf lasts so many seconds from now."""
    root_key, root = issue(f"{name} Root", authority=1)
    middle_key, middle = issue(f"{name} Intermediate", by=(root, root_key), authority=0)
    key, leaf = issue(name, by=(middle, middle_key), purposes=purposes, seconds=seconds)
    return Authority(root, middle, leaf, key)


def issue(name, *, by=None, authority=None, purposes=(), seconds=86400.0):
    """A key and its certificate; self-signed where nobody issues it."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [(NameOID.ORGANIZATION_NAME, f"{name} Ltd"), (NameOID.COMMON_NAME, name)]
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    ca, now = authority is not None, datetime.now(UTC)
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    usage |= {"encipher_only": False, "decipher_only": False, "key_cert_sign": ca, "crl_sign": ca}
    builder = (
        x509.CertificateBuilder(issuer_name=by[0].subject if by else subject, subject_name=subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(seconds=seconds))
        .add_extension(x509.BasicConstraints(ca, authority), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not ca, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key((by[1] if by else key).public_key()), critical=False
        )
    )
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=CLOCK in purposes)  # RFC 3161
    return key, builder.sign(by[1] if by else key, hashes.SHA256())


def pem(certificate: x509.Certificate) -> str:
    """One certificate."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def key_pem(key: ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    """One private key."""
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock).decode()


def a_film(path: Path, *, seed: int = 0, num_frames: int = 24, sound: bool = True) -> Path:
    """A small film of coarse noise with a tone; the codec by the name of the file."""
    rng, fps = np.random.default_rng(seed), Fraction(24)
    rgb = rng.integers(0, 255, (num_frames, 12, 16, 3), np.uint8).repeat(8, 1).repeat(8, 2)
    times = np.arange(48_000 * num_frames // 24) / 48_000
    tone = (0.1 * np.sin(times * (440 + 100 * seed) * 2 * np.pi)).astype(np.float32)[:, None].repeat(2, 1)
    codec = {".mp4": "mp4", ".mkv": "ffv1", ".avi": "utvideo"}[path.suffix]
    heard = Sound(samples=tone, rate=48_000) if sound and codec == "mp4" else None
    codecs.open(codec).encode([Frames(rgb=rgb, fps=fps)], path, sound=heard)
    return path


def a_claim(title: str = "Slow down", **changes) -> Claim:
    """What a film from a scan with music says of itself."""
    said = {
        "maker": "Kim & Söhne",
        "software": "Filmwright 1.2",
        "actions": (
            Action(name="created", says="rendered from a scan", source="compositeSynthetic", software="Filmwright 1.2"),
            Action(name="watermarked", says="an invisible mark"),
        ),
        "ingredients": (
            Ingredient(role="scan", name="fan.glb", sha256="ab" * 32, licence="CC-BY-4.0"),
            Ingredient(role="music", name="composed"),
            Ingredient(role="model", name="net.safetensors", sha256="cd" * 32),
        ),
        "mark_algorithm": "org.filmwright.tiled",
        "mark_id": "0123456789abcdef",
        "fingerprints": ("12" * 32, "34" * 32),
        "labels": {"eu": "Made with AI"},
    }
    return Claim(title=title, **(said | changes))
