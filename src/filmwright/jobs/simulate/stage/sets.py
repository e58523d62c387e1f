"""What is not a track: ground and light; those that follow each other in a clip take turns in being visible."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import OpenEXR
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from filmwright.core.clip import Staged
from filmwright.core.scene import AreaLight, Environment

from .materials import filed
from .nodes import add_below, add_node
from .placing import place


def add_sets(held: Usd.Stage, world: str, clip: Staged, pictures: dict[str, bytes]) -> None:
    """Ground and light of each scene; one is seen from its first frame on, until the next takes over."""
    ends = [*(first for first, _ in clip.scenes[1:]), len(clip.frames.rgb)]
    for k, ((first, scene), end) in enumerate(zip(clip.scenes, ends, strict=True)):
        path = f"{world}/set_{k:03d}"
        own = UsdGeom.Xform.Define(held, path)
        if len(clip.scenes) > 1:
            seen = own.CreateVisibilityAttr()
            for frame, shown in ((0, first == 0), (first, True), (end, False)):
                seen.Set(UsdGeom.Tokens.inherited if shown else UsdGeom.Tokens.invisible, frame)
        paths = {}
        for i, node in enumerate(scene.nodes):
            if node.parent is None and i not in clip.nodes:
                paths[i] = f"{path}/node_{i:03d}"
                add_node(held, paths[i], clip, node)
        add_below(held, clip, scene, paths, pictures, without=clip.nodes)
        for i, lamp in enumerate(scene.lights):
            _add_lamp(held, f"{path}/lamp_{i:03d}", lamp)
        if scene.environment is not None:
            _add_sky(held, f"{path}/sky", scene.environment, pictures)


def add_plain_light(held: Usd.Stage, world: str) -> None:
    """An even white sky: nothing is known of the light of a clip alone."""
    UsdLux.DomeLight.Define(held, f"{world}/sky").CreateIntensityAttr(1.0)


def _add_lamp(held: Usd.Stage, path: str, lamp: AreaLight) -> None:
    """A rectangle; USD's shines along its own -z."""
    u, v = np.array(lamp.half_u), np.array(lamp.half_v)
    wide, tall = float(np.linalg.norm(u)), float(np.linalg.norm(v))
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1] = u / wide, -v / tall
    matrix[:3, 2] = np.cross(matrix[:3, 0], matrix[:3, 1])
    matrix[:3, 3] = lamp.center
    light = UsdLux.RectLight.Define(held, path)
    light.CreateWidthAttr(2 * wide)
    light.CreateHeightAttr(2 * tall)
    strength = max(lamp.radiance) or 1.0
    light.CreateIntensityAttr(strength)
    light.CreateColorAttr(Gf.Vec3f(*(float(c / strength) for c in lamp.radiance)))
    place(light.GetPrim(), matrix[None])


def _add_sky(held: Usd.Stage, path: str, sky: Environment, pictures: dict[str, bytes]) -> None:
    """A dome. OpenEXR's maps, which USD's domes use, are seen from inside: left to right ours run the other way.

    Their middle looks along the dome's own +z, which is turned to where column 0 of ours is when mirrored: -x.
    """
    light = UsdLux.DomeLight.Define(held, path)
    light.CreateIntensityAttr(float(sky.strength))
    light.CreateTextureFileAttr(Sdf.AssetPath(filed(pictures, _exr(sky.pixels[:, ::-1]), "exr")))
    light.CreateTextureFormatAttr(UsdLux.Tokens.latlong)
    matrix, (cos, sin) = np.eye(4), (np.cos(sky.rotation), np.sin(sky.rotation))
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    matrix[:3, :3] = turn @ np.array([[0.0, 0, -1], [-1, 0, 0], [0, 1, 0]])
    place(light.GetPrim(), matrix[None])


def _exr(pixels: Float[np.ndarray, "H W 3"]) -> bytes:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with TemporaryDirectory() as room:
        path = Path(room) / "sky.exr"
        with OpenEXR.File(header, {"RGB": np.ascontiguousarray(pixels, np.float32)}) as file:
            file.write(str(path))
        return path.read_bytes()
