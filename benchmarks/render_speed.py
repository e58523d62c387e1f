"""Frames per second of each quality on the bundled product: python benchmarks/render_speed.py"""

import argparse
import time

from bundled import bundled, machine, table

from filmwright.core.scene import Scene
from filmwright.core.shot import Shot
from filmwright.film.frames.renderers import renderers

SETTLE = 6  # frames before the clock starts: while the first is made, others pile up

ROWS = {"draft": (640, 360, 6.0), "standard": (1280, 720, 1.3), "final": (1280, 720, 1 / 12)}


def measured(scene: Scene, shot: Shot, quality: str, workers: int, device: str, num: int) -> list[str]:
    """One row: how long the first frame took, and the rate and cost of frames once they come steadily."""
    with renderers.open("warp", quality=quality, workers=workers, device=device) as renderer:
        began = time.perf_counter()
        frames = renderer.render(scene, shot)
        next(frames)
        first = time.perf_counter()
        for _ in range(SETTLE):
            next(frames)
        settled, cpu = time.perf_counter(), time.process_time()
        for _ in range(num):
            next(frames)
        seconds, cpu = time.perf_counter() - settled, time.process_time() - cpu
        frames.close()
    size, target = f"{shot.width}x{shot.height}", ROWS[quality][2]
    cost = f"{cpu / num:.2f}" if workers == 1 else ""
    processes = str(workers or "all")
    return [quality, size, processes, f"{first - began:.1f}", f"{num / seconds:.2f}", f"{target:.2f}", cost]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quality", nargs="*", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--frames", type=int, default=24, help="frames to time (a final takes fewer)")
    parser.add_argument("--kind", default="hero", help="the shot to film")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 0], help="numbers of processes; 0 is all cores")
    parser.add_argument("--device", default="cpu", help="cpu or cuda; with cuda there is one process")
    parser.add_argument("--scale", type=float, default=1.0, help="of the pictures' sides")
    options = parser.parse_args()
    rows = []
    for quality in options.quality:
        width, height, _ = ROWS[quality]
        scene, shot = bundled(round(width * options.scale), round(height * options.scale), options.kind)
        num = min(options.frames, shot.num_frames - 1 - SETTLE)
        num = max(num // 6, 2) if quality == "final" and options.device == "cpu" else num
        for workers in options.workers if options.device == "cpu" else [1]:
            rows.append(measured(scene, shot, quality, workers, options.device, num))
    print(f"{machine()}; device {options.device}; shot {options.kind!r} of the bundled product")
    print(table(["quality", "size", "processes", "first s", "frames/s", "target", "CPU-s a frame"], rows))


if __name__ == "__main__":
    main()
