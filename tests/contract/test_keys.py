"""Keys, their rates and quotas: the same on SQLite and on PostgreSQL, for one process and for several."""

import hmac
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import inspect, select, text, update

from filmwright.core.errors import BadFilm, KeyRefused, NotFound, OverLimit, Unavailable
from filmwright.jobs.keys import SCOPES, Key, Keys, Pace, Quotas, charge, permit, usage
from filmwright.jobs.keys.secret import NOBODY, digest_of, new_secret, prefix_of
from filmwright.jobs.keys.tables import KEYS
from tests.places import postgres

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def cluster():
    # not in pytest's own folder, from which every new run of it shuts other users out
    with TemporaryDirectory(prefix="filmwright-postgres-") as folder, postgres(Path(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'service.db'}"
        return
    import psycopg

    cluster = request.getfixturevalue("cluster")
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS service WITH (FORCE)")
        connection.execute("CREATE DATABASE service")
    yield cluster.replace("/postgres", "/service")


class Clock:
    """A time that goes when it is told."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def keys(url):
    with Keys.open(url) as opened:
        opened.clock = Clock()
        yield opened


def count(pace: Pace, key: Key, most: int = 1000) -> int:
    """How many requests are let through."""
    for number in range(most):
        try:
            pace.take(key)
        except OverLimit:
            return number
    return most


# Secrets


def test_a_key_is_told_once_and_kept_as_a_hash(keys):
    key, secret = keys.create("render farm", scopes=("videos:read", "realtime"), quotas=Quotas(jobs_per_day=5))
    assert re.fullmatch(r"fw_[0-9a-z]{10}_[A-Za-z0-9_-]{43}", secret)
    assert (key.id, key.name, key.scopes) == (f"key_{prefix_of(secret)}", "render farm", ("videos:read", "realtime"))
    assert (key.quotas.jobs_per_day, key.revoked, key.expires, key.last_used) == (5, None, None, None)
    assert keys.list() == (key,) == (keys.find(key.id),) == (keys.find(key.prefix),)
    with keys.engine.connect() as connection:
        row = connection.execute(select(KEYS)).one()
    assert row.digest == digest_of(secret)
    assert secret.rpartition("_")[2] not in str(row)
    assert keys.authenticate(secret).id == key.id


def test_secrets_differ_and_have_256_bits():
    made = [new_secret() for _ in range(1000)]
    assert len({secret for secret, _ in made}) == len({prefix for _, prefix in made}) == 1000
    assert min(len(secret.split("_", 2)[2]) for secret, _ in made) * 6 >= 256


HOSTILE = ["", "x", "fw_", "fw_0123456789_", "Bearer fw_x", "fw_' OR 1=1 --_x", "\0", "ä" * 60, "fw_" + "a" * 10_000]
HOSTILE += ["\ud800", "fw_%_________" + "a" * 43, "fw_0123456789_" + "a" * 44]


def test_other_secrets_open_nothing(keys):
    _, secret = keys.create("one")
    other = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    for wrong in [*HOSTILE, other, secret + "a", secret[:-1], secret.upper(), " " + secret, new_secret()[0]]:
        with pytest.raises(KeyRefused) as told:
            keys.authenticate(wrong)
        assert told.value.code == "invalid_api_key"
        assert wrong not in str(told.value) or len(wrong) < 4
        assert secret not in str(told.value)


def test_the_same_work_is_done_for_unknown_keys(keys, monkeypatch):
    """One look-up and one comparison of two digests, whatever comes: time tells nothing of which keys there are."""
    _, secret = keys.create("one")
    known_prefix = secret[:14] + "a" * 43
    real, seen = hmac.compare_digest, []
    monkeypatch.setattr(
        "filmwright.jobs.keys.secret.hmac.compare_digest", lambda a, b: seen.append((a, b)) or real(a, b)
    )
    for wrong in (known_prefix, new_secret()[0], "nonsense", ""):
        with pytest.raises(KeyRefused):
            keys.authenticate(wrong)
    assert [len(a) == len(b) == 64 for a, b in seen] == [True] * 4
    assert [b == NOBODY for _, b in seen] == [False, True, True, True]


# Life of a key


def test_revocation_and_expiry_count_at_once_in_every_process(keys, url):
    first, secret = keys.create("one")
    second, short = keys.create("two", lasts=timedelta(hours=1))
    assert second.expires == datetime.fromtimestamp(NOON, UTC) + timedelta(hours=1)
    with Keys.open(url) as elsewhere:
        elsewhere.clock = keys.clock
        elsewhere.authenticate(secret)
        elsewhere.authenticate(short)
        revoked = keys.revoke(first.id)
        assert revoked.revoked is not None
        assert keys.revoke(first.prefix) == revoked
        keys.clock.now += 3600
        for wrong, code in ((secret, "revoked_api_key"), (short, "expired_api_key")):
            with pytest.raises(KeyRefused) as told:
                elsewhere.authenticate(wrong)
            assert told.value.code == code
    with pytest.raises(KeyRefused) as told:  # only who has the secret hears of its state
        keys.authenticate(secret[:14] + "a" * 43)
    assert told.value.code == "invalid_api_key"


def test_whether_any_key_opens_anything(keys):
    assert not keys.any()
    key, _ = keys.create("one", lasts=timedelta(hours=1))
    assert keys.any()
    keys.clock.now += 3601
    assert not keys.any()
    keys.clock.now -= 3601
    keys.revoke(key.id)
    assert not keys.any()


def test_last_use_is_known_to_the_minute_and_costs_no_write_in_it(keys):
    key, secret = keys.create("one")
    keys.authenticate(secret)
    used = keys.find(key.id).last_used
    assert used == datetime.fromtimestamp(NOON, UTC)
    keys.clock.now += 30
    keys.authenticate(secret)
    assert keys.find(key.id).last_used == used
    keys.clock.now += 31
    keys.authenticate(secret)
    assert keys.find(key.id).last_used == datetime.fromtimestamp(NOON + 61, UTC)


def test_scopes(keys):
    reader, secret = keys.create("reader", scopes=("videos:read",))
    admin, _ = keys.create("admin", scopes=("admin",))
    assert keys.authenticate(secret, "videos:read").id == reader.id
    with pytest.raises(KeyRefused) as told:
        keys.authenticate(secret, "videos:write")
    assert told.value.code == "missing_scope"
    for scope in SCOPES:
        permit(admin, scope)


def test_what_cannot_be_a_key(keys):
    for name, options in [
        ("", {}),
        ("  ", {}),
        ("a\nb", {}),
        ("n" * 201, {}),
        ("one", {"scopes": ()}),
        ("one", {"scopes": ("videos:burn",)}),
        ("one", {"lasts": timedelta(0)}),
        ("one", {"lasts": timedelta(days=-1)}),
    ]:
        with pytest.raises(BadFilm):
            keys.create(name, **options)
    with pytest.raises(NotFound, match="no key 'key_x'"):
        keys.find("key_x")
    with pytest.raises(NotFound):
        keys.revoke("' OR 1=1 --")
    assert keys.list() == ()


# Rates


def test_a_bucket_lets_a_burst_through_and_fills_again(keys):
    key, _ = keys.create("one", quotas=Quotas(requests_per_minute=60.0, burst=5))
    pace = Pace(keys.engine, clock=keys.clock)
    assert count(pace, key) == 5
    keys.clock.now += 3
    assert count(pace, key) == 3
    keys.clock.now += 0.5
    with pytest.raises(OverLimit) as told:
        pace.take(key)
    assert told.value.code == "rate_limit_exceeded"
    assert told.value.retry_after == pytest.approx(0.5, abs=1e-3)
    keys.clock.now += told.value.retry_after
    pace.take(key)
    keys.clock.now += 1e6
    assert count(pace, key) == 5  # no more than a burst, however long the rest was


def test_keys_have_buckets_of_their_own(keys):
    one, other = (keys.create(name, quotas=Quotas(requests_per_minute=60.0, burst=3))[0] for name in "ab")
    pace = Pace(keys.engine, clock=keys.clock)
    assert (count(pace, one), count(pace, other), count(pace, one)) == (3, 3, 0)


def test_no_rate_and_no_requests_at_all(keys):
    free, _ = keys.create("free", quotas=Quotas(requests_per_minute=None))
    shut, _ = keys.create("shut", quotas=Quotas(requests_per_minute=0.0, burst=1))
    pace = Pace(keys.engine, clock=keys.clock)
    assert count(pace, free, 500) == 500
    assert count(pace, shut) == 1
    with pytest.raises(OverLimit) as told:
        pace.take(shut)
    assert told.value.retry_after is None


def test_several_processes_share_one_bucket(keys):
    """Each with leases of its own: together never more than the bucket has, and all of it when nobody rests."""
    key, _ = keys.create("one", quotas=Quotas(requests_per_minute=2400.0, burst=100))
    paces = [Pace(keys.engine, clock=keys.clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda pace: count(pace, key), paces))
    assert sum(taken) == 100
    keys.clock.now += 1.0
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda pace: count(pace, key), paces)) == 40


def test_a_lease_that_was_not_used_is_lost_not_saved_up(keys):
    key, _ = keys.create("one", quotas=Quotas(requests_per_minute=6000.0, burst=100))
    one, other = (Pace(keys.engine, clock=keys.clock) for _ in range(2))
    one.take(key)  # leases 25
    assert count(other, key) == 75
    keys.clock.now += 0.26
    assert count(one, key) + count(other, key) <= 26


def test_hosts_whose_clocks_differ_do_not_fill_the_bucket_twice(keys):
    key, _ = keys.create("one", quotas=Quotas(requests_per_minute=60.0, burst=10))
    ahead = Pace(keys.engine, clock=Clock(NOON + 5))
    behind = Pace(keys.engine, clock=Clock(NOON))
    assert count(behind, key) == 10
    assert count(ahead, key) == 5
    for _ in range(5):
        assert (count(behind, key), count(ahead, key)) == (0, 0)


def test_polls_are_cheap(keys):
    """A bound on processor time, not a speed: 200 polls cost 200 look-ups and a few leases, not 200 writes."""
    key, secret = keys.create("one", quotas=Quotas(requests_per_minute=60_000.0, burst=1000))
    pace, clock = Pace(keys.engine), time.process_time
    keys.authenticate(secret)
    began = clock()
    for _ in range(200):
        keys.authenticate(secret, "videos:read")
        pace.take(key)
    assert (clock() - began) / 200 < 0.005


# Quotas


def test_daily_quotas_hold_to_the_job_and_the_second(keys):
    key, _ = keys.create("one", quotas=Quotas(jobs_per_day=3, seconds_per_day=20.0))
    with keys.engine.begin() as connection:
        charge(connection, key, seconds=8.0, now=NOON)
        charge(connection, key, seconds=8.0, now=NOON)
    with keys.engine.begin() as connection, pytest.raises(OverLimit) as told:
        charge(connection, key, seconds=4.5, now=NOON)
    assert (told.value.code, told.value.retry_after) == ("daily_seconds_exceeded", 12 * 3600)
    with keys.engine.begin() as connection:
        charge(connection, key, seconds=4.0, now=NOON)
        assert usage(connection, key, now=NOON).seconds == 20.0
    with keys.engine.begin() as connection, pytest.raises(OverLimit) as told:
        charge(connection, key, seconds=0.0, now=NOON)
    assert told.value.code == "daily_jobs_exceeded"
    with keys.engine.begin() as connection:
        charge(connection, key, seconds=20.0, now=NOON + 86_400)  # the next day
        assert usage(connection, key, now=NOON + 86_400).jobs == 1


def test_what_is_more_than_a_day_s_is_not_worth_waiting_for(keys):
    key, _ = keys.create("one", quotas=Quotas(seconds_per_day=20.0))
    with keys.engine.begin() as connection, pytest.raises(OverLimit) as told:
        charge(connection, key, seconds=21.0, now=NOON)
    assert told.value.retry_after is None


def test_what_was_not_made_is_given_back(keys):
    key, _ = keys.create("one", quotas=Quotas(jobs_per_day=1))
    with keys.engine.begin() as connection:
        charge(connection, key, seconds=8.0, now=NOON)
        charge(connection, key, jobs=-1, seconds=-8.0, now=NOON)
        charge(connection, key, jobs=-1, seconds=-8.0, now=NOON)  # twice is no gift
        charge(connection, key, seconds=8.0, now=NOON)
        assert usage(connection, key, now=NOON).jobs == 1


def test_a_charge_stands_or_falls_with_its_transaction(keys):
    key, _ = keys.create("one", quotas=Quotas(jobs_per_day=1))
    with keys.engine.connect() as connection:
        charge(connection, key, seconds=8.0, now=NOON)
        connection.rollback()  # the order could not be placed
    with keys.engine.begin() as connection:
        charge(connection, key, seconds=8.0, now=NOON)


def test_stored_bytes(keys):
    key, _ = keys.create("one", quotas=Quotas(stored_bytes=10 << 30))
    with keys.engine.begin() as connection:
        charge(connection, key, stored_bytes=(10 << 30) - 1)
        with pytest.raises(OverLimit) as told:
            charge(connection, key, stored_bytes=10 << 30)
        charge(connection, key, jobs=-1, stored_bytes=10 << 30)  # what was not made is given back all the same
        assert usage(connection, key).jobs == 0
    assert (told.value.code, told.value.retry_after) == ("storage_exceeded", None)


def test_no_race_passes_a_quota(keys):
    key, _ = keys.create("one", quotas=Quotas(jobs_per_day=20))

    def try_one(_) -> bool:
        try:
            with keys.engine.begin() as connection:
                charge(connection, key, seconds=1.0, now=NOON)
        except OverLimit:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_one, range(60))) == 20


# The database


OPENER = """
import sys
from filmwright.jobs.keys import Keys
with Keys.open(sys.argv[1]) as keys:
    keys.create(sys.argv[2])
"""


def test_several_processes_may_make_the_tables_at_once(url):
    processes = [
        subprocess.Popen([sys.executable, "-c", OPENER, url, str(n)], stderr=subprocess.PIPE) for n in range(4)
    ]
    told = [process.communicate()[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    with Keys.open(url) as keys:
        assert {key.name for key in keys.list()} == set("0123")


def test_tables_of_another_version_are_refused(url):
    with Keys.open(url) as keys, keys.engine.begin() as connection:
        assert "api_keys" in inspect(keys.engine).get_table_names()
        connection.execute(text("UPDATE filmwright_schema SET version = 99 WHERE part = 'keys'"))
    with pytest.raises(BadFilm, match="version 99"), Keys.open(url):
        pass


def test_urls_of_other_databases_are_refused(tmp_path):
    for url, error in [
        ("mysql://x@y/z", BadFilm),
        ("nonsense", BadFilm),
        ("", BadFilm),
        ("postgresql://nobody:secret@127.0.0.1:9/none", Unavailable),
        (f"sqlite:///{tmp_path}", Unavailable),
    ]:
        with pytest.raises(error) as told, Keys.open(url):
            pass
        assert "secret" not in str(told.value)


def test_a_damaged_row_does_not_open_anything(keys):
    _, secret = keys.create("one")
    with keys.engine.begin() as connection:
        connection.execute(update(KEYS).values(digest=NOBODY))
    with pytest.raises(KeyRefused):
        keys.authenticate(secret)
