"""Where light comes from: rectangles and the sky, sampled by their strength (Veach 1997; Pharr et al., PBRT 4, 12)."""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - float(0.0) and int(0) are how Warp declares a variable that loops change

from typing import no_type_check

import warp as wp

from .structs import Lights, Skies

TWO_PI = wp.constant(6.28318530717959)


@no_type_check
@wp.func
def sky_place(sky: Skies, d: wp.vec3) -> wp.vec2:
    """A direction's (u, v) in the environment's picture."""
    u = (wp.atan2(d[1], d[0]) - sky[0].rotation) / TWO_PI
    return wp.vec2(u - wp.floor(u), wp.acos(wp.clamp(d[2], -1.0, 1.0)) * (2.0 / TWO_PI))


@no_type_check
@wp.func
def sky_radiance(sky: Skies, d: wp.vec3) -> wp.vec3:
    """The environment's light from direction d, bilinear."""
    if sky[0].pick <= 0.0:
        return wp.vec3(0.0)
    height = sky[0].pixels.shape[0]
    width = sky[0].pixels.shape[1]
    uv = sky_place(sky, d)
    x = uv[0] * float(width) - 0.5
    y = uv[1] * float(height) - 0.5
    fx = wp.floor(x)
    fy = wp.floor(y)
    x0 = (int(fx) + width) % width
    x1 = (int(fx) + 1) % width
    y0 = wp.max(int(fy), 0)
    y1 = wp.min(int(fy) + 1, height - 1)
    fx = x - fx
    fy = y - fy
    top = sky[0].pixels[y0, x0] * (1.0 - fx) + sky[0].pixels[y0, x1] * fx
    return top * (1.0 - fy) + (sky[0].pixels[y1, x0] * (1.0 - fx) + sky[0].pixels[y1, x1] * fx) * fy


@no_type_check
@wp.func
def sky_density(sky: Skies, d: wp.vec3) -> float:
    """Density per steradian with which `sky_sample` takes direction d, less the choice of the sky itself."""
    uv = sky_place(sky, d)
    height = sky[0].density.shape[0]
    width = sky[0].density.shape[1]
    row = wp.min(int(uv[1] * float(height)), height - 1)
    column = wp.min(int(uv[0] * float(width)), width - 1)
    sine = wp.sqrt(wp.max(1.0 - d[2] * d[2], 1.0e-8))
    return sky[0].density[row, column] / (sine * 19.7392088)


@no_type_check
@wp.func
def find(table: wp.array(dtype=float), x: float) -> int:
    """The first entry of a cumulative table that is above x."""
    low = int(0)
    high = int(table.shape[0] - 1)
    while low < high:
        middle = (low + high) / 2
        if table[middle] <= x:
            low = middle + 1
        else:
            high = middle
    return low


@no_type_check
@wp.func
def place_in(table: wp.array(dtype=float), i: int, x: float) -> float:
    """Where in bin i a number x falls, 0 to 1."""
    below = float(0.0)
    if i > 0:
        below = table[i - 1]
    return wp.clamp((x - below) / wp.max(table[i] - below, 1.0e-12), 0.0, 0.999999)


@no_type_check
@wp.func
def sky_sample(sky: Skies, u: wp.vec2) -> wp.vec3:
    """A direction, the bright ones more often."""
    row = find(sky[0].rows, u[1])
    v = (float(row) + place_in(sky[0].rows, row, u[1])) / float(sky[0].density.shape[0])
    line = sky[0].columns[row]
    column = find(line, u[0])
    x = (float(column) + place_in(line, column, u[0])) / float(sky[0].density.shape[1])
    phi = x * TWO_PI + sky[0].rotation
    theta = v * (TWO_PI * 0.5)
    sine = wp.sin(theta)
    return wp.vec3(sine * wp.cos(phi), sine * wp.sin(phi), wp.cos(theta))


@no_type_check
@wp.func
def light_hit(lights: Lights, i: int, o: wp.vec3, d: wp.vec3) -> float:
    """Distance along a ray to light i's shining side, or -1."""
    facing = wp.dot(d, lights[i].normal)
    if facing >= -1.0e-6:
        return -1.0
    t = wp.dot(lights[i].center - o, lights[i].normal) / facing
    q = o + d * t - lights[i].center
    u = lights[i].u
    v = lights[i].v
    if t <= 0.0 or wp.abs(wp.dot(q, u)) > wp.dot(u, u) or wp.abs(wp.dot(q, v)) > wp.dot(v, v):
        return -1.0
    return t


@no_type_check
@wp.func
def light_density(lights: Lights, i: int, d: wp.vec3, t: float) -> float:
    """Density per steradian with which light i's point at distance t along d is sampled, less the choice of i."""
    return t * t / (wp.max(-wp.dot(d, lights[i].normal), 1.0e-6) * lights[i].area)
