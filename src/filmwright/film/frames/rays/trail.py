"""What stands where each pixel is sampled, and where it was a frame before."""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

from .hits import film_ray, project
from .structs import OPTIONS, View, Worlds
from .visible import struck

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)


@no_type_check
@wp.struct
class Guides:
    """A frame's trail on the device, and which pixels of its 2x2 blocks are shaded: `pick` and the one across."""

    depth: wp.array(dtype=float)
    normals: wp.array(dtype=wp.vec3)  # smooth ones, without normal maps
    ids: wp.array(dtype=int)
    back: wp.array(dtype=wp.vec3)
    place: wp.vec2  # of the samples in their pixels
    width: int
    height: int
    pick_x: int
    pick_y: int
    turn: int  # blocks sampled in this frame: -1 all, else those on the chessboard's even or odd colour


@no_type_check
@wp.func
def sampled(g: Guides, bx: int, by: int) -> bool:
    """Whether the light of a 2x2 block is sampled in this frame."""
    return g.turn < 0 or ((bx + by + g.turn) & 1) == 0


@no_type_check
@wp.func
def half(size: int) -> int:
    """Blocks along a side."""
    return (size + 1) / 2


@no_type_check
@wp.func
def picked(g: Guides, bx: int, by: int) -> wp.vec2i:
    """The pixel (x, y) that stands for a 2x2 block in this frame."""
    return wp.vec2i(wp.min(bx * 2 + g.pick_x, g.width - 1), wp.min(by * 2 + g.pick_y, g.height - 1))


@no_type_check
@wp.func
def index_of(g: Guides, pixel: wp.vec2i) -> int:
    """A pixel's place in the guides."""
    return pixel[1] * g.width + pixel[0]


@no_type_check
@wp.func
def point_of(view: View, g: Guides, pixel: wp.vec2i) -> wp.vec3:
    """What a pixel shows, from the eye, in metres."""
    return film_ray(view, float(pixel[0]), float(pixel[1])) * g.depth[index_of(g, pixel)]


@no_type_check
@wp.func
def shaded(g: Guides, x: int, y: int) -> bool:
    """Whether a pixel is on the frame's colour of the chessboard."""
    return ((x + y + g.pick_x + g.pick_y) & 1) == 0


@no_type_check
@wp.kernel
def follow(
    w: Worlds, view: View, g: Guides, before: View, before_points: wp.array(dtype=wp.vec3), seen: wp.array(dtype=int)
):
    """Fill the guides for what each pixel has `seen`; `before` and `before_points` are the frame before's."""
    tid = wp.tid()
    x = float(tid % view.width) + g.place[0]
    y = float(tid / view.width) + g.place[1]
    axis = film_ray(view, x, y)
    length = wp.length(axis)
    d = axis / length
    face = seen[tid]
    if face < 0:
        there = project(before, before.eye + d * FAR)
        g.depth[tid] = FAR
        g.normals[tid] = -d
        g.ids[tid] = 0
        g.back[tid] = wp.vec3(there[0] - x, there[1] - y, FAR)
        return
    h = struck(w, face, view.eye, d)
    f = w[0].faces[face]
    k = 1.0 - h.u - h.v
    n = wp.normalize(w[0].normals[f[0]] * h.u + w[0].normals[f[1]] * h.v + w[0].normals[f[2]] * k)
    there = project(before, before_points[f[0]] * h.u + before_points[f[1]] * h.v + before_points[f[2]] * k)
    g.depth[tid] = h.t / length
    g.normals[tid] = n * wp.where(wp.dot(n, d) > 0.0, -1.0, 1.0)
    g.ids[tid] = w[0].owner[face][0] + 1
    g.back[tid] = wp.vec3(there[0] - x, there[1] - y, there[2])
