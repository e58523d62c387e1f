"""Words -> a generated clip -> the surroundings that a film is shot in, and lit by."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from filmwright.core.content import content_hash
from filmwright.core.errors import BadFilm
from filmwright.core.generation import Generation
from filmwright.core.manifest import Generated, Ingredient
from filmwright.core.progress import Report, silent
from filmwright.film.frames.generators import Generator, generators
from filmwright.film.shots.scenery import scenery
from filmwright.film.shots.staging import before
from filmwright.film.video.pictures import Still

from .film import Film
from .plan import Plan, direct
from .takes import Take, played, take

LENGTH = 6.0  # seconds of the clip, where the film does not say
PACE = 0.6  # of the film's time to the clip's own: what is behind a product should be calm
LOOKED_AT = 6  # pictures of the clip that are judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A generated backdrop on disk."""

    asked: Generation  # with nothing left open
    model: Ingredient
    take: Take


@contextmanager
def opened_generator(film: Film) -> Iterator[Generator | None]:
    """The model that makes the film's backdrop, if it has one. Raises for what can be known to be wrong at once."""
    if film.backdrop is None:
        yield None
        return
    if film.light.environment is not None:
        raise BadFilm("'light.environment' and 'backdrop' both say what is around the product: leave one of them out.")
    with ExitStack() as stack:
        options = film.backdrop.generator.options()
        options |= {name: str(value) for name, value in options.items() if isinstance(value, Path)}
        generator = generators.open(film.backdrop.generator.use, **options)
        generator.check(_asked(film))
        if isinstance(generator, AbstractContextManager):
            stack.enter_context(generator)
        yield generator


def clip_for(film: Film, generator: Generator, folder: Path, report: Report = silent) -> Clip:
    """The film's backdrop: the one in the folder of takes, or made now."""
    asked = generator.fitted(_asked(film))
    assert asked.num_frames is not None
    shot = take(
        folder,
        lambda: generator.generate(asked, report),
        name="backdrop",
        kind="generated",
        seed=asked.seed,
        num_frames=asked.num_frames,
        start=0.0,
        key=content_hash(asked, generator.fingerprint)[:32],
        report=report,
    )
    return Clip(asked=asked, model=replace(generator.model, role="backdrop model"), take=shot)


def staged_before(planned: Plan, clip: Clip) -> Plan:
    """The plan with its product in front of the clip, and the model among what the film is made of."""
    asked = clip.asked
    assert asked.num_frames is not None
    assert asked.fps is not None
    rgb = np.concatenate([piece.rgb for piece in played(clip.take)])
    around = scenery(rgb, seconds=float(asked.num_frames / asked.fps) / PACE)
    stage = before(planned.stage, planned.brief, around)
    return replace(
        planned,
        stage=stage,
        storyboard=direct(planned.film, stage, planned.brief),
        ingredients=(*planned.ingredients, clip.model),
    )


def stills_of(clip: Clip) -> list[Still]:
    """Pictures of the clip, evenly spread, for those who judge them."""
    assert clip.asked.fps is not None
    num = clip.take.record.num_frames
    picked = set(np.linspace(0, num - 1, min(num, LOOKED_AT)).round().astype(int).tolist())
    rgb = [picture for piece in played(clip.take) for picture in piece.rgb]
    at = 1 / clip.asked.fps
    return [Still(rgb=rgb[i], name=f"backdrop {i}", start=float(i * at), seconds=float(at)) for i in sorted(picked)]


def told(planned: Plan, clip: Clip) -> Generated:
    """What the manifest says of the pixels that the model made."""
    names = ("num_frames", "height", "width", "num_inference_steps", "guidance_scale", "seed")
    return Generated(
        what="the backdrop: what is seen past the product and the floor, and the light and reflections that it gives",
        prompt=clip.asked.prompt,
        model=clip.model.name,
        model_sha256=clip.model.sha256,
        settings={name: getattr(clip.asked, name) for name in names} | {"fps": str(clip.asked.fps)},
        key=clip.take.record.key,
        shares={s.name: round(part, 3) for s, part in zip(planned.storyboard.shots, planned.open, strict=True)},
    )


def _asked(film: Film) -> Generation:
    assert film.backdrop is not None
    return Generation(
        prompt=film.backdrop.prompt,
        seconds=film.backdrop.seconds or LENGTH,
        seed=film.seed if film.backdrop.seed is None else film.backdrop.seed,
    )
