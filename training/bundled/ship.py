"""A trained model into the package, in half precision: python training/bundled/ship.py runs/bundled

Then `python benchmarks/bundled_model.py --card` measures it, and writes what it found into its card.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from filmwright.core.files import workroom
from filmwright.film.frames.generators.bundled import BUNDLED

MOST = 45_000_000  # bytes


def ship(model: Path) -> None:
    """Copy what `filmwright train` wrote, its numbers halved, in the place of the model that is there."""
    with workroom(BUNDLED.parent, name="bundled") as room:
        made = room / "made"
        shutil.copytree(model, made)
        for path in made.rglob("*.safetensors"):
            halves = {name: weight.to(torch.float16).contiguous() for name, weight in load_file(path).items()}
            save_file(halves, path, metadata={"format": "pt"})
        for path in made.rglob("config.json"):
            told = json.loads(path.read_text(encoding="utf-8"))
            told.pop("_name_or_path", None)  # where it lay on the machine that trained it
            path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        shutil.copy(Path(__file__).parent / "card.toml", made / "card.toml")
        size = sum(path.stat().st_size for path in made.rglob("*"))
        if size > MOST:
            raise SystemExit(f"{size / 1e6:.1f} MB are too many to ship: at most {MOST / 1e6:.0f} MB.")
        shutil.rmtree(BUNDLED, ignore_errors=True)
        made.replace(BUNDLED)
    print(f"{size / 1e6:.1f} MB in {BUNDLED}")


if __name__ == "__main__":
    ship(Path(sys.argv[1]) / "model")
