"""The glow of a lens around bright light: a share of the light, spread wide, none lost or made."""

from typing import Any, no_type_check

import numpy as np
import warp as wp
from jaxtyping import Float32

wp.set_module_options({"enable_backward": False, "cpu_compiler_flags": "-march=native"})

_FIRST = 4  # the finest glow is a quarter of the picture's resolution
_COARSEST = 3  # pixels; a coarser level would be one flat colour


def glow(radiance: Float32[np.ndarray, "H W 3"], *, device: str = "cpu") -> Float32[np.ndarray, "h w 3"]:
    """What the whole picture's light looks like when all of it blooms, at a quarter of its resolution.

    An even mixture of ever wider blurs, after the dual filter of Jimenez (Next Generation Post Processing in
    Call of Duty, SIGGRAPH 2014); picture borders mirror, so that a flat picture stays as it is.
    """
    return spread(wp.array(np.ascontiguousarray(radiance), dtype=wp.vec3, device=device, copy=False)).numpy()


def spread(radiance: Any) -> Any:
    """`glow` from a Warp array of vec3 to another, without leaving the device."""
    device = radiance.device
    height, width = radiance.shape
    level = wp.empty((-(-height // _FIRST), -(-width // _FIRST)), dtype=wp.vec3, device=device)
    wp.launch(_shrink, dim=level.shape, inputs=[radiance, level], device=device)
    levels = [level]
    while min(levels[-1].shape) > _COARSEST:
        rows, columns = levels[-1].shape
        level = wp.empty(((rows + 1) // 2, (columns + 1) // 2), dtype=wp.vec3, device=device)
        wp.launch(_halve, dim=level.shape, inputs=[levels[-1], level], device=device)
        levels.append(level)
    sum_so_far = levels.pop()
    for count, level in enumerate(reversed(levels), start=1):  # `count` blurs are already in the sum
        wp.launch(_add_doubled, dim=level.shape, inputs=[level, sum_so_far, 1.0 / (count + 1)], device=device)
        sum_so_far = level
    return sum_so_far


@no_type_check
@wp.func
def mirrored(i: int, size: int) -> int:
    """An index beyond a border, folded back as if a mirror stood there."""
    j = i
    if j < 0:
        j = -1 - j
    if j >= size:
        j = 2 * size - 1 - j
    return wp.clamp(j, 0, size - 1)


@no_type_check
@wp.func
def bilinear(picture: wp.array2d(dtype=wp.vec3), row: float, column: float) -> wp.vec3:
    """The picture between its pixels; (0, 0) is the middle of the first."""
    y = wp.floor(row)
    x = wp.floor(column)
    fy = row - y
    fx = column - x
    y0 = wp.clamp(int(y), 0, picture.shape[0] - 1)
    y1 = wp.clamp(int(y) + 1, 0, picture.shape[0] - 1)
    x0 = wp.clamp(int(x), 0, picture.shape[1] - 1)
    x1 = wp.clamp(int(x) + 1, 0, picture.shape[1] - 1)
    top = picture[y0, x0] * (1.0 - fx) + picture[y0, x1] * fx
    bottom = picture[y1, x0] * (1.0 - fx) + picture[y1, x1] * fx
    return top * (1.0 - fy) + bottom * fy


@no_type_check
@wp.kernel
def _shrink(source: wp.array2d(dtype=wp.vec3), target: wp.array2d(dtype=wp.vec3)):  # noqa: ANN202
    """The mean of each 4x4 block."""
    row, column = wp.tid()
    total = wp.vec3(0.0)
    for y in range(4):
        for x in range(4):
            pixel = source[mirrored(row * 4 + y, source.shape[0]), mirrored(column * 4 + x, source.shape[1])]
            total += wp.max(pixel, wp.vec3(0.0))
    target[row, column] = total / 16.0


@no_type_check
@wp.kernel
def _halve(source: wp.array2d(dtype=wp.vec3), target: wp.array2d(dtype=wp.vec3)):  # noqa: ANN202
    """Blur by (1 3 3 1) / 8 both ways and take each second pixel."""
    row, column = wp.tid()
    total = wp.vec3(0.0)
    for y in range(4):
        wy = wp.where(y == 0 or y == 3, 1.0, 3.0)
        for x in range(4):
            wx = wp.where(x == 0 or x == 3, 1.0, 3.0)
            pixel = source[mirrored(row * 2 - 1 + y, source.shape[0]), mirrored(column * 2 - 1 + x, source.shape[1])]
            total += pixel * (wx * wy)
    target[row, column] = total / 64.0


@no_type_check
@wp.kernel
def _add_doubled(target: wp.array2d(dtype=wp.vec3), source: wp.array2d(dtype=wp.vec3), share: float):  # noqa: ANN202
    """Mix `share` of the target with the picture half its size, smoothly enlarged."""
    row, column = wp.tid()
    wide = bilinear(source, (float(row) - 0.5) / 2.0, (float(column) - 0.5) / 2.0)
    target[row, column] = target[row, column] * share + wide * (1.0 - share)
