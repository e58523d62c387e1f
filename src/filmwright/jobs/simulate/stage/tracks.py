"""The tracks of a clip as prims: their place in each frame, their words, and their meshes or their boxes."""

from pxr import Gf, Kind, Sdf, Usd, UsdGeom, UsdSemantics

from filmwright.core.clip import Clip, Staged, Track

from .nodes import add_below
from .placing import place


def add_boxes(held: Usd.Stage, world: str, clip: Clip) -> None:
    """Each track as a box of its size: of a clip alone, no more is known."""
    for track in clip.tracks:
        path = _add_track(held, world, track)
        box = UsdGeom.Cube.Define(held, f"{path}/box")
        box.CreateSizeAttr(1.0)
        box.CreateExtentAttr([Gf.Vec3f(-0.5), Gf.Vec3f(0.5)])
        UsdGeom.Xformable(box.GetPrim()).AddScaleOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Vec3d(*track.size.tolist()))


def add_things(held: Usd.Stage, world: str, clip: Staged, pictures: dict[str, bytes]) -> None:
    """Each track with the meshes that hang below its node."""
    for track, node in zip(clip.tracks, clip.nodes, strict=True):
        add_below(held, clip, clip.scenes[0][1], {node: _add_track(held, world, track)}, pictures)


def _add_track(held: Usd.Stage, world: str, track: Track) -> str:
    path = f"{world}/track_{track.id:03d}"
    prim = UsdGeom.Xform.Define(held, path).GetPrim()
    Usd.ModelAPI(prim).SetKind(Kind.Tokens.component)
    prim.SetDisplayName(track.name)
    prim.CreateAttribute("filmwright:id", Sdf.ValueTypeNames.Int).Set(track.id)
    UsdSemantics.LabelsAPI.Apply(prim, "class").CreateLabelsAttr().Set([track.label])
    place(prim, track.world_from_object)
    return path
