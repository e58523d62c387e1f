"""A scene -> one self-contained GLB (glTF 2.0)."""

import io
import json
import math
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from filmwright.core.files import whole
from filmwright.core.scene import AlphaMode, Material, Mesh, Node, Scene, Texture

from .tree import Z_UP

_Y_UP = np.array(Z_UP).reshape(4, 4).T  # the turn undone
_FLOAT, _INDEX = 5126, 5125  # component types
_WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_WRAP = {"repeat": 10497, "clamp": 33071, "mirror": 33648}


def write_glb(scene: Scene, path: Path) -> None:
    """Write the meshes, materials and nodes of a scene that does not move, whole or not at all.

    What `gltf` reads back is the same scene; lights and environment are not part of the product and left out.
    Raises ValueError for a scene that moves.
    """
    if any(node.channels for node in scene.nodes):
        raise ValueError(f"{scene.name} moves, and this writes what stands still")
    made = _Document()
    for mesh in scene.meshes:
        made.mesh(mesh)
    nodes = [{"name": "upright", "matrix": _columns(_Y_UP), "children": _children(scene.nodes, None)}]
    nodes += [_node(scene.nodes, i) for i in range(len(scene.nodes))]
    made.things |= {"scenes": [{"nodes": [0]}], "nodes": nodes}
    with whole(path) as part:
        part.write_bytes(made.glb())


@dataclass(slots=True)
class _Document:
    """A glTF document and its one buffer, as they grow."""

    things: dict[str, Any] = field(default_factory=lambda: {"asset": {"version": "2.0"}, "scene": 0})
    blob: bytearray = field(default_factory=bytearray)
    seen: dict[int, int] = field(default_factory=dict)  # materials and pictures, by identity

    def add(self, kind: str, thing: dict[str, Any]) -> int:
        self.things.setdefault(kind, []).append({key: value for key, value in thing.items() if value is not None})
        return len(self.things[kind]) - 1

    def view(self, data: bytes) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        start = len(self.blob)
        self.blob += data
        return self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(data)})

    def accessor(self, values: np.ndarray | None, component: int = _FLOAT, *, bounds: bool = False) -> int | None:
        if values is None:
            return None
        data = np.ascontiguousarray(values, "<u4" if component == _INDEX else "<f4")
        told = {"min": data.min(0).tolist(), "max": data.max(0).tolist()} if bounds else {}
        width = 1 if data.ndim == 1 else data.shape[1]
        kind = {"componentType": component, "type": _WIDTHS[width], "count": len(data)}
        return self.add("accessors", {"bufferView": self.view(data.tobytes()), **kind, **told})

    def mesh(self, mesh: Mesh) -> None:
        corners = {
            "POSITION": self.accessor(mesh.positions, bounds=True),
            "NORMAL": self.accessor(mesh.normals),
            "TANGENT": self.accessor(mesh.tangents),
            "TEXCOORD_0": self.accessor(mesh.uv),
            "TEXCOORD_1": self.accessor(mesh.uv1),
            "COLOR_0": self.accessor(mesh.colors),
        }
        part = {
            "attributes": {key: value for key, value in corners.items() if value is not None},
            "indices": self.accessor(mesh.faces.ravel(), _INDEX),
            "material": self.material(mesh.material),
        }
        self.add("meshes", {"primitives": [part]})

    def material(self, made: Material) -> int:
        if id(made) not in self.seen:
            self.seen[id(made)] = self.add("materials", self._material(made))
        return self.seen[id(made)]

    def _material(self, made: Material) -> dict[str, Any]:
        gain = max(1.0, *made.emission)
        extensions = {
            "KHR_materials_emissive_strength": {"emissiveStrength": gain} if gain > 1 else None,
            "KHR_materials_unlit": {} if made.unlit else None,
            "KHR_materials_ior": {"ior": made.ior} if made.ior != 1.5 else None,
            "KHR_materials_clearcoat": {
                "clearcoatFactor": made.clearcoat,
                "clearcoatRoughnessFactor": made.clearcoat_roughness,
            }
            if made.clearcoat
            else None,
            "KHR_materials_transmission": _told(
                transmissionFactor=made.transmission, transmissionTexture=self.texture(made.transmission_texture)
            )
            if made.transmission
            else None,
        }
        return _told(
            name=made.name,
            pbrMetallicRoughness=_told(
                baseColorFactor=list(made.base_color),
                baseColorTexture=self.texture(made.base_color_texture),
                metallicFactor=made.metallic,
                roughnessFactor=made.roughness,
                metallicRoughnessTexture=self.texture(made.metallic_roughness_texture),
            ),
            normalTexture=self.texture(made.normal_texture, scale=made.normal_scale),
            occlusionTexture=self.texture(made.occlusion_texture, strength=made.occlusion_strength),
            emissiveTexture=self.texture(made.emission_texture),
            emissiveFactor=[value / gain for value in made.emission],
            alphaMode=made.alpha_mode.upper(),
            alphaCutoff=made.alpha_cutoff if made.alpha_mode == AlphaMode.MASK else None,
            doubleSided=made.double_sided,
            extensions=self._used(extensions),
        )

    def texture(self, texture: Texture | None, **more: float) -> dict[str, Any] | None:
        if texture is None:
            return None
        if id(texture.pixels) not in self.seen:
            self.seen[id(texture.pixels)] = self.add(
                "images", {"bufferView": self.view(_png(texture.pixels)), "mimeType": "image/png"}
            )
        sampler = self.add("samplers", {"wrapS": _WRAP[texture.wrap_u], "wrapT": _WRAP[texture.wrap_v]})
        index = self.add("textures", {"source": self.seen[id(texture.pixels)], "sampler": sampler})
        moved = {"KHR_texture_transform": _transform(texture)}
        return _told(index=index, texCoord=texture.texcoord, extensions=self._used(moved), **more)

    def _used(self, extensions: dict[str, Any]) -> dict[str, Any] | None:
        used = {key: value for key, value in extensions.items() if value is not None}
        self.things["extensionsUsed"] = sorted({*self.things.get("extensionsUsed", ()), *used})
        return used or None

    def glb(self) -> bytes:
        """4.4: a header, the JSON, the buffer."""
        self.things["buffers"] = [{"byteLength": len(self.blob)}]
        if not self.things.get("extensionsUsed"):
            self.things.pop("extensionsUsed", None)
        text = json.dumps(self.things, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        blob = bytes(self.blob) + b"\0" * (-len(self.blob) % 4)
        body = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
        return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def _told(**things: Any) -> dict[str, Any]:
    return {key: value for key, value in things.items() if value is not None}


def _node(nodes: tuple[Node, ...], index: int) -> dict[str, Any]:
    """Node `index`, which is the file's `index + 1`."""
    node = nodes[index]
    matrix = _columns(np.array(node.matrix).reshape(4, 4))
    return _told(name=node.name, mesh=node.mesh, matrix=matrix, children=_children(nodes, index) or None)


def _children(nodes: tuple[Node, ...], parent: int | None) -> list[int]:
    return [i + 1 for i, node in enumerate(nodes) if node.parent == parent]


def _columns(matrix: np.ndarray) -> list[float]:
    return [float(value) for value in matrix.T.ravel()]


def _transform(texture: Texture) -> dict[str, Any] | None:
    """KHR_texture_transform's offset, rotation and scale of a 2x3 matrix without shear."""
    a, b, x, c, d, y = texture.uv_transform
    if texture.uv_transform == (1.0, 0.0, 0.0, 0.0, 1.0, 0.0):
        return None
    turn = math.atan2(-c, a)
    scale = [math.hypot(a, c), b * math.sin(turn) + d * math.cos(turn)]
    return {"offset": [x, y], "rotation": turn, "scale": scale}


def _png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.squeeze(pixels, axis=2) if pixels.shape[2] == 1 else pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
