"""A clip as a USD stage: camera and tracks with a sample a frame; meshes, materials and light where they are known."""

from pathlib import Path
from tempfile import TemporaryDirectory

from pxr import Kind, Sdf, Usd, UsdGeom

from filmwright.core.clip import Clip, Staged

from .camera import add_camera
from .sets import add_plain_light, add_sets
from .tracks import add_boxes, add_things

WORLD = "/World"


def stage(clip: Clip) -> dict[str, bytes]:
    """The files of a stage by their names: `<key>.usdc`, and the pictures that it names, beside it."""
    pictures: dict[str, bytes] = {}
    held = Usd.Stage.CreateInMemory()
    _begin(held, clip)
    add_camera(held, f"{WORLD}/Camera", clip)
    if isinstance(clip, Staged):
        add_things(held, WORLD, clip, pictures)
        add_sets(held, WORLD, clip, pictures)
    else:
        add_boxes(held, WORLD, clip)
        add_plain_light(held, WORLD)
    with TemporaryDirectory() as room:
        path = Path(room) / f"{clip.key}.usdc"
        held.GetRootLayer().Export(str(path))
        return {path.name: path.read_bytes()} | pictures


def _begin(held: Usd.Stage, clip: Clip) -> None:
    fps = float(clip.frames.fps)
    UsdGeom.SetStageUpAxis(held, UsdGeom.Tokens.z)
    UsdGeom.SetStageMetersPerUnit(held, 1.0)
    held.SetTimeCodesPerSecond(fps)
    held.SetFramesPerSecond(fps)
    held.SetStartTimeCode(0)
    held.SetEndTimeCode(len(clip.frames.rgb) - 1)
    root = UsdGeom.Xform.Define(held, WORLD).GetPrim()
    Usd.ModelAPI(root).SetKind(Kind.Tokens.assembly)
    root.CreateAttribute("filmwright:captions", Sdf.ValueTypeNames.StringArray).Set(list(clip.captions))
    held.SetDefaultPrim(root)
