"""Frames fed in order, each coming out with what the frames before knew of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import warp as wp
from jaxtyping import Float32

from filmwright.core.camera import Camera
from filmwright.core.shot import Shot

from .compose import compose, fill, smooth
from .device import fetched, ready
from .history import blend_light, blend_picture, settle, squeeze
from .nouns import Raw, Signals, Trail
from .trail import Guides
from .view import view_of

WARM_UP = 8  # phases that the first frame of a run should be fed in, the highest first and phase 0 last
MOST = 48.0  # frames that sampled light is averaged over
LEAST = 0.08  # of a pixel that is this frame's own
SLACK = 2.0  # standard deviations of a pixel's neighbours that its past may be off
ROUNDS = ((2, 1e9), (4, 16.0), (8, 6.0))  # of smoothing: blocks apart, and samples that make one needless

Lens = Callable[[Float32[np.ndarray, "H W 3"], Float32[np.ndarray, "H W"], Camera], Float32[np.ndarray, "H W 3"]]


class Accumulator:
    """One run of a shot's frames. The same frames in the same order give the same bits.

    `lens` blurs each frame of direct light by its own depth before it is blended with the past: only so do edges,
    whose place in the pixel changes from frame to frame, stay smooth in front of a soft background.
    """

    def __init__(self, shot: Shot, *, lens: Lens | None = None, device: str = "cpu") -> None:
        ready(device)
        self._lens = lens
        self._shot, self._device = shot, device
        self._guides: Any = None
        self._trail: Trail | None = None  # whose arrays the last guides point to
        self._light: Any = None
        self._light_count: Any = None
        self._past: Any = None
        self._past_count: Any = None

    def add(self, raw: Raw) -> Float32[np.ndarray, "H W 3"]:
        """Take the next frame in, traced with Sampling(share=True); give its linear picture."""
        assert raw.trail is not None, "a frame to accumulate must be traced with share=True"
        assert raw.signals is not None
        camera = self._shot.camera(float(raw.frame))
        guides = self._guides_of(raw.trail, raw.signals)
        before = self._guides if self._guides is not None else guides
        picture = self._composed(raw.signals, view_of(camera, guides.width, guides.height), guides, before)
        if self._lens is not None:
            sharp = fetched(picture, guides.height, guides.width)
            picture = self._array(self._lens(sharp, raw.trail.depth, camera), wp.vec3)
        out = self._blended(picture, guides, before)
        self._guides, self._trail = guides, raw.trail
        return fetched(out, guides.height, guides.width)

    def _composed(self, signals: Signals, view: Any, guides: Any, before: Any) -> Any:
        light = self._array(signals.light, wp.vec4)
        new, count = wp.empty_like(light), wp.empty(len(light), dtype=float, device=self._device)
        fresh = self._light is None
        old = light if fresh else self._light
        old_count = wp.zeros(len(light), dtype=float, device=self._device) if fresh else self._light_count
        wp.launch(
            blend_light,
            dim=len(light),
            inputs=[guides, before, MOST, light, old, old_count],
            outputs=[new, count],
            device=self._device,
        )
        self._light, self._light_count = new, count
        calm, hard = new, wp.ones(len(new), dtype=float, device=self._device)  # many frames have no noise left
        for step, enough in ROUNDS:
            blurred = wp.empty_like(calm)
            wp.launch(
                smooth,
                dim=len(calm),
                inputs=[view, guides, step, enough, count, hard, calm],
                outputs=[blurred],
                device=self._device,
            )
            calm = blurred
        parts = [self._array(part, wp.vec3) for part in (signals.steady, signals.direct, signals.ambient)]
        picture = wp.empty(guides.height * guides.width, dtype=wp.vec3, device=self._device)
        dim = signals.steady.shape[:2]
        inputs = [view, guides, *parts, calm, sum(signals.pick)]
        wp.launch(compose, dim=dim, inputs=inputs, outputs=[picture], device=self._device)
        wp.launch(fill, dim=dim, inputs=[guides], outputs=[picture], device=self._device)
        return picture

    def _blended(self, picture: Any, guides: Any, before: Any) -> Any:
        squeezed, new, out = (wp.empty_like(picture) for _ in range(3))
        count = wp.empty(len(picture), dtype=float, device=self._device)
        wp.launch(squeeze, dim=len(picture), inputs=[picture], outputs=[squeezed], device=self._device)
        fresh = self._past is None
        old = squeezed if fresh else self._past
        old_count = wp.zeros(len(picture), dtype=float, device=self._device) if fresh else self._past_count
        wp.launch(
            blend_picture,
            dim=len(picture),
            inputs=[guides, before, LEAST, SLACK, squeezed, old, old_count],
            outputs=[new, count],
            device=self._device,
        )
        wp.launch(settle, dim=len(new), inputs=[guides, new], outputs=[out], device=self._device)
        self._past, self._past_count = new, count
        return out

    def _guides_of(self, trail: Trail, signals: Signals) -> Any:
        out = Guides()
        out.depth, out.normals = self._array(trail.depth, float), self._array(trail.normals, wp.vec3)
        out.ids, out.back = self._array(trail.ids, int), self._array(trail.back, wp.vec3)
        out.place = wp.vec2(*trail.place)
        out.height, out.width = trail.depth.shape
        (out.pick_x, out.pick_y), out.turn = signals.pick, signals.turn
        return out

    def _array(self, values: np.ndarray, dtype: Any) -> Any:
        channels = values.shape[2:] if values.ndim > 2 else ()
        flat = np.ascontiguousarray(values).reshape(-1, *channels)
        return wp.array(flat, dtype=dtype, device=self._device, copy=False)
