"""The front door stays light, files stay readable, floors and drivers keep their places."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
HEAVY = {"warp", "av", "PIL", "trimesh", "pyoidn", "uharfbuzz", "freetype", "OpenEXR", "pydantic", "rich"}
HEAVY |= {"cv2", "c2pa", "cryptography", "pdqhash", "torch", "transformers", "openai"}


def modules_after(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in run.stdout.split()} | set(run.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import filmwright",
        "import filmwright.apps.cli",
        "from filmwright.film.frames.renderers import renderers; renderers.names(); renderers.about('warp')",
        "from filmwright.film.frames.generators import generators; generators.names(); generators.about('bundled')",
        "from filmwright.film.scene.readers import readers; readers.names(); readers.about('gltf')",
        "from filmwright.film.video.codecs import codecs; codecs.names(); codecs.about('mp4')",
        "from filmwright.jobs.train.methods import methods; methods.names(); methods.about('flow')",
    ],
)
def test_no_heavy_library_is_imported(code):
    seen = modules_after(code)
    allowed = {"rich"} if "apps.cli" in code else set()  # typer brings rich's colours with it
    assert not (seen & HEAVY) - allowed
    assert not {name for name in seen if name.startswith("filmwright.film.frames.renderers.")}


def test_help_is_quick():
    command = [sys.executable, "-m", "filmwright", "--help"]
    subprocess.run(command, capture_output=True, check=True)
    began = time.process_time()
    children = [_child_seconds(command) for _ in range(3)]
    assert time.process_time() - began < 5
    assert min(children) < 0.5, children


def _child_seconds(command: list[str]) -> float:
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_no_file_is_longer_than_600_lines():
    files = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").rglob("*.py"))]
    assert not {str(p): n for p in files if (n := len(p.read_text().splitlines())) > 600}


def test_no_file_is_called_after_nothing():
    empty_words = {"utils", "helpers", "common", "misc", "base", "manager"}
    assert not [p for p in SOURCES if p.stem in empty_words or p.parent.name in empty_words]


def test_every_module_says_what_it_is():
    import ast

    assert not [str(p) for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text()))]


def test_import_contracts_hold():
    run = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
