"""Films USD stages with Blender, in the environment that has bpy.

Started by client.py. A request is a line of JSON with the fields of client.Filming, and "out", a folder; the answer is
a line of JSON: CPU and wall seconds of the import, of the first frame with everything that Blender prepares for it
(not before a single frame), and then of the whole animation, which writes `out`/0000.exr, ...
"""

import json
import os
import resource
import sys
import time

answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # Blender prints

import bpy  # noqa: E402

SKY = 64  # columns of the sky's picture: without this Cycles would draw its map of it 30 times as large, in seconds
CENTRE = 0.01  # pixels: the narrowest film that Cycles has, for labels and colour of the pixel's middle


def clocks() -> tuple[float, float]:
    """CPU seconds of this process with its threads, and wall seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, time.perf_counter()


def load(stage: str) -> None:
    """A new file with the stage, its ids as Blender's pass indices. The sky is read only where there is a world."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.world = bpy.data.worlds.new("sky")
    bpy.ops.wm.usd_import(filepath=stage)
    scene.camera = next(thing for thing in bpy.data.objects if thing.type == "CAMERA")
    for thing in bpy.data.objects:
        above = thing
        while above.parent is not None and "filmwright:id" not in above:
            above = above.parent
        thing.pass_index = above.get("filmwright:id", 0)


def order(ask: dict) -> None:
    """What to film and how; nothing is done that is not asked for."""
    scene = bpy.context.scene
    render, layer, written = scene.render, scene.view_layers[0], scene.render.image_settings
    render.engine = ask["engine"]
    render.resolution_x = render.resolution_y = ask["side"]
    render.threads_mode, render.threads = "FIXED", ask["threads"]
    render.use_persistent_data = True  # without it every frame starts from nothing, and costs seconds
    render.use_compositing = render.use_sequencer = False
    render.filepath = f"{ask['out']}/"
    written.media_type, written.file_format = "MULTI_LAYER_IMAGE", "OPEN_EXR_MULTILAYER"
    written.color_depth, written.exr_codec = "32", "NONE"
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_vector = layer.use_pass_object_index = True
    if ask["engine"] == "CYCLES":
        cycles = scene.cycles
        cycles.device, cycles.samples, cycles.use_adaptive_sampling = "CPU", ask["samples"], False
        cycles.pixel_filter_type, cycles.filter_width = "BLACKMAN_HARRIS", CENTRE
        scene.world.cycles.sampling_method, scene.world.cycles.sample_map_resolution = "MANUAL", SKY
        cycles.max_bounces = ask["bounces"]
        cycles.use_denoising, cycles.denoising_prefilter = ask["denoise"], "FAST"
    else:
        scene.eevee.taa_render_samples = ask["samples"]
    first, last = ask["frames"]
    scene.frame_start, scene.frame_end = first, last
    scene.frame_set(first)


def spent(work, *given) -> list[float]:  # noqa: ANN001, ANN002
    """CPU and wall seconds of some work."""
    before = clocks()
    work(*given)
    return [after - at for after, at in zip(clocks(), before, strict=True)]


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        ask = json.loads(line)
        took = {"load": spent(load, ask["stage"])}
        order(ask)
        still = ask["frames"][0] == ask["frames"][1]
        took["first"] = [0.0, 0.0] if still else spent(bpy.ops.render.render)
        took["film"] = spent(lambda: bpy.ops.render.render(animation=True))
        answers.write(json.dumps(took).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
