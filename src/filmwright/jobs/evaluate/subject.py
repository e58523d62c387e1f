"""What is measured: a video file, or a clip in memory with all that is known exactly about it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av

from filmwright.core.clip import Clip, Lens
from filmwright.core.frames import Frames
from filmwright.film.video.reading import decode, probe

from .protocol import VideoProtocol


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subject:
    """One video that can be looked through as often as needed, a piece at a time."""

    name: str
    protocol: VideoProtocol
    frames: Callable[[], Iterator[Frames]]  # each call starts from the first
    lens: Lens | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    passes: frozenset[str] = frozenset()  # what the frames carry besides colour
    captions: tuple[str, ...] = ()  # what is to be seen, said in one or several ways
    path: Path | None = None  # of a file
    reference: "Subject | None" = None


def from_file(path: Path, name: str = "") -> Subject:
    """A video file; facts and captions are taken from the JSON or text file of the same name beside it.

    Raises BadAsset.
    """
    video, facts = probe(path), _facts(path.with_suffix(".json"))
    return Subject(
        name=name or path.name,
        protocol=VideoProtocol(
            width=video.width,
            height=video.height,
            fps=video.fps,
            num_frames=video.num_frames,
            codec=video.video_codec,
            pixel_format=video.pixel_format,
            color=video.color,
            decoder=decoder(),
        ),
        frames=lambda: decode(path),
        facts=facts,
        captions=_captions(facts) or _text(path.with_suffix(".txt")),
        path=path,
    )


def from_clip(clip: Clip) -> Subject:
    """A clip with its passes, lens and facts."""
    frames = clip.frames
    num, height, width = frames.rgb.shape[:3]
    known = ("depth", "normals", "ids", "flow", "visible", "albedo", "radiance")
    return Subject(
        name=clip.key,
        protocol=VideoProtocol(
            width=width,
            height=height,
            fps=frames.fps,
            num_frames=num,
            codec="",
            pixel_format="rgb24",
            color="srgb",
            decoder="memory",
        ),
        frames=lambda: iter([frames]),
        lens=clip.lens,
        facts=clip.facts,
        captions=clip.captions,
        passes=frozenset(name for name in known if getattr(frames.passes, name) is not None),
    )


def fast_look(subject: Subject) -> Subject:
    """The same, and its reference, looked at fast."""
    reference = None if subject.reference is None else fast_look(subject.reference)
    return replace(subject, protocol=replace(subject.protocol, fast=True), reference=reference)


def decoder() -> str:
    """The library that decodes files, and its version."""
    return f"libavcodec {'.'.join(map(str, av.library_versions['libavcodec']))} (PyAV {version('av')})"


def _facts(path: Path) -> Mapping[str, Any]:
    """What data sets keep beside a video, as simulated ones do; nothing where it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _captions(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What data sets call captions, one or several, or the prompt that a video was made from."""
    told = next((facts[key] for key in ("captions", "caption", "prompt") if facts.get(key)), ())
    several = (told,) if isinstance(told, str) else told if isinstance(told, list) else ()
    return tuple(each for each in several if isinstance(each, str))


def _text(path: Path) -> tuple[str, ...]:
    """A caption that is a text file, as many data sets of videos keep it."""
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ()
    return (found,) if found else ()
