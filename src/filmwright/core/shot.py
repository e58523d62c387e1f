"""One unbroken take, and the plan that puts takes in a row."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from .camera import Camera, Path
from .scene import Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How scene-linear light becomes a picture: exposure, then a filmic tone curve, then the grade."""

    exposure: float = 0.0  # stops
    white: float = 4.0  # exposed linear value that reaches display white
    contrast: float = 1.0  # slope at mid-grey
    saturation: float = 1.0
    tint: Vec3 = (1.0, 1.0, 1.0)  # linear gain of R, G, B
    vignette: float = 0.0  # share of light lost in the corners
    bloom: float = 0.0  # share of light that blooms
    grain: float = 0.0  # standard deviation in display units of 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """One unbroken take, fully decided: same scene, same shot, same pixels."""

    name: str
    kind: str = "orbit"
    prompt: str = ""
    seconds: Fraction = Fraction(2)
    fps: Fraction = Fraction(24)
    height: int = 720  # pixels
    width: int = 1280  # pixels
    path: Path
    look: Look = Look()
    start: Fraction = Fraction(0)  # seconds into the scene's animation
    shutter: Fraction = Fraction(1, 2)  # share of the frame's time that the shutter is open
    seed: int = 0

    @property
    def num_frames(self) -> int:
        """Frames in the take."""
        return round(self.seconds * self.fps)

    def camera(self, frame: float) -> Camera:
        """The camera at the middle of frame `frame`'s exposure; fractions lie between frames."""
        return self.path.at((frame + 0.5) / self.num_frames)

    def moment(self, frame: float) -> float:
        """Seconds of scene animation at the middle of frame `frame`'s exposure."""
        return float(self.start) + (frame + 0.5) / float(self.fps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in the picture, in shares of its width and height from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """Words on the picture for a while."""

    text: str
    style: Literal["tagline", "name", "caption", "end"] = "tagline"
    box: Box  # where it may stand; the typesetter fits and aligns inside
    align: Literal["left", "center", "right"] = "center"
    start: Fraction  # seconds into the film
    end: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How one take gives way to the next. A dissolve overlaps them by `seconds`; a cut has 0."""

    kind: Literal["cut", "dissolve"] = "cut"
    seconds: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """What the sound bed should be."""

    mood: str
    bpm: float
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Storyboard:
    """Everything decided before the first frame is made."""

    title: str
    shots: tuple[Shot, ...]
    joins: tuple[Join, ...]  # one between each two shots
    titles: tuple[Title, ...] = ()
    music: Music | None = None
    fade_in: Fraction = Fraction(0)  # seconds from black
    fade_out: Fraction = Fraction(0)  # seconds to black
    ink: Vec3 = (1.0, 1.0, 1.0)  # sRGB, the titles' preferred colour
    palette: tuple[Vec3, ...] = field(default=())  # sRGB, the film's colours

    @property
    def cuts(self) -> tuple[Fraction, ...]:
        """Seconds into the film at which each shot begins (in the middle of a dissolve), the first at 0."""
        at, out = Fraction(0), [Fraction(0)]
        for shot, join in zip(self.shots, self.joins, strict=False):
            at += shot.seconds - join.seconds
            out.append(at + join.seconds / 2)
        return tuple(out)

    @property
    def spans(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """From and to, in seconds into the film, of each shot; dissolves are halved between neighbours."""
        cuts = self.cuts
        return tuple(zip(cuts, (*cuts[1:], self.seconds), strict=True))

    @property
    def seconds(self) -> Fraction:
        """Length of the film."""
        return sum((s.seconds for s in self.shots), Fraction(0)) - sum((j.seconds for j in self.joins), Fraction(0))
