"""Clips of other people's pipelines that are longer than their networks know: windows of the latents, step by step.

The pipeline is called once for the whole clip. While `stretched` lasts its transformer sees windows only, and what it
says of them is blended (`diffusion.windows`); nothing else of the pipeline knows of it. Every window is told that it is
a clip of its own: its positions begin at zero.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from diffusers import DiffusionPipeline
from torch import Tensor, nn

from .diffusion.windows import blended, rescheduled, windows

Cut: TypeAlias = Callable[[Mapping[str, Any], range, int], dict[str, Any]]  # arguments, places, all places -> theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a transformer's latents lie: where time is, and what else has to be cut with it."""

    axis: int  # of the latents [B ...], where the places in time are; in tokens of all places, those of a place follow
    packed: bool  # whether the latents are tokens
    cut: Cut


def _of_wan(told: Mapping[str, Any], span: range, places: int) -> dict[str, Any]:
    """Latents [B C T h w]; Wan 2.2 tells the time of each token [B L]."""
    time = told["timestep"]
    return {"timestep": _tokens(time, span, places)} if time.ndim == 2 else {}


def _of_cogvideox(told: Mapping[str, Any], span: range, places: int) -> dict[str, Any]:
    """Latents [B T C h w]; rotations of all tokens, [L d] twice, of which a window has the first."""
    turns = told.get("image_rotary_emb")
    if turns is None:
        return {}
    return {"image_rotary_emb": tuple(turn[: len(turn) // places * len(span)] for turn in turns)}


def _of_ltx(told: Mapping[str, Any], span: range, places: int) -> dict[str, Any]:
    """Tokens [B L C]; times of each token [B L] where an image is given; coordinates [B 3 L], or how many frames."""
    out: dict[str, Any] = {"num_frames": len(span)} if told.get("num_frames") is not None else {}
    time, coordinates = told["timestep"], told.get("video_coords")
    if time.ndim == 2 and time.shape[1] > 1:
        out["timestep"] = _tokens(time, span, places)
    if coordinates is not None:
        out["video_coords"] = coordinates[..., : coordinates.shape[-1] // places * len(span)]
    return out


LAYOUTS = {
    "WanTransformer3DModel": Layout(axis=2, packed=False, cut=_of_wan),
    "CogVideoXTransformer3DModel": Layout(axis=1, packed=False, cut=_of_cogvideox),
    "LTXVideoTransformer3DModel": Layout(axis=1, packed=True, cut=_of_ltx),
}


def layout_of(pipe: DiffusionPipeline) -> Layout | None:
    """How the latents of its transformer lie, if we know it."""
    return LAYOUTS.get(type(getattr(pipe, "transformer", None)).__name__)


@contextmanager
def stretched(pipe: DiffusionPipeline, places: int, size: int, *, same_noise: bool = True) -> Iterator[None]:
    """Let a pipeline make clips of `places` latent frames whose network sees `size` at a time.

    With `same_noise` all windows begin with the same noise in another order, so that they show the same things; not for
    a pipeline whose latents begin with more than noise, as from a video. Raises ValueError for a transformer whose
    latents we don't know.
    """
    layout = layout_of(pipe)
    if layout is None:
        raise ValueError(f"how the latents of {type(pipe).__name__} lie is not known.")
    unit = getattr(pipe.transformer.config, "patch_size_t", 1) or 1  # latent frames that CogVideoX 1.5 takes as one
    places, size = -(-places // unit), max(size // unit, 2)
    if places <= size:
        yield
        return
    overlap = size // 2
    spans = windows(places, size, overlap)
    both = (getattr(pipe, name, None) for name in ("transformer", "transformer_2"))  # Wan 2.2 has one for each half
    parts: list[nn.Module] = [part for part in both if part is not None]
    with ExitStack() as stack:
        for part in parts:
            stack.enter_context(_replaced(part, "forward", _windowed(part.forward, layout, spans, places)))
        if same_noise and hasattr(pipe, "prepare_latents"):
            prepared = _alike(pipe.prepare_latents, layout, places, size, overlap)
            stack.enter_context(_replaced(pipe, "prepare_latents", prepared))
        yield


@contextmanager
def _replaced(owner: Any, name: str, by: Callable[..., Any]) -> Iterator[None]:
    """One object's method, replaced for a while."""
    before = vars(owner).get(name)  # what an offload hook has put there
    setattr(owner, name, by)
    try:
        yield
    finally:
        if before is None:
            delattr(owner, name)
        else:
            setattr(owner, name, before)


def _windowed(forward: Callable[..., Any], layout: Layout, spans: list[range], places: int) -> Callable[..., Any]:
    @wraps(forward)
    def windowed(hidden_states: Tensor, **told: Any) -> tuple[Tensor]:
        def one(latents: Tensor, span: range) -> Tensor:
            mine = {**told, **layout.cut(told, span, places), "return_dict": False}
            said: Tensor = forward(hidden_states=_joined(latents, layout), **mine)[0]
            return _parted(said, layout, len(span))

        whole = blended(one, _parted(hidden_states, layout, places), spans, axis=layout.axis)
        return (_joined(whole, layout),)

    return windowed


def _alike(prepare: Callable[..., Any], layout: Layout, places: int, size: int, overlap: int) -> Callable[..., Any]:
    @wraps(prepare)
    def prepared(*args: Any, **told: Any) -> Any:
        made = prepare(*args, **told)
        latents = made[0] if isinstance(made, tuple) else made
        parted = _parted(latents, layout, places)
        carried = _joined(rescheduled(parted, size, overlap, axis=layout.axis, lead=1), layout)
        return (carried, *made[1:]) if isinstance(made, tuple) else carried

    return prepared


def _parted(latents: Tensor, layout: Layout, places: int) -> Tensor:
    """Places in time on an axis of their own, and on it what the transformer takes as one together."""
    if layout.packed:
        return latents.unflatten(layout.axis, (places, -1))
    together = latents.shape[layout.axis] // places
    return latents if together == 1 else latents.unflatten(layout.axis, (places, together))


def _joined(latents: Tensor, layout: Layout) -> Tensor:
    return latents.flatten(layout.axis, layout.axis + 1) if layout.packed or latents.ndim == 6 else latents


def _tokens(of_all: Tensor, span: range, places: int) -> Tensor:
    """A window's part of what is told of each token, [B L]."""
    return of_all.unflatten(1, (places, -1))[:, span.start : span.stop].flatten(1)
