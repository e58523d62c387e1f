"""Metallic-roughness materials as UsdPreviewSurface; transmission becomes opacity, for it has no other glass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

import numpy as np
from jaxtyping import UInt8
from pxr import Gf, Sdf, Usd, UsdShade

from filmwright.core.content import content_hash
from filmwright.core.scene import AlphaMode, Material, Texture

from ..png import png

Unfolded = tuple[int, tuple[float, ...]]  # how a picture lies on a mesh: its uv set, and what is done with it
_TYPES = Sdf.ValueTypeNames


def unfolded(texture: Texture) -> Unfolded:
    """How a picture lies on a mesh."""
    return texture.texcoord, texture.uv_transform


def textures_of(made: Material) -> list[Texture]:
    """The pictures that are drawn."""
    color, rest = made.base_color_texture, (made.metallic_roughness_texture, made.normal_texture)
    return [t for t in (color, *rest, made.occlusion_texture, made.emission_texture) if t is not None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """A material that is being made."""

    held: Usd.Stage
    path: str
    surface: UsdShade.Shader
    names: Mapping[Unfolded, str]
    pictures: dict[str, bytes]


def add_material(
    held: Usd.Stage,
    path: str,
    made: Material,
    names: Mapping[Unfolded, str],
    pictures: dict[str, bytes],
    *,
    painted: bool,
) -> UsdShade.Material:
    """The material; `names` are the primvars of its pictures, `painted` means that displayColor is its colour."""
    material = UsdShade.Material.Define(held, path)
    surface = _shader(held, f"{path}/surface", "UsdPreviewSurface")
    material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", _TYPES.Token))
    look = _Look(held=held, path=path, surface=surface, names=names, pictures=pictures)
    _add_color(look, made, painted=painted)
    _add_relief(look, made)
    for name, value in (
        ("clearcoat", made.clearcoat),
        ("clearcoatRoughness", made.clearcoat_roughness),
        ("ior", made.ior),
    ):
        surface.CreateInput(name, _TYPES.Float).Set(value)
    return material


def _add_color(look: _Look, made: Material, *, painted: bool) -> None:
    """What it reflects and shines, and what of it is there."""
    color = look.surface.CreateInput("emissiveColor" if made.unlit else "diffuseColor", _TYPES.Color3f)
    base = _picture(look, "base", made.base_color_texture, scale=made.base_color)
    if base is not None:
        color.ConnectToSource(base.CreateOutput("rgb", _TYPES.Float3))
    elif painted:
        color.ConnectToSource(_reader(look, "paint", "displayColor", "float3").CreateOutput("result", _TYPES.Float3))
    else:
        color.Set(Gf.Vec3f(*made.base_color[:3]))
    if made.unlit:
        look.surface.CreateInput("diffuseColor", _TYPES.Color3f).Set(Gf.Vec3f(0.0))
    elif (glow := _picture(look, "glow", made.emission_texture, scale=(*made.emission, 1.0))) is not None:
        look.surface.CreateInput("emissiveColor", _TYPES.Color3f).ConnectToSource(
            glow.CreateOutput("rgb", _TYPES.Float3)
        )
    else:
        look.surface.CreateInput("emissiveColor", _TYPES.Color3f).Set(Gf.Vec3f(*made.emission))
    opacity = look.surface.CreateInput("opacity", _TYPES.Float)
    if made.alpha_mode is AlphaMode.OPAQUE:
        opacity.Set(1.0 - made.transmission)
    elif base is not None:
        opacity.ConnectToSource(base.CreateOutput("a", _TYPES.Float))
    else:
        opacity.Set(made.base_color[3])
    if made.alpha_mode is AlphaMode.MASK:
        look.surface.CreateInput("opacityThreshold", _TYPES.Float).Set(made.alpha_cutoff)


def _add_relief(look: _Look, made: Material) -> None:
    """Metal, roughness, the surface's finer shape and its own shade."""
    factors = (1.0, made.roughness, made.metallic, 1.0)
    metal = _picture(look, "metal", made.metallic_roughness_texture, raw=True, scale=factors)
    for name, channel, value in (("roughness", "g", made.roughness), ("metallic", "b", made.metallic)):
        read = look.surface.CreateInput(name, _TYPES.Float)
        if metal is None:
            read.Set(value)
        else:
            read.ConnectToSource(metal.CreateOutput(channel, _TYPES.Float))
    s = made.normal_scale
    normal = _picture(
        look, "normal", made.normal_texture, raw=True, scale=(2 * s, 2 * s, 2.0, 1.0), bias=(-s, -s, -1.0, 0.0)
    )
    if normal is not None:
        look.surface.CreateInput("normal", _TYPES.Normal3f).ConnectToSource(normal.CreateOutput("rgb", _TYPES.Float3))
    s = made.occlusion_strength
    shade = _picture(look, "shade", made.occlusion_texture, raw=True, scale=(s,) * 4, bias=(1 - s,) * 4)
    if shade is not None:
        look.surface.CreateInput("occlusion", _TYPES.Float).ConnectToSource(shade.CreateOutput("r", _TYPES.Float))


def _picture(
    look: _Look,
    name: str,
    texture: Texture | None,
    *,
    scale: tuple[float, ...],
    bias: tuple[float, ...] | None = None,
    raw: bool = False,
) -> UsdShade.Shader | None:
    """A picture as it is read: its values times scale plus bias, sRGB unless raw."""
    if texture is None or unfolded(texture) not in look.names:
        return None
    shader = _shader(look.held, f"{look.path}/{name}", "UsdUVTexture")
    named = filed(look.pictures, _png(_Pixels(digest=content_hash(texture.pixels), pixels=texture.pixels)), "png")
    shader.CreateInput("file", _TYPES.Asset).Set(Sdf.AssetPath(named))
    shader.CreateInput("sourceColorSpace", _TYPES.Token).Set("raw" if raw else "sRGB")
    shader.CreateInput("wrapS", _TYPES.Token).Set(texture.wrap_u)
    shader.CreateInput("wrapT", _TYPES.Token).Set(texture.wrap_v)
    shader.CreateInput("scale", _TYPES.Float4).Set(Gf.Vec4f(*scale))
    if bias is not None:
        shader.CreateInput("bias", _TYPES.Float4).Set(Gf.Vec4f(*bias))
    primvar = look.names[unfolded(texture)]
    reader = _reader(look, f"at_{primvar}", primvar, "float2")
    shader.CreateInput("st", _TYPES.Float2).ConnectToSource(reader.CreateOutput("result", _TYPES.Float2))
    return shader


def filed(pictures: dict[str, bytes], data: bytes, ending: str) -> str:
    """Keep a picture once among a stage's files; its path as the stage names it."""
    path = f"textures/{sha256(data).hexdigest()[:16]}.{ending}"
    pictures[path] = data
    return f"./{path}"


def _reader(look: _Look, name: str, primvar: str, kind: str) -> UsdShade.Shader:
    shader = _shader(look.held, f"{look.path}/{name}", f"UsdPrimvarReader_{kind}")
    shader.CreateInput("varname", _TYPES.String).Set(primvar)
    return shader


def _shader(held: Usd.Stage, path: str, kind: str) -> UsdShade.Shader:
    shader = UsdShade.Shader.Define(held, path)
    shader.CreateIdAttr(kind)
    return shader


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pixels:
    """A picture by what it holds: scans come back in many clips with pictures that take long to write."""

    digest: str
    pixels: UInt8[np.ndarray, "H W C"] = field(compare=False)


@lru_cache(maxsize=16)
def _png(picture: _Pixels) -> bytes:
    """A picture as a file; grey becomes colours, which is what every tool reads."""
    channels = picture.pixels.shape[2]
    return png(picture.pixels[..., [0, 0, 0, 1][: channels + 2]] if channels < 3 else picture.pixels)
