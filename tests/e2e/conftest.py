"""Running the command as a user types it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Run:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    @property
    def made(self) -> dict[str, Any]:
        assert self.code == 0, self.err + self.out
        return self.lines[-1]


def typed(*words: object) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "filmwright", *map(str, words)]


@pytest.fixture
def command() -> Callable[..., list[str]]:
    return typed


@pytest.fixture
def filmwright(tmp_path: Path) -> Callable[..., Run]:
    def run(*words: object, cwd: Path = tmp_path, **options: Any) -> Run:
        done = subprocess.run(typed(*words), cwd=cwd, capture_output=True, text=True, timeout=300, **options)
        return Run(done.returncode, done.stdout, done.stderr)

    return run
