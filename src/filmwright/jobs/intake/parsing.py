"""Bytes of strangers -> files of our own making. Runs in the parser's process only (worker.py)."""

import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image

from filmwright.core.errors import BadAsset, MissingExtra, Refused
from filmwright.core.frames import Frames
from filmwright.core.pose import world_transforms
from filmwright.core.scene import Scene
from filmwright.film.scene.gltf.container import parsed
from filmwright.film.scene.gltf.document import Document
from filmwright.film.scene.gltf.writing import write_glb
from filmwright.film.scene.readers import readers
from filmwright.film.scene.sources import file_bytes
from filmwright.film.scene.textures import decode
from filmwright.film.video.codecs import codecs
from filmwright.film.video.reading import to_rgb

from .archives import PICTURES, examined, unpacked
from .nouns import Limits, PictureFacts, ScanFacts, VideoFacts
from .sniffing import refuse_polyglot

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF's orientations
_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores"}
_MAX_FPS = 240
_USD = (".usd", ".usda", ".usdc")


def parse(path: Path, media_type: str, out: Path, limits: Limits) -> tuple[str, dict[str, Any]]:
    """Write what `path` shows to `out` (its ending is added); the media type of what came, and its facts as a table."""
    refuse_polyglot(path, media_type)
    if media_type.startswith("image/"):
        return media_type, asdict(_picture(path, media_type, out.with_suffix(".png"), limits))
    if media_type.startswith("video/"):
        video = _video(path, media_type, out.with_suffix(".mp4"), limits)
        return media_type, asdict(video) | {"fps": str(video.fps)}
    if media_type == "model/gltf-binary":
        return media_type, asdict(_glb(path, out.with_suffix(".glb"), limits))
    source, facts = _archive(path, out.with_suffix(".glb"), limits)
    return source, asdict(facts)


def _picture(path: Path, media_type: str, out: Path, limits: Limits) -> PictureFacts:
    name = media_type.removeprefix("image/").upper()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the limit below is stricter than Pillow's bomb warning
            with Image.open(path, formats=[name]) as image:
                width, height = image.size
                if width * height > limits.max_pixels:
                    raise _too_many_pixels(f"{width} x {height}", limits.max_pixels)
                turn = _TURNS.get(image.getexif().get(0x0112, 1))
    except Image.DecompressionBombError as err:
        raise _too_many_pixels("far more", limits.max_pixels) from err
    except (BadAsset, MemoryError):
        raise
    except Exception as err:  # Pillow raises what it likes at broken data
        raise BadAsset(f"the {name} is broken: {err}. Save it again.") from err
    shown = Image.fromarray(_on_white(decode(path.read_bytes(), "the picture", max_pixels=limits.max_pixels)))
    shown = shown.transpose(turn) if turn is not None else shown
    shown.save(out, "PNG", compress_level=1)
    return PictureFacts(width=shown.width, height=shown.height)


def _too_many_pixels(came: str, most: int) -> Refused:
    return Refused(f"the picture has {came} pixels, above the limit of {most:,}. Make it smaller.", "too_many_pixels")


def _on_white(pixels: np.ndarray) -> np.ndarray:
    """Without alpha: what is seen through lies on white."""
    if pixels.shape[2] < 4:
        return pixels
    alpha = pixels[..., 3:].astype(np.uint16)
    return ((pixels[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _glb(path: Path, out: Path, limits: Limits) -> ScanFacts:
    """The same bytes without what stands behind their end: the film's reader has seen them all."""
    data = file_bytes(path)
    document, _ = parsed(path, data)
    _check_promised(document, limits)
    facts = _facts(path, "gltf", limits)[1]
    out.write_bytes(data[: int.from_bytes(data[8:12], "little")])
    return facts


def _check_promised(document: Document, limits: Limits) -> None:
    """Before anything is decoded: a few bytes of JSON can promise any number of zeros (glTF 2.0, 3.6.2.3)."""
    accessors = document.accessors
    vertices = faces = 0
    for part in (part for mesh in document.meshes for part in mesh.primitives):
        corners = [accessors[i].count for i in part.attributes.values() if i < len(accessors)]
        vertices += max(corners, default=0)
        if part.indices is not None and part.indices < len(accessors):
            faces += accessors[part.indices].count // 3
    _check_counts(vertices, faces, limits)


def _check_counts(vertices: int, faces: int, limits: Limits) -> None:
    if vertices > limits.max_vertices or faces > limits.max_faces:
        raise Refused(
            f"the scan has {vertices:,} vertices and {faces:,} faces, above the limit of {limits.max_vertices:,} and "
            f"{limits.max_faces:,}. Simplify it first.",
            "too_many_faces",
        )


def _facts(path: Path, reader: str, limits: Limits) -> tuple[Scene, ScanFacts]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        scene = readers.open(reader, max_pixels=limits.max_pixels).read(path)
    vertices = sum(len(mesh.positions) for mesh in scene.meshes)
    shown = [(i, scene.meshes[node.mesh]) for i, node in enumerate(scene.nodes) if node.mesh is not None]
    faces = sum(len(mesh.faces) for _, mesh in shown)
    _check_counts(vertices, faces, limits)
    world = world_transforms(scene, 0.0)
    bounds = np.array([_bounds(mesh.positions @ world[i, :3, :3].T + world[i, :3, 3]) for i, mesh in shown])
    size = bounds[:, 1].max(axis=0) - bounds[:, 0].min(axis=0)
    return scene, ScanFacts(
        num_vertices=vertices,
        num_faces=faces,
        num_meshes=len(scene.meshes),
        size=(float(size[0]), float(size[1]), float(size[2])),
        animated=scene.duration > 0,
        warnings=tuple(dict.fromkeys(str(warning.message) for warning in told))[:20],
    )


def _bounds(points: np.ndarray) -> np.ndarray:
    return np.stack([points.min(axis=0), points.max(axis=0)])


def _archive(path: Path, out: Path, limits: Limits) -> tuple[str, ScanFacts]:
    try:
        with zipfile.ZipFile(path) as archive:
            files = examined(archive, limits)
            if min((entry.header_offset for entry in archive.infolist()), default=0) > 0:
                raise Refused("something stands before the archive's first entry. Pack it again.", "polyglot")
            if Path(files[0].filename if files else "").suffix.lower() in _USD:
                return "model/vnd.usdz+zip", _usdz(path, files, out, limits)
            names = [Path(entry.filename) for entry in files if not entry.filename.startswith("__MACOSX/")]
            objs = [name for name in names if name.suffix.lower() == ".obj"]
            if len(objs) != 1:
                raise Refused(
                    f"the archive has {len(objs)} OBJ files. Send one, with its MTL and pictures.",
                    "unsupported_type",
                )
            wanted = (".obj", ".mtl", *PICTURES)
            entries = [entry for entry in files if Path(entry.filename).suffix.lower() in wanted]
            unpacked(archive, entries, Path("scan"), limits)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as err:
        raise BadAsset(f"the archive is broken: {err}. Pack it again.") from err
    scene, facts = _facts(Path("scan") / objs[0], "obj", limits)
    write_glb(scene, out)
    return "application/zip", facts


def _usdz(path: Path, files: list[zipfile.ZipInfo], out: Path, limits: Limits) -> ScanFacts:
    """Its first file is a USD layer, and nothing in it is packed (OpenUSD, "USDZ File Format Specification")."""
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in files):
        raise Refused("the USDZ is packed, and USDZ is not. Export it again.", "unsafe_archive")
    try:
        scene, facts = _facts(path.rename(path.with_suffix(".usdz")), "usd", limits)
    except MissingExtra as err:
        raise Refused("USDZ is not read here. Send a GLB.", "unsupported_type") from err
    write_glb(scene, out)
    return facts


def _video(path: Path, media_type: str, out: Path, limits: Limits) -> VideoFacts:
    """Decoded by the demuxer of its type alone: FFmpeg's playlists could name other files."""
    demuxer = "webm" if media_type == "video/webm" else "mov"
    try:
        with av.open(str(path), format=demuxer, options={"protocol_whitelist": "file"}) as container:
            if not container.streams.video:
                raise BadAsset("the video holds no pictures. Send another.")
            stream = container.streams.video[0]
            if stream.codec_context.codec.canonical_name not in _CODECS:
                raise Refused(
                    f"the video's codec {stream.codec_context.codec.canonical_name!r} is not taken. Send H.264.",
                    "unsupported_type",
                )
            fps = Fraction(stream.average_rate or 0)
            if not 0 < fps <= _MAX_FPS:
                raise BadAsset(f"the video has {float(fps):g} frames a second. Encode it again with a constant rate.")
            _check_frame(stream.codec_context.width, stream.codec_context.height, limits)
            if stream.duration and stream.time_base and stream.duration * stream.time_base > limits.max_seconds:
                raise _too_long(limits)
            pictures = _pictures(container.decode(stream), fps, limits)
            made = codecs.open("mp4", crf=12.0, speed="ultrafast").encode(pictures, out)
    except av.error.MemoryError as err:
        raise MemoryError from err
    except av.FFmpegError as err:
        raise BadAsset(f"the video is broken ({err.strerror}). Encode it again.") from err
    return VideoFacts(width=made.width, height=made.height, fps=made.fps, num_frames=made.num_frames)


def _pictures(decoded: Iterator[VideoFrame], fps: Fraction, limits: Limits) -> Iterator[Frames]:
    reformatter, size = VideoReformatter(), None
    for count, picture in enumerate(decoded):
        if count >= limits.max_frames or count / fps > limits.max_seconds:
            raise _too_long(limits)
        if size is None:
            size = (picture.width, picture.height)
            _check_frame(*size, limits)
        if (picture.width, picture.height) != size:
            raise BadAsset("the video changes its size on the way. Encode it again.")
        if picture.is_corrupt:
            raise BadAsset(f"the video is broken at frame {count}. Encode it again.")
        rgb = to_rgb(picture, reformatter)
        rgb = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]  # H.264 in 4:2:0 has no odd sizes
        yield Frames(rgb=np.ascontiguousarray(rgb)[None], fps=fps, start=count / fps)


def _check_frame(width: int, height: int, limits: Limits) -> None:
    if width * height > limits.max_frame_pixels:
        raise Refused(
            f"the video's pictures have {width} x {height} pixels, above {limits.max_frame_pixels:,}. Make it smaller.",
            "too_many_pixels",
        )
    if min(width, height) < 2:
        raise BadAsset(f"the video's pictures have {width} x {height} pixels. Send another.")


def _too_long(limits: Limits) -> Refused:
    return Refused(
        f"the video is longer than {limits.max_seconds:g} seconds or {limits.max_frames:,} frames. Cut it.", "too_long"
    )
