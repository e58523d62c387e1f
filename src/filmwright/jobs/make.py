"""Film request -> finished film. The whole story in one function."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

from filmwright import __version__
from filmwright.core.content import content_hash
from filmwright.core.frames import Frames
from filmwright.core.progress import Report, silent
from filmwright.core.shot import Shot, Storyboard
from filmwright.core.video import Video
from filmwright.film.asset.signers import signers
from filmwright.film.frames.renderers import Renderer, renderers
from filmwright.film.video.codecs import Codec, codecs
from filmwright.film.video.edit import cut, fade
from filmwright.film.video.pictures import Still
from filmwright.film.video.sound import compose
from filmwright.film.video.titles import overlay

from .backdrop import footage_for, opened_generator, staged_before, stills_of, told
from .energy import Meter
from .film import Film, film_table, save_film
from .plan import Plan, exposed, metered, noting, plan
from .release import Made, described, encode, labelled, names_of, put_in_place, sealed, workshop
from .rendered import rendered
from .stages import Stages, Straight
from .takes import Take, picture, played, take
from .trust import Identity, Work, admit, both, identify

__all__ = ["Made", "made", "make"]


def make(film: Film, out: Path, report: Report = silent) -> Made:
    """Plan, shoot, cut, score, mark, encode, sign and describe one film in the folder `out`.

    Finished takes are kept in `out/.takes` by the hash of their content, so that a killed run goes on where it
    stopped and a changed film renders only what changed. What is not signed yet is never in its place. Raises
    FilmErrors; an earlier film stays whole.
    """
    with workshop(out) as room:
        return made(film, out, room, Straight(), report)


def made(film: Film, out: Path, room: Path, stage: Stages, report: Report = silent) -> Made:
    """The stages of a film, in the order of the story; its unfinished files stand in `room`, which is in `out`."""
    codec = codecs.open(film.video.use, **film.video.options())
    signer = signers.open(film.trust.signer.use, **film.trust.signer.options())
    with Meter() as meter, noting() as noted, opened_generator(film) as generator, opened(film) as renderer:
        planned = stage.again("plan", lambda: plan(film, report))
        work = rendered(planned)
        verdict = stage("moderate", partial(admit, work), "request")
        footage = None
        if generator is not None:
            footage = stage("generate", lambda: footage_for(film, generator, out / ".takes", report))
            planned = stage.again("backdrop", partial(staged_before, planned, footage))
            work = rendered(planned)
            clips = partial(admit, replace(work, shows=None))
            verdict = both(verdict, stage("moderate", lambda: clips(stills_of(footage)), "backdrop"))
        planned = exposed(planned, stage("meter", partial(metered, planned, renderer, report)))
        scene = replace(planned.stage.scene, name="", source=None)
        scene_hash = stage("plan", partial(content_hash, scene), "hash", share=0.0)
        takes = shoot(planned, scene_hash, renderer, out / ".takes", stage, report)
    shown = cache(lambda: list(stills(planned.storyboard, takes)))
    verdict = both(verdict, stage("moderate", lambda: admit(work, shown()), "film"))
    identity = stage("finish", partial(identify, work, verdict, scene_hash), "id", share=0.0)
    names = names_of(film.title, codec)
    video = stage("finish", partial(finish, planned, work, takes, identity, codec, room / names.film, report))
    best = partial(hero, takes, video.fps)
    signed = sealed(video, work, identity, signer, room, names, shown=shown, best=best, stage=stage)

    def put() -> Made:
        manifest = described(
            film_table(film, out),
            work,
            video,
            signed,
            identity,
            verdict,
            understood={key: value for key, value in asdict(planned.brief).items() if key != "text"},
            scene_hash=scene_hash,
            renderer=renderer.fingerprint,
            takes=[shot.record for shot in takes],
            warnings=(*planned.warnings, *noted),
            energy=meter.read(),
            timings=stage.seconds,
            packages=("warp-lang", "pyoidn", *(("torch", "diffusers", "transformers") if footage else ())),
            generated=[told(planned, footage)] if footage else (),
        )
        save_film(film, out / "film.toml")
        return put_in_place(signed, video, manifest, out, room, names, [*takes, *(footage.takes if footage else ())])

    return replace(stage("put", put), film_path=out / "film.toml")


@contextmanager
def opened(film: Film) -> Iterator[Renderer]:
    """The film's renderer; one that holds workers or a device open lets go of them at the end."""
    with ExitStack() as stack:
        renderer = renderers.open(film.render.use, **film.render.options())
        if isinstance(renderer, AbstractContextManager):
            stack.enter_context(renderer)
        yield renderer


def shoot(
    planned: Plan, scene_hash: str, renderer: Renderer, folder: Path, stage: Stages, report: Report = silent
) -> list[Take]:
    """Render every shot that is not on disk yet, each into a lossless file named by its content."""
    board, scene = planned.storyboard, planned.stage.scene

    def taken(shot: Shot, start: Fraction) -> Take:
        return take(
            folder,
            partial(renderer.render, scene, shot),
            name=shot.name,
            kind=shot.kind,
            seed=shot.seed,
            num_frames=shot.num_frames,
            start=float(start),
            key=content_hash(scene_hash, shot, renderer.fingerprint, __version__)[:32],
            report=report,
        )

    total = sum(shot.num_frames for shot in board.shots)
    return [
        stage("render", partial(taken, shot, start), shot.name, share=shot.num_frames / total)
        for shot, start in zip(board.shots, board.cuts, strict=True)
    ]


def finish(
    planned: Plan,
    work: Work,
    takes: Sequence[Take],
    identity: Identity,
    codec: Codec,
    path: Path,
    report: Report = silent,
) -> Video:
    """Cut the takes together, set titles and labels, mark, compose the sound, encode, and check what was written."""
    board, mood, fonts = planned.storyboard, planned.brief.mood, planned.film.fonts
    pictures = cut([played(shot) for shot in takes], board.joins)
    titled = overlay(pictures, board, mood=mood, fonts=fonts)
    faded = fade(titled, fade_in=board.fade_in, fade_out=board.fade_out)
    frames = labelled(faded, identity, titles=board.titles, mood=mood, fonts=fonts)
    sound = compose(board.music, board.seconds, board.cuts) if board.music else None
    num_frames = round(board.seconds * board.shots[0].fps)
    return encode(frames, work, identity, codec, path, num_frames=num_frames, sound=sound, report=report)


def stills(storyboard: Storyboard, takes: Sequence[Take]) -> Iterator[Still]:
    """The middle picture of every take."""
    for shot, (start, end) in zip(takes, storyboard.spans, strict=True):
        rgb = picture(shot, shot.record.num_frames // 2)
        yield Still(rgb=rgb, name=shot.record.name, start=float(start), seconds=float(end - start))


def hero(takes: Sequence[Take], fps: Fraction) -> Frames:
    """The picture for the shop window: the middle of the hero shot, or of the first where there is none."""
    best = next((shot for shot in takes if shot.record.kind == "hero"), takes[0])
    return Frames(rgb=picture(best, best.record.num_frames // 2)[None], fps=fps)
