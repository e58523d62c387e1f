"""Words -> generated clips -> the surroundings that a film is shot in, and lit by."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

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
from .takes import Take, clip, picture, played

LENGTH = 4.0  # seconds of a clip, where the film does not say
PACE = 0.5  # of the film's time to the clip's own: what is behind a product should be calm
SEEDS = 10_007  # from one clip to the next: far from the seeds that people try
LOOKED_AT = 4  # pictures of each clip that are judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A generated backdrop on disk: clips of the same words, each of another seed."""

    asked: Generation  # of the first, with nothing left open
    model: Ingredient
    takes: tuple[Take, ...]


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


def footage_for(film: Film, generator: Generator, folder: Path, report: Report = silent) -> Footage:
    """The film's backdrop: what is in the folder of takes, the rest made now."""
    assert film.backdrop is not None
    first = generator.fitted(_asked(film))
    clips = [replace(first, seed=first.seed + SEEDS * i) for i in range(film.backdrop.clips)]
    takes = tuple(clip(folder, asked, generator, name="backdrop", report=report) for asked in clips)
    return Footage(asked=first, model=replace(generator.model, role="backdrop model"), takes=takes)


def staged_before(planned: Plan, footage: Footage) -> Plan:
    """The plan with its product amid the backdrop, and the model among what the film is made of."""
    asked = footage.asked
    assert asked.num_frames is not None
    assert asked.fps is not None
    clips = np.stack([np.concatenate([piece.rgb for piece in played(shot)]) for shot in footage.takes])
    around = scenery(clips, seconds=float(asked.num_frames / asked.fps) / PACE)
    stage = before(planned.stage, planned.brief, around)
    return replace(
        planned,
        stage=stage,
        storyboard=direct(planned.film, stage, planned.brief),
        ingredients=(*planned.ingredients, footage.model),
    )


def stills_of(footage: Footage) -> Iterator[Still]:
    """Pictures of the clips, evenly spread, for those who judge them."""
    assert footage.asked.fps is not None
    seconds = float(1 / footage.asked.fps)
    for number, shot in enumerate(footage.takes, 1):
        num = shot.record.num_frames
        for i in sorted(set(np.linspace(0, num - 1, min(num, LOOKED_AT)).round().astype(int).tolist())):
            name = f"frame {i} of backdrop {number}"
            yield Still(rgb=picture(shot, i), name=name, start=i * seconds, seconds=seconds)


def told(planned: Plan, footage: Footage) -> Generated:
    """What the manifest says of the pixels that the model made."""
    names = ("num_frames", "height", "width", "num_inference_steps", "guidance_scale")
    return Generated(
        what="the backdrop: what is seen past the product and its pedestal, and the light that it gives",
        prompt=footage.asked.prompt,
        model=footage.model.name,
        model_sha256=footage.model.sha256,
        settings={name: getattr(footage.asked, name) for name in names} | {"fps": str(footage.asked.fps)},
        clips={shot.record.key: shot.record.seed for shot in footage.takes},
        shares={s.name: round(part, 3) for s, part in zip(planned.storyboard.shots, planned.open, strict=True)},
    )


def _asked(film: Film) -> Generation:
    assert film.backdrop is not None
    return Generation(
        prompt=film.backdrop.prompt,
        seconds=film.backdrop.seconds or LENGTH,
        seed=film.seed if film.backdrop.seed is None else film.backdrop.seed,
    )
