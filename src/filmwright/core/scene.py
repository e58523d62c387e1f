"""What there is to film. Metres, +Z up, right-handed; colours are linear Rec. 709 unless said otherwise."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float, Float32, Int32, Shaped

Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]
IDENTITY = tuple(map(float, np.eye(4).ravel()))


class AlphaMode(StrEnum):
    """How a material's alpha is read (glTF 2.0, 3.9.4)."""

    OPAQUE = "opaque"
    MASK = "mask"
    BLEND = "blend"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texture:
    """A picture on a surface: uint8 [H, W, C], C of 1 to 4, row 0 on top, as stored in its file (not linearised).

    `uv_transform` is the 2x3 matrix that KHR_texture_transform describes, row-major; `texcoord` names the
    mesh's uv set (0 or 1). v = 0 is the top row (glTF's convention; readers flip others).
    """

    pixels: Shaped[np.ndarray, "H W C"]
    wrap_u: Literal["repeat", "clamp", "mirror"] = "repeat"
    wrap_v: Literal["repeat", "clamp", "mirror"] = "repeat"
    texcoord: int = 0
    uv_transform: tuple[float, float, float, float, float, float] = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """Metallic-roughness PBR (glTF 2.0, 3.9) with clearcoat, transmission and emissive strength.

    A texture multiplies its factor. Base colour and emission textures are sRGB-encoded, the others linear:
    `metallic_roughness_texture` has roughness in G and metallic in B, `occlusion_texture` occlusion in R.
    """

    name: str = ""
    base_color: Vec4 = (1.0, 1.0, 1.0, 1.0)  # linear, with alpha
    base_color_texture: Texture | None = None
    metallic: float = 0.0
    roughness: float = 0.5
    metallic_roughness_texture: Texture | None = None
    normal_texture: Texture | None = None
    normal_scale: float = 1.0
    occlusion_texture: Texture | None = None
    occlusion_strength: float = 1.0
    emission: Vec3 = (0.0, 0.0, 0.0)  # linear radiance, emissive strength already multiplied in
    emission_texture: Texture | None = None
    alpha_mode: AlphaMode = AlphaMode.OPAQUE
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    clearcoat: float = 0.0
    clearcoat_roughness: float = 0.0
    transmission: float = 0.0
    transmission_texture: Texture | None = None
    ior: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """Triangles with one material, in the local space of the node that carries them.

    Faces are counter-clockwise seen from outside. `normals` None means: smooth ones are to be computed
    by whoever needs them (readers fill them in). `colors` are linear and multiply the base colour.
    """

    positions: Float32[np.ndarray, "V 3"]
    faces: Int32[np.ndarray, "N 3"]
    normals: Float32[np.ndarray, "V 3"] | None = None
    uv: Float32[np.ndarray, "V 2"] | None = None
    uv1: Float32[np.ndarray, "V 2"] | None = None
    colors: Float32[np.ndarray, "V 4"] | None = None
    tangents: Float32[np.ndarray, "V 4"] | None = None  # w is the bitangent's sign
    material: Material = field(default_factory=Material)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Channel:
    """One animated property of a node (glTF 2.0, 3.11); times in seconds, rising.

    `values` is [K, 3] for translation and scale, [K, 4] xyzw for rotation; cubic splines hold in-tangent,
    value and out-tangent a key: [K, 3, D].
    """

    path: Literal["translation", "rotation", "scale"]
    times: Float32[np.ndarray, " K"]
    values: Float32[np.ndarray, "K ..."]
    interpolation: Literal["linear", "step", "cubic"] = "linear"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """A place in the scene's tree, with a mesh or without. Parents stand before their children.

    Without `channels` the node stands at `matrix` (row-major 4x4, parent from local). With them, translation,
    rotation and scale are taken apart from `matrix` and the animated ones replaced.
    """

    name: str
    parent: int | None = None  # index into Scene.nodes
    mesh: int | None = None  # index into Scene.meshes
    matrix: tuple[float, ...] = IDENTITY
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AreaLight:
    """A one-sided rectangle of light, unseen by the camera: corners at center ± half_u ± half_v.

    It shines along half_u x half_v with `radiance` (linear RGB, W/(sr m^2) up to the exposure's scale).
    """

    name: str
    center: Vec3
    half_u: Vec3
    half_v: Vec3
    radiance: Vec3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Environment:
    """Light from everywhere: an equirectangular picture of linear radiance, float32 [H, W, 3].

    Row 0 is straight up (+Z). Column 0 looks along +X and columns run counter-clockwise seen from above, so
    direction (x, y, z) is at u = atan2(y, x) / 2pi, v = acos(z) / pi, before `rotation` (radians about +Z).

    A moving one has `pictures`, evenly spread over a loop of `period` seconds, each fading into the next and the last
    into the first; its `pixels` are their mean.
    """

    pixels: Float[np.ndarray, "H W 3"]
    rotation: float = 0.0  # radians
    strength: float = 1.0
    pictures: Float[np.ndarray, "K H W 3"] | None = None
    period: float = 0.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Geometry, materials and light. Object id `i + 1` is `nodes[i]`; 0 is where nothing is hit."""

    name: str
    meshes: tuple[Mesh, ...] = ()
    nodes: tuple[Node, ...] = ()
    lights: tuple[AreaLight, ...] = ()
    environment: Environment | None = None
    duration: float = 0.0  # seconds of node animation; it loops
    source: Path | None = None
