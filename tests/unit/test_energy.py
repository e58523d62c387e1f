"""What a job's energy is: the meter where there is one, processor time where not."""

import subprocess
import sys
import time

import pytest

from filmwright.jobs.energy import WATTS, Meter, cpu_seconds

BUSY = "import time\nwhile time.process_time() < 0.3: pass\n"


def zone(folder, name, called, joules):
    path = folder / name
    path.mkdir(parents=True, exist_ok=True)
    (path / "name").write_text(called + "\n")
    (path / "max_energy_range_uj").write_text("1000000000\n")
    (path / "energy_uj").write_text(f"{int(joules * 1e6)}\n")
    return path


def test_without_a_meter_it_is_processor_time_times_watts(tmp_path):
    with Meter(tmp_path) as meter:
        subprocess.run([sys.executable, "-c", BUSY], check=True)
        energy = meter.read()
    assert energy.how == "estimated"
    assert 0.28 < energy.cpu_seconds < 3
    assert energy.joules == pytest.approx(energy.cpu_seconds * WATTS, abs=0.2)
    assert energy.seconds >= 0.25
    assert f"{WATTS:g} W a busy core" in energy.says


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells it")
def test_workers_that_still_live_count(tmp_path):
    before = cpu_seconds()
    worker = subprocess.Popen([sys.executable, "-c", BUSY + "print(flush=True); input()"], stdin=-1, stdout=-1)
    worker.stdout.readline()
    living = cpu_seconds() - before
    worker.communicate(b"\n")
    ended = cpu_seconds() - before
    assert living >= 0.25
    assert ended == pytest.approx(living, abs=0.25)  # and none is counted twice


def test_the_meter_of_each_whole_processor_counts_and_may_begin_again(tmp_path):
    first = zone(tmp_path, "intel-rapl:0", "package-0", 10)
    second = zone(tmp_path, "intel-rapl:1", "package-1", 900)
    zone(tmp_path, "intel-rapl:0:0", "core", 5)
    zone(tmp_path, "intel-rapl:2", "psys", 5)
    with Meter(tmp_path) as meter:
        zone(tmp_path, first.name, "package-0", 35)
        zone(tmp_path, second.name, "package-1", 50)  # over its range of 1000 J, and on from zero
        zone(tmp_path, "intel-rapl:2", "psys", 500)
        energy = meter.read()
        again = meter.read()
    assert (energy.how, energy.joules) == ("measured", pytest.approx(25 + 150))
    assert again.joules == energy.joules
    assert "RAPL" in energy.says


def test_it_looks_by_itself_so_that_no_round_is_missed(tmp_path, monkeypatch):
    monkeypatch.setattr("filmwright.jobs.energy.LOOK", 0.02)
    first = zone(tmp_path, "intel-rapl:0", "package-0", 900)
    with Meter(tmp_path) as meter:
        for joules in (100, 500, 900, 100):  # 200 + 400 + 400 + 200
            replacement = zone(tmp_path, "next", "package-0", joules) / "energy_uj"
            replacement.replace(first / "energy_uj")
            time.sleep(0.15)
        assert meter.read().joules == pytest.approx(1200)
    assert not meter._watch.is_alive()
