"""Two pictures of one moment -> what differs between them, and a picture of it."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float32, UInt8
from PIL import Image

SIDE = 360  # pixels of the shorter side at which pictures are compared
FLOOR = 10.0  # levels of 255 that encoding again may change after smoothing
NOISE = 4.0  # times the usual difference of the two pictures: what is above is no noise
FULL = 40.0  # levels above that at which the colour is full
LEAST = 0.0004  # of the picture: smaller spots are not told
WARM = np.array([[255, 214, 10], [255, 120, 0], [214, 20, 70]], np.float32)  # from little to much


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heat:
    """Differences of two pictures, 0 to 1 at each place, where both have one."""

    map: Float32[np.ndarray, "H W"]
    both: Bool[np.ndarray, "H W"]

    @property
    def share(self) -> float:
        """Of what both show, the part that differs."""
        return float((self.map > 0).sum() / max(int(self.both.sum()), 1))

    def boxes(self) -> tuple[tuple[float, float, float, float], ...]:
        """Left, top, right and bottom of the places that differ, 0 to 1, largest first; at most eight."""
        height, width = self.map.shape
        joined = cv2.dilate((self.map > 0).astype(np.uint8), np.ones((9, 9), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        spots = sorted((tuple(map(int, s)) for s in stats[1:]), key=lambda s: -s[4])
        return tuple((x / width, y / height, (x + w) / width, (y + h) / height) for x, y, w, h, _ in spots[:8])


def differences(
    original: UInt8[np.ndarray, "H W 3"], film: UInt8[np.ndarray, "H W 3"], both: Bool[np.ndarray, "H W"]
) -> Heat:
    """Where two pictures that lie on each other differ by more than encoding and a change of brightness explain."""
    one, other = original.astype(np.float32), film.astype(np.float32)
    inside = cv2.erode(both.astype(np.uint8), np.ones((9, 9), np.uint8), borderValue=0) > 0
    if not inside.any():
        return Heat(map=np.zeros(both.shape, np.float32), both=both)
    fitted = np.stack([_fitted(other[..., c], one[..., c], inside) for c in range(3)], axis=-1)
    smooth = cv2.GaussianBlur(one, (0, 0), 2.0)
    gap = np.abs(smooth - cv2.GaussianBlur(fitted, (0, 0), 2.0)).max(-1)
    # edges, of colour alone too, shift by parts of a pixel when a picture is scaled or coded: there more is needed
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)).max(-1) / 8
    limit = max(FLOOR, NOISE * float(np.median(gap[inside]))) + 1.5 * cv2.dilate(slope, np.ones((5, 5), np.uint8))
    heat = np.where(inside, np.clip((gap - limit) / FULL, 0, 1), 0).astype(np.float32)
    spots = cv2.morphologyEx((heat > 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(spots)
    large = stats[:, cv2.CC_STAT_AREA] >= LEAST * heat.size
    large[0] = False
    return Heat(map=heat * large[labels], both=both)


def drawn(film: UInt8[np.ndarray, "H W 3"], heat: Heat) -> bytes:
    """The film's picture in grey with the differences in warm colours, as JPEG."""
    gray = cv2.cvtColor(film, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None].repeat(3, -1)
    pale = 60 + gray * 0.7
    pale[~heat.both] *= 0.6
    steps = np.clip(np.sqrt(heat.map) * 2, 0, 2)
    color = np.stack([np.interp(steps, [0, 1, 2], WARM[:, c]) for c in range(3)], axis=-1)
    weight = np.where(heat.map > 0, 0.55 + 0.45 * heat.map, 0)[..., None]
    weight = cv2.GaussianBlur(weight, (0, 0), 1.0)[..., None]
    rgb = np.clip(pale * (1 - weight) + color * weight, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=86)
    return out.getvalue()


def _fitted(
    film: Float32[np.ndarray, "H W"], original: Float32[np.ndarray, "H W"], inside: Bool[np.ndarray, "H W"]
) -> Float32[np.ndarray, "H W"]:
    """The film's channel, brightened and stretched so that most of it agrees with the original's."""
    x, y = film[inside][::7], original[inside][::7]
    gain, offset = 1.0, 0.0
    if x.std() > 2:
        keep = np.ones(len(x), bool)
        for _ in range(3):  # what was painted over must not pull the fit
            gain, offset = np.polyfit(x[keep], y[keep], 1) if keep.sum() > 50 and x[keep].std() > 2 else (gain, offset)
            miss = np.abs(gain * x + offset - y)
            keep = miss <= max(3.0, 2.5 * float(np.median(miss)))
        if not 0.4 < gain < 2.5:
            gain, offset = 1.0, 0.0
    return (gain * film + offset).astype(np.float32)
