"""Film request -> storyboard: one still per shot, before the film is rendered."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from filmwright.core.errors import RenderFailed
from filmwright.core.files import writing
from filmwright.core.progress import Report, Step, silent
from filmwright.core.shot import Shot
from filmwright.film.frames.renderers import Renderer
from filmwright.film.video.pictures import Still, contact_sheet
from filmwright.film.video.titles import overlay

from .backdrop import footage_for, opened_generator, staged_before
from .film import Film
from .make import opened
from .plan import Plan, expose, noting, plan
from .rendered import rendered
from .trust import admit

LONG_SIDE = 640  # pixels of a still


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A storyboard on disk."""

    path: Path
    plan: Plan
    warnings: tuple[str, ...]


def shots(film: Film, out: Path, report: Report = silent) -> Sheet:
    """Plan a film and draw its contact sheet as `out/<title>.shots.jpg`; titles are shown where they will stand."""
    with noting() as noted, opened_generator(film) as generator, opened(film) as renderer:
        planned = plan(film, report)
        if generator is not None:
            admit(rendered(planned))  # no model is asked for what may not be made
            planned = staged_before(planned, footage_for(film, generator, out / ".takes", report))
        planned = expose(planned, renderer, report)
        pictures = list(draw(planned, renderer, report))
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    path = out / f"{film.title}.shots.jpg"
    contact_sheet(pictures, path, title=planned.storyboard.title)
    return Sheet(path=path, plan=planned, warnings=(*planned.warnings, *noted))


def draw(planned: Plan, renderer: Renderer, report: Report = silent) -> Iterator[Still]:
    """The middle picture of every shot with the titles that stand on it."""
    board = planned.storyboard
    for done, (shot, (start, end)) in enumerate(zip(board.shots, board.spans, strict=True)):
        report(Step("draw the storyboard", done, len(board.shots), "shots"))
        middle = shot.num_frames // 2
        frames = next(iter(renderer.render(planned.stage.scene, _small(shot), frames=range(middle, middle + 1))), None)
        if frames is None:
            raise RenderFailed(f"the renderer gave no picture of shot {shot.name!r}")
        shown = replace(frames, start=start + middle / shot.fps)
        titled = next(overlay([shown], board, mood=planned.brief.mood, fonts=planned.film.fonts))
        yield Still(rgb=titled.rgb[0], name=shot.name, start=float(start), seconds=float(end - start))
    report(Step("draw the storyboard", len(board.shots), len(board.shots), "shots"))


def _small(shot: Shot) -> Shot:
    scale = min(LONG_SIDE / max(shot.width, shot.height), 1.0)
    return replace(shot, width=round(shot.width * scale / 2) * 2, height=round(shot.height * scale / 2) * 2)
