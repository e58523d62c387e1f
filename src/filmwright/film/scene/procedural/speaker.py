"""A table speaker: woven cloth under a matt shell, a turned metal dial on top, a dark raised name in front."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from filmwright.core.scene import Material, Mesh, Scene, Texture, Vec3

from . import paint
from .label import raised
from .lettering import SANS, write
from .loft import loft, ramp
from .metals import metal, turned
from .parts import Part, assemble
from .profile import lengths, rounded
from .section import Section
from .sheets import Wrap

SECTION = Section(half_width=60.0, half_depth=44.0, exponent=3.4, round_at=30.0)
ALUMINIUM: Vec3 = (0.78, 0.79, 0.80)
GRIPS = 90  # notches around the dial
THREADS = 16  # a tile, each way
THREAD = 0.75  # millimetres

COLORS: dict[str, tuple[Vec3, Vec3]] = {  # shell, cloth
    "chalk": ((0.78, 0.765, 0.735), (0.080, 0.080, 0.084)),
    "graphite": ((0.020, 0.021, 0.023), (0.020, 0.020, 0.022)),
    "clay": ((0.46, 0.165, 0.090), (0.200, 0.085, 0.055)),
}


def speaker(*, color: str, label: str, seed: int) -> Scene:
    """A matt product with cloth and bare metal: about 12 cm tall and wide."""
    shell, cloth = COLORS[color]
    ink = metal("dark chrome", (0.10, 0.10, 0.105), roughness=0.25)
    if max(shell) < 0.2:
        ink = metal("bright chrome", ALUMINIUM, roughness=0.2)
    name = write(label, SANS, cap_height=4.2, tracking=0.38, baseline=90.0)
    sheet = Wrap(section=SECTION)
    parts = [
        Part(name="foot", mesh=_foot()),
        Part(name="cloth", mesh=_cloth(cloth, seed)),
        Part(name="trim", mesh=_trim()),
        Part(name="shell", mesh=_shell(Material(name="shell", base_color=(*shell, 1.0), roughness=0.52))),
        Part(name="lettering", mesh=raised(name, sheet, ink, ground=0.0, height=0.45, edge=0.22, step=0.09)),
        Part(name="dial", mesh=_dial(seed)),
        Part(name="light", mesh=_light()),
    ]
    return assemble("speaker", parts)


def _foot() -> Mesh:
    profile = rounded([(0, 1.5, 0), (36, 1.5, 0.5), (37, 0, 0.5), (41.5, 0, 0.8), (41.5, 5.0, 0), (0, 5.0, 0)])
    rubber = Material(name="rubber", base_color=(0.012, 0.012, 0.013, 1.0), roughness=0.75)
    return loft(profile, SECTION, num=192, material=rubber)


def _cloth(color: Vec3, seed: int) -> Mesh:
    profile = rounded([(0, 3.2, 0), (43.6, 3.2, 6.0), (43.6, 84.0, 0.4), (0, 84.0, 0)])
    return loft(profile, SECTION, num=320, material=_weave(color, seed, float(lengths(profile)[-1])))


def _weave(color: Vec3, seed: int, length: float) -> Material:
    """A plain weave of melange yarn, one tile of threads repeated around and up the cloth."""
    side = 512
    t = (np.arange(side) + 0.5) / side * THREADS
    x, y = t[None], t[:, None]
    over = np.cos(np.pi * (y + np.floor(x)))  # a thread is on top at every second crossing
    under = -np.cos(np.pi * (x + np.floor(y)))
    warp = np.sqrt(np.abs(np.sin(np.pi * x))) * (0.6 + 0.4 * over)
    weft = np.sqrt(np.abs(np.sin(np.pi * y))) * (0.6 + 0.4 * under)
    height = np.maximum(warp, weft)
    rng = np.random.default_rng([seed, 23])
    shade = rng.normal(0.0, 0.025, (2, THREADS))
    yarn = np.where(warp > weft, shade[0][np.floor(x).astype(int)], shade[1][np.floor(y).astype(int)])
    yarn = 0.42 + yarn + 0.03 * paint.grain(side, side, cell=(3.0, 3.0), rng=rng) + 0.45 * (height - height.mean())
    tile = THREADS * THREAD
    around = round(SECTION.perimeter / tile)

    def tiled(texture: Texture) -> Texture:
        return replace(texture, wrap_v="repeat", uv_transform=(float(around), 0.0, 0.0, 0.0, length / tile, 0.0))

    red, green, blue = color
    darker, lighter = (red * 0.45, green * 0.45, blue * 0.45), (red * 2.4, green * 2.4, blue * 2.4)
    return Material(
        name="cloth",
        base_color_texture=tiled(paint.two_color_texture(darker, lighter, yarn)),
        roughness=0.92,
        normal_texture=tiled(paint.normal_texture(0.2 * height, tile / side, around=True)),
    )


def _trim() -> Mesh:
    profile = rounded([(0, 83.6, 0), (44.2, 83.6, 0.5), (44.2, 85.2, 0.5), (0, 85.2, 0)])
    return loft(profile, SECTION, num=256, material=metal("trim", ALUMINIUM, roughness=0.16))


def _shell(material: Material) -> Mesh:
    profile = rounded(
        [
            (0, 85.6, 0), (44.0, 85.6, 0.7), (44.0, 118.0, 15.0), (28.0, 118.0, 0.8),
            (27.4, 115.6, 0.6), (0, 115.6, 0),
        ],
        arc_steps=14,
    )  # fmt: skip
    return loft(profile, SECTION, num=320, material=material)


def _dial(seed: int) -> Mesh:
    profile = rounded(
        [
            (0, 115.0, 0), (24.0, 115.0, 0.3), (24.8, 116.2, 0.3), (24.8, 123.0, 0.3), (23.8, 124.0, 0.3),
            (22.6, 124.0, 0.3), (21.6, 123.3, 0.4), (0, 122.4, 0),
        ],
        cuts=(116.6, 117.0, 117.4, 121.6, 122.0, 122.4),
    )  # fmt: skip

    def grips(u: Float[np.ndarray, "1 A"], at: Float[np.ndarray, "P 1 2"]) -> Float[np.ndarray, "P A"]:
        radius, z = at[..., 0], at[..., 1]
        fade = ramp((z - 116.5) / 0.9) * ramp((122.5 - z) / 0.9) * ramp(radius - 23.5)
        return -0.45 * fade * np.sin(np.pi * GRIPS * u) ** 2

    along = lengths(profile)
    rows = np.linspace(along[-1], 0.0, 512)
    radius, height = (np.interp(rows, along, profile[:, k]) for k in (0, 1))
    satin = ((radius < 21.4) & (height > 120.0)).astype(float)
    material = turned("turned aluminium", satin, length=float(along[-1]), seed=seed, color=ALUMINIUM, polish=0.16)
    round_ = Section(half_width=24.8, half_depth=24.8)
    return loft(profile, round_, num=GRIPS * 6, material=material, displace=grips)


def _light() -> Mesh:
    """A lit dot on the dial, towards the front."""
    profile = rounded([(0, 122.6, 0), (1.1, 122.6, 0), (1.1, 123.5, 0.3), (0, 123.5, 0)])
    lamp = Material(name="light", base_color=(0.9, 0.9, 0.9, 1.0), roughness=0.4, emission=(3.0, 2.8, 2.4))
    dot = loft(profile, Section(half_width=1.1, half_depth=1.1), num=32, material=lamp)
    return replace(dot, positions=dot.positions + np.array([0.0, -16.5, 0.0], np.float32))
