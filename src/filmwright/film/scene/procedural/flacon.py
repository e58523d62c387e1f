"""A perfume flacon: reeded lacquer, an enamel plate with raised gold lettering, a fluted gold cap on a gold collar."""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Material, Mesh, Scene, Vec3

from . import paint
from .lettering import SANS, SERIF, Lettering, distance, write
from .loft import loft
from .metals import GOLD, brushed, polished
from .parts import Part, assemble
from .profile import rounded
from .relief import Rise, Top, relief
from .section import Section, Wrap

SECTION = Section(half_width=33.0, half_depth=19.0, exponent=4.0, round_at=11.0)
REEDS = 44
REED_DEPTH = 1.15
PLATE = (46.0, 36.0, 3.2)  # width, height, corner rounding
PLATE_Z = 50.0
PLATE_RISE = 0.7

LACQUERS: dict[str, Vec3] = {
    "emerald": (0.004, 0.070, 0.046),
    "oxblood": (0.130, 0.006, 0.010),
    "midnight": (0.006, 0.016, 0.090),
}


def flacon(*, lacquer: str, label: str, seed: int) -> Scene:
    """The bundled sample: about 14 cm tall, 7 cm wide."""
    color = LACQUERS[lacquer]
    gold = polished("gold")
    parts = [
        Part(name="foot", mesh=_foot(gold)),
        Part(name="body", mesh=_body(color)),
        Part(name="plate", mesh=_plate(color, label)),
        Part(name="bezel", mesh=_bezel(gold)),
        Part(name="lettering", mesh=_name(label, gold)),
        Part(name="collar", mesh=_collar(gold)),
        Part(name="cap", mesh=_cap(polished("cap gold", roughness=0.17))),
        Part(name="seal", mesh=_seal(seed)),
        Part(name="monogram", mesh=_monogram(label, gold)),
    ]
    return assemble("flacon", parts)


def _lacquer(name: str, color: Vec3) -> Material:
    return Material(
        name=name, base_color=(*color, 1.0), roughness=0.38, clearcoat=1.0, clearcoat_roughness=0.03, ior=1.5
    )


def _foot(gold: Material) -> Mesh:
    profile = rounded([(0, 1.2, 0), (15.2, 1.2, 0.5), (16.0, 0, 0.5), (19.7, 0, 1.0), (19.7, 4.2, 0.8), (0, 4.2, 0)])
    return loft(profile, SECTION, num=256, material=gold)


def _body(color: Vec3) -> Mesh:
    profile = rounded(
        [(0, 4.0, 0), (19.0, 4.0, 1.6), (19.0, 86.0, 8.5), (11.2, 92.0, 3.0), (11.2, 95.0, 0.5), (0, 95.0, 0)],
        cuts=(*np.linspace(5.6, 8, 5), 24, 42, 60, *np.linspace(78, 82, 9)),
    )

    def reeds(u: Float[np.ndarray, "1 A"], at: Float[np.ndarray, "P 1 2"]) -> Float[np.ndarray, "P A"]:
        z = at[..., 1]
        fade = _ramp((z - 4.4) / 2.0) * _ramp((84.5 - z) / 5.0) * _ramp((at[..., 0] - 17.0) / 1.0)
        wave = np.sqrt(np.sin(np.pi * REEDS * u) ** 2 + 0.01)
        return REED_DEPTH * fade * (wave - 1.0)

    return loft(profile, SECTION, num=REEDS * 10, material=_lacquer("lacquer", color), displace=reeds)


def _ramp(t: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3 - 2 * t)


def _frame(x: Float[np.ndarray, " W"], z: Float[np.ndarray, " H"], inset: float = 0.0) -> Float[np.ndarray, "H W"]:
    """Signed distance to the plate's outline, inside positive."""
    width, height, corner = PLATE
    corner = max(corner - inset, 0.3)
    qx = np.abs(x)[None] - (width / 2 - inset - corner)
    qz = np.abs(z - PLATE_Z)[:, None] - (height / 2 - inset - corner)
    outside = np.hypot(np.maximum(qx, 0), np.maximum(qz, 0))
    return corner - outside - np.minimum(np.maximum(qx, qz), 0)


def _grid(step: float, margin: float = 1.5) -> tuple[Float[np.ndarray, " W"], Float[np.ndarray, " H"]]:
    width, height, _ = PLATE
    x = np.linspace(-width / 2 - margin, width / 2 + margin, int((width + 2 * margin) / step) + 1)
    z = np.linspace(-height / 2 - margin, height / 2 + margin, int((height + 2 * margin) / step) + 1) + PLATE_Z
    return x, z


def _plate(color: Vec3, label: str) -> Mesh:
    x, z = _grid(0.7)
    rise = Rise(height=PLATE_RISE, edge=0.6, sink=1.2)
    material = _plate_paint(color, label)
    return relief(_frame(x, z), x, z, rise=rise, sheet=Wrap(section=SECTION), material=material)


def _plate_paint(color: Vec3, label: str) -> Material:
    """Enamel with the small print in gold foil, under the raised name a thin foil as well."""
    x, z = _grid(0.7)
    columns = 2048
    texel = float(x[-1] - x[0]) / columns
    rows = round(float(z[-1] - z[0]) / texel)
    px = np.linspace(x[0] + texel / 2, x[-1] - texel / 2, columns)
    pz = np.linspace(z[0] + texel / 2, z[-1] - texel / 2, rows)
    ink = np.zeros((rows, columns))
    for line in _small_print():
        ink = np.maximum(ink, paint.coverage(distance(line, px, pz, reach=0.2), texel))
    ink = np.maximum(ink, paint.coverage(distance(_headline(label), px, pz, reach=0.2), texel))
    hair = 0.11 - np.abs(_frame(px, pz, 2.1))
    ink = np.maximum(ink, paint.coverage(hair, texel))[::-1]
    base = paint.mix(np.broadcast_to(np.array(color) * 0.8, (rows, columns, 3)), GOLD, ink)
    return Material(
        name="enamel",
        base_color_texture=paint.color_texture(base),
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=paint.surface_texture(0.36 - 0.1 * ink, ink),
        normal_texture=paint.normal_texture(0.02 * ink, texel),
        clearcoat=1.0,
        clearcoat_roughness=0.03,
    )


def _headline(label: str) -> Lettering:
    return write(label, SERIF, cap_height=6.2, tracking=0.1, baseline=50.6)


def _small_print() -> tuple[Lettering, ...]:
    return (
        write("EAU DE PARFUM", SANS, cap_height=1.75, tracking=0.5, baseline=43.6),
        write("50 ML   1.7 FL. OZ", SANS, cap_height=1.15, tracking=0.4, baseline=38.4),
    )


def _bezel(gold: Material) -> Mesh:
    x, z = _grid(0.2)
    return relief(
        0.62 - np.abs(_frame(x, z, 0.35)),
        x,
        z,
        rise=Rise(height=PLATE_RISE + 0.55, edge=0.62, sink=1.0),
        sheet=Wrap(section=SECTION),
        material=gold,
    )


def _name(label: str, gold: Material) -> Mesh:
    line = _headline(label)
    left, bottom, right, top = line.bounds
    x = np.arange(left - 0.3, right + 0.4, 0.11)
    z = np.arange(bottom - 0.3, top + 0.4, 0.11)
    return relief(
        distance(line, x, z, reach=1.0),
        x,
        z,
        rise=Rise(height=PLATE_RISE + 0.55, edge=0.3, sink=-PLATE_RISE + 0.1),
        sheet=Wrap(section=SECTION),
        material=gold,
    )


def _collar(gold: Material) -> Mesh:
    profile = rounded(
        [(0, 93.5, 0), (13.4, 93.5, 0.5), (13.4, 96.6, 0.7), (12.2, 97.0, 0.2), (12.2, 99.4, 0.3), (0, 99.4, 0)]
    )
    return loft(profile, Section(half_width=13.4, half_depth=13.4), num=192, material=gold)


def _cap(gold: Material) -> Mesh:
    profile = rounded(
        [
            (0, 99.9, 0), (16.4, 99.9, 0.8), (16.4, 104.2, 0.35), (15.9, 104.6, 0.25), (15.9, 129.2, 0.25),
            (16.4, 129.6, 0.35), (16.4, 135.6, 1.6), (12.6, 135.6, 0.4), (12.0, 134.8, 0.4), (0, 134.8, 0),
        ],
        cuts=(*np.linspace(104.8, 106.2, 6), 117, *np.linspace(127.6, 129.0, 6)),
    )  # fmt: skip

    def flutes(u: Float[np.ndarray, "1 A"], at: Float[np.ndarray, "P 1 2"]) -> Float[np.ndarray, "P A"]:
        z = at[..., 1]
        fade = _ramp((z - 104.9) / 1.2) * _ramp((128.9 - z) / 1.2) * (at[..., 0] > 15.0)
        return -0.55 * fade * np.sin(np.pi * 48 * u) ** 2

    return loft(profile, Section(half_width=16.4, half_depth=16.4), num=48 * 8, material=gold, displace=flutes)


def _seal(seed: int) -> Mesh:
    profile = rounded([(0, 134.0, 0), (11.9, 134.0, 0.2), (11.9, 135.0, 0.2), (0, 135.0, 0)])
    return loft(profile, Section(half_width=11.9, half_depth=11.9), num=192, material=brushed("seal gold", seed))


def _monogram(label: str, gold: Material) -> Mesh:
    letter = write(label[0], SERIF, cap_height=9.0, baseline=-4.5)
    x = np.arange(-10.0, 10.01, 0.15)
    return relief(
        distance(letter, x, x, reach=1.0), x, x, rise=Rise(height=0.5, edge=0.35), sheet=Top(level=135.0), material=gold
    )
