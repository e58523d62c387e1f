"""`filmwright keys` as a user types it."""

import json

import pytest
from typer.testing import CliRunner

from filmwright.apps.cli import app
from filmwright.core.errors import KeyRefused
from filmwright.jobs.keys import Keys


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'service.db'}"


@pytest.fixture
def run(url):
    def run(*words):
        return CliRunner().invoke(app, ["keys", *words, "--database", url])

    return run


def test_a_key_is_made_listed_and_revoked(run, url):
    made = run("create", "render farm", "--scope", "videos:read", "--days", "30", "--jobs-per-day", "5")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    with Keys.open(url) as keys:
        key = keys.authenticate(secret, "videos:read")
        assert (key.scopes, key.quotas.jobs_per_day) == (("videos:read",), 5)
        assert 29 < (key.expires - key.created).total_seconds() / 86_400 < 31
        listed = run("list")
        assert key.id in listed.stdout
        assert secret not in listed.stdout
        (row,) = map(json.loads, run("list", "--json").stdout.splitlines())
        assert (row["id"], row["name"], row["revoked"]) == (key.id, "render farm", None)
        assert "digest" not in row
        assert run("revoke", key.id).exit_code == 0
        with pytest.raises(KeyRefused):
            keys.authenticate(secret)


def test_for_scripts(run, url):
    made = json.loads(run("create", "x", "--json", "--requests-per-minute", "0").stdout)
    assert made["quotas"]["requests_per_minute"] is None
    with Keys.open(url) as keys:
        assert keys.authenticate(made["secret"]).id == made["id"]


def test_mistakes_are_told(run):
    for words, code, says in [
        (("create", "x", "--scope", "all"), 2, "no scope 'all'"),
        (("create", ""), 2, "1 to 200"),
        (("create", "x", "--days", "0"), 2, "positive number of days"),
        (("revoke", "key_none"), 2, "no key 'key_none'"),
    ]:
        done = run(*words)
        assert done.exit_code == code
        assert says in done.stderr
    assert "There are no keys" in run("list").stdout


def test_a_database_that_is_none(tmp_path):
    done = CliRunner().invoke(app, ["keys", "list", "--database", f"sqlite:///{tmp_path}"])
    assert done.exit_code == 5
    assert "can't be reached" in done.stderr
