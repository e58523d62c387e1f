"""The page on metrics speaks of every metric and quotes the benchmark's tables whole."""

import re
from pathlib import Path

import pytest

from filmwright.jobs.evaluate import opened
from filmwright.jobs.evaluate.faults import FAULTS
from tests.known_clips import JUDGED, OF_NETWORKS

PROVEN = [metric for metric in opened() if metric.name not in (*OF_NETWORKS, *JUDGED)]
PAGE = (Path(__file__).parents[2] / "docs/explanation/metrics.md").read_text(encoding="utf-8")
TABLES = [table.strip().splitlines() for table in re.findall(r"(?:^\|.*\n)+", PAGE, flags=re.M)]


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("metric", opened(), ids=lambda m: m.name)
def test_every_metric_stands_with_its_unit_and_direction(metric):
    (row,) = [cells(line) for line in TABLES[0] if cells(line)[0] == metric.title]
    assert row[1:3] == [metric.metric.scale.unit, metric.metric.scale.better]


def test_the_tables_of_faults_have_every_metric_and_fault():
    quoted = [table for table in TABLES if cells(table[0])[0] == "fault" and len(cells(table[2])[1].split()) == 4]
    named = [name for table in quoted for name in cells(table[0])[1:]]
    assert sorted(named) == sorted(metric.title for metric in PROVEN)
    for table in quoted:
        assert [cells(line)[0] for line in table[2:]] == list(FAULTS)


def test_the_table_of_costs_has_every_metric():
    (costs,) = [table for table in TABLES if "CPU ms" in table[0]]
    assert [cells(line)[0] for line in costs[2:]] == [*(metric.title for metric in PROVEN), "all together"]
