"""From bytes to a checked document: the GLB container, the JSON, the extensions."""

import struct
import warnings
from pathlib import Path

from pydantic import ValidationError

from filmwright.core.errors import BadAsset, FilmWarning

from .document import Document

PLAYED = frozenset(
    {
        "EXT_texture_webp",
        "KHR_materials_clearcoat",
        "KHR_materials_emissive_strength",
        "KHR_materials_ior",
        "KHR_materials_pbrSpecularGlossiness",
        "KHR_materials_transmission",
        "KHR_materials_unlit",
        "KHR_mesh_quantization",
        "KHR_texture_transform",
    }
)
_SILENT = frozenset({"KHR_xmp", "KHR_xmp_json_ld", "KHR_materials_variants", "EXT_lights_image_based"})
_INSTEAD = {
    "KHR_draco_mesh_compression": "Export it again without Draco compression",
    "EXT_meshopt_compression": "Export it again without meshopt compression",
    "KHR_texture_basisu": "Export it again with PNG or JPEG textures instead of KTX2",
    "EXT_mesh_gpu_instancing": "Export it again with each instance as a node of its own",
}


def parsed(path: Path, data: bytes) -> tuple[Document, bytes | None]:
    """The document in a .gltf or .glb file's bytes, and GLB's binary chunk if it has one.

    Raises BadAsset for broken containers and JSON, versions other than 2, and required extensions not in PLAYED.
    """
    text, chunk = _glb_chunks(path, data) if data[:4] == b"glTF" else (data, None)
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        document = Document.model_validate_json(text)
    except ValidationError as err:
        raise BadAsset(f"{path} is no valid glTF: {_first(err)}. Export it again.") from err
    version = document.asset.min_version or document.asset.version
    if version.split(".")[0] != "2":
        raise BadAsset(f"{path} is glTF {version!r}; only version 2 is read. Export it again as glTF 2.0.")
    _check_extensions(path, document)
    return document, chunk


def _glb_chunks(path: Path, data: bytes) -> tuple[bytes, bytes | None]:
    """JSON and binary chunk of a GLB (glTF 2.0, 4.4)."""
    again = "The download or export was cut short: get the file again."
    if len(data) < 20:
        raise BadAsset(f"{path} is a truncated GLB: {len(data)} bytes, but its header alone takes 20. {again}")
    _, version, length = struct.unpack_from("<4sII", data)
    if version != 2:
        raise BadAsset(f"{path} is GLB version {version}; only version 2 is read. Export it again as glTF 2.0.")
    if length > len(data):
        raise BadAsset(f"{path} is a truncated GLB: it promises {length:,} bytes and has {len(data):,}. {again}")
    chunks: list[tuple[bytes, bytes]] = []
    at = 12
    while at + 8 <= length and len(chunks) < 2:
        size, kind = struct.unpack_from("<I4s", data, at)
        if at + 8 + size > len(data):
            raise BadAsset(f"{path} is a truncated GLB: a chunk of {size:,} bytes ends past the file. {again}")
        chunks.append((kind, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if not chunks or chunks[0][0] != b"JSON":
        raise BadAsset(f"{path} is a broken GLB: its first chunk is not JSON. Export it again.")
    return chunks[0][1], chunks[1][1] if len(chunks) > 1 and chunks[1][0] == b"BIN\0" else None


def _first(err: ValidationError) -> str:
    one = err.errors()[0]
    where = ".".join(map(str, one["loc"]))
    return f"{where}: {one['msg']}" if where else str(one["msg"])


def _check_extensions(path: Path, document: Document) -> None:
    for name in document.extensions_required:
        if name not in PLAYED:
            what = _INSTEAD.get(name, f"Export it again without {name}")
            raise BadAsset(f"{path} needs the glTF extension {name[:80]!r}, which is not supported. {what}.")
    ignored = sorted(set(document.extensions_used) - PLAYED - _SILENT)
    if ignored:
        names = ", ".join(n[:80] for n in ignored[:8])
        warnings.warn(
            FilmWarning(f"{path} uses glTF extensions that the film leaves out: {names}. The base material stands in."),
            stacklevel=2,
        )
