"""UsdPreviewSurface as core's material (Pixar, "UsdPreviewSurface Specification", 2.6)."""

import math
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from pxr import Sdf, Usd, UsdShade

from filmwright.core.errors import FilmWarning
from filmwright.core.scene import AlphaMode, Material, Texture, Vec3

from .. import textures
from .layers import asset_bytes

_WRAP = {"clamp": "clamp", "repeat": "repeat", "mirror": "mirror", "black": "clamp", "useMetadata": "clamp"}
_CHANNELS = {"r": 0, "g": 1, "b": 2, "a": 3}
_USUAL_UV = "st"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """A material, and the names of the texture coordinates that its uv sets 0 and 1 are."""

    material: Material
    uv_names: tuple[str, ...] = (_USUAL_UV,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Looks:
    """A file's pictures and materials, each made once; a picture of None is a missing one."""

    path: Path
    max_pixels: int
    pictures: dict[str, UInt8[np.ndarray, "H W C"] | None] = field(default_factory=dict)
    made: dict[str, Look] = field(default_factory=dict)


def look(looks: Looks, material: UsdShade.Material, color: Vec3 | None) -> Look:
    """The look of a material; without one, `color` (linear) or light grey."""
    if not material:
        rgb = color or (textures.GREY,) * 3
        return Look(material=Material(base_color=(*rgb, 1.0), double_sided=True))
    name = str(material.GetPath())
    if name not in looks.made:
        looks.made[name] = _Reading(looks, material).look()
    return looks.made[name]


class _Reading:
    """One material while it is read: which texture coordinates it has asked for so far."""

    def __init__(self, looks: Looks, material: UsdShade.Material) -> None:
        self.looks, self.name = looks, material.GetPrim().GetName()
        self.shader = material.ComputeSurfaceSource()[0]
        self.uv_names: list[str] = []

    def look(self) -> Look:
        if not self.shader or self.shader.GetShaderId() != "UsdPreviewSurface":
            self._warn("is no UsdPreviewSurface: light grey stands in for it")
            return Look(material=Material(name=self.name, base_color=(textures.GREY,) * 3 + (1.0,)))
        base = self.texture("diffuseColor", "light grey")
        missing = self.shown("diffuseColor") and base is None
        alpha, color = self.alpha(base)
        emission = self.texture("emissiveColor", "no emission")
        surface = self.packed()
        made = Material(
            name=self.name,
            base_color=(*(textures.GREY,) * 3, alpha) if missing else (*self.color("diffuseColor", 0.18), alpha),
            base_color_texture=color,
            metallic=1.0 if self.shown("metallic") and surface else self.number("metallic", 0.0),
            roughness=1.0 if self.shown("roughness") and surface else self.number("roughness", 0.5),
            metallic_roughness_texture=surface,
            normal_texture=self.texture("normal", "a smooth surface"),
            occlusion_texture=self.texture("occlusion", "no baked occlusion"),
            emission=self.color("emissiveColor", 0.0) if emission or not self.shown("emissiveColor") else (0.0,) * 3,
            emission_texture=emission,
            alpha_mode=self.alpha_mode(alpha),
            alpha_cutoff=self.number("opacityThreshold", 0.0) or 0.5,
            clearcoat=self.number("clearcoat", 0.0),
            clearcoat_roughness=self.number("clearcoatRoughness", 0.01),
            ior=max(1.0, self.number("ior", 1.5, most=100.0)),
        )
        return Look(material=made, uv_names=tuple(self.uv_names) or (_USUAL_UV,))

    def color(self, name: str, default: float) -> Vec3:
        """Linear, as USD's colours are; under a texture, the texture's scale."""
        shown = self.shown(name)
        value = _value(shown[0], "scale", (1.0,) * 4) if shown else _value(self.shader, name, (default,) * 3)
        r, g, b = (max(0.0, float(part)) for part in tuple(value)[:3])
        return (r, g, b)

    def number(self, name: str, default: float, *, most: float = 1.0) -> float:
        value = _value(self.shader, name, default)
        return min(most, max(0.0, float(value))) if isinstance(value, (int, float)) else default

    def alpha(self, base: Texture | None) -> tuple[float, Texture | None]:
        """Opacity as a factor, and the base colour's texture with its alpha, if that is where opacity comes from."""
        shown = self.shown("opacity")
        if shown is None:
            opaque = None if base is None or base.pixels.shape[2] < 4 else np.ascontiguousarray(base.pixels[..., :3])
            return self.number("opacity", 1.0), base if opaque is None else _with(base, opaque)
        mask = self.texture("opacity", "an opaque surface")
        if mask is None:
            return 1.0, base
        channel = min(_CHANNELS.get(shown[1], 0), mask.pixels.shape[2] - 1)
        values = mask.pixels[..., channel]
        height, width = values.shape if base is None else base.pixels.shape[:2]
        rgb = np.full((height, width, 3), 255, np.uint8) if base is None else base.pixels[..., :3]
        grey = Image.fromarray(np.ascontiguousarray(values)).resize((width, height), Image.Resampling.BILINEAR)
        return 1.0, _with(base or mask, np.dstack([rgb, np.asarray(grey)]))

    def alpha_mode(self, alpha: float) -> AlphaMode:
        if self.number("opacityThreshold", 0.0) > 0:
            return AlphaMode.MASK
        return AlphaMode.BLEND if alpha < 1 or self.shown("opacity") else AlphaMode.OPAQUE

    def packed(self) -> Texture | None:
        """Roughness and metallic pictures in G and B of one texture."""
        found = [(2, "metallic", "a non-metal"), (1, "roughness", "an even roughness")]
        parts = [(to, self.texture(name, missing), self.shown(name)) for to, name, missing in found]
        there = [(to, texture, shown[1]) for to, texture, shown in parts if texture is not None and shown is not None]
        if not there:
            return None
        first = there[-1][1]
        out = np.full((*first.pixels.shape[:2], 3), 255, np.uint8)
        for to, texture, channel in there:
            values = texture.pixels[..., min(_CHANNELS.get(channel, 0), texture.pixels.shape[2] - 1)]
            grey = Image.fromarray(np.ascontiguousarray(values))
            out[..., to] = np.asarray(grey.resize((out.shape[1], out.shape[0]), Image.Resampling.BILINEAR))
        return _with(first, out)

    def shown(self, name: str) -> tuple[UsdShade.Shader, str] | None:
        """The UsdUVTexture that an input is connected to, and which of its outputs."""
        source = _source(self.shader, name)
        return source if source and source[0].GetShaderId() == "UsdUVTexture" else None

    def texture(self, name: str, stand_in: str) -> Texture | None:
        shown = self.shown(name)
        if shown is None:
            return None
        shader = shown[0]
        asset = _value(shader, "file", None)
        pixels = self.pixels(asset, name, stand_in) if isinstance(asset, Sdf.AssetPath) else None
        if pixels is None:
            return None
        uv_name, matrix = _coordinates(shader)
        if uv_name not in self.uv_names:
            self.uv_names.append(uv_name)
        texcoord = self.uv_names.index(uv_name)
        if texcoord > 1:
            self._warn(f"uses a third set of texture coordinates, {uv_name!r}: the first stands in for it")
            texcoord = 0
        return Texture(
            pixels=pixels,
            wrap_u=_WRAP.get(str(_value(shader, "wrapS", "useMetadata")), "clamp"),  # type: ignore[arg-type]
            wrap_v=_WRAP.get(str(_value(shader, "wrapT", "useMetadata")), "clamp"),  # type: ignore[arg-type]
            texcoord=texcoord,
            uv_transform=matrix,
        )

    def pixels(self, asset: Sdf.AssetPath, name: str, stand_in: str) -> UInt8[np.ndarray, "H W C"] | None:
        looks = self.looks
        key = asset.resolvedPath or asset.path
        if key not in looks.pictures:
            data = asset_bytes(looks.path, asset)
            if data is None:
                textures.missing(f"{asset.path!r} of {self.name} ({name}) in {looks.path}", stand_in)
            what = f"the picture {asset.path!r} of {looks.path}"
            looks.pictures[key] = None if data is None else textures.decode(data, what, max_pixels=looks.max_pixels)
        return looks.pictures[key]

    def _warn(self, says: str) -> None:
        warnings.warn(FilmWarning(f"{self.looks.path}: the material {self.name} {says}."), stacklevel=3)


def _with(texture: Texture | None, pixels: np.ndarray) -> Texture:
    assert texture is not None
    return Texture(
        pixels=pixels,
        wrap_u=texture.wrap_u,
        wrap_v=texture.wrap_v,
        texcoord=texture.texcoord,
        uv_transform=texture.uv_transform,
    )


def _source(shader: UsdShade.Shader, name: str) -> tuple[UsdShade.Shader, str] | None:
    """The shader that an input gets its value from, and the name of its output."""
    made = shader.GetInput(name)
    for attribute in UsdShade.Utils.GetValueProducingAttributes(made) if made else ():
        if UsdShade.Output.IsOutput(attribute):
            return UsdShade.Shader(attribute.GetPrim()), UsdShade.Output(attribute).GetBaseName()
    return None


def _value(shader: UsdShade.Shader, name: str, default: Any) -> Any:
    made = shader.GetInput(name)
    for attribute in UsdShade.Utils.GetValueProducingAttributes(made) if made else ():
        if not UsdShade.Output.IsOutput(attribute):
            value = attribute.Get(Usd.TimeCode.EarliestTime())
            return default if value is None else value
    return default


def _coordinates(shader: UsdShade.Shader) -> tuple[str, tuple[float, float, float, float, float, float]]:
    """The primvar that a texture is laid by, and how it is moved: scale, then turn, then translation, v upwards."""
    a, b, x, c, d, y = 1.0, 0.0, 0.0, 0.0, 1.0, 0.0
    source = _source(shader, "st")
    if source and source[0].GetShaderId() == "UsdTransform2d":
        turn = math.radians(float(_value(source[0], "rotation", 0.0)))
        (su, sv), (x, y) = _value(source[0], "scale", (1.0, 1.0)), _value(source[0], "translation", (0.0, 0.0))
        a, b, c, d = math.cos(turn) * su, -math.sin(turn) * sv, math.sin(turn) * su, math.cos(turn) * sv
        source = _source(source[0], "in")
    name = _value(source[0], "varname", _USUAL_UV) if source else _USUAL_UV
    return str(name), (a, -b, b + x, -c, d, 1 - d - y)  # core's v counts from the top
