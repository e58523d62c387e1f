"""A scene of your own, made in Python: a turned vase, staged, lit, metered and filmed. python examples/own_scene.py"""

from dataclasses import replace

from PIL import Image

from filmwright.core.scene import Material
from filmwright.film.frames.renderers import renderers
from filmwright.film.scene.procedural.loft import loft
from filmwright.film.scene.procedural.parts import Part, assemble
from filmwright.film.scene.procedural.profile import rounded
from filmwright.film.scene.procedural.section import Section
from filmwright.film.shots.brief import Brief
from filmwright.film.shots.directors import directors
from filmwright.film.shots.exposure import meter
from filmwright.film.shots.staging import stage

outline = rounded(  # radius, height and rounding in millimetres: the foot, up the outside, over the rim, down inside
    [(0, 2, 0), (24, 2, 1), (25, 0, 1), (30, 0, 3), (56, 72, 34), (18, 120, 24), (27, 156, 1.5), (23, 156, 1.5),
     (14, 120, 24), (52, 72, 32), (27, 6, 3), (0, 6, 0)]
)  # fmt: skip
glaze = Material(name="glaze", base_color=(0.01, 0.05, 0.15, 1), ior=1.2, clearcoat=1, clearcoat_roughness=0.04)
vase = loft(outline, Section(half_width=56.0, half_depth=56.0), num=256, material=glaze)

brief = Brief(text="A calm spot for a vase", width=640, height=360)
staged = stage(assemble("vase", [Part(name="vase", mesh=vase)]), brief)
shot = directors.open("story").plan(staged, brief).shots[-1]
middle = range(shot.num_frames // 2, shot.num_frames // 2 + 1)

with renderers.open("warp", quality="draft") as renderer:
    (test,) = renderer.render(staged.scene, shot, passes=("radiance", "ids"), frames=middle)
look = meter(test.passes.radiance, test.passes.ids, staged.product, brief.mood)
with renderers.open("warp", quality="final") as renderer:
    (still,) = renderer.render(staged.scene, replace(shot, look=look), frames=middle)
Image.fromarray(still.rgb[0]).save("vase.png")
