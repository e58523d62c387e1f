"""Which triangle each pixel sees: rasterised on a CPU, where that is ten times faster, traced on CUDA."""

# mypy: ignore-errors
# ruff: noqa: UP018, RUF046 - float(0.0) and int(0) are how Warp declares a variable that loops change

from typing import Any, no_type_check

import warp as wp

from .hits import THIN, Hit, film_ray, nearest, opacity, turned_away
from .sampler import pixel_seed, unit
from .structs import OPTIONS, View, Worlds
from .upload import Upload

wp.set_module_options(OPTIONS)

FAR = wp.constant(1.0e6)


@no_type_check
@wp.func
def struck(w: Worlds, face: int, origin: wp.vec3, direction: wp.vec3) -> Hit:
    """Where a ray meets the plane of a face that it is known to see (Moller and Trumbore 1997)."""
    f = w[0].faces[face]
    p0 = w[0].points[f[0]]
    e1 = w[0].points[f[1]] - p0
    e2 = w[0].points[f[2]] - p0
    across = wp.cross(direction, e2)
    det = wp.dot(e1, across)
    inverse = wp.where(wp.abs(det) < 1.0e-30, 0.0, 1.0 / det)
    s = origin - p0
    q = wp.cross(s, e1)
    b = wp.clamp(wp.dot(s, across) * inverse, 0.0, 1.0)
    c = wp.clamp(wp.dot(direction, q) * inverse, 0.0, 1.0 - b)
    h = Hit()
    h.face = face
    h.u = 1.0 - b - c
    h.v = b
    h.t = wp.dot(e2, q) * inverse
    return h


@no_type_check
@wp.func
def chance_of(seed: int, frame: int, pixel: int) -> float:
    """The alpha above which a blended surface stops this pixel's ray: by chance, or a half where frame is -1."""
    if frame < 0:
        return 0.5
    return unit(pixel_seed(seed, frame, pixel))


@no_type_check
@wp.kernel
def film_points(w: Worlds, view: View, film: wp.array(dtype=wp.vec3)):
    """Homogeneous film coordinates of all vertices: (x z, y z, z), x and y in pixels."""
    tid = wp.tid()
    d = w[0].points[tid] - view.eye
    z = wp.dot(d, view.forward)
    x = (wp.dot(d, view.right) / wp.dot(view.right, view.right) + 0.5 * z) * float(view.width)
    y = (wp.dot(d, view.down) / wp.dot(view.down, view.down) + 0.5 * z) * float(view.height)
    film[tid] = wp.vec3(x, y, z)


@no_type_check
@wp.func
def stretch(so_far: wp.vec2, a: wp.vec3, b: wp.vec3, axis: int) -> wp.vec2:
    """A span of film coordinates, grown by the part of edge ab that lies before the eye."""
    near = float(1.0e-3)
    low = so_far[0]
    high = so_far[1]
    if a[2] >= near:
        x = a[axis] / a[2]
        low = wp.min(low, x)
        high = wp.max(high, x)
    if (a[2] < near) != (b[2] < near):
        x = (a[axis] + (b[axis] - a[axis]) * ((near - a[2]) / (b[2] - a[2]))) / near
        low = wp.min(low, x)
        high = wp.max(high, x)
    return wp.vec2(low, high)


@no_type_check
@wp.func
def span(a: wp.vec3, b: wp.vec3, c: wp.vec3, axis: int, size: int) -> wp.vec2:
    """Between which film coordinates a triangle lies along an axis."""
    out = wp.vec2(1.0e9, -1.0e9)
    out = stretch(out, a, b, axis)
    out = stretch(out, b, c, axis)
    out = stretch(out, c, a, axis)
    return wp.vec2(wp.max(out[0], 0.0), wp.min(out[1], float(size)))


@no_type_check
@wp.kernel
def rasterise(
    w: Worlds,
    view: View,
    film: wp.array(dtype=wp.vec3),
    jitter: wp.vec2,
    seed: int,
    frame: int,
    nearness: wp.array(dtype=float),
    seen: wp.array(dtype=int),
):
    """Keep each pixel's nearest face. For one thread alone, as Warp's CPU launches are.

    Homogeneous edge functions need no clipping (Olano and Greer, "Triangle Scan Conversion using 2D Homogeneous
    Coordinates", 1997); they are taken about the triangle's own corner of the film, so that small ones stay exact.
    """
    face = wp.tid()
    f = w[0].faces[face]
    a = film[f[0]]
    b = film[f[1]]
    c = film[f[2]]
    if a[2] <= 0.0 and b[2] <= 0.0 and c[2] <= 0.0:
        return
    across = span(a, b, c, 0, view.width)
    x0 = int(wp.ceil(across[0] - jitter[0]))
    x1 = wp.min(int(wp.floor(across[1] - jitter[0])), view.width - 1)
    if x0 > x1:
        return
    along = span(a, b, c, 1, view.height)
    y0 = int(wp.ceil(along[0] - jitter[1]))
    y1 = wp.min(int(wp.floor(along[1] - jitter[1])), view.height - 1)
    if y0 > y1:
        return
    corner = wp.vec3(float(x0) + jitter[0], float(y0) + jitter[1], 0.0)
    a = a - corner * a[2]
    b = b - corner * b[2]
    c = c - corner * c[2]
    ea = wp.cross(b, c)
    eb = wp.cross(c, a)
    ec = wp.cross(a, b)
    det = wp.dot(a, ea)
    if det == 0.0:
        return
    ea = ea / det
    eb = eb / det
    ec = ec / det
    sheer = w[0].materials[w[0].owner[face][1]].alpha_mode
    bias = wp.where(turned_away(w, face, view.eye), 1.0 - THIN, 1.0)
    for y in range(y0, y1 + 1):
        dy = float(y - y0)
        for x in range(x0, x1 + 1):
            dx = float(x - x0)
            la = ea[0] * dx + ea[1] * dy + ea[2]
            lb = eb[0] * dx + eb[1] * dy + eb[2]
            lc = ec[0] * dx + ec[1] * dy + ec[2]
            near = la + lb + lc  # one over the depth
            low = -1.0e-6 * near
            pixel = y * view.width + x
            if la >= low and lb >= low and lc >= low and near * bias > nearness[pixel]:
                keep = int(1)
                if sheer != 0:
                    h = Hit()
                    h.face = face
                    h.u = la / near
                    h.v = lb / near
                    if opacity(w, h) <= chance_of(seed, frame, pixel):
                        keep = 0
                if keep == 1:
                    nearness[pixel] = near * bias
                    seen[pixel] = face


@no_type_check
@wp.func
def beside(seen: wp.array(dtype=int), pixel: int, width: int, height: int) -> bool:
    """Whether one of a pixel's four neighbours sees a face."""
    x = pixel % width
    y = pixel / width
    return (
        seen[y * width + wp.max(x - 1, 0)] >= 0
        or seen[y * width + wp.min(x + 1, width - 1)] >= 0
        or seen[wp.max(y - 1, 0) * width + x] >= 0
        or seen[wp.min(y + 1, height - 1) * width + x] >= 0
    )


@no_type_check
@wp.kernel
def cast(w: Worlds, view: View, jitter: wp.vec2, seed: int, frame: int, everywhere: int, seen: wp.array(dtype=int)):
    """Each pixel's nearest face by its ray: of all pixels, or of the cracks in what was rasterised."""
    tid = wp.tid()
    if everywhere == 0 and (seen[tid] >= 0 or not beside(seen, tid, view.width, view.height)):
        return
    d = film_ray(view, float(tid % view.width) + jitter[0], float(tid / view.width) + jitter[1])
    seen[tid] = nearest(w, view.eye, wp.normalize(d), FAR, chance_of(seed, frame, tid)).face


def visible_faces(scene: Upload, view: Any, jitter: tuple[float, float], seed: int, frame: int) -> Any:
    """The face that each pixel sees at `jitter` (0 to 1 from its corner), -1 for none, as a Warp array.

    Blended surfaces are seen by chance, another one each frame; with frame -1 where their alpha is above a half.
    """
    world, device = scene.world, scene.device
    num = view.width * view.height
    seen = wp.full(num, -1, dtype=int, device=device)
    place = wp.vec2(*jitter)
    on_cpu = device == "cpu"
    if on_cpu:
        film = wp.empty(scene.num_vertices, dtype=wp.vec3, device=device)
        wp.launch(film_points, dim=scene.num_vertices, inputs=[world, view], outputs=[film], device=device)
        nearness = wp.zeros(num, dtype=float, device=device)
        wp.launch(
            rasterise,
            dim=scene.num_faces,
            inputs=[world, view, film, place, seed, frame],
            outputs=[nearness, seen],
            device=device,
        )
    wp.launch(cast, dim=num, inputs=[world, view, place, seed, frame, int(not on_cpu)], outputs=[seen], device=device)
    return seen
