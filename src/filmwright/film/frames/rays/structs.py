"""What the kernels see: plain records of arrays and numbers, the same on CPU and CUDA."""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

# of every file with kernels: no gradients, and functions inlined twice as eagerly as they would be
OPTIONS = {"enable_backward": False, "cpu_compiler_flags": "-march=native -mllvm=-inline-threshold=1500"}


@no_type_check
@wp.struct
class Texture:
    """A mip pyramid in the shared pool of texels; level l is max(1, size >> l) wide and high."""

    first_level: int  # index into World.levels
    num_levels: int
    width: int
    height: int
    wrap_u: int  # 0 repeat, 1 clamp, 2 mirror
    wrap_v: int
    texcoord: int
    curve: int  # where its decoding curve starts in World.curves: 0 sRGB, 256 linear
    row_u: wp.vec3  # the uv transform's rows
    row_v: wp.vec3
    stretch: float  # square root of the uv transform's area


@no_type_check
@wp.struct
class Material:
    """core.scene.Material with textures as indices into World.textures, -1 for none."""

    base_color: wp.vec4
    emission: wp.vec3
    metallic: float
    roughness: float
    normal_scale: float
    occlusion_strength: float
    alpha_mode: int  # 0 opaque, 1 mask, 2 blend
    alpha_cutoff: float
    unlit: int
    clearcoat: float
    clearcoat_roughness: float
    transmission: float
    ior: float
    solid: int  # a closed body, which refracts; else a thin pane
    base_texture: int
    metallic_roughness_texture: int
    normal_texture: int
    occlusion_texture: int
    emission_texture: int
    transmission_texture: int


@no_type_check
@wp.struct
class World:
    """All triangles of a scene in world space at one moment, and what they are made of."""

    mesh: wp.uint64  # Warp's BVH
    faces: wp.array(dtype=wp.vec3i)
    points: wp.array(dtype=wp.vec3)
    normals: wp.array(dtype=wp.vec3)
    tangents: wp.array(dtype=wp.vec4)  # w 0: the mesh has no tangents
    uv: wp.array(dtype=wp.vec4)  # both sets
    colors: wp.array(dtype=wp.vec4)
    owner: wp.array(dtype=wp.vec2i)  # of a face: node index, material index
    density: wp.array(dtype=wp.vec2)  # of a face: uv units a metre, of both sets
    materials: wp.array(dtype=Material)
    textures: wp.array(dtype=Texture)
    levels: wp.array(dtype=int)
    texels: wp.array(dtype=wp.uint32)
    curves: wp.array(dtype=float)
    albedo: wp.array2d(dtype=wp.vec2)  # GGX directional albedo, [cos, roughness]: scale and bias of F0
    sheer: int  # 1: some material lets light through (alpha or transmission)
    epsilon: float  # metres, the shortest ray that means something


@no_type_check
@wp.struct
class Light:
    """A one-sided rectangle: center ± u ± v, shining along `normal`."""

    center: wp.vec3
    u: wp.vec3
    v: wp.vec3
    normal: wp.vec3
    radiance: wp.vec3
    area: float
    pick: float  # probability that it is the one sampled


@no_type_check
@wp.struct
class Sky:
    """The environment and its importance tables."""

    pixels: wp.array2d(dtype=wp.vec3)  # strength multiplied in
    density: wp.array2d(dtype=float)  # of directions a unit of uv, mean 1
    rows: wp.array(dtype=float)  # cumulative
    columns: wp.array2d(dtype=float)  # cumulative in each row
    rotation: float
    pick: float  # probability that it is the one sampled; 0: there is none
    soft: wp.array3d(dtype=wp.vec3)  # blurred by roughness 0 to 1, before the rotation
    harmonics: wp.array(dtype=wp.vec3)  # irradiance over pi, nine polynomials


@no_type_check
@wp.struct
class View:
    """A thin-lens camera; a film point (x, y) pixels looks along forward + right (x/W - 1/2) + down (y/H - 1/2)."""

    eye: wp.vec3
    forward: wp.vec3
    right: wp.vec3  # the picture's whole width at depth 1
    down: wp.vec3
    aperture: float
    focus: float
    width: int
    height: int
    spread: float  # radians a pixel


# structs full of arrays go by reference, in an array of one: copied into every call they cost a third of the time
Worlds = wp.array(dtype=World)
Skies = wp.array(dtype=Sky)
Lights = wp.array(dtype=Light)
