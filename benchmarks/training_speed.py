"""How quickly the bundled model learns, on one core and on two: python benchmarks/training_speed.py [--compile]

A few hundred simulated clips are encoded once. Then `recipes/bundled.toml` is trained on them for some steps by one
process and, under torchrun, by two of one thread each, which take as many clips a step each as the one; turn by turn.
Printed are clips a second after the first steps, the ratio, and where the time of one process goes.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path

import tomli_w
import torch
from bundled import machine, table
from torch.profiler import ProfilerActivity, profile

from filmwright.core.progress import silent
from filmwright.jobs.simulate import simulate
from filmwright.jobs.simulate.recipe import load_recipe as load_clips
from filmwright.jobs.train.checkpoints import Progress
from filmwright.jobs.train.encode import encoded
from filmwright.jobs.train.loop import hold, steps
from filmwright.jobs.train.methods import methods
from filmwright.jobs.train.ranks import ranks
from filmwright.jobs.train.recipe import TrainingRecipe, load_recipe

RECIPES = Path(__file__).parents[1] / "recipes"
BATCH = 32  # clips a step of one process
WARM = 6  # steps that are not counted
KINDS = {  # of torch's operators, by their names' beginnings
    "matrices": ("aten::addmm", "aten::mm", "aten::bmm", "aten::baddbmm", "aten::linear", "mkldnn", "aten::mkldnn"),
    "attention": ("aten::_scaled_dot_product", "aten::_flash", "aten::scaled_dot"),
    "optimiser": ("aten::_fused_adamw", "aten::_foreach", "Optimizer", "aten::_amp"),
    "copies and casts": ("aten::copy_", "aten::cat", "aten::clone", "aten::contiguous", "aten::to", "aten::_to_copy"),
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=26)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--compile", action="store_true", help="as the recipe has it; a minute more for each run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        home = Path(room)
        clips = load_clips(RECIPES / "bundled-clips.toml").model_copy(update={"num_clips": options.clips})
        simulate(clips, home / "clips")
        one, two = (recipe(home, options, processes) for processes in (1, 2))
        with ranks(one.machine) as here:
            encoded(one, home / "cache", here.device, silent)
        found: dict[int, list[float]] = {1: [], 2: []}
        for turn in range(options.turns):
            for processes, asked in ((1, one), (2, two)):
                found[processes].append(speed(asked, home, f"{turn}-{processes}", processes))
        print(f"{machine()}; {options.steps - WARM} steps of {BATCH} clips a process, {options.turns} turns\n")
        single, double = (max(found[n]) for n in (1, 2))
        rows = [["one", f"{single:.1f}", f"{single:.1f}", "1.00"]]
        rows += [["two", f"{double:.1f}", f"{double / 2:.1f}", f"{double / single:.2f}"]]
        print(table(["processes", "clips/s", "clips/s and core", "ratio"], rows))
        print()
        print(table(["of one process", "share of its time, %"], profiled(one, home)))


def recipe(home: Path, options: argparse.Namespace, processes: int) -> TrainingRecipe:
    """The bundled model's on these clips, and nothing but learning in it."""
    own = load_recipe(RECIPES / "bundled.toml")
    update = {
        "data": {"folders": (home / "clips",), "held_out": 0, "cache": home / "cache", "apart": own.data.apart},
        "budget": {"batch": BATCH * processes, "steps": options.steps},
        "machine": own.machine.model_dump() | {"compile": options.compile, "device": "cpu"},
        "watch": {"checkpoint_every": 10**6, "validate_every": 10**6, "sample_every": 10**6, "trackers": ()},
        "tokenizer": own.tokenizer.model_dump() | {"num_clips": min(options.clips, 300)},
    }
    return TrainingRecipe.model_validate(own.model_dump() | update)


def speed(asked: TrainingRecipe, home: Path, name: str, processes: int) -> float:
    """Clips a second."""
    path, out = home / f"{name}.toml", home / name
    path.write_text(tomli_w.dumps(json.loads(asked.model_dump_json(exclude_none=True))), encoding="utf-8")
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [sys.executable, *(launch if processes > 1 else []), "-m", "filmwright", "train", path, "--out", out]
    subprocess.run([*command, "--quiet"], check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True)
    lines = [json.loads(line) for line in (out / "curves.jsonl").read_text(encoding="utf-8").splitlines()]
    learned = (len(lines) - WARM) * asked.budget.batch
    return learned / (lines[-1]["seconds"] - lines[WARM - 1]["seconds"])


def profiled(asked: TrainingRecipe, home: Path) -> list[list[str]]:
    """Shares of processor time by kind of operator, over a few steps that are not compiled."""
    asked = asked.model_copy(update={"machine": asked.machine.model_copy(update={"compile": False})})
    spent: Counter[str] = Counter()
    with ranks(asked.machine) as here:
        corpus = encoded(asked, home / "cache", here.device, silent)
        method = methods.open(asked.method.use, **asked.method.options())
        held = hold(asked, home / "profiled", here, corpus, method)
        walk = steps(held, Progress(), silent)
        list(islice(walk, WARM))
        with profile(activities=[ProfilerActivity.CPU]) as seen:
            list(islice(walk, 8))
    for event in seen.key_averages():
        kind = next((kind for kind, names in KINDS.items() if event.key.startswith(names)), "element by element, rest")
        spent[kind] += event.self_cpu_time_total
    total = sum(spent.values())
    return [[kind, f"{100 * part / total:.0f}"] for kind, part in spent.most_common()]


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
