"""Starts the peers' environment and asks it."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from types import TracebackType

import numpy as np

HERE = Path(__file__).parent
HOME = HERE.parents[1] / "build" / "peers"  # where `install` puts them
NAMES = ("dwtDct", "dwtDctSvd", "blind-watermark")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def python(home: Path = HOME) -> Path:
    """The interpreter of their environment."""
    return home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def install(home: Path = HOME) -> None:
    """Make the environment; takes minutes and 1 GB."""
    venv.create(home, with_pip=True, clear=True)
    pip = [str(python(home)), "-m", "pip", "install", "--quiet", "--requirement", str(HERE / "requirements.txt")]
    subprocess.run(pip, check=True)


class Peers:
    """One running worker."""

    def __init__(self, home: Path = HOME) -> None:
        self._process = subprocess.Popen(
            [str(python(home)), str(HERE / "worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD,
        )

    def __enter__(self) -> "Peers":
        return self

    def __exit__(self, *error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait()

    def embed(self, method: str, rgb: np.ndarray, bits: list[int]) -> tuple[np.ndarray, float]:
        """Marked pictures [F, H, W, 3], and milliseconds of CPU a picture."""
        answer = self._ask(method, "embed", rgb, bits)
        marked = np.frombuffer(self._process.stdout.read(rgb.size), np.uint8).reshape(rgb.shape)
        return marked, answer["ms"]

    def read(self, method: str, rgb: np.ndarray, num_bits: int) -> tuple[list[list[int] | None], float]:
        """The bits each picture seems to hold, None where it is too small, and milliseconds of CPU a picture."""
        answer = self._ask(method, "read", rgb, [0] * num_bits)
        return answer["bits"], answer["ms"]

    def _ask(self, method: str, task: str, rgb: np.ndarray, bits: list[int]) -> dict:
        ask = {"method": method, "task": task, "shape": rgb.shape, "bits": bits}
        self._process.stdin.write(json.dumps(ask).encode() + b"\n" + np.ascontiguousarray(rgb).tobytes())
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peers' worker stopped at {method}. Run: {python()} {HERE / 'worker.py'}")
        return json.loads(line)
