"""Film request -> finished film. The whole story in one function."""

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from filmwright import __version__
from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import FilmError
from filmwright.core.files import sweep, workroom, workrooms, writing
from filmwright.core.frames import Frames
from filmwright.core.manifest import Manifest, TakeRecord, versions
from filmwright.core.progress import Report, Step, silent
from filmwright.core.shot import Shot, Storyboard
from filmwright.core.verdict import Verdict
from filmwright.core.video import Video
from filmwright.film.asset.signers import signers
from filmwright.film.frames.renderers import Renderer, renderers
from filmwright.film.video.codecs import Codec, codecs
from filmwright.film.video.edit import cut, fade
from filmwright.film.video.notice import notice
from filmwright.film.video.pictures import Still, contact_sheet, poster
from filmwright.film.video.sound import compose
from filmwright.film.video.titles import overlay

from .energy import Energy, Meter
from .film import Film, film_table, save_film
from .looks import looks
from .plan import Plan, expose, noting, plan
from .publish import Sealed, publish, seal
from .regions import Labelling
from .trust import Identity, admit, both, claim_for, identify, opened_mark, picture_claim

NOTABLE = 0.2  # score from which on a signal is worth a line in the manifest
TAKES = "utvideo"  # the codec of finished shots: lossless and quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished film and what lies beside it."""

    video: Video
    poster: Path
    sheet: Path
    manifest_path: Path
    film_path: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A rendered shot on disk."""

    shot: Shot
    path: Path
    record: TakeRecord


def make(film: Film, out: Path, report: Report = silent) -> Made:
    """Plan, shoot, cut, score, mark, encode, sign and describe one film in the folder `out`.

    Finished takes are kept in `out/.takes` by the hash of their content, so that a killed run goes on where it
    stopped and a changed film renders only what changed. What is not signed yet is never in its place. Raises
    FilmErrors; an earlier film stays whole.
    """
    new = not out.exists()
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    try:
        with workroom(out) as room:  # from the start: another run in this folder sees that its takes are in use
            return _made(film, out, room, report)
    except FilmError:
        if new:  # a film that was refused before anything was shot leaves no empty folder
            with suppress(OSError):
                out.rmdir()
        raise


def _made(film: Film, out: Path, room: Path, report: Report) -> Made:
    clock = Clock()
    codec = codecs.open(film.video.use, **film.video.options())
    signer = signers.open(film.trust.signer.use, **film.trust.signer.options())
    with Meter() as meter, noting() as noted, opened(film) as renderer:
        with clock("plan"):
            planned = plan(film, report)
        with clock("moderate"):
            verdict = admit(planned)
        with clock("meter"):
            planned = expose(planned, renderer, report)
        with clock("render"):
            scene_hash = content_hash(replace(planned.stage.scene, name="", source=None))
            takes = shoot(planned, scene_hash, renderer, out / ".takes", report)
    with clock("moderate"):
        shown = list(stills(planned.storyboard, takes))
        verdict = both(verdict, admit(planned, shown))
    identity = identify(planned, scene_hash, verdict)
    names = names_of(film, codec)
    with clock("finish"):
        video = finish(planned, takes, identity, codec, room / names.film, report)
    with clock("sign"):
        claim = claim_for(planned, identity, looks(video.path))
        sealed = seal(video.path, room, names.film, claim, signer)
    with clock("pictures"):
        contact_sheet(shown, room / names.sheet, title=planned.storyboard.title)
        poster(hero(takes), room / names.poster)
        for name in (names.sheet, names.poster):
            seal(room / name, room, name, picture_claim(claim, name), signer)
    manifest = describe(
        planned,
        video,
        takes,
        sealed,
        identity,
        verdict,
        folder=out,
        scene_hash=scene_hash,
        renderer=renderer.fingerprint,
        warnings=(*planned.warnings, *noted),
        energy=meter.read(),
        timings=clock.seconds,
    )
    (sealed.path.parent / names.manifest).write_text(manifest.text, encoding="utf-8")
    save_film(film, out / "film.toml")
    publish(sealed, out / names.film, made=identity.made, manifest=manifest.text)
    if workrooms(out) == {room}:  # else another run may be about to cut together what this one does not need
        forget_takes(out / ".takes", takes)
    return Made(
        video=replace(video, path=out / names.film),
        poster=out / names.poster,
        sheet=out / names.sheet,
        manifest_path=out / names.manifest,
        film_path=out / "film.toml",
        manifest=manifest,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the files of a film are called."""

    film: str
    sheet: str
    poster: str
    manifest: str


def names_of(film: Film, codec: Codec) -> Names:
    """All of them begin with the film's name."""
    title = film.title
    return Names(
        film=title + codec.suffix,
        sheet=f"{title}.sheet.jpg",
        poster=f"{title}.poster.jpg",
        manifest=f"{title}.manifest.json",
    )


@contextmanager
def opened(film: Film) -> Iterator[Renderer]:
    """The film's renderer; one that holds workers or a device open lets go of them at the end."""
    with ExitStack() as stack:
        renderer = renderers.open(film.render.use, **film.render.options())
        if isinstance(renderer, AbstractContextManager):
            stack.enter_context(renderer)
        yield renderer


def shoot(planned: Plan, scene_hash: str, renderer: Renderer, folder: Path, report: Report = silent) -> list[Take]:
    """Render every shot that is not on disk yet, each into a lossless file named by its content."""
    lossless = codecs.open(TAKES)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    takes = []
    for shot, start in zip(planned.storyboard.shots, planned.storyboard.cuts, strict=True):
        key = content_hash(scene_hash, shot, renderer.fingerprint, __version__)[:32]
        path = folder / f"{key}{lossless.suffix}"
        began, reused = time.perf_counter(), path.exists()
        if not reused:
            frames = renderer.render(planned.stage.scene, shot)
            lossless.encode(counted(frames, f"shoot {shot.name}", shot.num_frames, report), path)
        else:
            report(Step(f"keep {shot.name}", shot.num_frames, shot.num_frames))
        record = TakeRecord(
            name=shot.name,
            kind=shot.kind,
            seed=shot.seed,
            num_frames=shot.num_frames,
            start=float(start),
            key=key,
            reused=reused,
            render_seconds=round(time.perf_counter() - began, 3),
        )
        takes.append(Take(shot=shot, path=path, record=record))
    return takes


def finish(
    planned: Plan, takes: list[Take], identity: Identity, codec: Codec, path: Path, report: Report = silent
) -> Video:
    """Cut the takes together, set titles and labels, mark, compose the sound, encode, and check what was written."""
    storyboard = planned.storyboard
    lossless = codecs.open(TAKES)
    pictures = cut([lossless.decode(take.path) for take in takes], storyboard.joins)
    titled = overlay(pictures, storyboard, mood=planned.brief.mood, fonts=planned.film.fonts)
    faded = fade(titled, fade_in=storyboard.fade_in, fade_out=storyboard.fade_out)
    labelled = label(faded, planned, identity.labels)
    marked = opened_mark(planned).embed(labelled, identity.payload)
    sound = compose(storyboard.music, storyboard.seconds, storyboard.cuts) if storyboard.music else None
    total = round(storyboard.seconds * storyboard.shots[0].fps)
    tags = identity.labels.tags
    return codec.encode(counted(marked, "cut and encode", total, report), path, sound=sound, tags=tags)


def label(frames: Iterable[Frames], planned: Plan, labels: Labelling) -> Iterable[Frames]:
    """Lay over what the film's regions ask to be seen; after the fades, which would hide it."""
    if not labels.notice:
        return frames
    return notice(
        frames,
        labels.notice,
        seconds=labels.seconds,
        size=labels.size,
        titles=planned.storyboard.titles,
        mood=planned.brief.mood,
        fonts=planned.film.fonts,
    )


def counted(frames: Iterable[Frames], what: str, total: int, report: Report) -> Iterator[Frames]:
    """Pass pictures on and report each piece."""
    done = 0
    report(Step(what, 0, total))
    for piece in frames:
        yield piece
        done += len(piece.rgb)
        report(Step(what, done, total))


def stills(storyboard: Storyboard, takes: list[Take]) -> Iterator[Still]:
    """The middle picture of every take."""
    for take, (start, end) in zip(takes, storyboard.spans, strict=True):
        rgb = picture(take, take.shot.num_frames // 2)
        yield Still(rgb=rgb, name=take.shot.name, start=float(start), seconds=float(end - start))


def hero(takes: list[Take]) -> Frames:
    """The picture for the shop window: the middle of the hero shot, or of the first where there is none."""
    take = next((t for t in takes if t.shot.kind == "hero"), takes[0])
    return Frames(rgb=picture(take, take.shot.num_frames // 2)[None], fps=take.shot.fps)


def picture(take: Take, index: int) -> UInt8[np.ndarray, "H W 3"]:
    """One picture of a take, read from disk."""
    seen = 0
    for piece in codecs.open(TAKES).decode(take.path):
        if seen + len(piece.rgb) > index:
            return piece.rgb[index - seen]
        seen += len(piece.rgb)
    raise ValueError(f"{take.path} has {seen} frames, not {index + 1}")


def describe(
    planned: Plan,
    video: Video,
    takes: list[Take],
    sealed: Sealed,
    identity: Identity,
    verdict: Verdict,
    *,
    folder: Path,
    scene_hash: str,
    renderer: str,
    warnings: tuple[str, ...],
    energy: Energy,
    timings: dict[str, float],
) -> Manifest:
    """The manifest of a film that has just been made."""
    table = film_table(planned.film, folder)
    brief = {k: v for k, v in asdict(planned.brief).items() if k != "text"}
    return Manifest(
        film=table,
        film_hash=content_hash(table),
        understood=brief,
        ingredients=planned.ingredients,
        scene_hash=scene_hash,
        renderer=renderer,
        takes=tuple(take.record for take in takes),
        video={k: v for k, v in asdict(video).items() if k != "path"} | {"file": video.path.name},
        sha256=sealed.sha256,
        unsigned_sha256=file_hash(video.path),
        source=identity.source,
        moderation=replace(verdict, signals=tuple(s for s in verdict.signals if s.score >= NOTABLE)),
        mark={"algorithm": sealed.claim.mark_algorithm, "id": identity.mark_id} if identity.mark_id else {},
        signature={key: getattr(sealed.signature, key) for key in ("state", "says", "signer", "serial")},
        labels=identity.labels.says,
        energy=asdict(energy),
        warnings=warnings,
        timings=timings,
        versions=versions("filmwright", "numpy", "warp-lang", "pyoidn", "av", "pillow", "uharfbuzz", "c2pa-python"),
        made=identity.made,
    )


def forget_takes(folder: Path, keep: list[Take]) -> None:
    """Remove the takes that the finished film does not use."""
    kept = {take.path for take in keep}
    for path in folder.iterdir():
        if path not in kept and ".part-" not in path.name:
            path.unlink(missing_ok=True)


class Clock:
    """Seconds spent in each named part of a job."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, part: str) -> Iterator[None]:
        """Add the block's time to `part`."""
        began = time.perf_counter()
        yield
        self.seconds[part] = round(self.seconds.get(part, 0.0) + time.perf_counter() - began, 3)
