"""The benchmark of the service under fire, small: it fails where an order is lost, repeated, or leaves a file."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("dbos")
pytest.importorskip("psycopg")

CHAOS = Path(__file__).parents[2] / "benchmarks" / "service_chaos.py"


@pytest.mark.slow
@pytest.mark.parametrize(("database", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_no_order_is_lost_or_made_twice_while_workers_are_killed(database, workers):
    words = ["--jobs", "3", "--workers", str(workers), "--kills", "2", "--every", "15", "30", "--renderer", "testcard"]
    command = [sys.executable, str(CHAOS), "--database", database, *words]
    run = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    assert run.returncode == 0, run.stdout + run.stderr[-2000:]
    assert "ended as {'completed': 3}" in run.stdout
    assert "0 orphans" in run.stdout
