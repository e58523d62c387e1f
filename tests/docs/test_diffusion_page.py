"""The diffusion tutorial's code runs and prints what it says."""

import re
from pathlib import Path

from tests.gaussians import torch

PAGE = Path(__file__).parents[2] / "docs/tutorials/diffusion.md"


def test_the_code_prints_what_the_page_says(capsys):
    assert torch.get_num_threads() == 1
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    assert len(blocks) == 4
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), names)
        told = [line[2:] for line in block.splitlines() if line.startswith("# ")]
        assert capsys.readouterr().out.splitlines() == told


def test_the_orders_are_near_those_of_theory():
    rows = re.findall(r"^\| `\w+`.* \| (\d) \| ([\d.]+) \| ([\d.]+) \|$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert len(rows) == 7
    assert all(abs(float(found) - int(theory)) < 0.1 for theory, *both in rows for found in both)
