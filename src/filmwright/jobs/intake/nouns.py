"""What may come in, and what came."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

Kind = Literal["picture", "scan", "video"]
KINDS: tuple[Kind, ...] = ("picture", "scan", "video")

Code = Literal[
    "unsupported_type",  # none of the kinds that are taken, whatever its name and header say
    "kind_not_allowed",  # a kind that is taken, but not here
    "empty_file",
    "too_large",  # bytes
    "too_many_pixels",
    "too_many_faces",
    "too_long",  # seconds or frames of a video
    "broken_file",
    "polyglot",  # a file that is something else besides
    "archive_bomb",  # an archive that grows too much, or has too many entries
    "nested_archive",
    "unsafe_path",  # a name in an archive, or a reference in a scan, that leads elsewhere
    "unsafe_archive",  # encrypted, overlapping, two entries of one name, ...
    "parse_timeout",
    "parse_memory",
    "parse_failed",  # the parser's process died
    "bad_url",
    "host_not_allowed",
    "private_address",
    "too_many_redirects",
    "fetch_failed",
    "fetch_timeout",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of anything is taken from strangers. Bytes, pixels, seconds."""

    max_bytes: int = 100 << 20  # of a file as it comes
    max_pixels: int = 50_000_000  # of a picture, and of each texture
    max_vertices: int = 5_000_000  # of a scan
    max_faces: int = 5_000_000  # of a scan, counted as often as it shows them
    max_seconds: float = 60.0  # of a video
    max_frames: int = 3_600  # of a video
    max_frame_pixels: int = 4096 * 2304  # of a video's picture
    max_entries: int = 500  # of an archive
    max_expanded_bytes: int = 1 << 30  # of all entries of an archive together
    max_ratio: float = 200.0  # expanded to packed, of an entry and of an archive
    parse_bytes: int = 4 << 30  # address space of the parser's process
    parse_cpu_seconds: int = 120
    parse_wall_seconds: float = 300.0
    fetch_seconds: float = 60.0  # for a URL, with its redirects, to the last byte
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """A picture, upright."""

    width: int  # pixels
    height: int  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFacts:
    """A 3D scan. Counts are of what it holds, `num_faces` of what it shows: a mesh may stand in several places."""

    num_vertices: int
    num_faces: int
    num_meshes: int
    size: tuple[float, float, float]  # metres, of the box around it
    animated: bool
    warnings: tuple[str, ...] = ()  # what it asks for and does not get


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    """A short video's pictures; its sound is left out."""

    width: int  # pixels
    height: int  # pixels
    fps: Fraction
    num_frames: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return float(self.num_frames / self.fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An input that was let in: a file of our own making, which holds nothing that the stranger's parser did not see.

    `path` is a PNG (8-bit RGB), a self-contained GLB, or an MP4 (H.264, no sound) in the folder that was asked for.
    """

    kind: Kind
    path: Path
    media_type: str  # of `path`: image/png, model/gltf-binary, video/mp4
    sha256: str  # of `path`
    num_bytes: int  # of `path`
    source_type: str  # media type of what came, sniffed
    source_sha256: str
    facts: PictureFacts | ScanFacts | VideoFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """From where URLs may be fetched: nowhere, unless said.

    `names` are host names ("assets.example.com"), or with "*." all names below one ("*.example.com", which is not
    example.com itself). `ports` are those a URL may name; `http` lets in URLs that are not encrypted.
    """

    names: tuple[str, ...] = ()
    http: bool = False
    ports: tuple[int, ...] = (80, 443)
