"""Words, and a picture or a video to start from -> a clip by a trained model: moderated, marked, signed, on record."""

import re
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadFilm, FilmWarning
from filmwright.core.frames import Frames
from filmwright.core.generation import Generation
from filmwright.core.manifest import Ingredient
from filmwright.core.progress import Report, silent
from filmwright.core.video import Video
from filmwright.film.asset.likeness import Shown
from filmwright.film.asset.moderators import Exhibit
from filmwright.film.asset.signers import signers
from filmwright.film.frames.generators import Generator, generators
from filmwright.film.video.codecs import codecs
from filmwright.film.video.footage import footage
from filmwright.film.video.pictures import Still
from filmwright.film.video.reading import luma
from filmwright.film.video.stills import read_picture

from .energy import Meter
from .film import Choice, Trust, film_table
from .plan import noting
from .regions import check_regions
from .release import Made, described, encode, labelled, names_of, put_in_place, sealed, workshop
from .stages import Stages, Straight
from .takes import Take, clip, played
from .trust import Work, admit, both, identify, opened_mark

WORDS, LETTERS = 6, 60  # of the prompt, that name the files, at most
LOOKED_AT = (6, 24)  # pictures of a clip that are judged, one a second between these
SEEN = 8  # pictures of the user's video that are judged


class GenerateRequest(BaseModel):
    """Everything a generated clip is made from. What is None is for the model to decide."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prompt: str
    negative_prompt: str = ""  # what guidance leads away from
    image: Path | None = None  # the first frame
    video: Path | None = None  # what the clip starts from
    strength: float = 0.8  # how much of the video is made anew
    seconds: float | None = None
    num_frames: int | None = None
    fps: float | None = None
    height: int | None = None  # pixels
    width: int | None = None  # pixels
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    seed: int = 0
    name: str = ""  # of the files; the prompt's first words and the seed if empty
    generator: Choice = Choice(use="bundled")
    codec: Choice = Choice(use="mp4")
    trust: Trust = Trust()

    @property
    def title(self) -> str:
        """The name of the clip's files."""
        words = "-".join(re.findall(r"\w+", self.prompt.lower())[:WORDS])[:LETTERS] or "clip"
        return self.name or (f"{words}-{self.seed}" if self.seed else words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the user's files are."""

    asked: Generation
    pictures: tuple[Shown, ...]
    ingredients: tuple[Ingredient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that can be gone on with."""

    request: GenerateRequest
    given: _Given
    generator: Generator
    warnings: tuple[str, ...]


def generate(request: GenerateRequest, out: Path, report: Report = silent) -> Made:
    """Moderate, generate, mark, encode, sign and describe one clip in the folder `out`.

    The pictures are kept in `out/.takes` by the hash of all that decides them: run again after a stop, and what was
    generated is not generated again. What is not signed yet is never in its place. Raises FilmErrors.
    """
    ready = prepared(request)
    with workshop(out) as room:
        return made(ready, out, room, Straight(), report)


def prepared(request: GenerateRequest) -> Prepared:
    """The request with its model found and its files read; all that can be known to be wrong is said."""
    with noting() as noted:
        generator = _opened(request)
        given = _given(request)
        generator.check(given.asked)
    return Prepared(request=request, given=given, generator=generator, warnings=tuple(noted))


def made(ready: Prepared, out: Path, room: Path, stage: Stages, report: Report = silent) -> Made:
    """The stages of a clip; its unfinished files stand in `room`, which is in `out`."""
    request, given, generator = ready.request, ready.given, ready.generator
    codec = codecs.open(request.codec.use, **request.codec.options())
    signer = signers.open(request.trust.signer.use, **request.trust.signer.options())
    work = _work(request, given)
    with Meter() as meter, noting() as noted, ExitStack() as stack:
        if isinstance(generator, AbstractContextManager):
            stack.enter_context(generator)
        verdict = stage("moderate", partial(admit, work), "request")
        asked, work = stage.again("load", lambda: _decided(given.asked, generator, work))
        shot = stage("generate", lambda: clip(out / ".takes", asked, generator, name="clip", report=report))
        shown = cache(lambda: _stills(shot, asked))
        verdict = both(verdict, stage("moderate", lambda: admit(work, shown()), "clip"))
        identity = stage("finish", partial(identify, work, verdict, shot.record.key), "id", share=0.0)
        names = names_of(request.title, codec)
        path, num_frames = room / names.film, shot.record.num_frames

        def finish() -> Video:
            frames = labelled(played(shot), identity)
            video = encode(frames, work, identity, codec, path, num_frames=num_frames, report=report)
            _look_for_mark(work, path)
            return video

        video = stage("finish", finish)
    best = cache(lambda: Frames(rgb=np.stack([still.rgb for still in shown()]), fps=video.fps))
    signed = sealed(video, work, identity, signer, room, names, shown=shown, best=best, stage=stage)

    def put() -> Made:
        manifest = described(
            film_table(request, out),
            work,
            video,
            signed,
            identity,
            verdict,
            understood=_told(asked),
            scene_hash="",
            renderer=generator.fingerprint,
            takes=[shot.record],
            warnings=(*ready.warnings, *noted),
            energy=meter.read(),
            timings=stage.seconds,
            packages=("torch", "diffusers", "transformers"),
        )
        return put_in_place(signed, video, manifest, out, room, names, [shot])

    return stage("put", put)


def _opened(request: GenerateRequest) -> Generator:
    """The generator, with all that can be known to be wrong before anything is read said."""
    if not request.prompt.strip():
        raise BadFilm("there is no prompt: say in words what the clip should show.")
    if request.seconds is not None and request.num_frames is not None:
        raise BadFilm("--seconds and --frames both say how long the clip is: give one of them.")
    trust = request.trust
    check_regions(trust.regions, marked=trust.mark.use != "none", signed=trust.signer.use != "none")
    return generators.open(request.generator.use, **request.generator.options())


def _given(request: GenerateRequest) -> _Given:
    """The user's files, read. Raises BadAsset."""
    pictures: list[Shown] = []
    ingredients: list[Ingredient] = []
    asked = Generation(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        strength=request.strength,
        num_frames=request.num_frames,
        seconds=request.seconds,
        height=request.height,
        width=request.width,
        fps=None if request.fps is None else Fraction(str(request.fps)).limit_denominator(1001),
        num_inference_steps=request.num_inference_steps,
        guidance_scale=request.guidance_scale,
        seed=request.seed,
    )
    if request.image is not None:
        picture = read_picture(request.image)
        asked = replace(asked, image=picture)
        ingredients.append(Ingredient(role="picture", name=request.image.name, sha256=file_hash(request.image)))
        pictures.append(Shown(where=request.image.name, sha256=ingredients[-1].sha256, rgb=picture))
    if request.video is not None:
        rgb, fps = footage(request.video, fps=asked.fps, num_frames=asked.num_frames, seconds=asked.seconds)
        asked = replace(asked, video=rgb, fps=fps)
        ingredients.append(Ingredient(role="video", name=request.video.name, sha256=file_hash(request.video)))
        for i in _spread(len(rgb), SEEN):
            where = f"{request.video.name} at {float(i / fps):.1f} s"
            pictures.append(Shown(where=where, sha256=ingredients[-1].sha256, rgb=rgb[i]))
    return _Given(asked=asked, pictures=tuple(pictures), ingredients=tuple(ingredients))


def _work(request: GenerateRequest, given: _Given) -> Work:
    """The clip as those see it who vouch for it, before its model is read."""
    files = [part.name for part in given.ingredients]
    model = Path(str(request.generator.options().get("model", ""))).name  # where it lies does not matter
    table = request.model_dump(mode="json", exclude={"image", "video", "generator"})
    # the negative prompt is not among the words: guidance leads away from it, and no request is taken where it does not
    words = [Exhibit(what="prompt", where="prompt", text=request.prompt)]
    words += [Exhibit(what="title", where="file name", text=request.name)] if request.name else []
    return Work(
        title=request.title,
        trust=request.trust,
        request=content_hash(table, request.generator.use, model, given.ingredients),
        source="compositeWithTrainedAlgorithmicMedia" if files else "trainedAlgorithmicMedia",
        says=f"generated from {' and '.join(['words', *files])}",
        edits="encoded",
        words=tuple(words),
        pictures=given.pictures,
        ingredients=given.ingredients,
        file=request.image or request.video,
        stills="frame",
        shows=next((part.sha256 for part in given.ingredients), None),
    )


def _decided(asked: Generation, generator: Generator, work: Work) -> tuple[Generation, Work]:
    """What the model makes of the request, and the model among the parts."""
    says = work.says.replace("generated", f"generated by {generator.model.name}", 1)
    return generator.fitted(asked), replace(work, says=says, ingredients=(*work.ingredients, generator.model))


def _stills(shot: Take, asked: Generation) -> list[Still]:
    """Pictures of the clip, evenly spread."""
    assert asked.fps is not None
    num = shot.record.num_frames
    least, most = LOOKED_AT
    picked = set(_spread(num, min(max(round(num / asked.fps), least), most)))
    rgb = {i: frame for i, frame in enumerate(rgb for piece in played(shot) for rgb in piece.rgb) if i in picked}
    seconds = float(1 / asked.fps)
    return [Still(rgb=frame, name=f"frame {i}", start=i * seconds, seconds=seconds) for i, frame in rgb.items()]


def _look_for_mark(work: Work, film: Path) -> None:
    """Say so where nobody will be able to read the mark."""
    mark = opened_mark(work)
    if mark.algorithm and mark.read(luma(film)).payload is None:
        says = "the clip is too small or too short for its mark to be read: only its signature tells where it is from."
        warnings.warn(says, FilmWarning, stacklevel=2)


def _told(asked: Generation) -> dict[str, Any]:
    """What was decided, without the pictures."""
    names = ("num_frames", "height", "width", "num_inference_steps", "guidance_scale", "seed")
    return {name: getattr(asked, name) for name in names} | {"fps": str(asked.fps)}


def _spread(num: int, count: int) -> Sequence[int]:
    return sorted(set(np.linspace(0, num - 1, min(num, count)).round().astype(int).tolist()))
