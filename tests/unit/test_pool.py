import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from filmwright.core.errors import BadAsset, RenderFailed
from filmwright.film.frames.pool import Alone, Pool

WORK = """
import os, signal, time
from contextlib import contextmanager
from dataclasses import dataclass
import numpy as np
from filmwright.core.errors import BadAsset

@dataclass(frozen=True)
class Result:
    number: int
    pid: int
    picture: np.ndarray
    nothing: object = None

@contextmanager
def studio(size, trouble=""):
    if trouble == "no opening":
        raise BadAsset("the scene is broken")
    if trouble == "no start":
        os._exit(3)
    yield lambda job: work(job, size, trouble)

def work(job, size, trouble):
    print("libraries print")
    if trouble == "fails" and job == 2:
        raise ZeroDivisionError("one by none")
    if trouble == "bad asset" and job == 2:
        raise BadAsset("no such mesh")
    if trouble.startswith("dies at ") and job == 2:
        flag = trouble.removeprefix("dies at ")
        if not os.path.exists(flag):
            open(flag, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "always dies" and job == 2:
        os.write(2, b"terrible things\\n")
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "slow":
        time.sleep(30)
    time.sleep(0.002 * (7 - job % 7))  # later jobs are done earlier
    rows = size * (1 + job)
    return Result(job, os.getpid(), np.random.default_rng(job).random((rows, 5), np.float32))
"""


@pytest.fixture
def studio(tmp_path, monkeypatch):
    (tmp_path / "work_of_test_pool.py").write_text(WORK)
    monkeypatch.syspath_prepend(tmp_path)
    yield __import__("work_of_test_pool").studio
    del sys.modules["work_of_test_pool"]


def alive(pid):
    """Whether a process runs; a zombie does not."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def shared_files():
    """What this process maps or has open of the memory that it shares with workers, and files of it with names."""
    named = list(Path(tempfile.gettempdir()).glob("filmwright-*"))
    opened = [
        link for link in Path("/proc/self/fd").glob("*") if link.exists() and "filmwright" in str(link.readlink())
    ]
    return len(named) + len(opened)


def filmed(pool, num=9):
    return [(r.number, r.picture.tobytes()) for r in pool.map(range(num))]


def test_results_come_in_order_and_are_the_same_for_any_number_of_workers(studio):
    opener = partial(studio, 50)
    alone = Alone(opener)
    expected = filmed(alone)
    alone.close()
    assert [number for number, _ in expected] == list(range(9))
    for num in (1, 2, 3):
        pool = Pool(opener, num)
        assert filmed(pool) == expected
        assert filmed(pool, 4) == expected[:4]  # and again, with the same workers
        assert len(set(pool.pids)) == num
        pool.close()


def test_the_work_is_shared_and_only_a_few_results_wait(studio):
    pool = Pool(partial(studio, 10), 2)
    taken = []

    def jobs():
        for i in range(20):
            taken.append(i)
            yield i

    pids = set()
    for i, result in enumerate(pool.map(jobs())):
        pids.add(result.pid)
        assert max(taken) <= i + 3
    assert len(pids) == 2
    assert os.getpid() not in pids
    pool.close()


def test_closing_leaves_no_process_and_no_shared_memory(studio):
    before = shared_files()
    pool = Pool(partial(studio, 1000), 2)
    results = pool.map(range(9))
    next(results)
    pids = pool.pids
    assert len(pids) == 2
    results.close()
    assert filmed(pool, 2)[1][0] == 1  # a film that was left in the middle does not disturb the next
    pool.close()
    assert shared_files() == before
    assert not any(map(alive, pids))
    with pytest.raises(RenderFailed, match="were stopped"):
        filmed(pool, 1)


def test_a_pool_that_is_forgotten_takes_its_workers_along(studio):
    pool = Pool(partial(studio, 10), 2)
    filmed(pool)
    pids = pool.pids
    del pool
    assert not any(map(alive, pids))


def test_a_worker_that_dies_once_is_started_again(studio, tmp_path):
    pool = Pool(partial(studio, 50, f"dies at {tmp_path / 'flag'}"), 2)
    assert [n for n, _ in filmed(pool)] == list(range(9))
    assert (tmp_path / "flag").exists()
    pool.close()


def test_a_worker_killed_from_outside_is_started_again(studio):
    pool = Pool(partial(studio, 50), 2)
    results = pool.map(range(9))
    numbers = [next(results).number]
    os.kill(pool.pids[0], signal.SIGKILL)
    numbers += [r.number for r in results]
    assert numbers == list(range(9))
    pool.close()


def test_a_worker_that_always_dies_fails_clearly(studio):
    pool = Pool(partial(studio, 50, "always dies"), 2)
    with pytest.raises(RenderFailed, match=r"died twice .*killed by signal 9; its last words: terrible things"):
        filmed(pool)
    pool.close()
    pool = Pool(partial(studio, 50, "no start"), 2)
    with pytest.raises(RenderFailed, match="exit code 3"):
        filmed(pool)
    pool.close()


@pytest.mark.parametrize("num", [1, 2])
def test_errors_keep_their_kind_and_the_pool_goes_on(studio, num):
    pool = Pool(partial(studio, 50, "bad asset"), num)
    with pytest.raises(BadAsset, match="no such mesh"):
        filmed(pool)
    assert len(filmed(pool, 2)) == 2
    pool.close()
    pool = Pool(partial(studio, 50, "fails"), num)
    with pytest.raises(RenderFailed, match="ZeroDivisionError: one by none") as failure:
        filmed(pool)
    assert "in work" in failure.value.__notes__[0]  # where it happened
    pool.close()
    pool = Pool(partial(studio, 50, "no opening"), num)
    with pytest.raises(BadAsset, match="scene is broken"):
        filmed(pool)
    pool.close()


PARENT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells start what runs in the background without it
from functools import partial
from work_of_test_pool import studio
from filmwright.film.frames.pool import Pool
pool = Pool(partial(studio, 50, sys.argv[1]), 2)
results = pool.map(range(9))
if not sys.argv[1]:
    next(results)
else:
    import threading, time
    threading.Thread(target=lambda: (time.sleep(1), print(*pool.pids, flush=True)), daemon=True).start()
    next(results)
print(*pool.pids, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("how", "trouble"), [(signal.SIGKILL, ""), (signal.SIGKILL, "slow"), (signal.SIGINT, "slow")])
def test_workers_end_with_their_parent(studio, tmp_path, how, trouble):
    before = shared_files()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, trouble],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(map(alive, pids))
    parent.send_signal(how)
    assert parent.wait(timeout=30) != 0
    parent.communicate()
    deadline = time.monotonic() + 30
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, pids))
    assert shared_files() == before


def test_arrays_can_be_written_to_and_do_not_share_memory(studio):
    pool = Pool(partial(studio, 50), 1)
    first, second = pool.map(range(2))
    keep = first.picture.copy()
    second.picture[:] = 0.0
    assert np.array_equal(first.picture, keep)
    pool.close()
