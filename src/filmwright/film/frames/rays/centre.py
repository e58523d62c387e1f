"""The passes: what stands at each pixel's centre, and where it goes by the next frame."""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

from .hits import base_color, blocked, film_ray, footprint_of, project, texture_point, turned
from .structs import OPTIONS, View, Worlds
from .visible import struck

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)


@no_type_check
@wp.kernel
def see(
    w: Worlds,
    view: View,
    other: View,
    other_points: wp.array(dtype=wp.vec3),
    seen: wp.array(dtype=int),
    depth: wp.array(dtype=float),
    normals: wp.array(dtype=wp.vec3),
    smooth: wp.array(dtype=wp.vec3),
    ids: wp.array(dtype=int),
    albedo: wp.array(dtype=wp.vec3),
    flow: wp.array(dtype=wp.vec3),
    goal: wp.array(dtype=wp.vec4),
):
    """Fill the passes, and with `smooth` the normals without maps that Guides have.

    `flow` leads to the point's place and depth in another frame; `goal` is where it is there in the world, w 0 for a
    direction without end. `albedo` may be empty: it costs a look into textures.
    """
    tid = wp.tid()
    x = float(tid % view.width) + 0.5
    y = float(tid / view.width) + 0.5
    axis = film_ray(view, x, y)
    length = wp.length(axis)
    d = axis / length
    face = seen[tid]
    if face < 0:
        there = project(other, other.eye + d * FAR)
        depth[tid] = FAR
        normals[tid] = -d
        smooth[tid] = -d
        ids[tid] = 0
        if albedo.shape[0] > 0:
            albedo[tid] = wp.vec3(0.0)
        flow[tid] = wp.vec3(there[0] - x, there[1] - y, FAR)
        goal[tid] = wp.vec4(d[0], d[1], d[2], 0.0)
        return
    h = struck(w, face, view.eye, d)
    cone = h.t * view.spread
    s = turned(w, h, d, cone)
    f = w[0].faces[face]
    p = other_points[f[0]] * h.u + other_points[f[1]] * h.v + other_points[f[2]] * (1.0 - h.u - h.v)
    n = wp.normalize(w[0].normals[f[0]] * h.u + w[0].normals[f[1]] * h.v + w[0].normals[f[2]] * (1.0 - h.u - h.v))
    there = project(other, p)
    depth[tid] = h.t / length
    normals[tid] = s.normal
    smooth[tid] = n * wp.where(wp.dot(n, d) > 0.0, -1.0, 1.0)
    ids[tid] = s.node + 1
    if albedo.shape[0] > 0:
        albedo[tid] = base_color(w, h, texture_point(w, h), footprint_of(w, h, s.flat, d, cone))
    flow[tid] = wp.vec3(there[0] - x, there[1] - y, there[2])
    goal[tid] = wp.vec4(p[0], p[1], p[2], 1.0)


@no_type_check
@wp.kernel
def reached(w: Worlds, view: View, goal: wp.array(dtype=wp.vec4), visible: wp.array(dtype=int)):
    """Whether the points `goal` are in the picture and nothing hides them."""
    tid = wp.tid()
    g = goal[tid]
    p = wp.vec3(g[0], g[1], g[2])
    reach = float(FAR)
    if g[3] == 0.0:
        p = view.eye + p * FAR
    place = project(view, p)
    inside = place[2] > 0.0 and place[0] >= 0.0 and place[1] >= 0.0
    if not inside or place[0] > float(view.width) or place[1] > float(view.height):
        return
    d = p - view.eye
    length = wp.length(d)
    if g[3] > 0.0:
        reach = length * 0.9995 - w[0].epsilon
    if not blocked(w, view.eye, d / length, reach):
        visible[tid] = 1
