"""Files as those send them who mean no good, each made here from nothing; and honest ones beside them."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from tests.scans import CORNERS, SIDES, Maker, obj_text, png, tetrahedron, usd_text

MIB = 1 << 20
PIXELS = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
ICC = b"\xff\xd8\xff\xe1"


def picture(kind: str, **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, kind, **options)
    return out.getvalue()


def video(kind: str = "mp4", codec: str = "libx264", *, num_frames: int = 6, size=(48, 32), fps: int = 24) -> bytes:
    """A short film of coloured clouds in a container."""
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        rng = np.random.default_rng(2)
        for _ in range(num_frames):
            rough = Image.fromarray(rng.integers(0, 256, (3, 4, 3), np.uint8))
            rgb = np.asarray(rough.resize(size, Image.Resampling.BICUBIC))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def archive(
    files: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED, modes: dict[str, int] | None = None
) -> bytes:
    """A ZIP with these entries, under any names at all; `modes` are Unix file modes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as made:
        for name, content in files.items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, packing
            if modes and name in modes:
                info.create_system, info.external_attr = 3, modes[name] << 16
            made.writestr(info, content)
    return out.getvalue()


OBJ = obj_text(CORNERS, SIDES).encode()
MTL = b"newmtl red\nKd 1 0 0\nmap_Kd red.png\n"


def zipped(more: dict[str, bytes] | None = None) -> bytes:
    """A zipped OBJ with its material, its picture, and what else is asked for."""
    textured = OBJ.replace(b"\nf ", b"\nusemtl red\nf ", 1)
    files = {"thing/thing.obj": b"mtllib thing.mtl\n" + textured, "thing/thing.mtl": MTL, "thing/red.png": png(PIXELS)}
    return archive(files | (more or {}))


def overlapping(num: int = 40) -> bytes:
    """Entries that are all the same bytes: Fifield's idea."""
    data = zlib.compress(b"\0" * (8 * MIB), 9)[2:-4]
    crc = zlib.crc32(b"\0" * (8 * MIB))
    name = b"a.obj"
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(data), 8 * MIB, len(name), 0) + name + data
    )
    central = b""
    for number in range(num):
        other = b"%03d.png" % number
        central += struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(data), 8 * MIB, len(other), 0, 0, 0, 0, 0, 0
        )
        central += other
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, num, num, len(central), len(local), 0)
    return local + central + end


def encrypted() -> bytes:
    data = bytearray(archive({"a.obj": OBJ}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def liar() -> bytes:
    """An archive that promises ten bytes and holds ten mebibytes."""
    data = archive({"a.obj": b"\0" * (10 * MIB)})
    return data.replace(struct.pack("<I", 10 * MIB), struct.pack("<I", 10))


def duplicate() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in ("a.obj", "A.OBJ"):
            made.writestr(name, OBJ)
    return out.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes of a PNG that has this many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * min((width + 1) * height, 4 * MIB))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def changed_glb(change: Callable[[dict], None]) -> bytes:
    """A tetrahedron whose document was tampered with."""
    made: Maker = tetrahedron()
    change(made.doc)
    return made.glb()


def _promises(doc: dict, count: int) -> None:
    doc["accessors"] += [{"componentType": 5126, "type": "VEC3", "count": count}]
    doc["meshes"][0]["primitives"][0]["attributes"]["POSITION"] = len(doc["accessors"]) - 1


def _instances(doc: dict, num: int) -> None:
    doc["nodes"] = [{"children": list(range(1, num + 1))}, *({"mesh": 0} for _ in range(num))]
    doc["scenes"][0]["nodes"] = [0]


def textured_glb(pixels: bytes) -> bytes:
    made = tetrahedron(material=0)
    image = made.add("images", bufferView=made.view(pixels), mimeType="image/png")
    texture = made.add("textures", source=image)
    made.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": texture}})
    return made.glb()


def _loop(doc: dict) -> None:
    doc["nodes"] = [{"mesh": 0, "children": [1]}, {"children": [0]}]


def _elsewhere(uri: str) -> Callable[[dict], None]:
    def change(doc: dict) -> None:
        doc["images"] = [{"uri": uri}]
        doc["textures"] = [{"source": 0}]
        doc["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
        doc["meshes"][0]["primitives"][0]["material"] = 0

    return change


def deep_json() -> bytes:
    text = b'{"asset":{"version":"2.0"},"extras":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sII", b"glTF", 2, 20 + len(text)) + struct.pack("<I4s", len(text), b"JSON") + text


def commented(comment: bytes) -> bytes:
    """A JPEG with a comment."""
    return JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + JPEG[2:]


def many_objs() -> bytes:
    return archive({f"{number}.obj": b"v 1 2 3\n" * 90_000 for number in range(30)})


def linked(mode: int) -> bytes:
    """An archive with an entry of this Unix mode."""
    return archive({"a.obj": OBJ, "a.png": b"/etc/passwd"}, modes={"a.png": mode})


def mtl_elsewhere() -> bytes:
    obj = b"mtllib a.mtl\nusemtl x\n" + OBJ
    return archive({"a.obj": obj, "a.mtl": b"newmtl x\nmap_Kd /etc/passwd\n"})


def endless(doc: dict) -> None:
    _promises(doc, 2**31 - 1)


def moving_picture() -> bytes:
    """A telephone's: a JPEG with a film behind its end. Honest, and common."""
    return picture("JPEG") + video()


GLB, PNG, JPEG, WEBP = tetrahedron().glb(), picture("PNG"), picture("JPEG"), picture("WEBP")
HTML = b"<html><script>alert(1)</script></html>"
PLAYLIST = b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile:///etc/passwd\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) (r) file\n"

HONEST: dict[str, tuple[Callable[[], bytes], str]] = {  # what comes, and the kind that it is
    "png": (lambda: PNG, "picture"),
    "png with alpha": (lambda: png(np.full((4, 4, 4), 128)), "picture"),
    "png of one pixel": (lambda: png(np.zeros((1, 1, 3))), "picture"),
    "png with padding": (lambda: PNG + b"\0" * 100, "picture"),
    "jpeg": (lambda: JPEG, "picture"),
    "progressive jpeg": (lambda: picture("JPEG", progressive=True, quality=95), "picture"),
    "telephone's moving picture": (moving_picture, "picture"),
    "jpeg with a second one behind it": (lambda: JPEG + JPEG, "picture"),
    "webp": (lambda: WEBP, "picture"),
    "glb": (lambda: GLB, "scan"),
    "glb with a texture": (lambda: textured_glb(PNG), "scan"),
    "zipped obj": (zipped, "scan"),
    "zipped obj with a Mac's leavings": (lambda: zipped({"__MACOSX/thing.obj": b"x", ".DS_Store": b"x"}), "scan"),
    "mp4": (video, "video"),
    "mov": (lambda: video("mov"), "video"),
    "webm": (lambda: video("webm", "libvpx-vp9"), "video"),
    "matroska": (lambda: video("matroska"), "video"),
}

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {  # what comes, and the code it is refused with
    "nothing": (lambda: b"", "empty_file"),
    "one byte": (lambda: b"\x89", "unsupported_type"),
    "words": (lambda: b"a bottle of perfume, please", "unsupported_type"),
    "html": (lambda: HTML, "unsupported_type"),
    "svg that names a file": (lambda: SVG, "unsupported_type"),
    "postscript": (lambda: EPS, "unsupported_type"),
    "pdf": (lambda: b"%PDF-1.7\n", "unsupported_type"),
    "program": (lambda: b"\x7fELF" + b"\0" * 100, "unsupported_type"),
    "playlist that names a file": (lambda: PLAYLIST, "unsupported_type"),
    "ffconcat": (lambda: CONCAT, "unsupported_type"),
    "bmp": (lambda: picture("BMP"), "unsupported_type"),
    "tiff": (lambda: picture("TIFF"), "unsupported_type"),
    "gif": (lambda: picture("GIF"), "unsupported_type"),
    "avif": (lambda: picture("AVIF"), "unsupported_type"),
    "avi": (lambda: video("avi", "mpeg4"), "unsupported_type"),
    "tar": (lambda: b"thing.obj" + b"\0" * 503, "unsupported_type"),
    "gzip": (lambda: b"\x1f\x8b\x08" + b"\0" * 40, "unsupported_type"),
    "gltf without its buffer": (lambda: json.dumps(tetrahedron().doc).encode(), "unsupported_type"),
    # pictures
    "png that is cut short": (lambda: PNG[: len(PNG) // 2], "broken_file"),
    "png of which the head alone came": (lambda: PNG[:8], "broken_file"),
    "png with a broken checksum": (lambda: PNG[:30] + b"!!" + PNG[32:], "broken_file"),
    "png of no size": (lambda: png_bomb(0, 0), "broken_file"),
    "png of 20,000 by 20,000": (lambda: png_bomb(20_000, 20_000), "too_many_pixels"),
    "png of 2^31 - 1 a side": (lambda: png_bomb(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "jpeg that is cut short": (lambda: JPEG[: len(JPEG) // 2], "broken_file"),
    "jpeg of which the head alone came": (lambda: ICC, "broken_file"),
    "jpeg of noise": (lambda: ICC + np.random.default_rng(3).bytes(5000), "broken_file"),
    "webp that is cut short": (lambda: WEBP[:40], "broken_file"),
    # polyglots
    "png that is a zip": (lambda: PNG + archive({"run.js": b"x"}), "polyglot"),
    "jpeg that is a zip": (lambda: JPEG + archive({"run.js": b"x"}), "polyglot"),
    "jpeg that is a zip inside": (lambda: commented(archive({"a": b"x"})), "polyglot"),
    "png with html behind": (lambda: PNG + b"\n" + HTML, "polyglot"),
    "jpeg with html in a comment": (lambda: commented(HTML), "polyglot"),
    "jpeg with php in a comment": (lambda: commented(b"<?php ?>"), "polyglot"),
    "jpeg that is a pdf": (lambda: commented(b"%PDF-1.7"), "polyglot"),
    "png with a program behind": (lambda: PNG + b"\x7fELF" + b"\0" * 64, "polyglot"),
    "webp with a windows program behind": (lambda: WEBP + b"MZ" + b"\0" * 64, "polyglot"),
    "glb with an archive behind": (lambda: GLB + archive({"a": b"x"}), "polyglot"),
    "glb with a glb behind": (lambda: GLB + GLB, "polyglot"),
    "mp4 with an archive behind": (lambda: video() + archive({"a": b"x"}), "polyglot"),
    "zip with something before": (lambda: archive({"b.obj": OBJ}) + archive({"a.obj": OBJ}), "polyglot"),
    # scans
    "glb that is cut short": (lambda: GLB[:-20], "broken_file"),
    "glb of which the head alone came": (lambda: GLB[:12], "broken_file"),
    "glb of version 1": (lambda: GLB[:4] + b"\1\0\0\0" + GLB[8:], "broken_file"),
    "glb of json that is none": (lambda: GLB[:20] + b"!" + GLB[21:], "broken_file"),
    "glb with json 200,000 deep": (deep_json, "broken_file"),
    "glb that promises 2^31 - 1 vertices": (lambda: changed_glb(endless), "too_many_faces"),
    "glb that shows a mesh 2,000 times": (lambda: changed_glb(lambda doc: _instances(doc, 2_000)), "too_many_faces"),
    "glb whose nodes go round": (lambda: changed_glb(_loop), "broken_file"),
    "glb with a picture bomb": (lambda: textured_glb(png_bomb(20_000, 20_000)), "broken_file"),
    "glb that names a file": (lambda: changed_glb(_elsewhere("../../../../etc/passwd")), "broken_file"),
    "glb that names a path": (lambda: changed_glb(_elsewhere("/etc/passwd")), "broken_file"),
    "glb that names an encoded path": (lambda: changed_glb(_elsewhere("%2e%2e%2f%2e%2e%2fetc")), "broken_file"),
    "glb that names a url": (lambda: changed_glb(_elsewhere("http://169.254.169.254/latest/meta-data")), "broken_file"),
    "glb without a mesh": (lambda: changed_glb(lambda doc: doc.pop("meshes")), "broken_file"),
    # archives
    "zip of zeros": (lambda: archive({"a.obj": b"\0" * (64 * MIB)}), "archive_bomb"),
    "zip that unpacks to too much": (many_objs, "archive_bomb"),
    "zip of too many entries": (lambda: archive({f"{n}.png": b"" for n in range(600)}), "archive_bomb"),
    "zip whose entries are one": (overlapping, "unsafe_archive"),
    "zip that promises less than it holds": (liar, "broken_file"),
    "zip in a zip": (lambda: zipped({"thing/more.zip": archive({"a": b"x"})}), "nested_archive"),
    "zip in a zip that is called a picture": (lambda: zipped({"a.png": archive({"a.obj": OBJ})}), "nested_archive"),
    "gzip in a zip": (lambda: zipped({"a.obj.gz": b"\x1f\x8b"}), "nested_archive"),
    "zip that climbs": (lambda: zipped({"../../etc/cron.d/evil": b"x"}), "unsafe_path"),
    "zip that climbs from within": (lambda: zipped({"thing/../../evil.png": b"x"}), "unsafe_path"),
    "zip with an absolute path": (lambda: zipped({"/etc/passwd": b"x"}), "unsafe_path"),
    "zip with a windows path": (lambda: zipped({"C:\\evil.png": b"x"}), "unsafe_path"),
    "zip with backslashes": (lambda: zipped({"..\\evil.png": b"x"}), "unsafe_path"),
    "zip with a drive": (lambda: zipped({"c:evil.png": b"x"}), "unsafe_path"),
    "zip with a NUL in a name": (lambda: zipped({"a.png\0.exe": b"x"}), "unsafe_path"),
    "zip with a name that turns its letters": (lambda: zipped({"a\u202egnp.exe": b"x"}), "unsafe_path"),
    "zip with an empty part of a name": (lambda: zipped({"a//b.png": b"x"}), "unsafe_path"),
    "zip with a long name": (lambda: zipped({"n" * 300 + ".png": b"x"}), "unsafe_path"),
    "zip with deep folders": (lambda: zipped({"a/" * 40 + "b.png": b"x"}), "unsafe_path"),
    "zip with a link": (lambda: linked(0o120777), "unsafe_path"),
    "zip with a device": (lambda: linked(0o020666), "unsafe_path"),
    "zip with two of a name": (duplicate, "unsafe_archive"),
    "zip with a password": (encrypted, "unsafe_archive"),
    "zip packed with bzip2": (lambda: archive({"a.obj": OBJ}, packing=zipfile.ZIP_BZIP2), "unsafe_archive"),
    "zip packed with lzma": (lambda: archive({"a.obj": OBJ}, packing=zipfile.ZIP_LZMA), "unsafe_archive"),
    "zip that is cut short": (lambda: zipped()[:-30], "broken_file"),
    "zip without an obj": (lambda: archive({"a.txt": b"x"}), "unsupported_type"),
    "zip with two objs": (lambda: archive({"a.obj": OBJ, "b.obj": OBJ}), "unsupported_type"),
    "empty zip with a head": (lambda: archive({"a": b""})[:30] + archive({}), "unsupported_type"),
    "obj that names a file": (lambda: archive({"a.obj": b"mtllib ../../../etc/passwd\n" + OBJ}), "broken_file"),
    "obj without faces": (lambda: archive({"a.obj": b"v 1 2 3\n"}), "broken_file"),
    "obj of numbers that are none": (lambda: archive({"a.obj": b"v a b c\nf 1 1 1\n"}), "broken_file"),
    "obj with a face of nothing": (lambda: archive({"a.obj": b"v 1 2 3\nf 1 2 999\n"}), "broken_file"),
    "mtl that names a path": (mtl_elsewhere, "broken_file"),
    # videos
    "mp4 that is cut short": (lambda: video()[: len(video()) // 2], "broken_file"),
    "mp4 of which the head alone came": (lambda: video()[:32], "broken_file"),
    "mp4 of noise": (lambda: video()[:40] + np.random.default_rng(4).bytes(3000), "broken_file"),
    "webm of noise": (lambda: video("webm", "libvpx-vp9")[:60] + np.random.default_rng(4).bytes(3000), "broken_file"),
    "mp4 that is too long": (lambda: video(num_frames=60, fps=10), "too_long"),
    "mp4 of too many frames": (lambda: video(num_frames=130, fps=60), "too_long"),
    "mp4 of too many pixels": (lambda: video(size=(512, 512), num_frames=1), "too_many_pixels"),
    "mp4 of a codec that is not taken": (lambda: video("mp4", "mpeg1video"), "unsupported_type"),
    "matroska that is a playlist's": (lambda: b"\x1a\x45\xdf\xa3matroska" + PLAYLIST, "broken_file"),
    "mp4 that is a playlist's": (lambda: b"\0\0\0\x10ftypisom\0\0\0\0" + PLAYLIST, "broken_file"),
}  # fmt: skip


def write(folder: Path, content: bytes) -> Path:
    path = folder / "what the client says.exe"
    path.write_bytes(content)
    return path


def usdz(text: str = "", *, packing: int = zipfile.ZIP_STORED, **more: bytes) -> bytes:
    """A USDZ of a tetrahedron, or of this layer."""
    return archive({"thing.usda": usd_text(text).encode()} | more, packing=packing)


HONEST_USDZ = usdz()
HOSTILE_USDZ: dict[str, tuple[Callable[[], bytes], str]] = {
    "usdz that is packed": (lambda: usdz(packing=zipfile.ZIP_DEFLATED), "unsafe_archive"),
    "usdz of nothing": (lambda: usdz("# nothing"), "broken_file"),
    "usdz that is no usd": (lambda: archive({"a.usdc": b"PXR-USDC" + b"\xff" * 200}, packing=0), "broken_file"),
    "usdz that names a file": (lambda: usdz('def "a" (references = @/etc/passwd@) {}'), "broken_file"),
    "usdz that climbs": (lambda: usdz('def "a" (references = @../../../etc/passwd@) {}'), "broken_file"),
    "usdz that names a url": (lambda: usdz('def "a" (payload = @http://169.254.169.254/@) {}'), "broken_file"),
    "usdz in a usdz": (lambda: usdz(**{"more.usdz": usdz()}), "nested_archive"),
    "usdz with a program behind": (lambda: usdz() + b"\x7fELF" + b"\0" * 100, "polyglot"),
}
