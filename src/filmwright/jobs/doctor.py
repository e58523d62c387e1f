"""What works on this machine, and what to run where it does not."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from filmwright.core.errors import FilmError, UnknownDriver
from filmwright.core.plugins import Slot
from filmwright.film.asset.marks import marks
from filmwright.film.asset.moderators import moderators
from filmwright.film.asset.signers import signers
from filmwright.film.asset.stores import stores
from filmwright.film.frames.generators import generators
from filmwright.film.frames.renderers import renderers
from filmwright.film.scene.readers import readers
from filmwright.film.shots.directors import directors
from filmwright.film.video.codecs import codecs
from filmwright.jobs.evaluate.metrics import metrics
from filmwright.jobs.simulate.backdrops import backdrops
from filmwright.jobs.simulate.engines import engines
from filmwright.jobs.simulate.writers import writers
from filmwright.jobs.train.methods import methods

SLOTS: tuple[Slot[Any], ...] = (
    readers,
    directors,
    renderers,
    generators,
    codecs,
    marks,
    signers,
    moderators,
    stores,
    writers,
    backdrops,
    engines,
    methods,
    metrics,
)
GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding. Missing things only narrow what can be made; broken ones stop it."""

    name: str
    state: Literal["ok", "missing", "broken"]
    says: str
    fix: str = ""


def examine() -> list[Check]:
    """Every check, each by doing the thing itself in small."""
    return [_python(), _cores(), *map(_driver, _all_drivers()), _render(), _encode(), *_letters(), _gpu(), _disk()]


def list_drivers(kind: str | None = None) -> list[dict[str, Any]]:
    """Slot, name, description and options of every driver, of one kind or of all. Raises UnknownDriver."""
    if kind is not None and kind not in {slot.kind for slot in SLOTS}:
        raise UnknownDriver(f"no slot is called {kind!r}. There are: {', '.join(slot.kind for slot in SLOTS)}.")
    rows = []
    for slot in SLOTS:
        for name in slot.names() if kind in (None, slot.kind) else ():
            try:
                options = {key: str(value) for key, value in slot.options(name).items()}
            except FilmError as err:
                options = {"missing": str(err)}
            rows.append({"slot": slot.kind, "driver": name, "about": slot.about(name), "options": options})
    return rows


def _all_drivers() -> list[tuple[Slot[Any], str]]:
    return [(slot, name) for slot in SLOTS for name in slot.names()]


def _python() -> Check:
    return Check(name="python", state="ok", says=".".join(map(str, sys.version_info[:3])))


def _cores() -> Check:
    return Check(name="processor", state="ok", says=f"{os.cpu_count()} cores; each renders")


def _driver(which: tuple[Slot[Any], str]) -> Check:
    slot, name = which

    def work() -> str:
        slot.load(name)
        return slot.about(name)

    return _tried(f"{slot.kind} {name}", work)


def _tried(name: str, work: Callable[[], str]) -> Check:
    try:
        return Check(name=name, state="ok", says=work())
    except FilmError as err:
        fix = str(err).partition("Run: ")[2]
        return Check(name=name, state="missing", says=str(err).partition(" Run: ")[0], fix=fix)
    except Exception as err:  # a library may fail in any way; the doctor reports it all
        return Check(name=name, state="broken", says=f"{type(err).__name__}: {err}", fix="pip install -U filmwright")


def _render() -> Check:
    def work() -> str:
        from .film import Film
        from .make import opened
        from .plan import plan

        film = Film(render=Film().render.having(quality="draft", workers=1), size=64)
        planned = plan(film)
        with opened(film) as renderer:
            shot = planned.storyboard.shots[0]
            frames = next(iter(renderer.render(planned.stage.scene, shot, frames=range(1))))
        return f"the sample was filmed, mean brightness {frames.rgb.mean():.0f} of 255"

    return _tried("render", work)


def _encode() -> Check:
    def work() -> str:
        import numpy as np

        from filmwright.core.frames import Frames

        from .film import Film

        film = Film()
        codec = codecs.open(film.video.use, **film.video.options())
        with tempfile.TemporaryDirectory() as folder:
            grey = Frames(rgb=np.full((6, 64, 64, 3), 128, np.uint8), fps=Fraction(24))
            video = codec.encode([grey], Path(folder) / f"grey{codec.suffix}")
        return f"{video.video_codec} written and read back"

    return _tried("encode", work)


def _letters() -> list[Check]:
    return [_titled("Korean", "한글"), _titled("Chinese", "人工智能生成")]


def _titled(language: str, text: str) -> Check:
    def work() -> str:
        from filmwright.film.video.fonts import find_font

        return f"{language} titles are set in {find_font(text).name}"

    return _tried(language, work)


def _gpu() -> Check:
    def work() -> str:
        warp = import_module("warp")
        warp.config.quiet = True
        names = [device.name for device in warp.get_cuda_devices()]
        return f"renders on {', '.join(names)}" if names else "none found; films are rendered on the processor"

    return _tried("GPU", work)


def _disk() -> Check:
    free = shutil.disk_usage(Path.cwd()).free / GIB
    says = f"{free:.0f} GiB free here; a ten-second 720p film needs about half a GiB while it is made"
    return Check(
        name="disk", state="ok" if free > 1 else "missing", says=says, fix="" if free > 1 else "free some space"
    )
