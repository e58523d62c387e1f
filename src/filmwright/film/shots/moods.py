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

    relation: Literal["tone", "accent"] = "tone"  # to the product's main colour: its own hue, or one that sets it off
    hues: tuple[float, ...] = ()  # degrees in Oklab; where given, the set has one of these instead
    neutral: float = 70.0  # degrees: the hue for a grey product
    lightness: tuple[float, float]  # Oklab, from the mood's favourite to the farthest it goes for contrast
    chroma: float  # Oklab, the most
    muted: float = 0.6  # the most chroma, as a share of what Rec. 709 holds at that lightness and hue
    level: float = 1.0  # the set's colour on a white card's light: 1 shows it as it is
    horizon: float = 0.9  # light of the backdrop at the horizon, as a share of the floor's under the product
    top: float = 0.8  # light at the upper edge of what cameras see, as a share of the horizon's
    sweep: float = 0.15  # how much lighter the backdrop is behind the product than beside it
    fill: float = 0.5  # light of the sky above, as a share of the horizon's
    roughness: float = 0.5  # of the floor
    gloss: float = 1.4  # index of refraction of the floor's surface; 1 has no gloss
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
            lightness=(0.78, 0.6),
            roughness=0.45,
            chroma=0.05,
            level=0.68,
            horizon=0.85,
            top=0.58,
            sweep=0.38,
            fill=0.38,
        ),
        lamps=(
            Lamp(name="key", azimuth=-50.0, elevation=26.0, distance=2.0, width=1.2, height=1.4, power=1.0),
            Lamp(name="fill", azimuth=62.0, elevation=14.0, distance=2.6, width=1.4, height=1.8, power=0.12),
            Lamp(name="rim", azimuth=114.0, elevation=38.0, distance=2.2, width=0.6, height=1.2, power=0.7),
        ),
        glows=(Glow(azimuth=180.0, elevation=72.0, width=70.0, height=34.0, power=0.3),),
        grade=Grade(key=0.24, contrast=1.2, saturation=1.08, vignette=0.18, bloom=0.02, backdrop=0.62),
    ),
    "luxury": Lighting(
        backdrop=Backdrop(
            neutral=55.0,
            lightness=(0.27, 0.34),
            chroma=0.05,
            level=1.2,
            horizon=0.8,
            top=0.45,
            sweep=0.6,
            fill=0.3,
            roughness=0.32,
            gloss=1.08,
            plinth=True,
        ),
        lamps=(
            Lamp(
                name="key", azimuth=-48.0, elevation=30.0, distance=1.9, width=0.8, height=1.4, power=0.85, color=WARM
            ),
            Lamp(name="rim left", azimuth=-114.0, elevation=40.0, distance=2.2, width=0.5, height=1.3, power=0.9),
            Lamp(name="rim right", azimuth=112.0, elevation=38.0, distance=2.2, width=0.5, height=1.3, power=1.2),
            Lamp(name="fill", azimuth=50.0, elevation=10.0, distance=2.6, width=0.8, height=1.8, power=0.1, color=WARM),
        ),
        glows=(Glow(azimuth=180.0, elevation=70.0, width=50.0, height=26.0, power=0.25, color=WARM),),
        grade=Grade(
            key=0.18, contrast=1.25, saturation=1.06, tint=(1.02, 1.0, 0.97), vignette=0.3, bloom=0.05, backdrop=0.11
        ),
    ),
    "playful": Lighting(
        backdrop=Backdrop(
            relation="accent",
            neutral=25.0,
            lightness=(0.82, 0.68),
            chroma=0.12,
            level=0.8,
            horizon=0.94,
            top=0.85,
            sweep=0.22,
            fill=0.65,
            roughness=0.45,
        ),
        lamps=(
            Lamp(name="key", azimuth=-40.0, elevation=36.0, distance=2.1, width=1.0, height=1.0, power=1.0),
            Lamp(name="fill", azimuth=52.0, elevation=12.0, distance=2.4, width=1.8, height=1.8, power=0.25),
            Lamp(name="rim", azimuth=114.0, elevation=28.0, distance=2.2, width=0.7, height=1.4, power=0.5),
        ),
        glows=(Glow(azimuth=160.0, elevation=70.0, width=60.0, height=30.0, power=0.3),),
        grade=Grade(key=0.26, contrast=1.16, saturation=1.12, vignette=0.08, bloom=0.02, backdrop=0.74),
    ),
    "energetic": Lighting(
        backdrop=Backdrop(
            relation="accent",
            neutral=42.0,
            lightness=(0.68, 0.52),
            chroma=0.17,
            muted=0.75,
            level=0.85,
            horizon=0.9,
            top=0.5,
            sweep=0.25,
            fill=0.4,
            roughness=0.4,
        ),
        lamps=(
            Lamp(name="key", azimuth=-50.0, elevation=38.0, distance=2.3, width=0.5, height=0.5, power=1.2),
            Lamp(name="rim left", azimuth=-116.0, elevation=40.0, distance=2.2, width=0.4, height=1.2, power=0.7),
            Lamp(name="rim right", azimuth=112.0, elevation=38.0, distance=2.2, width=0.4, height=1.2, power=1.0),
            Lamp(name="fill", azimuth=50.0, elevation=8.0, distance=2.6, width=1.2, height=1.6, power=0.14),
        ),
        glows=(Glow(azimuth=180.0, elevation=68.0, width=45.0, height=24.0, power=0.25),),
        grade=Grade(key=0.22, contrast=1.25, saturation=1.12, vignette=0.18, bloom=0.04, backdrop=0.64),
    ),
    "technical": Lighting(
        backdrop=Backdrop(
            hues=(252.0, 240.0),
            lightness=(0.76, 0.58),
            chroma=0.025,
            level=0.62,
            horizon=0.88,
            top=0.55,
            sweep=0.3,
            fill=0.45,
            roughness=0.38,
        ),
        lamps=(
            Lamp(name="strip left", azimuth=-74.0, elevation=12.0, distance=1.8, width=0.35, height=2.0, power=0.85),
            Lamp(name="strip right", azimuth=74.0, elevation=12.0, distance=1.8, width=0.35, height=2.0, power=0.85),
            Lamp(
                name="front", azimuth=-12.0, elevation=34.0, distance=2.6, width=1.8, height=0.9, power=0.5, color=COOL
            ),
        ),
        glows=(Glow(azimuth=0.0, elevation=88.0, width=70.0, height=40.0, power=0.35, color=COOL),),
        grade=Grade(
            key=0.22, contrast=1.16, saturation=0.97, tint=(0.985, 1.0, 1.02), vignette=0.15, bloom=0.015, backdrop=0.6
        ),
    ),
    "natural": Lighting(
        backdrop=Backdrop(
            hues=(92.0, 138.0),
            lightness=(0.84, 0.68),
            chroma=0.045,
            level=0.74,
            horizon=0.88,
            top=0.65,
            sweep=0.35,
            fill=0.45,
            roughness=0.6,
        ),
        lamps=(
            Lamp(name="sun", azimuth=-58.0, elevation=34.0, distance=3.0, width=0.8, height=0.8, power=1.3, color=SUN),
            Lamp(
                name="bounce", azimuth=60.0, elevation=10.0, distance=2.4, width=1.8, height=1.6, power=0.14, color=WARM
            ),
            Lamp(name="rim", azimuth=118.0, elevation=32.0, distance=2.4, width=0.7, height=1.2, power=0.3, color=SUN),
        ),
        glows=(Glow(azimuth=-120.0, elevation=66.0, width=80.0, height=34.0, power=0.3, color=(0.9, 0.96, 1.0)),),
        grade=Grade(
            key=0.24, contrast=1.18, saturation=1.06, tint=(1.02, 1.0, 0.965), vignette=0.15, bloom=0.03, backdrop=0.7
        ),
    ),
}
