"""A plate for the front of a body: enamel with foil print, a beaded bezel and a raised name."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Material, Mesh, Vec3

from . import paint
from .lettering import Lettering, distance
from .metals import GOLD, UNDER_COAT
from .relief import Rise, relief
from .sheets import Sheet

COLUMNS = 2048  # texels across a plate


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A rounded rectangle on a sheet, standing `rise` proud of it; millimetres."""

    width: float
    height: float
    corner: float
    middle: float  # height of its middle on the sheet
    rise: float = 0.7

    def inside(
        self, x: Float[np.ndarray, " W"], z: Float[np.ndarray, " H"], inset: float = 0.0
    ) -> Float[np.ndarray, "H W"]:
        """Distance to the outline drawn in by `inset`, inside positive."""
        corner = max(self.corner - inset, 0.3)
        qx = np.abs(x)[None] - (self.width / 2 - inset - corner)
        qz = np.abs(z - self.middle)[:, None] - (self.height / 2 - inset - corner)
        outside = np.hypot(np.maximum(qx, 0), np.maximum(qz, 0))
        return corner - outside - np.minimum(np.maximum(qx, qz), 0)

    def grid(self, step: float) -> tuple[Float[np.ndarray, " W"], Float[np.ndarray, " H"]]:
        """Even x and z over the plate and a margin of 1.5 mm, about `step` apart."""
        half = np.array([self.width, self.height]) / 2 + 1.5
        x, z = (np.linspace(-h, h, int(np.ceil(2 * h / step)) + 1) for h in half)
        return x, z + self.middle


def plate_mesh(plate: Plate, sheet: Sheet, material: Material, *, step: float = 0.7) -> Mesh:
    """The plate itself, its edge sunk 1.2 mm so that it closes with an uneven ground."""
    x, z = plate.grid(step)
    rise = Rise(height=plate.rise, edge=0.6, sink=1.2)
    return relief(plate.inside(x, z), x, z, rise=rise, sheet=sheet, material=material)


def bezel_mesh(plate: Plate, sheet: Sheet, material: Material, *, half: float = 0.62, step: float = 0.22) -> Mesh:
    """A half-round wire of half width `half` along the plate's edge."""
    x, z = plate.grid(step)
    rise = Rise(height=plate.rise + 0.55, edge=half, sink=1.0)
    return relief(half - np.abs(plate.inside(x, z, 0.35)), x, z, rise=rise, sheet=sheet, material=material)


def raised(
    line: Lettering, sheet: Sheet, material: Material, *, ground: float, height: float, edge: float, step: float
) -> Mesh:
    """Letters that stand `height` above a ground that lies `ground` above the sheet, with rounded edges."""
    left, bottom, right, top = line.bounds
    x = np.arange(left - 2 * step, right + 3 * step, step)
    z = np.arange(bottom - 2 * step, top + 3 * step, step)
    rise = Rise(height=ground + height, edge=edge, sink=0.1 - ground)
    return relief(distance(line, x, z, reach=1.0), x, z, rise=rise, sheet=sheet, material=material)


def enamel(plate: Plate, color: Vec3, print_: tuple[Lettering, ...], *, hairline: float, foil: Vec3 = GOLD) -> Material:
    """Clear-coated enamel with lines of foil print and a hairline frame `hairline` millimetres wide."""
    left, top = plate.grid(1.0)
    texel = float(left[-1] - left[0]) / COLUMNS
    rows = round(float(top[-1] - top[0]) / texel)
    x = (np.arange(COLUMNS) + 0.5) * texel + left[0]
    z = (np.arange(rows) + 0.5) * texel + top[0]
    ink = paint.coverage(hairline / 2 - np.abs(plate.inside(x, z, 2.1)), texel)
    for line in print_:
        x0, z0, x1, z1 = line.bounds
        i = slice(*np.searchsorted(x, [x0 - 0.1, x1 + 0.1]))
        j = slice(*np.searchsorted(z, [z0 - 0.1, z1 + 0.1]))
        ink[j, i] = np.maximum(ink[j, i], paint.coverage(distance(line, x[i], z[j], reach=3 * texel), texel))
    ink = ink[::-1]
    return Material(
        name="enamel",
        base_color_texture=paint.two_color_texture(color, foil, ink),
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=paint.surface_texture(np.float32(0.38) - np.float32(0.1) * ink, ink),
        normal_texture=paint.normal_texture(np.float32(0.02) * ink, texel),
        ior=UNDER_COAT,
        clearcoat=1.0,
        clearcoat_roughness=0.03,
    )
