"""The camera of each frame as USD has cameras, and the size of its picture."""

import numpy as np
from pxr import Gf, Usd, UsdGeom, UsdRender

from filmwright.core.clip import Clip

from .placing import place, sampled

SENSOR = 0.36  # the width of a 36 mm sensor in tenths of a metre: USD gives lenses in tenths of the scene's unit
_TURNED = np.diag([1.0, -1.0, -1.0, 1.0])  # USD's cameras look along -z with y up, OpenCV's along z with y down


def add_camera(held: Usd.Stage, path: str, clip: Clip) -> None:
    """A camera whose focal length, apertures and offsets are the intrinsics; only skew has no place in USD."""
    camera = UsdGeom.Camera.Define(held, path)
    place(camera.GetPrim(), clip.lens.world_from_camera @ _TURNED)
    camera.CreateClippingRangeAttr(Gf.Vec2f(0.01, 1000.0))
    height, width = clip.frames.rgb.shape[1:3]
    k = clip.lens.intrinsics
    focal = k[:, 0, 0] / width * SENSOR
    tall = height / k[:, 1, 1] * focal
    for attribute, values in (
        (camera.CreateFocalLengthAttr(), focal),
        (camera.CreateHorizontalApertureAttr(), np.full(len(k), SENSOR)),
        (camera.CreateVerticalApertureAttr(), tall),
        (camera.CreateHorizontalApertureOffsetAttr(), SENSOR * (0.5 - k[:, 0, 2] / width)),
        (camera.CreateVerticalApertureOffsetAttr(), tall * (k[:, 1, 2] / height - 0.5)),
    ):
        sampled(attribute, values.tolist())
    settings = UsdRender.Settings.Define(held, "/Render/settings")
    settings.CreateResolutionAttr(Gf.Vec2i(width, height))
    settings.CreateCameraRel().SetTargets([path])
    held.SetMetadata("renderSettingsPrimPath", "/Render/settings")
