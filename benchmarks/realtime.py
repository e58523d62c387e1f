"""Frames a second and pose-to-frame latency over a socket, beside the renderer alone: python benchmarks/realtime.py

In turns, so that whatever else the machine does weighs on both: the renderer films a row of views as in a film; then a
client of a server on this machine, a process of its own, sends the same views 60 times a second and shows each frame.
Both use as many renderer processes as there are cores.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from bundled import machine, table
from websockets.sync.client import connect

from filmwright.core.camera import Path as Move
from filmwright.film.frames.renderers import renderers
from filmwright.film.shots.portrait import portrait
from filmwright.jobs.film import Film
from filmwright.jobs.plan import plan, portrayed
from filmwright.jobs.realtime import unpacked

BRIEF = "A calm luxury spot for a perfume."
POSES = 60  # a second
CONFIG = """port = 0
worker = false
database = "sqlite:///{folder}/service.db"
store = "{folder}/store"
[film.trust]
moderator = {{ use = "none" }}
[realtime]
sessions = 1
"""


def orbit(center: np.ndarray, eye: np.ndarray, turn: float) -> np.ndarray:
    """The eye, turned about the product's axis by so many radians."""
    c, s = np.cos(turn), np.sin(turn)
    return center + np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ (eye - center)


class Bare:
    """The renderer alone, on the views that the client asks for."""

    def __init__(self, width: int, height: int) -> None:
        planned = plan(Film(brief=BRIEF))
        self.renderer = renderers.open("warp", quality="draft")
        look = replace(portrayed(planned, self.renderer), grain=0.0)
        first = portrait(planned.stage)
        self.scene, self.center, eye = planned.stage.scene, first.path.target[0], first.path.eye[0]
        eyes = np.stack([orbit(self.center, eye, turn) for turn in np.linspace(0, 2 * np.pi, 65)])
        keys = {name: np.repeat(getattr(first.path, name), 65) for name in ("fov_y", "focus", "aperture", "roll")}
        path = Move(eye=eyes, target=np.repeat(first.path.target, 65, axis=0), **keys)
        self.shot = replace(first, path=path, look=look, width=width, height=height, seconds=Fraction(10_000))
        self.frames = self.renderer.render(self.scene, self.shot)
        next(self.frames)

    def rate(self, seconds: float) -> tuple[int, float]:
        """Frames made in about so many seconds, and the time they took."""
        next(self.frames)
        began, num = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            next(self.frames)
            num += 1
        return num, time.perf_counter() - began


class Live:
    """A client that turns all the time."""

    def __init__(self, url: str, width: int, height: int) -> None:
        self.socket = connect(url, subprotocols=["filmwright"], max_size=None)
        self.socket.send(json.dumps({"type": "open", "prompt": BRIEF, "width": width, "height": height}))
        self.told = json.loads(self.socket.recv(1200))
        if self.told["type"] != "opened":
            sys.exit(f"the server refuses: {self.told}")
        self.pose, self.center, self.eye = 0, np.array(self.told["center"]), np.array(self.told["eye"])

    def rate(self, seconds: float) -> tuple[int, float, list[float], list[dict]]:
        """Frames shown, the time, milliseconds from each one's pose to it, and their heads."""
        began, delays, heads = time.perf_counter(), [], []
        upcoming = began
        while (now := time.perf_counter()) - began < seconds:
            if now >= upcoming:
                self._turn(now)
                upcoming += 1 / POSES
            try:
                head, _ = unpacked(self.socket.recv(max(upcoming - time.perf_counter(), 0)))
            except TimeoutError:
                continue
            shown = time.perf_counter()
            self.socket.send(json.dumps({"type": "seen", "frame": head["frame"]}))
            delays.append((shown - head["t"]) * 1000)
            heads.append(head)
        took = time.perf_counter() - began
        self._drain()
        return len(delays), took, delays, heads

    def _turn(self, now: float) -> None:
        self.pose += 1
        eye = orbit(self.center, self.eye, self.pose * 0.01).tolist()
        pose = {"type": "pose", "id": self.pose, "t": now, "eye": eye, "target": self.told["center"]}
        self.socket.send(json.dumps(pose | {"fov": self.told["fov"]}))

    def _drain(self) -> None:
        """Until nothing is made any more, so that the renderer alone is alone."""
        while True:
            try:
                head, _ = unpacked(self.socket.recv(3))
            except TimeoutError:
                return
            self.socket.send(json.dumps({"type": "seen", "frame": head["frame"]}))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each turn")
    parser.add_argument("--turns", type=int, default=4)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "server.toml"
        config.write_text(CONFIG.format(folder=folder))
        command = [sys.executable, "-m", "filmwright", "serve", "--config", str(config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                assert server.stdout is not None
                url = next(word for word in server.stdout.readline().split() if word.startswith("http"))
                live = Live(url.replace("http", "ws") + "/realtime", width, height)
                bare = Bare(width, height)
                live.rate(options.seconds / 2)  # all its processes are up
                measure(live, bare, options.seconds, options.turns, options.size)
                live.socket.close()
                bare.renderer.close()
            finally:
                server.terminate()


def measure(live: Live, bare: Bare, seconds: float, turns: int, size: str) -> None:
    """Take turns, and print what came."""
    alone, shown, delays, heads = [], [], [], []
    for _ in range(turns):
        num, took = bare.rate(seconds)
        alone.append(num / took)
        num, took, some, more = live.rate(seconds)
        shown.append(num / took)
        delays += some
        heads += more
    rows = [["renderer alone", f"{np.mean(alone):.2f}", "", "", ""]]
    p50, p95 = np.percentile(delays, [50, 95])
    share = f"{np.mean(shown) / np.mean(alone):.0%}"
    rows.append(["over the socket", f"{np.mean(shown):.2f}", share, f"{p50:.0f}", f"{p95:.0f}"])
    print(f"{machine()}; {size}, draft, {turns} turns of {seconds:g} s; {len(delays)} frames shown")
    print(table(["", "frames/s", "of the limit", "pose to frame p50 ms", "p95 ms"], rows))
    parts = (("received", "begun"), ("begun", "made"), ("made", "sent"))
    medians = [f"{a} to {b} {np.median([head[b] - head[a] for head in heads]):.0f} ms" for a, b in parts]
    print("medians within the server: " + ", ".join(medians))
    print(f"of {turns} turns the share was {', '.join(f'{s / a:.0%}' for s, a in zip(shown, alone, strict=True))}")


if __name__ == "__main__":
    main()
