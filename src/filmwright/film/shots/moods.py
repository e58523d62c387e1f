"""How each mood is lit, set and exposed: one table, and the words it is written in.

Azimuths are degrees to the right of the camera that faces the front (0 is behind that camera, 180 is behind the
product); elevations are degrees above the horizon. Powers are shares of the light that a white card facing the front
receives; the staging scales them together, so only their proportions count.
"""

from dataclasses import dataclass
from typing import Literal

from filmwright.core.scene import Vec3

from .brief import MoodName

WHITE: Vec3 = (1.0, 1.0, 1.0)
WARM: Vec3 = (1.0, 0.9, 0.78)
SUN: Vec3 = (1.0, 0.86, 0.68)
COOL: Vec3 = (0.86, 0.94, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A softbox on a stand: a rectangle that faces the product, unseen by the camera."""

    name: str
    azimuth: float  # degrees
    elevation: float  # degrees
    distance: float  # metres
    width: float  # metres
    height: float  # metres
    power: float
    color: Vec3 = WHITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Glow:
    """A soft patch of light in the sky of the set, above what a camera sees."""

    azimuth: float  # degrees
    elevation: float  # degrees
    width: float  # degrees, to where it has half its light
    height: float  # degrees
    power: float
    color: Vec3 = WHITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """What colour the set has, and how its light runs."""

    relation: Literal["tone", "complement", "fixed"]  # to the product's main colour; fixed is `hue`
    lightness: tuple[float, float]  # Oklab, darkest to lightest
    chroma: float  # Oklab, the most
    hue: float = 0.0  # degrees in Oklab
    level: float = 0.8  # light of the backdrop, as a share of the floor's under the product
    top: float = 0.8  # light at the upper edge of what cameras see, as a share of the horizon's
    sweep: float = 0.15  # how much lighter the backdrop is behind the product than behind the camera
    fill: float = 0.5  # light of the sky above, as a share of the horizon's
    roughness: float = 0.5  # of the floor
    plinth: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How the picture is exposed and toned."""

    key: float  # display-linear light that a product of mid-grey gets
    contrast: float = 1.1
    saturation: float = 1.0
    tint: Vec3 = WHITE
    vignette: float = 0.0
    bloom: float = 0.0
    grain: float = 0.0
    backdrop: float = 0.9  # the most display-linear light that the set may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Lighting:
    """All that a mood means to the set, the lights and the exposure."""

    backdrop: Backdrop
    lamps: tuple[Lamp, ...]
    glows: tuple[Glow, ...]
    grade: Grade


LIGHTING: dict[MoodName, Lighting] = {
    "calm": Lighting(
        backdrop=Backdrop(
            relation="tone",
            lightness=(0.78, 0.92),
            chroma=0.035,
            level=0.92,
            top=0.9,
            sweep=0.1,
            fill=0.9,
            roughness=0.45,
        ),
        lamps=(
            Lamp(name="key", azimuth=-48, elevation=32, distance=2.2, width=1.5, height=1.5, power=0.75),
            Lamp(name="fill", azimuth=58, elevation=18, distance=2.6, width=1.6, height=1.8, power=0.22),
            Lamp(name="rim", azimuth=148, elevation=28, distance=2.2, width=0.5, height=1.6, power=0.45),
        ),
        glows=(Glow(azimuth=180, elevation=72, width=70, height=34, power=0.5),),
        grade=Grade(key=0.22, contrast=1.08, saturation=1.02, vignette=0.1, bloom=0.02),
    ),
    "luxury": Lighting(
        backdrop=Backdrop(
            relation="tone",
            lightness=(0.2, 0.36),
            chroma=0.045,
            level=0.5,
            top=0.3,
            sweep=0.6,
            fill=0.25,
            roughness=0.22,
            plinth=True,
        ),
        lamps=(
            Lamp(name="key", azimuth=-56, elevation=34, distance=2.0, width=0.9, height=1.4, power=0.7, color=WARM),
            Lamp(name="rim left", azimuth=-142, elevation=14, distance=1.9, width=0.4, height=1.9, power=1.1),
            Lamp(name="rim right", azimuth=138, elevation=18, distance=1.9, width=0.35, height=1.9, power=1.2),
            Lamp(name="fill", azimuth=52, elevation=10, distance=2.6, width=0.8, height=1.8, power=0.1, color=WARM),
        ),
        glows=(Glow(azimuth=180, elevation=70, width=50, height=26, power=0.3, color=WARM),),
        grade=Grade(key=0.15, contrast=1.28, saturation=1.05, tint=(1.02, 1.0, 0.97), vignette=0.3, bloom=0.05),
    ),
    "playful": Lighting(
        backdrop=Backdrop(
            relation="complement",
            lightness=(0.76, 0.88),
            chroma=0.095,
            level=0.95,
            top=0.95,
            sweep=0.08,
            fill=0.95,
            roughness=0.4,
        ),
        lamps=(
            Lamp(name="key", azimuth=-40, elevation=40, distance=2.2, width=1.2, height=1.2, power=0.85),
            Lamp(name="fill", azimuth=50, elevation=15, distance=2.4, width=1.8, height=1.8, power=0.35),
            Lamp(name="rim", azimuth=150, elevation=30, distance=2.2, width=0.7, height=1.4, power=0.4),
        ),
        glows=(Glow(azimuth=160, elevation=70, width=60, height=30, power=0.5),),
        grade=Grade(key=0.25, contrast=1.12, saturation=1.14, vignette=0.04, bloom=0.02),
    ),
    "energetic": Lighting(
        backdrop=Backdrop(
            relation="complement",
            lightness=(0.5, 0.7),
            chroma=0.15,
            level=0.8,
            top=0.45,
            sweep=0.45,
            fill=0.4,
            roughness=0.3,
        ),
        lamps=(
            Lamp(name="key", azimuth=-52, elevation=42, distance=2.3, width=0.55, height=0.55, power=1.1),
            Lamp(name="rim left", azimuth=-150, elevation=20, distance=1.9, width=0.35, height=1.7, power=0.9),
            Lamp(name="rim right", azimuth=132, elevation=22, distance=1.9, width=0.35, height=1.7, power=1.1),
            Lamp(name="fill", azimuth=55, elevation=8, distance=2.6, width=1.2, height=1.6, power=0.15),
        ),
        glows=(Glow(azimuth=180, elevation=68, width=45, height=24, power=0.3),),
        grade=Grade(key=0.2, contrast=1.26, saturation=1.12, vignette=0.18, bloom=0.04),
    ),
    "technical": Lighting(
        backdrop=Backdrop(
            relation="fixed",
            hue=252,
            lightness=(0.62, 0.84),
            chroma=0.022,
            level=0.85,
            top=0.7,
            sweep=0.2,
            fill=0.8,
            roughness=0.35,
        ),
        lamps=(
            Lamp(name="strip left", azimuth=-72, elevation=12, distance=1.8, width=0.35, height=2.0, power=0.75),
            Lamp(name="strip right", azimuth=72, elevation=12, distance=1.8, width=0.35, height=2.0, power=0.75),
            Lamp(name="front", azimuth=-12, elevation=38, distance=2.6, width=1.8, height=0.9, power=0.45, color=COOL),
            Lamp(name="rim", azimuth=180, elevation=40, distance=2.2, width=1.4, height=0.3, power=0.6, color=COOL),
        ),
        glows=(Glow(azimuth=0, elevation=88, width=70, height=40, power=0.5, color=COOL),),
        grade=Grade(key=0.2, contrast=1.16, saturation=0.96, tint=(0.985, 1.0, 1.02), vignette=0.1, bloom=0.015),
    ),
    "natural": Lighting(
        backdrop=Backdrop(
            relation="fixed",
            hue=122,
            lightness=(0.76, 0.92),
            chroma=0.03,
            level=0.85,
            top=0.85,
            sweep=0.15,
            fill=0.8,
            roughness=0.6,
        ),
        lamps=(
            Lamp(name="sun", azimuth=-62, elevation=38, distance=3.0, width=0.9, height=0.9, power=1.15, color=SUN),
            Lamp(name="bounce", azimuth=62, elevation=10, distance=2.4, width=1.8, height=1.6, power=0.16, color=WARM),
            Lamp(name="rim", azimuth=155, elevation=34, distance=2.4, width=0.7, height=1.2, power=0.3, color=SUN),
        ),
        glows=(Glow(azimuth=-120, elevation=66, width=80, height=34, power=0.45, color=(0.9, 0.96, 1.0)),),
        grade=Grade(key=0.22, contrast=1.12, saturation=1.05, tint=(1.02, 1.0, 0.965), vignette=0.08, bloom=0.03),
    ),
}
