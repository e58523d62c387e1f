"""What the face check finds and what it misses, on the pictures at hand: python benchmarks/faces.py

Frames of the two videos, the scans' textures and two pictures show no person; the portrait, in versions of every kind,
shows one. It is one portrait: of other faces this says nothing.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from bundled import machine, table

from filmwright.film.asset.faces import faces

ASSETS = Path(__file__).parents[2] / "shared" / "assets"
THINGS = ("images/coffee.png", "images/meadow_cube.jpg", "scans/fuze/fuze uv.jpg")
THINGS += tuple(f"scans/fan/vintageFanMat_{name}.jpg" for name in ("ORM", "baseColor", "normal"))


def picture(path: Path) -> np.ndarray:
    """A file as sRGB."""
    return np.ascontiguousarray(cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)[..., ::-1])


def things(assets: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Pictures without a person."""
    for name in ("cockatoo", "realshort"):
        with av.open(str(assets / f"video/{name}.mp4")) as film:
            for frame in film.decode(video=0):
                yield f"frames of {name}", frame.to_ndarray(format="rgb24")
    for name in THINGS:
        yield "textures and pictures", picture(assets / name)


def versions(rgb: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The portrait, its face at (225, 120) of 512, about 100 pixels wide, as it may come."""
    yield "as it is", rgb
    for share in (20, 10, 7, 5, 3):  # per cent of the longer side that the face takes
        side = int(100 / share * 100)
        canvas = np.full((side, side, 3), 128, np.uint8)
        canvas[side // 4 : side // 4 + 512, side // 4 : side // 4 + 512] = rgb[: side - side // 4, : side - side // 4]
        yield f"face of {share}%", canvas
    for tilt in (-30, -20, -10, 10, 20, 30):
        turn = cv2.getRotationMatrix2D((225, 120), tilt, 1)
        yield f"tilted by {tilt} degrees", cv2.warpAffine(rgb, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    for gain in (0.15, 0.25, 0.5, 1.5, 2.0):
        yield f"brightness times {gain}", np.clip(rgb * gain, 0, 255).astype(np.uint8)
    for sigma in (2, 4):
        yield f"blurred by {sigma} pixels", cv2.GaussianBlur(rgb, (0, 0), sigma)
    for quality in (30, 10):
        coded = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        yield f"JPEG at quality {quality}", np.ascontiguousarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))
    noise = np.random.default_rng(0).normal(0, 25, rgb.shape)
    yield "noise of 25 levels", np.clip(rgb + noise, 0, 255).astype(np.uint8)
    for width in (410, 640):
        yield f"stretched to {width}x512", cv2.resize(rgb, (width, 512))


def main() -> None:
    """Print false alarms by kind, the versions that were missed, and the time a picture takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, default=ASSETS)
    assets = parser.parse_args().assets
    began, shown, alarms = time.perf_counter(), dict[str, int](), dict[str, int]()
    for kind, rgb in things(assets):
        shown[kind] = shown.get(kind, 0) + 1
        alarms[kind] = alarms.get(kind, 0) + bool(faces(rgb))
    seconds = (time.perf_counter() - began) / sum(shown.values())
    found = {name: len(faces(rgb)) for name, rgb in versions(picture(assets / "images/astronaut.png"))}
    print(machine())
    print(table(["without a person", "pictures", "alarms"], [[k, f"{n}", f"{alarms[k]}"] for k, n in shown.items()]))
    missed = [name for name, number in found.items() if not number]
    print(f"the portrait: found in {len(found) - len(missed)} of {len(found)} versions; missed: {', '.join(missed)}")
    print(f"{seconds:.2f} s a picture")


if __name__ == "__main__":
    main()
