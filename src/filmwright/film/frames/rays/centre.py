"""The passes: what stands at each pixel's centre, and where it goes by the next frame."""

import warp as wp

from .hits import film_ray, nearest, project, surface
from .structs import View, World

wp.set_module_options({"enable_backward": False})

FAR = wp.constant(1.0e6)


@wp.kernel
def see(
    w: World,
    view: View,
    later: View,
    later_points: wp.array(dtype=wp.vec3),
    depth: wp.array(dtype=float),
    normals: wp.array(dtype=wp.vec3),
    ids: wp.array(dtype=int),
    albedo: wp.array(dtype=wp.vec3),
    flow: wp.array(dtype=wp.vec2),
    goal: wp.array(dtype=wp.vec4),
):
    """Fill the passes; `goal` is where the point is in the next frame, w 0 for a direction without end."""
    tid = wp.tid()
    x = float(tid % view.width) + 0.5
    y = float(tid / view.width) + 0.5
    axis = film_ray(view, x, y)
    d = wp.normalize(axis)
    h = nearest(w, view.eye, d, FAR, 0.5)
    if h.face < 0:
        depth[tid] = -1.0
        normals[tid] = -d
        goal[tid] = wp.vec4(d[0], d[1], d[2], 0.0)
        there = project(later, later.eye + d * FAR)
        flow[tid] = wp.vec2(there[0] - x, there[1] - y)
        return
    s = surface(w, h, view.eye, d, h.t * view.spread)
    depth[tid] = h.t / wp.length(axis)
    normals[tid] = s.normal
    ids[tid] = s.node + 1
    albedo[tid] = s.base
    f = w.faces[h.face]
    p = later_points[f[0]] * h.u + later_points[f[1]] * h.v + later_points[f[2]] * (1.0 - h.u - h.v)
    here = project(view, s.point)
    there = project(later, p)
    goal[tid] = wp.vec4(p[0], p[1], p[2], 1.0)
    flow[tid] = wp.vec2(there[0] - here[0], there[1] - here[1])


@wp.kernel
def seen(w: World, view: View, goal: wp.array(dtype=wp.vec4), visible: wp.array(dtype=int)):
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
        reach = length * 0.9995 - w.epsilon
    if nearest(w, view.eye, d / length, reach, 0.5).face < 0:
        visible[tid] = 1
