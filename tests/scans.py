"""Tiny 3D files, written by the tests that read them, and where the real ones lie."""

import io
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ASSETS = Path(os.environ.get("FILMWRIGHT_ASSETS", Path(__file__).parents[2] / "shared" / "assets"))
COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
CORNERS = np.float32([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
SIDES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], "u2")  # counter-clockwise seen from outside


def asset(name: str) -> Path:
    """A real scan, or a skip where it is not at hand."""
    path = ASSETS / "scans" / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return path


def png(pixels) -> bytes:
    """An encoded picture."""
    out = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(out, "PNG")
    return out.getvalue()


class Maker:
    """A glTF document and its one buffer, put together piece by piece."""

    def __init__(self):
        self.doc = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": []}]}
        self.blob = bytearray()

    def add(self, kind, **thing) -> int:
        self.doc.setdefault(kind, []).append({k: v for k, v in thing.items() if v is not None})
        return len(self.doc[kind]) - 1

    def view(self, data: bytes, **more) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        start = len(self.blob)
        self.blob += data
        return self.add("bufferViews", buffer=0, byteOffset=start, byteLength=len(data), **more)

    def accessor(self, array, **more) -> int:
        array = np.asarray(array)
        flat = array.reshape(len(array), array[:1].size or int(np.prod(array.shape[1:])))
        given = {"bufferView": None} if "bufferView" in more else {"bufferView": self.view(flat.tobytes())}
        kind = {"componentType": COMPONENTS[array.dtype.str[1:]], "type": WIDTHS[flat.shape[1]], "count": len(flat)}
        return self.add("accessors", **{**kind, **given, **more})

    def mesh(self, attributes, indices=None, *, weights=None, name=None, **more) -> int:
        ids = {key: value if isinstance(value, int) else self.accessor(value) for key, value in attributes.items()}
        indices = indices if indices is None or isinstance(indices, int) else self.accessor(np.ravel(indices))
        part = {"attributes": ids, "indices": indices, **more}
        part = {k: v for k, v in part.items() if v is not None}
        return self.add("meshes", primitives=[part], weights=weights, name=name)

    def node(self, *, root=True, **node) -> int:
        index = self.add("nodes", **node)
        if root:
            self.doc["scenes"][0]["nodes"].append(index)
        return index

    def picture(self, pixels, **texture) -> int:
        image = self.add("images", bufferView=self.view(png(pixels)), mimeType="image/png")
        return self.add("textures", source=image, **texture)

    def animation(self, node, path, times, values, interpolation=None, **more) -> int:
        sampler = {"input": self.accessor(np.float32(times)), "output": self.accessor(np.asarray(values))}
        if interpolation:
            sampler["interpolation"] = interpolation
        channel = {"sampler": 0, "target": {"node": node, "path": path}}
        return self.add("animations", channels=[channel], samplers=[sampler], **more)

    def document(self, **buffer) -> bytes:
        buffers = [{"byteLength": len(self.blob), **buffer}] if "bufferViews" in self.doc else []
        return json.dumps({**self.doc, "buffers": buffers}).encode()

    def glb(self) -> bytes:
        text = self.document()
        text += b" " * (-len(text) % 4)
        blob = bytes(self.blob) + b"\0" * (-len(self.blob) % 4)
        body = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
        return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body

    def save(self, folder: Path, name: str = "thing.glb") -> Path:
        path = folder / name
        if path.suffix == ".glb":
            path.write_bytes(self.glb())
        else:
            path.with_suffix(".bin").write_bytes(self.blob)
            path.write_bytes(self.document(uri=path.with_suffix(".bin").name))
        return path


def tetrahedron(**more) -> Maker:
    """A document with one tetrahedron, mesh 0, on one node, node 0."""
    made = Maker()
    made.node(mesh=made.mesh({"POSITION": CORNERS}, SIDES, **more))
    return made


def world_triangles(scene, seconds=0.0) -> np.ndarray:
    """All triangles of a scene in the world, [N, 3, 3]."""
    from filmwright.core.pose import world_transforms

    world = world_transforms(scene, float(seconds))
    out = [np.zeros((0, 3, 3))]
    for i, node in enumerate(scene.nodes):
        if node.mesh is not None:
            mesh = scene.meshes[node.mesh]
            points = mesh.positions @ world[i, :3, :3].T + world[i, :3, 3]
            out.append(points[mesh.faces])
    return np.concatenate(out)


def volume(triangles) -> float:
    """Signed volume inside a closed surface: positive if its faces are counter-clockwise seen from outside."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    return float(np.einsum("nd,nd->n", a, np.cross(b, c)).sum() / 6)


STL = struct.Struct("<12fH")


def stl_bytes(triangles) -> bytes:
    """A binary STL."""
    records = b"".join(STL.pack(0, 0, 0, *np.ravel(t), 0) for t in np.asarray(triangles, float))
    return b"made by a test".ljust(80, b"\0") + struct.pack("<I", len(triangles)) + records


def usd_text(content: str = "") -> str:
    """A USD layer of a tetrahedron, or of other content."""
    points = ", ".join(str(tuple(map(float, point))) for point in CORNERS)
    mesh = f"""def Mesh "thing" {{
    point3f[] points = [{points}]
    int[] faceVertexCounts = [3, 3, 3, 3]
    int[] faceVertexIndices = {[int(i) for i in SIDES.ravel()]}
}}"""
    return '#usda 1.0\n(\n    metersPerUnit = 1\n    upAxis = "Z"\n)\n' + (content or mesh)


def ply_text(vertices, faces, *, extra="", rows=()) -> str:
    """A text PLY; `extra` names more vertex properties, `rows` holds their values."""
    head = (
        f"ply\nformat ascii 1.0\nelement vertex {len(vertices)}\nproperty float x\nproperty float y\nproperty float z\n"
    )
    head += extra + f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    more = list(rows) or [()] * len(vertices)
    lines = [" ".join(map(str, [*v, *r])) for v, r in zip(vertices, more, strict=True)]
    lines += [" ".join(map(str, [len(f), *f])) for f in faces]
    return head + "\n".join(lines) + "\n"


def obj_text(vertices, faces) -> str:
    """A plain OBJ of faces that count from 0."""
    lines = [f"v {x} {y} {z}" for x, y, z in vertices]
    return "\n".join([*lines, *("f " + " ".join(str(i + 1) for i in f) for f in faces)]) + "\n"
