"""What the camera knows: depth, ids and exact optical flow of a shot, saved as npz beside its frames.

python examples/exact_motion.py [scan.glb]
"""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from filmwright.film.frames.renderers import renderers
from filmwright.jobs.film import Film
from filmwright.jobs.plan import plan

planned = plan(Film(scan=Path(sys.argv[1]) if sys.argv[1:] else None, brief="technical"))
shot = replace(planned.storyboard.shots[0], width=320, height=180, seconds=Fraction(1, 2))

with renderers.open("warp", quality="draft") as renderer:
    pieces = list(renderer.render(planned.stage.scene, shot, passes=("depth", "ids", "flow")))

passes = {
    name: np.concatenate([getattr(p.passes, name) for p in pieces]) for name in ("depth", "ids", "flow", "visible")
}
np.savez_compressed("exact_motion.npz", rgb=np.concatenate([p.rgb for p in pieces]), **passes)

product = np.isin(passes["ids"], [i + 1 for i in planned.stage.product])
speed = np.linalg.norm(passes["flow"], axis=-1)[product]
print(f"{len(pieces)} frames; the product moves {speed.mean():.2f} pixels a frame, {speed.max():.2f} at most")
