"""The colour of a surface at points on it, read from its textures and vertex colours."""

import numpy as np
from jaxtyping import Float, Int

from filmwright.core.scene import AlphaMode, Mesh, Texture

from .oklab import linear

_CODES = linear(np.arange(256) / 255.0)


def surface_color(
    mesh: Mesh, faces: Int[np.ndarray, " P"], weights: Float[np.ndarray, "P 3"]
) -> tuple[Float[np.ndarray, "P 3"], Float[np.ndarray, " P"]]:
    """Linear base colour, with unlit or glowing light added, and coverage 0 to 1 at barycentric points on `faces`."""
    material = mesh.material
    rgba = np.tile(np.array(material.base_color, float), (len(faces), 1))
    if material.base_color_texture is not None:
        rgba *= _look_up(material.base_color_texture, mesh, faces, weights, encoded=True)
    if mesh.colors is not None:
        rgba *= np.einsum("pk,pkc->pc", weights, mesh.colors[mesh.faces[faces]])
    color = rgba[:, :3]
    if any(material.emission):
        glow = np.broadcast_to(np.array(material.emission, float), color.shape)
        if material.emission_texture is not None:
            glow = glow * _look_up(material.emission_texture, mesh, faces, weights, encoded=True)[:, :3]
        color = color + glow
    return np.clip(color, 0.0, 1.0), _coverage(material.alpha_mode, material.alpha_cutoff, rgba[:, 3])


def _coverage(mode: AlphaMode, cutoff: float, alpha: Float[np.ndarray, " P"]) -> Float[np.ndarray, " P"]:
    if mode is AlphaMode.MASK:
        return (alpha >= cutoff).astype(float)
    return alpha if mode is AlphaMode.BLEND else np.ones_like(alpha)


def _look_up(
    texture: Texture, mesh: Mesh, faces: Int[np.ndarray, " P"], weights: Float[np.ndarray, "P 3"], *, encoded: bool
) -> Float[np.ndarray, "P 4"]:
    """The nearest texel as linear RGBA; a mesh without that uv set shows the texture's top left texel."""
    height, width, channels = texture.pixels.shape
    corners = mesh.uv1 if texture.texcoord == 1 else mesh.uv
    uv = np.zeros((len(faces), 2)) if corners is None else np.einsum("pk,pkc->pc", weights, corners[mesh.faces[faces]])
    matrix = np.array(texture.uv_transform).reshape(2, 3)
    uv = uv @ matrix[:, :2].T + matrix[:, 2]
    x = np.minimum((_wrap(uv[:, 0], texture.wrap_u) * width).astype(int), width - 1)
    y = np.minimum((_wrap(uv[:, 1], texture.wrap_v) * height).astype(int), height - 1)
    texel = texture.pixels[y, x].astype(float)
    if channels < 3:  # grey, or grey with alpha
        texel = np.concatenate([np.repeat(texel[:, :1], 3, axis=1), texel[:, 1:]], axis=1)
    rgb = _CODES[texel[:, :3].astype(int)] if encoded else texel[:, :3] / 255
    alpha = texel[:, 3:4] / 255 if texel.shape[1] > 3 else np.ones((len(texel), 1))
    return np.concatenate([rgb, alpha], axis=1)


def _wrap(x: Float[np.ndarray, " P"], mode: str) -> Float[np.ndarray, " P"]:
    if mode == "clamp":
        return np.clip(x, 0.0, 1.0)
    if mode == "mirror":
        return 1.0 - np.abs(np.mod(x, 2.0) - 1.0)
    return np.mod(x, 1.0)
