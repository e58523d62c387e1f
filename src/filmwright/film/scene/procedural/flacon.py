"""A perfume flacon: reeded lacquer, an enamel plate with raised gold lettering, a fluted gold cap on a gold collar."""

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Material, Mesh, Scene, Vec3

from .label import Plate, bezel_mesh, enamel, plate_mesh, raised
from .lettering import SANS, SERIF, Lettering, write
from .loft import loft, ramp
from .metals import lacquer, metal, turned
from .parts import Part, assemble
from .profile import lengths, rounded
from .section import Section
from .sheets import Top, Wrap

SECTION = Section(half_width=33.0, half_depth=19.0, exponent=4.0, round_at=11.0)
PLATE = Plate(width=48.0, height=36.0, corner=3.2, middle=50.0)
REEDS, REED_DEPTH = 44, 1.15
FLUTES, FLUTE_DEPTH = 42, 0.85

COLORS: dict[str, Vec3] = {
    "emerald": (0.0015, 0.026, 0.0195),
    "oxblood": (0.062, 0.0022, 0.0045),
    "midnight": (0.0022, 0.0065, 0.042),
}


def flacon(*, color: str, label: str, seed: int) -> Scene:
    """The bundled sample: about 14 cm tall, 7 cm wide."""
    deep = COLORS[color]
    polished, satin = metal("polished gold", roughness=0.11), metal("satin gold", roughness=0.34)
    sheet = Wrap(section=SECTION)
    name = write(label, SERIF, cap_height=6.3, tracking=0.1, baseline=PLATE.middle + 0.9)
    parts = [
        Part(name="foot", mesh=_foot(polished)),
        Part(name="body", mesh=_body(lacquer("lacquer", deep))),
        Part(name="plate", mesh=plate_mesh(PLATE, sheet, enamel(PLATE, deep, (name, *_small_print()), hairline=0.28))),
        Part(name="bezel", mesh=bezel_mesh(PLATE, sheet, metal("bezel gold", roughness=0.2))),
        Part(name="lettering", mesh=raised(name, sheet, satin, ground=PLATE.rise, height=0.6, edge=0.62, step=0.125)),
        Part(name="collar", mesh=_collar(polished)),
        Part(name="cap", mesh=_cap(seed)),
        Part(name="inlay", mesh=_inlay(lacquer("inlay lacquer", deep))),
        Part(name="monogram", mesh=_monogram(label, satin)),
    ]
    return assemble("flacon", parts)


def _small_print() -> tuple[Lettering, ...]:
    return (
        write("EAU DE PARFUM", SANS, cap_height=1.85, tracking=0.5, baseline=PLATE.middle - 6.0),
        write("50 ML  ·  1.7 FL. OZ", SANS, cap_height=1.3, tracking=0.35, baseline=PLATE.middle - 11.2),
    )


def _foot(material: Material) -> Mesh:
    profile = rounded([(0, 1.2, 0), (15.2, 1.2, 0.5), (16.0, 0, 0.5), (19.5, 0, 0.9), (19.5, 3.9, 0.8), (0, 3.9, 0)])
    return loft(profile, SECTION, num=256, material=material)


def _body(material: Material) -> Mesh:
    profile = rounded(
        [(0, 3.7, 0), (19.0, 3.7, 1.6), (19.0, 86.0, 8.5), (11.2, 92.0, 3.0), (11.2, 95.0, 0.5), (0, 95.0, 0)],
        cuts=(*np.linspace(5.6, 8, 5), 24, 42, 60, *np.linspace(78, 82, 9)),
    )

    def reeds(u: Float[np.ndarray, "1 A"], at: Float[np.ndarray, "P 1 2"]) -> Float[np.ndarray, "P A"]:
        radius, z = at[..., 0], at[..., 1]
        fade = ramp((z - 4.2) / 2.0) * ramp((84.5 - z) / 5.0) * ramp(radius - 17.0)
        wave = np.sqrt(np.sin(np.pi * REEDS * u) ** 2 + 0.01)  # rounded valleys
        return REED_DEPTH * fade * (wave - 1.0)

    return loft(profile, SECTION, num=REEDS * 10, material=material, displace=reeds)


def _collar(material: Material) -> Mesh:
    profile = rounded(
        [(0, 93.5, 0), (13.4, 93.5, 0.5), (13.4, 96.6, 0.7), (12.2, 97.0, 0.2), (12.2, 99.4, 0.3), (0, 99.4, 0)]
    )
    return loft(profile, Section(half_width=13.4, half_depth=13.4), num=192, material=material)


def _cap(seed: int) -> Mesh:
    profile = rounded(
        [
            (0, 99.9, 0), (16.4, 99.9, 0.8), (16.4, 104.2, 0.35), (15.9, 104.6, 0.25), (15.9, 129.2, 0.25),
            (16.4, 129.6, 0.35), (16.4, 135.6, 1.6), (12.6, 135.6, 0.4), (12.0, 134.6, 0.4), (0, 134.6, 0),
        ],
        cuts=(*np.linspace(104.8, 106.4, 6), 117, *np.linspace(127.4, 129.0, 6)),
    )  # fmt: skip

    def flutes(u: Float[np.ndarray, "1 A"], at: Float[np.ndarray, "P 1 2"]) -> Float[np.ndarray, "P A"]:
        radius, z = at[..., 0], at[..., 1]
        fade = ramp((z - 104.8) / 1.5) * ramp((129.0 - z) / 1.5) * ramp(radius - 14.5)
        return -FLUTE_DEPTH * fade * np.sqrt(np.sin(np.pi * FLUTES * u) ** 2 + 0.02)

    along = lengths(profile)
    height = np.interp(np.linspace(along[-1], 0.0, 1024), along, profile[:, 1])
    radius = np.interp(np.linspace(along[-1], 0.0, 1024), along, profile[:, 0])
    low, high = (height > 101.0) & (height < 103.6), (height > 130.4) & (height < 133.8)
    satin = ((low | high) & (radius > 16.3)).astype(float)
    material = turned("turned gold", satin, length=float(along[-1]), seed=seed)
    round_ = Section(half_width=16.4, half_depth=16.4)
    return loft(profile, round_, num=FLUTES * 8, material=material, displace=flutes)


def _inlay(material: Material) -> Mesh:
    profile = rounded([(0, 134.0, 0), (11.8, 134.0, 0.2), (11.8, 135.2, 0.35), (0, 135.2, 0)])
    return loft(profile, Section(half_width=11.8, half_depth=11.8), num=128, material=material)


def _monogram(label: str, material: Material) -> Mesh:
    letter = write(label[0], SERIF, cap_height=10.0, baseline=-5.0)
    return raised(letter, Top(level=135.2), material, ground=0.0, height=0.5, edge=0.35, step=0.16)
