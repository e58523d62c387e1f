"""What happens to a film in the world: named changes, each a function of one picture and a way to encode again."""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
import cv2
import numpy as np

Change = Callable[[np.ndarray], np.ndarray]
BT709 = 1  # ITU-T H.273: untagged, each generation of encodes would drift in colour
os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 speaks of errors only


@dataclass(frozen=True, kw_only=True)
class Attack:
    """Pictures are changed, then encoded; `keep` says which pictures stay, `again` how often it is encoded."""

    name: str
    change: Change = lambda rgb: rgb
    crf: int = 23
    codec: str = "libx264"
    keep: Callable[[int], bool] = lambda _: True
    again: tuple[int, ...] = ()  # further encodes, by CRF
    options: dict[str, str] = field(default_factory=dict)


def encode(
    frames: Iterable[np.ndarray], crf: int, codec: str = "libx264", fps: Fraction = Fraction(24), **more: str
) -> bytes:
    """An MP4 in memory; odd borders are cut off."""
    out = io.BytesIO()
    options = {"libx264": {"preset": "medium"}, "libx265": {"preset": "fast", "x265-params": "log-level=error"}}
    options |= {"libvpx-vp9": {"b": "0", "deadline": "realtime", "cpu-used": "5"}, "libsvtav1": {"preset": "9"}}
    with av.open(out, "w", format="mp4") as container:
        stream = None
        for rgb in frames:
            rgb = np.ascontiguousarray(rgb[: len(rgb) // 2 * 2, : rgb.shape[1] // 2 * 2])
            if stream is None:
                stream = container.add_stream(codec, rate=fps, options=options[codec] | {"crf": str(crf)} | more)
                stream.height, stream.width, stream.pix_fmt = *rgb.shape[:2], "yuv420p"
                stream.codec_context.colorspace = BT709
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p", dst_colorspace=BT709)
            picture.colorspace = BT709
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    if hasattr(
        os, "sched_setscheduler"
    ):  # as root, SVT-AV1 makes the whole process real-time, to the harm of all others
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return out.getvalue()


def pictures(video: bytes | str) -> Iterator[np.ndarray]:
    """RGB pictures of a file, or of one in memory."""
    with av.open(io.BytesIO(video) if isinstance(video, bytes) else video) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")


def luma(video: bytes | str) -> Iterator[np.ndarray]:
    """The first plane of each picture, as a reader of marks wants it."""
    with av.open(io.BytesIO(video) if isinstance(video, bytes) else video) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            yield np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def apply(attack: Attack, video: bytes) -> bytes:
    """What comes out of the attack."""
    changed = (attack.change(rgb) for i, rgb in enumerate(pictures(video)) if attack.keep(i))
    result = encode(changed, attack.crf, attack.codec, **attack.options)
    for crf in attack.again:
        result = encode(pictures(result), crf)
    return result


def scaled(factor: float, *, across: float = 1.0) -> Change:
    def change(rgb: np.ndarray) -> np.ndarray:
        size = (round(rgb.shape[1] * factor * across), round(rgb.shape[0] * factor))
        return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)

    return change


def cropped(share: float, *, at: tuple[float, float] = (0.5, 0.5)) -> Change:
    def change(rgb: np.ndarray) -> np.ndarray:
        height, width = (round(n * share) for n in rgb.shape[:2])
        top, left = round((rgb.shape[0] - height) * at[0]), round((rgb.shape[1] - width) * at[1])
        return rgb[top : top + height, left : left + width]

    return change


def turned(degrees: float) -> Change:
    def change(rgb: np.ndarray) -> np.ndarray:
        height, width = rgb.shape[:2]
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
        return cv2.warpAffine(rgb, matrix, (width, height), flags=cv2.INTER_LINEAR)

    return change


def levels(function: Callable[[np.ndarray], np.ndarray]) -> Change:
    table = np.clip(np.rint(function(np.arange(256) / 255) * 255), 0, 255).astype(np.uint8)
    return lambda rgb: cv2.LUT(rgb, table)


def boxed(rgb: np.ndarray) -> np.ndarray:
    """A frame of the other orientation around the picture."""
    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (height, round(height * height / width)), interpolation=cv2.INTER_AREA)
    out = np.zeros((width, height, 3), np.uint8)
    top = (width - len(small)) // 2
    out[top : top + len(small)] = small
    return out


def stamped(rgb: np.ndarray) -> np.ndarray:
    out = rgb.copy()
    height, width = rgb.shape[:2]
    cv2.rectangle(out, (width // 20, height // 20), (width // 4, height // 5), (230, 40, 60), -1)
    cv2.putText(out, "LOGO", (width // 16, height // 7), cv2.FONT_HERSHEY_SIMPLEX, height / 300, (255, 255, 255), 3)
    return out


def noisy(deviation: float) -> Change:
    def change(rgb: np.ndarray) -> np.ndarray:
        chance = np.random.default_rng(int(rgb[::7, ::7].sum()))  # the same for the same picture
        return np.clip(rgb + chance.normal(0, deviation, rgb.shape), 0, 255).astype(np.uint8)

    return change


def then(*changes: Change) -> Change:
    def change(rgb: np.ndarray) -> np.ndarray:
        for one in changes:
            rgb = one(rgb)
        return rgb

    return change


def screen_grab(rgb: np.ndarray) -> np.ndarray:
    """Another size, a little more contrast, a window's border, a pixel off."""
    grabbed = cv2.resize(levels(lambda v: (v - 0.5) * 1.05 + 0.52)(rgb), None, fx=0.83, fy=0.83)
    return cv2.copyMakeBorder(grabbed, 40, 14, 9, 9, cv2.BORDER_CONSTANT, value=(235, 235, 238))


ATTACKS = (
    *(Attack(name=f"CRF {crf}", crf=crf) for crf in (18, 23, 28, 33, 38)),
    Attack(name="x265 CRF 28", codec="libx265", crf=28),
    Attack(name="VP9 CRF 36", codec="libvpx-vp9", crf=36),
    Attack(name="AV1 CRF 38", codec="libsvtav1", crf=38),
    *(Attack(name=f"resize {factor}x", change=scaled(factor)) for factor in (0.4, 0.5, 0.75, 1.7)),
    Attack(name="crop to 90% of the side", change=cropped(0.9, at=(0.2, 0.9))),
    Attack(name="crop to 70% of the side", change=cropped(0.7, at=(0.3, 0.6))),
    Attack(name="crop to 50% of the side", change=cropped(0.5)),
    Attack(name="crop to half, full size again", change=then(cropped(0.7), scaled(1 / 0.7))),
    Attack(name="flip", change=lambda rgb: rgb[:, ::-1]),
    *(Attack(name=f"rotate {degrees} degrees", change=turned(degrees)) for degrees in (1, 2, 5, -3.3)),
    Attack(name="rotate 3 degrees, crop, resize", change=then(turned(3), cropped(0.9), scaled(0.8))),
    Attack(name="squeezed to 4:3", change=scaled(1.0, across=0.75)),
    Attack(name="brightness 1.4", change=levels(lambda v: v * 1.4)),
    Attack(name="brightness 0.6", change=levels(lambda v: v * 0.6)),
    Attack(name="contrast 1.4", change=levels(lambda v: (v - 0.5) * 1.4 + 0.5)),
    Attack(name="contrast 0.6", change=levels(lambda v: (v - 0.5) * 0.6 + 0.5)),
    Attack(name="gamma 1.8", change=levels(lambda v: v**1.8)),
    Attack(name="gamma 0.6", change=levels(lambda v: v**0.6)),
    Attack(name="half the frame rate", keep=lambda i: i % 2 == 0),
    Attack(name="a third of the frames dropped", keep=lambda i: i % 3 != 1),
    Attack(name="letterbox 9:16", change=boxed),
    Attack(name="logo", change=stamped),
    Attack(name="blur", change=lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 1.5)),
    Attack(name="median", change=lambda rgb: cv2.medianBlur(rgb, 5)),
    Attack(name="denoise", change=lambda rgb: cv2.bilateralFilter(rgb, 5, 25, 3)),
    Attack(name="noise", change=noisy(8)),
    Attack(
        name="grey",
        change=lambda rgb: np.repeat(rgb @ np.float32([0.2126, 0.7152, 0.0722]), 3).reshape(rgb.shape).astype(np.uint8),
    ),
    Attack(name="480p CRF 30", change=lambda rgb: scaled(480 / min(rgb.shape[:2]))(rgb), crf=30),
    Attack(
        name="social: 540p, CRF 30, twice more",
        change=lambda rgb: scaled(540 / min(rgb.shape[:2]))(rgb),
        crf=30,
        again=(30, 30),
    ),
    Attack(name="screen grab", change=screen_grab, crf=26),
)
