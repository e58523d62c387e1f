"""MTL materials as core's: Phong's terms turned into metallic-roughness ones."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from filmwright.core.errors import FilmWarning
from filmwright.core.scene import AlphaMode, Material, Texture, Vec3

from .. import textures
from ..colors import linear
from ..sources import beside, file_bytes
from .library import Entry, Map, entries
from .statements import Obj

_BUMP = 2.0  # slope of a height map's full step from one texel to the next, at -bm 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """Decoded pictures by their path; None is a missing one."""

    obj: Path
    max_pixels: int
    seen: dict[Path, UInt8[np.ndarray, "H W C"] | None] = field(default_factory=dict)


def materials(path: Path, obj: Obj, *, max_pixels: int) -> dict[int, Material]:
    """A material for each number in `obj.material`; what is missing is light grey, with a FilmWarning."""
    found: dict[str, Entry] = {}
    for library in obj.libraries:
        for file in _library_files(path, library):
            if file.is_file():
                found |= entries(file, file_bytes(file))
            else:
                _warn(f"{path} names the material file {file.name!r}, which is not beside it: light grey stands in.")
    pictures = Pictures(obj=path, max_pixels=max_pixels)
    out: dict[int, Material] = {}
    for number in map(int, np.unique(obj.material)):
        name = obj.names[number] if number >= 0 else ""
        if name in found:
            out[number] = _material(pictures, found[name])
            continue
        if number >= 0 and found:
            _warn(f"{path} uses the material {name!r}, which its material files do not have: light grey stands in.")
        grey = 1.0 if obj.colors is not None else textures.GREY
        out[number] = Material(name=name, base_color=(grey, grey, grey, 1.0), double_sided=True)
    return out


def _library_files(path: Path, library: str) -> list[Path]:
    """One file whose name may hold spaces; where there is none of that name, several."""
    whole = beside(path, library)
    return [whole] if whole.is_file() or " " not in library else [beside(path, name) for name in library.split()]


def _material(pictures: Pictures, entry: Entry) -> Material:
    numbers, maps = entry.numbers, entry.maps
    color = _texture(pictures, entry, "color", "light grey")
    cutout = _picture(pictures, entry, "alpha", "an opaque surface")
    opacity = _opacity(pictures.obj, entry)
    mode = AlphaMode.BLEND if opacity < 1 else AlphaMode.OPAQUE
    if cutout is not None:
        color, mode = _with_alpha(color, cutout, maps["alpha"])
    surface = _packed(pictures, entry)
    ior = (numbers.get("ni") or (1.5,))[0]
    emission = _texture(pictures, entry, "emission", "no emission")
    return Material(
        name=entry.name,
        base_color=(*_base(entry, missing="color" in maps and color is None), opacity),
        base_color_texture=color,
        metallic=_share(numbers, "pm", 1.0 if "metallic" in maps and surface else 0.0),
        roughness=1.0 if "roughness" in maps and surface else _roughness(entry),
        metallic_roughness_texture=surface,
        normal_texture=_normal(pictures, entry),
        emission=_emission(entry, emission),
        emission_texture=emission,
        alpha_mode=mode,
        double_sided=True,  # the format does not say, and scans have open rims
        clearcoat=_share(numbers, "pc", 0.0),
        clearcoat_roughness=_share(numbers, "pcr", 0.0),
        ior=ior if ior > 1 else 1.5,
    )


def _base(entry: Entry, *, missing: bool) -> Vec3:
    """Kd, an sRGB colour; white under a texture where it is black, as some exporters write it."""
    told = _rgb(entry.numbers.get("kd", ()), 1.0 if "color" in entry.maps else 0.8)
    if missing:
        return (textures.GREY,) * 3
    if "color" in entry.maps and not any(told):
        return (1.0, 1.0, 1.0)
    r, g, b = (float(c) for c in linear(np.array(told)))
    return (r, g, b)


def _emission(entry: Entry, texture: Texture | None) -> Vec3:
    """Ke; white under a texture where it is black or untold, black where the texture is missing."""
    told = _rgb(entry.numbers.get("ke", ()), 0.0)
    if "emission" not in entry.maps:
        return told
    if texture is None:
        return (0.0, 0.0, 0.0)
    return told if any(told) else (1.0, 1.0, 1.0)


def _opacity(path: Path, entry: Entry) -> float:
    """d, or 1 - Tr; Meshlab writes the opacity as Tr, and so does whoever writes Tr 1 for what would be invisible."""
    numbers = entry.numbers
    alpha = 1.0
    if numbers.get("d"):
        alpha = numbers["d"][-1]
    elif numbers.get("tr"):
        tr = numbers["tr"][0]
        alpha = tr if entry.opaque_tr or tr >= 1 else 1 - tr
    if alpha <= 0:
        _warn(f"{path}: the material {entry.name!r} is fully transparent; it is shown opaque.")
        return 1.0
    return min(alpha, 1.0)


def _roughness(entry: Entry) -> float:
    """Pr, else from Phong's exponent Ns: alpha^2 = 2 / (Ns + 2) (Walter et al. 2007), roughness^2 = alpha.

    An exponent of 0 is what exporters write that know none; without a highlight (Ks 0) the surface is matte.
    """
    numbers = entry.numbers
    if numbers.get("pr"):
        return _share(numbers, "pr", 0.5)
    if numbers.get("ks") and not any(numbers["ks"]):
        return 1.0
    exponent = (numbers.get("ns") or (0.0,))[0]
    return float((2 / (exponent + 2)) ** 0.25) if exponent >= 1 else 0.5


def _share(numbers: dict[str, tuple[float, ...]], word: str, default: float) -> float:
    return min(max((numbers.get(word) or (default,))[0], 0.0), 1.0)


def _rgb(numbers: tuple[float, ...], default: float) -> Vec3:
    if not numbers:
        return (default,) * 3
    r, g, b = (*numbers, *numbers, *numbers)[:3] if len(numbers) < 3 else numbers[:3]
    return (max(r, 0.0), max(g, 0.0), max(b, 0.0))


def _picture(pictures: Pictures, entry: Entry, role: str, stand_in: str) -> UInt8[np.ndarray, "H W C"] | None:
    if role not in entry.maps:
        return None
    file = beside(pictures.obj, entry.maps[role].file)
    if file not in pictures.seen:
        pictures.seen[file] = textures.load(file, stand_in=stand_in, max_pixels=pictures.max_pixels)
    return pictures.seen[file]


def _texture(pictures: Pictures, entry: Entry, role: str, stand_in: str) -> Texture | None:
    pixels = _picture(pictures, entry, role, stand_in)
    return None if pixels is None else _placed(pixels, entry.maps[role])


def _placed(pixels: UInt8[np.ndarray, "H W C"], made: Map) -> Texture:
    """Scale and offset count from the bottom row, v = 0; core's v from the top."""
    (su, sv), (ou, ov) = made.scale, made.offset
    wrap = "clamp" if made.clamp else "repeat"
    return Texture(pixels=pixels, wrap_u=wrap, wrap_v=wrap, uv_transform=(su, 0.0, ou, 0.0, sv, 1 - sv - ov))  # type: ignore[arg-type]


def _with_alpha(color: Texture | None, cutout: UInt8[np.ndarray, "H W C"], made: Map) -> tuple[Texture, AlphaMode]:
    """The colour texture with the alpha picture in its fourth channel; hard edges are a mask, soft ones blend."""
    alpha = cutout[..., 3] if cutout.shape[2] == 4 and cutout[..., 3].min() < 255 else cutout[..., 0]
    if color is None:
        color = _placed(np.full((*alpha.shape, 3), 255, np.uint8), made)
    height, width = color.pixels.shape[:2]
    if alpha.shape != (height, width):
        alpha = np.asarray(Image.fromarray(alpha).resize((width, height), Image.Resampling.BILINEAR))
    pixels = np.concatenate([color.pixels[..., :3], alpha[..., None]], axis=2)
    hard = float(((alpha < 16) | (alpha > 239)).mean()) > 0.95
    made_texture = Texture(pixels=pixels, wrap_u=color.wrap_u, wrap_v=color.wrap_v, uv_transform=color.uv_transform)
    return made_texture, AlphaMode.MASK if hard else AlphaMode.BLEND


def _packed(pictures: Pictures, entry: Entry) -> Texture | None:
    """Roughness and metallic pictures in G and B of one texture."""
    rough = _picture(pictures, entry, "roughness", "an even roughness")
    metal = _picture(pictures, entry, "metallic", "a non-metal")
    if rough is None and metal is None:
        return None
    first = rough if rough is not None else metal
    assert first is not None
    out = np.full((*first.shape[:2], 3), 255, np.uint8)
    for channel, pixels in ((1, rough), (2, metal)):
        if pixels is not None:
            grey = Image.fromarray(np.ascontiguousarray(pixels[..., 0]))
            out[..., channel] = np.asarray(grey.resize((first.shape[1], first.shape[0]), Image.Resampling.BILINEAR))
    return _placed(out, entry.maps["roughness" if rough is not None else "metallic"])


def _normal(pictures: Pictures, entry: Entry) -> Texture | None:
    """A normal map; a bump map is one too if it is blue as they are, else a height map to be turned into one."""
    role = "normal" if "normal" in entry.maps else "bump"
    pixels = _picture(pictures, entry, role, "a smooth surface")
    if pixels is None:
        return None
    red, green, blue = (float(pixels[..., k].mean()) for k in range(3))
    if role == "bump" and not (blue > 180 and abs(red - 128) < 30 and abs(green - 128) < 30):
        pixels = height_normals(pixels[..., 0], slope=_BUMP * entry.maps[role].strength)
    return _placed(pixels, entry.maps[role])


def height_normals(height: UInt8[np.ndarray, "H W"], *, slope: float) -> UInt8[np.ndarray, "H W 3"]:
    """A tangent-space normal map of a height map that repeats, row 0 on top, green upwards."""
    h = height.astype(np.float32) / 255
    right = (np.roll(h, -1, axis=1) - np.roll(h, 1, axis=1)) * np.float32(slope / 2)
    up = (np.roll(h, 1, axis=0) - np.roll(h, -1, axis=0)) * np.float32(slope / 2)
    normal: Float32[np.ndarray, "H W 3"] = np.stack([-right, -up, np.ones_like(h)], axis=2)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.round(normal * 127.5 + 127.5).astype(np.uint8)


def _warn(message: str) -> None:
    warnings.warn(FilmWarning(message), stacklevel=3)
