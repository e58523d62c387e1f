"""Changes to signed films, and what a reader of signatures should call each of them."""

import io
import json
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
from c2pa import Builder, C2paSignerInfo, Context, Signer

from filmwright.film.asset.certificates import serial_of
from filmwright.film.asset.containers import C2PA_BOX, boxes
from filmwright.film.asset.home import home
from filmwright.film.asset.revocations import revoke
from filmwright.film.asset.signers import signers
from tests.authorities import EMAIL, a_claim, a_film, authority, issue, key_pem, pem

SHORT = 3.0  # seconds that the certificate lasts which then is an expired one


@dataclass(frozen=True)
class Bench:
    """A signed film, another one, and a folder to spoil copies of them in."""

    folder: Path
    signed: Path
    other: Path
    hasty: Path  # signed with a certificate that expires at `until`
    until: float  # time.time()


@dataclass(frozen=True)
class Change:
    """One thing done to a signed film."""

    name: str
    state: str  # what it has to be called
    words: str  # what a person has to be told, among other things
    make: Callable[[Bench], Path]


def bench(folder: Path) -> Bench:
    """Two films signed with the maker's own certificates, and one with a certificate that lasts for moments."""
    for seed, name in enumerate(("signed", "other")):
        path = a_film(folder / f"{name}.mp4", seed=seed, num_frames=48)
        signers.open("c2pa").sign(path, a_claim(name), path)
    signed, hasty = folder / "signed.mp4", authority("Hasty", seconds=SHORT)
    until = time.time() + SHORT
    trust(pem(hasty.root))
    by(hasty.pem(), key_pem(hasty.key), signed, folder / "hasty.mp4")
    return Bench(folder, signed, folder / "other.mp4", folder / "hasty.mp4", until)


def flipped(at: Callable[[bytes], int]) -> Callable[[Bench], Path]:
    """One bit of the byte at a place."""

    def make(on: Bench) -> Path:
        content = bytearray(on.signed.read_bytes())
        content[at(bytes(content))] ^= 1
        return put(on, content)

    return make


def box(kind: bytes, share: float = 0.5) -> Callable[[bytes], int]:
    """A place in a top-level box."""

    def find(content: bytes) -> int:
        _, at, size = next(b for b in every_box(content) if b[0] == kind)
        return at + 8 + int((size - 9) * share)

    return find


def after(word: bytes, skip: int) -> Callable[[bytes], int]:
    """A place behind a word that stands in the manifest store."""
    return lambda content: content.index(word) + len(word) + skip


def put(on: Bench, content: bytes, name: str = "changed.mp4") -> Path:
    """A file of this content."""
    (on.folder / name).write_bytes(content)
    return on.folder / name


def every_box(content: bytes) -> list[tuple[bytes, int, int]]:
    """Top-level boxes."""
    return list(boxes(io.BytesIO(content)))


def signature_box(path: Path) -> bytes:
    """The box that holds the manifest store."""
    content = path.read_bytes()
    _, at, size = next(b for b in every_box(content) if content[b[1] + 8 : b[1] + 24] == C2PA_BOX)
    return content[at : at + size]


def copied(on: Bench, *, end: float = 9e9, sound_of: Path | None = None, then: Path | None = None) -> Path:
    """Streams copied as they are, as `-c copy` does: up to a time, with other sound, with another film behind."""
    out = on.folder / "copied.mp4"
    sources = [("video", 0, on.signed), ("audio", 1, sound_of or on.signed)]
    sources += [("video", 0, then), ("audio", 1, then)] if then else []
    with av.open(str(out), "w") as goal, av.open(str(on.signed)) as film:
        tracks = [goal.add_stream_from_template(stream) for stream in film.streams]
        begins = [0, 0]
        for kind, index, path in sources:
            with av.open(str(path)) as source:
                stream = source.streams.get({kind: 0})[0]
                for packet in source.demux(stream):
                    if packet.dts is not None and packet.pts * packet.time_base < end:
                        packet.pts, packet.dts = packet.pts + begins[index], packet.dts + begins[index]
                        packet.stream = tracks[index]
                        goal.mux(packet)
                begins[index] += stream.duration + 2048  # past the last packet of sound
    return out


def transcoded(on: Bench) -> Path:
    """Decoded and encoded again."""
    out = on.folder / "transcoded.mp4"
    with av.open(str(on.signed)) as film, av.open(str(out), "w") as goal:
        stream = goal.add_stream("libx264", rate=24, options={"crf": "28", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = (
            film.streams.video[0].width,
            film.streams.video[0].height,
            "yuv420p",
        )
        for frame in film.decode(video=0):
            goal.mux(stream.encode(frame.reformat(format="yuv420p")))
        goal.mux(stream.encode())
    return out


def with_signature(path: Path, of: Path) -> Path:
    """A film with the signature of another put behind it."""
    path.write_bytes(path.read_bytes() + signature_box(of))
    return path


def without_signature(on: Bench) -> bytes:
    """The film with the box cut out."""
    return on.signed.read_bytes().replace(signature_box(on.signed), b"")


def extra(kind: bytes) -> Callable[[Bench], Path]:
    """A box of this kind put at the end."""
    return lambda on: put(on, on.signed.read_bytes() + struct.pack(">I4s8x", 16, kind))


def by(certificates: str, key: str, film: Path, out: Path) -> Path:
    """A film signed with whatever certificates, past all our checks."""
    action = {
        "action": "c2pa.created",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    }
    claim = {
        "title": "Theirs",
        "claim_generator_info": [{"name": "Camera", "version": "3"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }
    settings = Context.from_dict(
        {"verify": {"remote_manifest_fetch": False}, "builder": {"thumbnail": {"enabled": False}}}
    )
    with (
        settings as context,
        Builder(json.dumps(claim), context) as builder,
        film.open("rb") as source,
        out.open("w+b") as goal,
        Signer.from_info(C2paSignerInfo("es256", certificates.encode(), key.encode(), None)) as signer,
    ):
        builder.sign(signer, "video/mp4", source, goal)
    return out


def expired(on: Bench) -> Path:
    """Signed in time; the certificate has run out since."""
    time.sleep(max(on.until + 1.2 - time.time(), 0))
    return on.hasty


def revoked(on: Bench) -> Path:
    """Signed with a trusted certificate that was revoked later."""
    robbed = authority("Robbed")
    trust(pem(robbed.root))
    revoke(serial_of(robbed.leaf), "stolen")
    return by(robbed.pem(), key_pem(robbed.key), on.signed, on.folder / "by.mp4")


def no_intermediate(on: Bench) -> Path:
    """Signed with the leaf alone."""
    short = authority("Careless")
    trust(pem(short.root))
    return by(short.pem("leaf"), key_pem(short.key), on.signed, on.folder / "by.mp4")


def stranger(on: Bench) -> Path:
    """Signed with a proper chain that nobody here knows."""
    other = authority("Stranger")
    return by(other.pem(), key_pem(other.key), on.signed, on.folder / "by.mp4")


def self_signed(on: Bench) -> Path:
    """Signed with a certificate that vouches for itself, under a famous name."""
    key, leaf = issue("Famous Camera", purposes=[EMAIL])
    return by(pem(leaf), key_pem(key), on.signed, on.folder / "by.mp4")


def trust(root: str) -> None:
    """Put a root among the anchors."""
    folder = home() / "anchors"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{len(list(folder.iterdir()))}.pem").write_text(root)


def beside(on: Bench, *, flip: bool = False, lost: bool = False) -> Path:
    """A film in a format that needs a sidecar, and what happened to the pair."""
    path = a_film(on.folder / "film.mkv")
    signers.open("c2pa").sign(path, a_claim("beside"), path)
    if flip:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    if lost:
        path.with_suffix(".c2pa").unlink()
    return path


OF = "Changed since Filmwright maker"
CHANGES = (
    Change("nothing", "trusted", "has not changed since", lambda on: on.signed),
    Change("a bit in ftyp", "trusted", "has not changed since", flipped(box(b"ftyp"))),  # the standard leaves it out
    Change("a bit at the start of moov", "changed", "Changed since", flipped(box(b"moov", 0.02))),
    Change("a bit at the end of moov", "changed", OF, flipped(box(b"moov", 0.99))),
    Change("a bit in mdat", "changed", OF, flipped(box(b"mdat"))),
    Change("the last bit of mdat", "changed", OF, flipped(box(b"mdat", 1.0))),
    Change("a bit in the kind of the signature's box", "none", "No signature", flipped(box(b"uuid", 0.0))),
    Change("a bit in what is said of an ingredient", "broken", "nothing that it says", flipped(after(b"fan.glb", -3))),
    Change("a bit in the actions", "broken", "nothing that it says", flipped(after(b"compositeSynthetic", -3))),
    Change("a bit in the claim", "broken", "damaged", flipped(after(b"c2pa.claim", 80))),
    Change("a bit in the certificate", "broken", "nothing that it says", flipped(after(b"Filmwright maker", 40))),
    Change("a bit in the signature", "broken", "nothing that it says", flipped(box(b"uuid", 0.999))),
    Change("cut short by 100 bytes", "changed", OF, lambda on: put(on, on.signed.read_bytes()[:-100])),
    Change("cut to half", "changed", OF, lambda on: put(on, without_end(on))),
    Change("first second only, stream copy", "none", "No signature", lambda on: copied(on, end=1.0)),
    Change(
        "first second, signature put back", "changed", OF, lambda on: with_signature(copied(on, end=1.0), on.signed)
    ),
    Change("two films spliced, stream copy", "none", "No signature", lambda on: copied(on, then=on.other)),
    Change(
        "spliced, signature put back", "changed", OF, lambda on: with_signature(copied(on, then=on.other), on.signed)
    ),
    Change("re-mux, stream copy", "none", "No signature", copied),
    Change("re-mux, signature put back", "changed", OF, lambda on: with_signature(copied(on), on.signed)),
    Change("transcode", "none", "No signature", transcoded),
    Change("other sound", "none", "No signature", lambda on: copied(on, sound_of=on.other)),
    Change(
        "other sound, signature put back",
        "changed",
        OF,
        lambda on: with_signature(copied(on, sound_of=on.other), on.signed),
    ),
    Change("signature cut out", "none", "No signature", lambda on: put(on, without_signature(on))),
    Change(
        "another film's signature in place of its own",
        "changed",
        "taken from another film",
        lambda on: with_signature(put(on, without_signature(on)), on.other),
    ),
    Change("another film's signature behind its own", "changed", "damaged or put together", lambda on: doubled(on)),
    Change("an unknown box at the end", "changed", OF, extra(b"abcd")),
    Change("a free box at the end", "trusted", "has not changed since", extra(b"free")),  # the standard leaves it out
    Change("certificate expired", "expired", "expired on 20", expired),
    Change("certificate revoked", "revoked", "is revoked", revoked),
    Change("intermediate left out", "untrusted", "proves nothing", no_intermediate),
    Change("unknown authority", "untrusted", "proves nothing", stranger),
    Change("self-signed", "untrusted", "proves nothing", self_signed),
    Change("sidecar, nothing", "trusted", "has not changed since", beside),
    Change("sidecar, a bit in the film", "changed", OF, lambda on: beside(on, flip=True)),
    Change("sidecar lost", "none", "No signature", lambda on: beside(on, lost=True)),
)


def without_end(on: Bench) -> bytes:
    """The first half."""
    content = on.signed.read_bytes()
    return content[: len(content) // 2]


def doubled(on: Bench) -> Path:
    """Two signatures in one file."""
    return with_signature(put(on, on.signed.read_bytes()), on.other)
