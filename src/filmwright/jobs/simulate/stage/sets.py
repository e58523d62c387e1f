"""What is not a track: ground and light. What changes within a clip stands in sets that take turns."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import OpenEXR
from jaxtyping import Float
from pxr import Gf, Sdf, Usd, UsdGeom, UsdLux

from filmwright.core.clip import Staged
from filmwright.core.content import content_hash
from filmwright.core.scene import AreaLight, Environment, Mesh, Node, Scene

from .materials import filed
from .nodes import add_below, add_node
from .placing import place

FAR = 100_000.0  # metres: beyond what the camera sees, and where a lamp gives no light
INSTANT = 0.01  # frames


def add_sets(held: Usd.Stage, world: str, clip: Staged, pictures: dict[str, bytes]) -> None:
    """Ground and light of each scene; what the scenes have in common is there once and stays."""
    scenes = [scene for _, scene in clip.scenes]
    same = len({content_hash(_ground(clip, scene)) for scene in scenes}) == 1
    if same:
        _add_ground(held, world, clip, scenes[0], pictures)
    ends = [*(first for first, _ in clip.scenes[1:]), None]
    for k, ((first, scene), end) in enumerate(zip(clip.scenes, ends, strict=True)):
        path = f"{world}/set_{k:03d}"
        own = UsdGeom.Xform.Define(held, path)
        if len(scenes) > 1:
            _take_turns(own, first, end)
        if not same:
            _add_ground(held, path, clip, scene, pictures)
        for i, lamp in enumerate(scene.lights):
            _add_lamp(held, f"{path}/lamp_{i:03d}", lamp)
        if scene.environment is not None:
            _add_sky(held, f"{path}/sky", scene.environment, pictures)


def _ground(clip: Staged, scene: Scene) -> dict[int, tuple[Node, Mesh | None]]:
    """The nodes that belong to no track, by their numbers."""
    found: dict[int, tuple[Node, Mesh | None]] = {}
    for i, node in enumerate(scene.nodes):
        if i not in clip.nodes and (node.parent is None or node.parent in found):
            found[i] = node, None if node.mesh is None else scene.meshes[node.mesh]
    return found


def _add_ground(held: Usd.Stage, path: str, clip: Staged, scene: Scene, pictures: dict[str, bytes]) -> None:
    paths = {}
    for i, (node, _) in _ground(clip, scene).items():
        if node.parent is None:
            paths[i] = f"{path}/node_{i:03d}"
            add_node(held, paths[i], clip, node)
    add_below(held, clip, scene, paths, pictures, without=clip.nodes)


def _take_turns(own: UsdGeom.Xform, first: int, end: int | None) -> None:
    """Seen from frame `first` on until `end`; when it is not, it is also far below, for Blender reads no visibility.

    It moves at once, halfway between two frames, so that no shutter that opens around a frame sees it on its way.
    """
    seen, moved = own.CreateVisibilityAttr(), own.AddTranslateOp(opSuffix="turn")
    shown = {True: (UsdGeom.Tokens.inherited, Gf.Vec3d(0)), False: (UsdGeom.Tokens.invisible, Gf.Vec3d(0, 0, -FAR))}
    seen.Set(shown[first == 0][0], 0)
    moved.Set(shown[first == 0][1], 0)
    for frame, comes in ((first, True), (end, False)):
        if frame:
            seen.Set(shown[comes][0], frame)
            moved.Set(shown[not comes][1], frame - 0.5 - INSTANT)
            moved.Set(shown[comes][1], frame - 0.5 + INSTANT)


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
