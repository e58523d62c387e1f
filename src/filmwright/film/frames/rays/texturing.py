"""Reading textures: decoding, wrapping, bilinear and trilinear filtering."""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

from .structs import Texture, Worlds


@no_type_check
@wp.func
def wrap(i: int, size: int, mode: int) -> int:
    """A texel index brought into the picture: repeated, clamped or mirrored."""
    if mode == 1:
        return wp.clamp(i, 0, size - 1)
    if mode == 0:
        r = i % size
        return wp.where(r < 0, r + size, r)
    p = i % (2 * size)
    p = wp.where(p < 0, p + 2 * size, p)
    return wp.where(p < size, p, 2 * size - 1 - p)


@no_type_check
@wp.func
def texel(w: Worlds, at: int, curve: int) -> wp.vec4:
    """One decoded texel; alpha is linear in every picture."""
    c = w[0].texels[at]
    r = w[0].curves[curve + int(c & wp.uint32(255))]
    g = w[0].curves[curve + int((c >> wp.uint32(8)) & wp.uint32(255))]
    b = w[0].curves[curve + int((c >> wp.uint32(16)) & wp.uint32(255))]
    return wp.vec4(r, g, b, float(c >> wp.uint32(24)) * (1.0 / 255.0))


@no_type_check
@wp.func
def bilinear(w: Worlds, t: Texture, level: int, uv: wp.vec2) -> wp.vec4:
    """A level's four nearest texels, blended."""
    width = wp.max(t.width >> level, 1)
    height = wp.max(t.height >> level, 1)
    first = w[0].levels[t.first_level + level]
    x = uv[0] * float(width) - 0.5
    y = uv[1] * float(height) - 0.5
    fx = wp.floor(x)
    fy = wp.floor(y)
    x0 = wrap(int(fx), width, t.wrap_u)
    x1 = wrap(int(fx) + 1, width, t.wrap_u)
    y0 = first + wrap(int(fy), height, t.wrap_v) * width
    y1 = first + wrap(int(fy) + 1, height, t.wrap_v) * width
    fx = x - fx
    fy = y - fy
    top = texel(w, y0 + x0, t.curve) * (1.0 - fx) + texel(w, y0 + x1, t.curve) * fx
    bottom = texel(w, y1 + x0, t.curve) * (1.0 - fx) + texel(w, y1 + x1, t.curve) * fx
    return top * (1.0 - fy) + bottom * fy


@no_type_check
@wp.func
def look_up(w: Worlds, texture: int, uv: wp.vec4, footprint: wp.vec2) -> wp.vec4:
    """A texture's colour over a footprint: `footprint` is its width in uv units of each set (Williams 1983)."""
    t = w[0].textures[texture]
    at = wp.vec3(uv[0], uv[1], 1.0)
    width = footprint[0]
    if t.texcoord == 1:
        at = wp.vec3(uv[2], uv[3], 1.0)
        width = footprint[1]
    place = wp.vec2(wp.dot(t.row_u, at), wp.dot(t.row_v, at))
    texels = width * t.stretch * wp.sqrt(float(t.width * t.height))
    level = wp.clamp(wp.log2(wp.max(texels, 1.0e-6)), 0.0, float(t.num_levels - 1))
    low = int(level)
    share = level - float(low)
    color = bilinear(w, t, low, place)
    if share > 0.01 and low + 1 < t.num_levels:
        color = color * (1.0 - share) + bilinear(w, t, low + 1, place) * share
    return color
