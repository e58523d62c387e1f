"""Film request -> everything decided before the first frame: scene, light, shots, exposure."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm, FilmWarning
from filmwright.core.manifest import Ingredient
from filmwright.core.progress import Report, Step, silent
from filmwright.core.scene import Environment, Scene
from filmwright.core.shot import Look, Shot, Storyboard
from filmwright.film.frames.renderers import Renderer
from filmwright.film.scene.environment import read_environment
from filmwright.film.scene.readers import reader_name, readers
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.directors import directors
from filmwright.film.shots.exposure import meter, trim
from filmwright.film.shots.portrait import portrait
from filmwright.film.shots.reading import read_brief
from filmwright.film.shots.stage import Stage
from filmwright.film.shots.staging import stage as set_stage
from filmwright.film.shots.words.names import name_from_file
from filmwright.film.video.titles import check_titles

from .film import Film
from .regions import check_regions


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A film, decided."""

    film: Film
    brief: Brief
    stage: Stage
    storyboard: Storyboard
    ingredients: tuple[Ingredient, ...]
    warnings: tuple[str, ...]
    open: tuple[
        float, ...
    ] = ()  # of each shot, the share of its pixels before which nothing stands; once it is metered


def plan(film: Film, report: Report = silent) -> Plan:
    """Read the scan, understand the brief, set the stage and decide the shots; nothing is rendered."""
    with noting() as noted:
        report(Step("read the scan", 0, 3, "steps"))
        brief = heard(film)
        scene, environment = read_scene(film), read_light(film)
        brief = replace(brief, name=brief.name or (name_from_file(film.scan.stem) if film.scan else scene.name))
        report(Step("set the stage", 1, 3, "steps"))
        stage = set_stage(scene, brief, environment=environment)
        report(Step("plan the shots", 2, 3, "steps"))
        storyboard = direct(film, stage, brief)
        check_regions(film.trust.regions, marked=film.trust.mark.use != "none", signed=film.trust.signer.use != "none")
        report(Step("plan the shots", 3, 3, "steps"))
    return Plan(
        film=film,
        brief=brief,
        stage=stage,
        storyboard=storyboard,
        ingredients=ingredients(film),
        warnings=tuple(noted),
    )


def heard(film: Film) -> Brief:
    """The film's brief, understood; what its other keys say wins over the words. Raises BadFilm. Nothing is read."""
    return read_brief(
        film.brief,
        mood=film.mood,
        seconds=film.seconds,
        aspect=film.aspect,
        name=film.product or None,
        tagline=film.tagline or None,
        music=film.music,
        seed=film.seed,
        fps=film.fps,
        short_side=film.size,
    )


def direct(film: Film, stage: Stage, brief: Brief) -> Storyboard:
    """The film's director at work, its titles checked."""
    storyboard = directors.open(film.director.use, **film.director.options()).plan(stage, brief)
    check_titles(storyboard, mood=brief.mood, fonts=film.fonts)
    return storyboard


def read_scene(film: Film) -> Scene:
    """The scan, or the bundled sample, through the reader that its ending or the film names."""
    if film.scan is None:
        name = "procedural" if film.scene.use == "auto" else film.scene.use
        return readers.open(name, **film.scene.options()).read(Path("sample"))
    name = reader_name(film.scan) if film.scene.use == "auto" else film.scene.use
    if name not in readers.names() and film.scene.use == "auto":
        raise BadAsset(
            f"cannot read {film.scan}: no reader for {film.scan.suffix or 'a file without an ending'!r}. "
            f"Filmwright reads GLB, glTF, OBJ, PLY and STL; export the scan as one of them."
        )
    return readers.open(name, **film.scene.options()).read(film.scan)


def read_light(film: Film) -> Environment | None:
    """The user's own environment, turned and scaled, if the film names one."""
    if film.light.environment is None:
        if film.light != type(film.light)():
            raise BadFilm("'light.rotation' and 'light.strength' turn and scale your own 'light.environment': name one")
        return None
    own = read_environment(film.light.environment)
    return replace(own, rotation=own.rotation + np.radians(film.light.rotation), strength=film.light.strength)


def ingredients(film: Film) -> tuple[Ingredient, ...]:
    """Name and hash of every file that the film names."""
    files = {"scan": film.scan, "environment": film.light.environment}
    return tuple(Ingredient(role=r, name=p.name, sha256=file_hash(p)) for r, p in files.items() if p is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What metering has found, shot by shot."""

    looks: tuple[Look, ...]
    open: tuple[float, ...]  # share of the shot's pixels before which nothing stands


def metered(planned: Plan, renderer: Renderer, report: Report = silent) -> Exposure:
    """Meter the light once on a portrait of the product, and trim it on each shot itself.

    One reading for the film keeps its shots alike; the trim depends on its own shot alone, so that changing
    one shot leaves the others as they were.
    """
    stage, storyboard = planned.stage, planned.storyboard
    looks: list[Look] = []
    shares: list[float] = []
    report(Step("meter the light", 0, len(storyboard.shots), "shots"))
    base = portrayed(planned, renderer)
    for shot in storyboard.shots:
        radiance, ids = _measure(stage, shot, renderer)
        looks.append(trim(base, radiance, ids, stage.product))
        shares.append(float((ids == 0).mean()))
        report(Step("meter the light", len(looks), len(storyboard.shots), "shots"))
    return Exposure(looks=tuple(looks), open=tuple(shares))


def portrayed(planned: Plan, renderer: Renderer) -> Look:
    """The look of the product's portrait: what every shot of the stage starts from."""
    stage = planned.stage
    return meter(*_measure(stage, portrait(stage), renderer), stage.product, planned.brief.lighting)


def exposed(planned: Plan, exposure: Exposure) -> Plan:
    """The plan with every shot's look set."""
    shots = tuple(replace(shot, look=look) for shot, look in zip(planned.storyboard.shots, exposure.looks, strict=True))
    return replace(planned, storyboard=replace(planned.storyboard, shots=shots), open=exposure.open)


def expose(planned: Plan, renderer: Renderer, report: Report = silent) -> Plan:
    """Give every shot its look, as metered."""
    return exposed(planned, metered(planned, renderer, report))


def _measure(stage: Stage, shot: Shot, renderer: Renderer) -> tuple[np.ndarray, np.ndarray]:
    """Radiance and object ids of the shot's first, middle and last frame, at a size that is quick to make."""
    scale = 160 / max(shot.width, shot.height)
    small = replace(shot, width=max(round(shot.width * scale), 8), height=max(round(shot.height * scale), 8))
    picks = sorted({0, shot.num_frames // 2, shot.num_frames - 1})
    pieces = [
        frames.passes
        for i in picks
        for frames in renderer.render(stage.scene, small, passes=("radiance", "ids"), frames=range(i, i + 1))
    ]
    radiance = [p.radiance for p in pieces if p.radiance is not None]
    ids = [p.ids for p in pieces if p.ids is not None]
    return np.concatenate(radiance), np.concatenate(ids)


@contextmanager
def noting() -> Iterator[list[str]]:
    """Collect the FilmWarnings of a block, for the manifest and the doors; other warnings go their way."""
    noted: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FilmWarning)
        yield noted
    for warning in caught:
        if issubclass(warning.category, FilmWarning):
            noted.append(str(warning.message))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
