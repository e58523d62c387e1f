"""Which of a glTF file's animations a film plays, and its channels (glTF 2.0, 3.11)."""

import logging
import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from filmwright.core.errors import BadAsset, BadFilm, FilmWarning
from filmwright.core.scene import Channel

from . import document
from .accessors import floats
from .buffers import Gltf, pick

_log = logging.getLogger(__name__)
_INTERPOLATION = {"LINEAR": "linear", "STEP": "step", "CUBICSPLINE": "cubic"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moves:
    """One animation: its channels by node. A channel with a single key is a pose that it holds."""

    name: str
    channels: tuple[tuple[int, Channel], ...]

    @property
    def moving(self) -> frozenset[int]:
        """The nodes that change over time."""
        return frozenset(node for node, channel in self.channels if len(channel.times) > 1)

    @property
    def seamless(self) -> bool:
        """It ends as it began, so that it loops without a jump."""
        return all(_loops(channel) for _, channel in self.channels)


def played(gltf: Gltf, name: str) -> tuple[tuple[int, Channel], ...]:
    """The channels to play, by node index.

    With `name`, that animation; raises BadFilm if there is none. Without, all animations that move different nodes
    are played together; of those that move the same nodes, the first that loops without a jump, else the first.
    """
    every = [_moves(gltf, animation, i) for i, animation in enumerate(gltf.document.animations)]
    if name:
        chosen = [m for m in every if m.name == name][:1]
        if not chosen:
            known = ", ".join(repr(m.name) for m in every) or "none"
            raise BadFilm(f"{gltf.path} has no animation called {name!r}. It has: {known}.")
    else:
        chosen = _compatible(every)
    if len(chosen) < len(every):
        _log.info("%s: playing %s of %s", gltf.path.name, [m.name for m in chosen], [m.name for m in every])
    return tuple(channel for moves in chosen for channel in moves.channels)


def _compatible(every: list[Moves]) -> list[Moves]:
    chosen: list[Moves] = []
    taken: set[int] = set()
    for moves in sorted((m for m in every if m.moving), key=lambda m: not m.seamless):
        if not moves.moving & taken:
            chosen.append(moves)
            taken |= moves.moving
    return chosen


def _moves(gltf: Gltf, animation: document.Animation, index: int) -> Moves:
    name = animation.name or f"animation {index}"
    channels: list[tuple[int, Channel]] = []
    seen: set[tuple[int, str]] = set()
    for made in animation.channels:
        target = made.target
        if target.node is None:
            continue
        pick(gltf, gltf.document.nodes, target.node, "node")
        if target.path not in ("translation", "rotation", "scale"):
            _left_out(gltf, name, target.path)
            continue
        if (target.node, target.path) in seen:
            raise BadAsset(
                f"{gltf.path}: {name!r} moves the {target.path} of node {target.node} twice. Export it again."
            )
        seen.add((target.node, target.path))
        sampler = pick(gltf, animation.samplers, made.sampler, "animation sampler")
        channels.append((target.node, _channel(gltf, sampler, target.path, name)))
    return Moves(name=name, channels=tuple(channels))


def _left_out(gltf: Gltf, name: str, path: str) -> None:
    what = "morph targets" if path == "weights" else f"{path[:40]!r}"
    warnings.warn(FilmWarning(f"{gltf.path}: {name!r} animates {what}, which stay at rest in the film."), stacklevel=4)


def _channel(gltf: Gltf, sampler: document.AnimationSampler, path: str, name: str) -> Channel:
    width = 4 if path == "rotation" else 3
    times = floats(gltf, sampler.input, (1,))[:, 0]
    values = floats(gltf, sampler.output, (width,))
    cubic = sampler.interpolation == "CUBICSPLINE"
    if not len(times) or len(values) != len(times) * (3 if cubic else 1):
        raise BadAsset(
            f"{gltf.path}: {name!r} has {len(times):,} key times and {len(values):,} values. Export it again."
        )
    if not np.isfinite(times).all() or (np.diff(times) < 0).any() or times[0] < 0:
        raise BadAsset(f"{gltf.path}: {name!r} has key times that do not rise from 0. Export it again.")
    if not (np.abs(values) < 1e9).all():
        raise BadAsset(f"{gltf.path}: {name!r} has values that are not finite. Export it again.")
    if cubic:
        values = values.reshape(-1, 3, width)
    kept = np.flatnonzero(np.diff(times, prepend=-1) > 0)  # a time told twice: the first key counts
    times, values = times[kept], values[kept]
    if _still(values, cubic):
        return Channel(path=path, times=times[:1], values=values[:1, 1] if cubic else values[:1])  # type: ignore[arg-type]
    return Channel(
        path=path,  # type: ignore[arg-type]
        times=times,
        values=values,
        interpolation=_INTERPOLATION[sampler.interpolation],  # type: ignore[arg-type]
    )


def _still(values: Float32[np.ndarray, "K *D"], cubic: bool) -> bool:
    if cubic:
        return bool((values[:, 1] == values[0, 1]).all() and not values[:, (0, 2)].any())
    return bool((values == values[0]).all())


def _loops(channel: Channel) -> bool:
    values = channel.values[:, 1] if channel.interpolation == "cubic" else channel.values
    first, last = values[0], values[-1]
    if channel.path == "rotation":
        return abs(float(first @ last)) > 0.9999 * float(np.linalg.norm(first) * np.linalg.norm(last))
    return bool(np.abs(last - first).max() <= 1e-3 * max(float(np.ptp(values, axis=0).max()), 1e-9))
