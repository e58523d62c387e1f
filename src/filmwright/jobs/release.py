"""From finished pictures to a film that can be trusted: marked, encoded, signed, described and only then in its place.

The same for every film that Filmwright makes, whatever its pictures come from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import FilmError
from filmwright.core.files import sweep, workroom, workrooms, writing
from filmwright.core.frames import Frames
from filmwright.core.manifest import Generated, Manifest, TakeRecord, versions
from filmwright.core.progress import Report, silent
from filmwright.core.shot import Title
from filmwright.core.sound import Sound
from filmwright.core.verdict import Verdict
from filmwright.core.video import Video
from filmwright.film.asset.signers import Signer
from filmwright.film.video.codecs import Codec
from filmwright.film.video.notice import notice
from filmwright.film.video.pictures import Still, contact_sheet, poster

from .energy import Energy
from .looks import looks
from .publish import Sealed, publish, seal
from .stages import Stages
from .takes import Take, counted, forget
from .trust import Identity, Work, claim_for, opened_mark, picture_claim

NOTABLE = 0.2  # score from which on a signal is worth a line in the manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished film and what lies beside it."""

    video: Video
    poster: Path
    sheet: Path
    manifest_path: Path
    manifest: Manifest
    film_path: Path | None = None  # of the film.toml to make it again, where it was made from one


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the files of a film are called."""

    film: str
    sheet: str
    poster: str
    manifest: str


def names_of(title: str, codec: Codec) -> Names:
    """All of them begin with the film's name."""
    return Names(
        film=title + codec.suffix,
        sheet=f"{title}.sheet.jpg",
        poster=f"{title}.poster.jpg",
        manifest=f"{title}.manifest.json",
    )


@contextmanager
def workshop(out: Path) -> Iterator[Path]:
    """A workroom in the folder `out`; where a new film is refused before anything was made, no empty folder stays."""
    new = not out.exists()
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    try:
        with workroom(out) as room:  # from the start: another run in this folder sees that its takes are in use
            yield room
    except FilmError:
        if new:
            with suppress(OSError):
                out.rmdir()
        raise


def labelled(
    frames: Iterable[Frames],
    identity: Identity,
    *,
    titles: Sequence[Title] = (),
    mood: str = "calm",
    fonts: Sequence[Path] = (),
) -> Iterable[Frames]:
    """Lay over what the film's regions ask to be seen, clear of its titles; after the fades, which would hide it."""
    labels = identity.labels
    if not labels.notice:
        return frames
    return notice(
        frames, labels.notice, seconds=labels.seconds, size=labels.size, titles=titles, mood=mood, fonts=fonts
    )


def encode(
    frames: Iterable[Frames],
    work: Work,
    identity: Identity,
    codec: Codec,
    path: Path,
    *,
    num_frames: int,
    sound: Sound | None = None,
    report: Report = silent,
) -> Video:
    """Mark and encode finished pictures, and check what was written."""
    marked = counted(opened_mark(work).embed(frames, identity.payload), "mark and encode", num_frames, report)
    return codec.encode(marked, path, sound=sound, tags=identity.labels.tags)


def sealed(
    video: Video,
    work: Work,
    identity: Identity,
    signer: Signer,
    room: Path,
    names: Names,
    *,
    shown: Callable[[], Sequence[Still]],
    best: Callable[[], Frames],
    stage: Stages,
) -> Sealed:
    """The film, its contact sheet of what is `shown` and a poster of the `best` pictures, all of them signed."""

    def sign() -> Sealed:
        return seal(video.path, room, names.film, claim_for(work, identity, looks(video.path)), signer)

    def pictures() -> None:
        contact_sheet(shown(), room / names.sheet, title=work.title, what=work.stills)
        poster(best(), room / names.poster)
        for name in (names.sheet, names.poster):
            seal(room / name, room, name, picture_claim(film.claim, name), signer)

    film = stage("sign", sign)
    stage("pictures", pictures)
    return film


def described(
    film: Mapping[str, Any],
    work: Work,
    video: Video,
    signed: Sealed,
    identity: Identity,
    verdict: Verdict,
    *,
    understood: Mapping[str, Any],
    scene_hash: str,
    renderer: str,
    takes: Sequence[TakeRecord],
    warnings: Sequence[str],
    energy: Energy,
    timings: Mapping[str, float],
    packages: Sequence[str],
    generated: Sequence[Generated] = (),
) -> Manifest:
    """The manifest of a film that has just been made; `film` is its request, as plain values."""
    own = ("filmwright", "numpy", "av", "pillow", "uharfbuzz", "c2pa-python")
    return Manifest(
        film=dict(film),
        film_hash=content_hash(dict(film)),
        understood=dict(understood),
        ingredients=tuple(part for part in work.ingredients if part.role != "music"),
        scene_hash=scene_hash,
        renderer=renderer,
        takes=tuple(takes),
        video={k: v for k, v in asdict(video).items() if k != "path"} | {"file": video.path.name},
        sha256=signed.sha256,
        unsigned_sha256=file_hash(video.path),
        source=identity.source,
        moderation=replace(verdict, signals=tuple(s for s in verdict.signals if s.score >= NOTABLE)),
        mark={"algorithm": signed.claim.mark_algorithm, "id": identity.mark_id} if identity.mark_id else {},
        signature={key: getattr(signed.signature, key) for key in ("state", "says", "signer", "serial")},
        labels=identity.labels.says,
        energy=asdict(energy),
        generated=tuple(generated),
        warnings=tuple(warnings),
        timings=dict(timings),
        versions=versions(*own, *packages),
        made=identity.made,
    )


def put_in_place(
    signed: Sealed, video: Video, manifest: Manifest, out: Path, room: Path, names: Names, takes: Sequence[Take]
) -> Made:
    """Keep the record, log it, and move film, pictures and manifest to where they will be seen."""
    (signed.path.parent / names.manifest).write_text(manifest.text, encoding="utf-8")
    publish(signed, out / names.film, made=manifest.made, manifest=manifest.text)
    if workrooms(out) == {room}:  # else another run may be about to cut together what this one does not need
        forget(out / ".takes", takes)
    return Made(
        video=replace(video, path=out / names.film),
        poster=out / names.poster,
        sheet=out / names.sheet,
        manifest_path=out / names.manifest,
        manifest=manifest,
    )
