"""VBench in a process and a Python of its own: it asks for numpy below 2 and an old transformers, we for newer ones."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .reading import Refused
from .vbench_dimensions import DINO, Name

PYTHON = "FILMWRIGHT_VBENCH_PYTHON"  # the variable of the environment that names VBench's Python
CACHE = "VBENCH_CACHE_DIR"  # VBench's own
PROGRAM = Path(__file__).with_name("vbench_there.py")
NOWHERE = "http://127.0.0.1:9"  # the port that discards: whatever VBench would download fails at once


def vbench_python() -> Path:
    """The Python that VBench is installed in. Raises Refused."""
    if told := os.environ.get(PYTHON):
        if not Path(told).expanduser().is_file():
            raise Refused(f"needs the Python that VBench is installed in: ${PYTHON} names {told}, which is not there")
        return Path(told).expanduser()
    if find_spec("vbench") is not None:
        return Path(sys.executable)
    raise Refused(
        "needs VBench, in a Python of its own, because it asks for older packages than filmwright. Run: "
        f"python -m venv vb; vb/bin/pip install vbench==0.1.5 torch torchvision. Then set {PYTHON}=vb/bin/python"
    )


def vbench_cache() -> Path:
    """Where VBench keeps weights: $VBENCH_CACHE_DIR, or ~/.cache/vbench."""
    told = os.environ.get(CACHE)
    return Path(told).expanduser() if told else Path.home() / ".cache" / "vbench"


def run_vbench(python: Path, cache: Path, video: Path, dimensions: Sequence[Name]) -> dict[Name, float]:
    """Each dimension's score of one video. Raises Refused with the last line of what went wrong."""
    with tempfile.TemporaryDirectory() as room:
        out = Path(room) / "out"
        # the program is given as text: the folder it lies in must not become a place to import from
        command = [
            str(python.absolute()),
            "-c",
            PROGRAM.read_text(encoding="utf-8"),
            str(video.absolute()),
            str(out),
            *dimensions,
        ]
        run = subprocess.run(
            command, cwd=room, env=os.environ | _offline(Path(room), cache), capture_output=True, text=True, check=False
        )
        written = out / "film_eval_results.json"
        if run.returncode or not written.is_file():
            lines = (run.stderr or run.stdout).strip().splitlines() or ["it said nothing"]
            raise Refused(f"needs a VBench that runs: {python} ended with {lines[-1]!r}")
        found = json.loads(written.read_text(encoding="utf-8"))
    return {name: float(found[name][0]) for name in dimensions}


def _offline(room: Path, cache: Path) -> dict[str, str]:
    """An environment that downloads nothing, and whose hub has the checkpoint of DINO that VBench keeps elsewhere."""
    hub = room / "home" / "hub" / "checkpoints"
    hub.mkdir(parents=True)
    (hub / Path(DINO.path).name).symlink_to((cache / DINO.path).absolute())
    proxies = {f"{kind}_proxy": NOWHERE for kind in ("http", "https", "ftp", "HTTP", "HTTPS")}
    return {CACHE: str(cache.absolute()), "TORCH_HOME": str(room / "home"), "HF_HUB_OFFLINE": "1", **proxies}
