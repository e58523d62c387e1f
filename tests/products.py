"""Small products whose front, ground and colours are known, for the staging's tests."""

import numpy as np

from filmwright.core.scene import Channel, Material, Mesh, Node, Scene, Texture

FACES = (  # normal, then the picture's right and up
    ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
    ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
    ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    ((0, 0, -1), (1, 0, 0), (0, -1, 0)),
)


def checker(dark=(40, 40, 160), light=(240, 240, 240), plain=(200, 60, 60)) -> Texture:
    """The left half a checkerboard of 8 x 8 fields, the right half plain."""
    pixels = np.empty((64, 128, 3), np.uint8)
    field = (np.add.outer(np.arange(64) // 8, np.arange(64) // 8) % 2 == 0)[..., None]
    pixels[:, :64] = np.where(field, np.array(dark), np.array(light))
    pixels[:, 64:] = plain
    return Texture(pixels=pixels)


def box(size=(1.0, 1.0, 1.0), texture: Texture | None = None, label: int | None = 0, **material) -> Mesh:
    """A box about the origin; face number `label` shows the texture's left half, the others its right."""
    positions, uv, normals = [], [], []
    for i, axes in enumerate(FACES):
        n, u, v = (np.array(a, float) for a in axes)
        positions += [(n + a * u + b * v) / 2 * size for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        left = 0.0 if i == label else 0.5
        uv += [(left + 0.01, 0.99), (left + 0.49, 0.99), (left + 0.49, 0.01), (left + 0.01, 0.01)]
        normals += [n] * 4
    starts = np.arange(6)[:, None, None] * 4
    return Mesh(
        positions=np.array(positions, np.float32),
        faces=(starts + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3).astype(np.int32),
        normals=np.array(normals, np.float32),
        uv=np.array(uv, np.float32),
        material=Material(base_color_texture=texture, **material),
    )


def drum(texture: Texture | None = None, *, radius=0.3, height=1.0, share=0.25, **material) -> Mesh:
    """A cylinder about +Z, 96 sides; the texture's left half covers `share` of its way around, centred at -Y."""
    num = 96
    positions, uv, faces = [], [], []
    for i in range(num):
        for j in (i, i + 1):
            turn = 2 * np.pi * j / num - np.pi / 2
            part = (((i + 0.5) / num + 0.5) % 1.0 - 0.5) / share + 0.5
            inside = 0 <= part <= 1
            at = ((((j / num) + 0.5) % 1.0 - 0.5) / share + 0.5) if inside else 0.5
            u = 0.01 + 0.48 * min(max(at, 0.0), 1.0) if inside else 0.75
            for z, v in ((0, 0.99), (height, 0.01)):
                positions.append((radius * np.cos(turn), radius * np.sin(turn), z))
                uv.append((u, v))
        k = 4 * i
        faces += [(k, k + 2, k + 3), (k, k + 3, k + 1)]
    for z, flip in ((0, True), (height, False)):
        hub = len(positions)
        positions.append((0, 0, z))
        uv.append((0.75, 0.5))
        for i in range(num):
            turn = 2 * np.pi * i / num - np.pi / 2
            positions.append((radius * np.cos(turn), radius * np.sin(turn), z))
            uv.append((0.75, 0.5))
        for i in range(num):
            a, b = hub + 1 + i, hub + 1 + (i + 1) % num
            faces.append((hub, b, a) if flip else (hub, a, b))
    return Mesh(
        positions=np.array(positions, np.float32),
        faces=np.array(faces, np.int32),
        uv=np.array(uv, np.float32),
        material=Material(base_color_texture=texture, **material),
    )


def rotation(axis, degrees) -> np.ndarray:
    """4x4 about an axis (Rodrigues)."""
    axis = np.array(axis, float) / np.linalg.norm(axis)
    k = np.cross(np.eye(3), axis)
    a = np.radians(degrees)
    out = np.eye(4)
    out[:3, :3] = np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * k @ k
    return out


def product(*meshes: Mesh, matrix=None, channels: tuple[Channel, ...] = (), duration: float = 0.0) -> Scene:
    """A scene of meshes that stand, or move, together."""
    place = tuple(map(float, (np.eye(4) if matrix is None else matrix).ravel()))
    nodes = [Node(name="all", matrix=place)]
    nodes += [Node(name=str(i), parent=0, mesh=i, channels=channels) for i in range(len(meshes))]
    return Scene(name="product", meshes=meshes, nodes=tuple(nodes), duration=duration)
