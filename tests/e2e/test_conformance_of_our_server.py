"""Our own server, with its worker, speaks the Videos API in every point that others are held to."""

import pytest

pytest.importorskip("openai")
pytest.importorskip("dbos")

from filmwright.jobs.conformance import ConformanceRequest, conformance
from tests import served

FIELDS = {"music": "false"}


@pytest.mark.slow
def test_nothing_diverges(tmp_path, monkeypatch):
    drawn = served.QUICK.replace('use = "warp"\nquality = "draft"\nworkers = 1', 'use = "testcard"')
    monkeypatch.setattr(served, "QUICK", drawn)
    with served.serving(tmp_path, worker=True) as server:
        asked = ConformanceRequest(url=server.url, size="96x54", seconds=4, fields=FIELDS, minutes=15, patience=60)
        found = conformance(asked)
    assert {f.name: f.came for f in found.findings if f.verdict == "diverges"} == {}
    assert found.count("holds") > 50
    assert found.left == ()
