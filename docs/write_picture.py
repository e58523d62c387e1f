"""Write the README's moving picture: python docs/write_picture.py demo/sample.mp4 docs/media/sample.webp."""

import sys
from itertools import islice
from pathlib import Path

from PIL import Image

from filmwright.film.video.codecs import codecs

SIZE = (640, 360)
EVERY = 2  # pictures


def main(film: Path, goal: Path) -> None:
    """Every second picture, at a size that a page loads at once."""
    frames = (rgb for piece in codecs.open("mp4").decode(film) for rgb in piece.rgb)
    chosen = islice(frames, 0, None, EVERY)
    small = [Image.fromarray(rgb).resize(SIZE, Image.Resampling.LANCZOS) for rgb in chosen]
    milliseconds = 1000 * EVERY // 24
    goal.parent.mkdir(parents=True, exist_ok=True)
    small[0].save(goal, save_all=True, append_images=small[1:], duration=milliseconds, loop=0, quality=70, method=4)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
