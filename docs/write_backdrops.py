"""Write the picture of all backdrops: python docs/write_backdrops.py docs/media/backdrops.webp."""

import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from filmwright.jobs.simulate.backdrops import Canvas, backdrops
from filmwright.jobs.simulate.dice import Dice

CHOSEN = {  # number of the dice for each, so that no two beside each other are of one colour
    "bokeh": 6,
    "caustics": 2,
    "clouds": 5,
    "fog": 0,
    "gradients": 3,
    "light_leaks": 6,
    "particles": 4,
    "silk": 3,
    "studio": 1,
    "sunset": 6,
}
HEIGHT, WIDTH, ACROSS = 180, 320, 5
LINE, GAP = 22, 4  # pixels


def panel(name: str) -> np.ndarray:
    """One frame of one backdrop, with its words below it."""
    canvas = Canvas(num_frames=1, height=HEIGHT, width=WIDTH, fps=24)
    film = backdrops.open(name).paint(Dice("docs", CHOSEN[name]), canvas)
    line = np.full((LINE, WIDTH, 3), 255, np.uint8)
    cv2.putText(line, film.says, (2, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (60, 60, 60), 1, cv2.LINE_AA)
    return np.pad(np.concatenate([film.rgb[0], line]), ((0, 0), (0, GAP), (0, 0)), constant_values=255)


def main(goal: Path) -> None:
    """All of them in rows of five."""
    panels = [panel(name) for name in backdrops.names()]
    rows = [np.concatenate(panels[i : i + ACROSS], 1) for i in range(0, len(panels), ACROSS)]
    goal.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows)[:, :-GAP]).save(goal, quality=82, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
