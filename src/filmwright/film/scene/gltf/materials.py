"""glTF materials and their textures as core's (glTF 2.0, 3.8 and 3.9, and the KHR_materials extensions)."""

import math
import warnings
from dataclasses import dataclass, field, replace

import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import BadAsset, FilmWarning
from filmwright.core.scene import AlphaMode, Material, Texture

from .. import textures
from ..sources import beside, file_bytes
from . import document
from .buffers import Gltf, data_uri, pick, view_bytes

_WRAP = {33071: "clamp", 33648: "mirror", 10497: "repeat"}
_TOTAL = 6  # all pictures together may have this many times the limit of one


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """A file's decoded images and materials by index, each made once; an image of None is a missing file."""

    gltf: Gltf
    max_pixels: int
    seen: dict[int, UInt8[np.ndarray, "H W C"] | None] = field(default_factory=dict)
    made: dict[int, Material] = field(default_factory=dict)


def material(pictures: Pictures, index: int | None) -> Material:
    """One material of the file, or the default one for None (3.9.1)."""
    if index is None:
        return Material(metallic=1.0, roughness=1.0)
    if index not in pictures.made:
        pictures.made[index] = _material(pictures, index)
    return pictures.made[index]


def _material(pictures: Pictures, index: int) -> Material:
    made = pick(pictures.gltf, pictures.gltf.document.materials, index, "material")
    name = made.name or f"material {index}"
    ext = made.extensions
    surface = _surface(pictures, made, name)
    normal = _texture(pictures, made.normal_texture, f"{name} (normal)", "a smooth surface")
    occlusion = _texture(pictures, made.occlusion_texture, f"{name} (occlusion)", "no baked occlusion")
    emission = _texture(pictures, made.emissive_texture, f"{name} (emission)", "no emission")
    lit = made.emissive_texture is None or emission is not None
    red, green, blue = made.emissive_factor
    gain = ext.emissive_strength.emissive_strength if ext.emissive_strength else 1.0
    coat = ext.clearcoat or document.Clearcoat()
    if coat.clearcoat_texture or coat.clearcoat_roughness_texture or coat.clearcoat_normal_texture:
        _warn(f"{pictures.gltf.path}: the clearcoat textures of {name} are left out, its clearcoat is even.")
    through = ext.transmission or document.Transmission()
    clear = _texture(pictures, through.transmission_texture, f"{name} (transmission)", "an opaque surface")
    return replace(
        surface,
        normal_texture=normal,
        normal_scale=made.normal_texture.scale if made.normal_texture else 1.0,
        occlusion_texture=occlusion,
        occlusion_strength=made.occlusion_texture.strength if made.occlusion_texture else 1.0,
        emission=(gain * red, gain * green, gain * blue) if lit else (0.0, 0.0, 0.0),
        emission_texture=emission,
        alpha_mode=AlphaMode(made.alpha_mode.lower()),
        alpha_cutoff=made.alpha_cutoff,
        double_sided=made.double_sided,
        unlit=ext.unlit is not None,
        clearcoat=coat.clearcoat_factor,
        clearcoat_roughness=coat.clearcoat_roughness_factor,
        transmission=0.0 if through.transmission_texture and clear is None else through.transmission_factor,
        transmission_texture=clear,
        ior=_ior(ext.ior),
    )


def _surface(pictures: Pictures, made: document.Material, name: str) -> Material:
    """Base colour, metallic and roughness, with their textures."""
    old = made.extensions.specular_glossiness
    if made.pbr_metallic_roughness is None and old is not None:
        _warn(f"{pictures.gltf.path}: {name} is specular-glossiness, shown as a dielectric of the same roughness.")
        pbr = document.MetallicRoughness(
            base_color_factor=old.diffuse_factor,
            base_color_texture=old.diffuse_texture,
            metallic_factor=0.0,
            roughness_factor=1.0 - old.glossiness_factor,
        )
    else:
        pbr = made.pbr_metallic_roughness or document.MetallicRoughness()
    base = _texture(pictures, pbr.base_color_texture, f"{name} (base colour)", "light grey")
    rough = _texture(pictures, pbr.metallic_roughness_texture, f"{name} (metallic-roughness)", "a satin non-metal")
    grey = textures.GREY if pbr.base_color_texture and base is None else 1.0
    satin = pbr.metallic_roughness_texture is not None and rough is None
    r, g, b, a = (min(max(c, 0.0), 1.0) for c in pbr.base_color_factor)
    return Material(
        name=name,
        base_color=(r * grey, g * grey, b * grey, a),
        base_color_texture=base,
        metallic=0.0 if satin else pbr.metallic_factor,
        roughness=0.5 if satin else pbr.roughness_factor,
        metallic_roughness_texture=rough,
    )


def _ior(ior: document.Ior | None) -> float:
    """The index of refraction; 0 means total reflection (KHR_materials_ior), for which a very high one does."""
    if ior is None:
        return 1.5
    return 100.0 if ior.ior == 0 else max(ior.ior, 1.0)


def _texture(pictures: Pictures, info: document.TextureInfo | None, use: str, stand_in: str) -> Texture | None:
    if info is None:
        return None
    gltf = pictures.gltf
    texture = pick(gltf, gltf.document.textures, info.index, "texture")
    webp = texture.extensions.webp
    source = webp.source if webp else texture.source
    pixels = None if source is None else _pixels(pictures, source)
    if pixels is None:
        image = None if source is None else gltf.document.images[source].uri
        textures.missing(f"{image or f'{info.index}, which names no picture,'} of {use} in {gltf.path}", stand_in)
        return None
    sampler = document.Sampler()
    if texture.sampler is not None:
        sampler = pick(gltf, gltf.document.samplers, texture.sampler, "sampler")
    transform = info.extensions.transform or document.TextureTransform()
    texcoord = info.tex_coord if transform.tex_coord is None else transform.tex_coord
    if texcoord > 1:
        _warn(f"{gltf.path}: {use} uses texture coordinate set {texcoord}; set 0 stands in for it.")
        texcoord = 0
    return Texture(
        pixels=pixels,
        wrap_u=_WRAP.get(sampler.wrap_s, "repeat"),  # type: ignore[arg-type]
        wrap_v=_WRAP.get(sampler.wrap_t, "repeat"),  # type: ignore[arg-type]
        texcoord=texcoord,
        uv_transform=_uv_matrix(transform),
    )


def _uv_matrix(transform: document.TextureTransform) -> tuple[float, float, float, float, float, float]:
    """Scale, then turn, then move (KHR_texture_transform); the turn is counter-clockwise with v downwards."""
    c, s = math.cos(transform.rotation), math.sin(transform.rotation)
    (sx, sy), (tx, ty) = transform.scale, transform.offset
    return (c * sx, s * sy, tx, -s * sx, c * sy, ty)


def _pixels(pictures: Pictures, index: int) -> UInt8[np.ndarray, "H W C"] | None:
    """The pixels of an image, None where its file is missing."""
    if index in pictures.seen:
        return pictures.seen[index]
    gltf, limit = pictures.gltf, pictures.max_pixels
    image = pick(gltf, gltf.document.images, index, "image")
    what = f"image {index} of {gltf.path}"
    pixels = None
    if image.buffer_view is not None:
        pixels = textures.decode(bytes(view_bytes(gltf, image.buffer_view)[0]), what, max_pixels=limit)
    elif image.uri is None:
        raise BadAsset(f"{what} has neither uri nor bufferView. Export it again.")
    elif image.uri.startswith("data:"):
        pixels = textures.decode(data_uri(gltf.path, image.uri), what, max_pixels=limit)
    else:
        file = beside(gltf.path, image.uri, encoded=True)
        if file.is_file():
            pixels = textures.decode(file_bytes(file), str(file), max_pixels=limit)
    pictures.seen[index] = pixels
    total = sum(p.shape[0] * p.shape[1] for p in pictures.seen.values() if p is not None)
    if total > _TOTAL * limit:
        raise BadAsset(
            f"the textures of {gltf.path} have more than {_TOTAL * limit:,} pixels together. "
            "Make them smaller, or raise the reader's option max_pixels."
        )
    return pixels


def _warn(message: str) -> None:
    warnings.warn(FilmWarning(message), stacklevel=3)
