"""What each change of a signed film is called, and how long signing and reading take: python benchmarks/tamper.py"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
from bundled import machine, table

sys.path.insert(0, str(Path(__file__).parents[1]))  # the changes are the tests' own

from filmwright.film.asset.signers import Signer, signers
from tests.authorities import a_claim
from tests.tampering import CHANGES, bench


def changes(folder: Path, signer: Signer) -> list[list[str]]:
    """One row for each change."""
    on = bench(folder)
    rows = []
    for change in CHANGES:
        found = signer.read(change.make(on))
        right = found.state == change.state and change.words in found.says
        rows.append(["" if right else "WRONG", change.name, found.state, found.says])
    return rows


def a_film_of(megabytes: float, path: Path) -> Path:
    """A film of this size: noise, coded once and then repeated by stream copy."""
    import numpy as np

    rng, sized = np.random.default_rng(0), path.with_name("short.mp4")
    with av.open(str(sized), "w") as goal:
        stream = goal.add_stream("libx264", rate=24, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for _ in range(12):
            picture = rng.integers(0, 255, (720, 1280, 3), np.uint8)
            goal.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        goal.mux(stream.encode())
    with av.open(str(sized)) as film:
        packets = [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in film.demux(video=0) if p.dts is not None]
    written, begin, step = 0, 0, 12 * Fraction(1, 24) / Fraction(1, 12288)
    with av.open(str(sized)) as film, av.open(str(path), "w") as goal:
        track = goal.add_stream_from_template(film.streams.video[0])
        while written < megabytes * 1e6:
            for content, pts, dts, is_key in packets:
                if written >= megabytes * 1e6:
                    break
                packet = av.Packet(content)
                packet.pts, packet.dts, packet.is_keyframe = pts + begin, dts + begin, is_key
                packet.time_base, packet.stream = Fraction(1, 12288), track
                goal.mux(packet)
                written += len(content)
            begin += int(step)
    return path


def milliseconds(work: Callable[[], object], repeats: int) -> str:
    """Median wall time."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return f"{statistics.median(times) * 1e3:.1f}"


def main() -> None:
    """Print both tables; exit with 1 where a change is not named rightly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, nargs="*", default=[3, 100])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["FILMWRIGHT_HOME"] = str(folder / "home")
        signer = signers.open("c2pa")
        rows = changes(folder, signer)
        width = max(len(row[1]) for row in rows)
        for wrong, change, state, says in rows:
            print(f"{change:{width}}  {state:9}  {says} {wrong}".rstrip())
        times = []
        for megabytes in options.megabytes:
            film, out = a_film_of(megabytes, folder / "film.mp4"), folder / "out.mp4"
            sign = milliseconds(lambda film=film, out=out: signer.sign(film, a_claim(), out), options.repeats)
            read = milliseconds(lambda out=out: signer.read(out), options.repeats)
            times.append([f"{film.stat().st_size / 1e6:.1f}", sign, read])
        print(table(["MB", "sign and verify, ms", "read, ms"], times))
    raise SystemExit(any(row[0] for row in rows))


if __name__ == "__main__":
    main()
