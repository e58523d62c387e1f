"""The page on metrics speaks of every metric and quotes the benchmark's tables whole."""

import re
from pathlib import Path

import pytest

from filmwright.jobs.evaluate import opened
from filmwright.jobs.evaluate.faults import FAULTS
from filmwright.jobs.evaluate.judge.card import own_accuracy
from filmwright.jobs.evaluate.nouns import titled
from tests.known_clips import JUDGED, OF_NETWORKS

PROVEN = [metric for metric in opened() if metric.name not in (*OF_NETWORKS, *JUDGED)]
DOCS = Path(__file__).parents[2] / "docs/explanation"


def tables(page):
    """Every table of a page, as lines."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [table.strip().splitlines() for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.M)]


TABLES = tables("metrics.md")


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


def test_the_classifier_s_page_says_what_its_card_says():
    accuracy, faults, *_ = tables("attribute-classifier.md")
    own = own_accuracy()
    assert {cells(line)[0] for line in accuracy[2:]} == set(own)
    for line in accuracy[2:]:
        name, every, *_ = cells(line)
        i = own[name].percent
        assert every == f"{i.mean:.1f} [{i.low:.1f}, {i.high:.1f}]"
    assert cells(faults[0])[1:] == [titled(name) for name in JUDGED]
    assert [cells(line)[0] for line in faults[2:]] == list(FAULTS)
