"""The audit log: nothing in it changes, moves, appears or disappears unnoticed."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from filmwright.core.errors import BadAsset, BadFilm, CannotWrite
from filmwright.film.asset.audit import KEY, START, Event, Head, append, head, head_path, log_path, rows
from filmwright.film.asset.audit_check import check, verify
from filmwright.film.asset.audit_export import export, read_export
from filmwright.film.asset.seals import public_key, seal
from filmwright.jobs.audit import check_log

AT = "2026-11-22T09:00:00+00:00"


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture
def log():
    append(*(Event(kind="mark", subject=f"film {i}", facts={"id": f"{i:04x}"}) for i in range(1, 9)))
    return list(rows())


def faults(given, *, end=None, key=None):
    found = check(given, end or head(), key or public_key(KEY))
    return [(p.fault, p.first, p.last) for p in found.problems]


def renumbered(given):
    return [replace(row, number=i) for i, row in enumerate(given, 1)]


def by_hand(*statements):
    """What somebody with the file can do to it."""
    with sqlite3.connect(log_path()) as db:
        for name in ("no_update", "no_delete"):
            db.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in statements:
            db.execute(statement)
    db.close()


def test_events_stand_in_order_and_are_whole(log):
    assert append(Event(kind="verification", subject="a film")) == 9
    assert [row.number for row in rows()] == list(range(1, 10))
    assert [row.subject for row in log] == [f"film {i}" for i in range(1, 9)]
    assert log[0].previous == START
    assert log[2].facts == {"id": "0003"}
    found = verify()
    assert (found.whole, found.num_rows, found.newest) == (True, 9, list(rows())[-1].hash)
    assert verify(noted=f"8:{log[-1].hash[:12]}").whole


def test_an_empty_log_is_whole_until_there_was_one():
    assert verify().whole
    append(Event(kind="mark", subject="film"))
    for path in (log_path(), head_path()):
        path.unlink()
    assert [p.fault for p in verify().problems] == ["cut-off"]


def test_the_file_itself_refuses_changes(log):
    with sqlite3.connect(log_path()) as db:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            db.execute("UPDATE events SET subject = 'other' WHERE number = 3")
        with pytest.raises(sqlite3.IntegrityError, match="never removed"):
            db.execute("DELETE FROM events WHERE number = 3")
    db.close()
    assert log_path().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE events SET subject = 'other' WHERE number = 3", ("changed", 3, 3)),
        ("UPDATE events SET at = '2020' WHERE number = 8", ("changed", 8, 8)),
        ("UPDATE events SET facts = 'no json' WHERE number = 1", ("changed", 1, 1)),
        ("UPDATE events SET previous = hash WHERE number = 4", ("changed", 4, 4)),
        ("UPDATE events SET hash = NULL WHERE number = 4", ("changed", 4, 4)),
        ("UPDATE events SET signature = NULL WHERE number = 4", ("changed", 4, 4)),
        ("UPDATE events SET facts = NULL WHERE number = 4", ("changed", 4, 4)),
        ("UPDATE events SET facts = CAST(x'ff00' AS TEXT) WHERE number = 4", ("changed", 4, 4)),
        ("""UPDATE events SET facts = '{"id": "\\ud800"}' WHERE number = 4""", ("changed", 4, 4)),
        ("DELETE FROM events WHERE number = 4", ("removed", 4, 4)),
        ("DELETE FROM events WHERE number BETWEEN 1 AND 3", ("removed", 1, 3)),
        ("DELETE FROM events WHERE number > 6", ("cut-off", 7, 8)),
        ("DELETE FROM events", ("cut-off", 1, 8)),
    ],
)
def test_changes_by_hand_are_found(log, statement, told):
    by_hand(statement)
    assert [(p.fault, p.first, p.last) for p in verify().problems] == [told]


def test_a_table_without_types_is_read_all_the_same(log):
    with sqlite3.connect(log_path()) as db:
        db.execute("CREATE TABLE other AS SELECT * FROM events")
        db.execute("DROP TABLE events")
        db.execute("ALTER TABLE other RENAME TO events")
        db.execute("UPDATE events SET number = 'four', facts = x'00ff' WHERE number = 4")
    db.close()
    assert {"changed", "moved"} <= {problem.fault for problem in verify().problems}


def test_moved_rows_are_found(log):
    swapped = renumbered([*log[:3], log[4], log[3], *log[5:]])
    assert faults(swapped) == [("moved", 4, 6)]
    assert ("moved", 9, 9) in faults([*log, replace(log[2], number=9)])


def test_a_removed_row_is_found_though_the_others_are_numbered_anew(log):
    assert [f[0] for f in faults(renumbered([*log[:3], *log[4:]]))] == ["removed"]


def stranger(number, previous):
    """A row with a good hash, that another key signed."""
    row = replace(next(rows()), number=number, subject="forged", previous=previous)
    row = replace(row, hash=row.true_hash())
    return replace(row, signature=seal("other", row.hash.encode()))


def test_rows_of_others_are_found(log):
    forged = stranger(5, log[3].hash)
    assert faults(renumbered([*log[:4], forged, *log[4:]])) == [("inserted", 5, 5)]
    assert faults([*log[:4], forged, *log[5:]]) == [("changed", 5, 5)]
    assert faults([*log, stranger(9, log[-1].hash)]) == [("inserted", 9, 9)]
    assert [f[0] for f in faults([*log[:7], stranger(8, log[6].hash)])] == ["inserted", "cut-off"]


def test_another_key_or_no_head(log):
    seal("other", b"")
    assert faults(log, key=public_key("other")) == [("wrong-key", 0, 0)]
    head_path().unlink()
    assert [p.fault for p in verify().problems] == ["no-head"]


def test_no_row_s_signature_passes_for_a_head(log):
    by_hand("DELETE FROM events WHERE number > 5")
    short = Head(count=5, hash=log[4].hash, signature=log[4].signature)
    assert faults(log[:5], end=short) == [("no-head", 0, 0)]


def test_rows_that_were_cut_off_stay_noticed_after_new_ones(log):
    by_hand("DELETE FROM events WHERE number > 6")
    append(Event(kind="mark", subject="film 9"))
    assert [row.kind for row in rows()][-2:] == ["gap", "mark"]
    (problem,) = verify().problems
    assert (problem.fault, problem.first) == ("gap", 7)
    assert log[-1].hash in problem.says


def test_an_old_copy_of_everything_is_found_by_what_was_noted(log):
    copies = {path: path.read_bytes() for path in (log_path(), head_path())}
    append(Event(kind="mark", subject="film 9"))
    noted = f"9:{verify().newest[:16]}"
    assert verify(noted=noted).whole
    for path, content in copies.items():
        path.write_bytes(content)
    assert verify().whole  # as the documentation says: this machine alone can't know
    assert [p.fault for p in verify(noted=noted).problems] == ["cut-off"]
    with pytest.raises(BadFilm, match="no end of a log"):
        verify(noted="the ninth")


def test_a_head_that_a_killed_process_left_behind_is_no_fault(log):
    before = head_path().read_bytes()
    append(Event(kind="mark", subject="film 9"))
    head_path().write_bytes(before)
    assert verify().whole
    append(Event(kind="mark", subject="film 10"))
    assert verify().whole
    assert head().count == 10


def test_a_file_that_is_no_log(log):
    log_path().write_bytes(b"not a database, but long enough to be taken for one" * 40)
    with pytest.raises(BadAsset, match="can't be read as an audit log"):
        verify()


def test_an_exported_log_is_checked_with_the_public_key_alone(log, tmp_path):
    path = tmp_path / "log.jsonl"
    assert export(path) == 8
    given, end, key = read_export(path)
    assert given == log
    assert check(given, end, key).whole
    lines = path.read_text().splitlines()
    told = json.loads(lines[3])
    assert told["subject"] == "film 3"
    lines[3] = json.dumps(told | {"subject": "film 4"})
    path.write_text("\n".join(lines))
    given, end, key = read_export(path)
    assert faults(given, end=end, key=key) == [("changed", 3, 3)]
    lines[3] = json.dumps(told | {"hash": None, "facts": [1]})
    path.write_text("\n".join(lines))
    given, end, key = read_export(path)
    assert faults(given, end=end, key=key) == [("changed", 3, 3)]
    path.write_text("{}")
    with pytest.raises(BadAsset, match="no audit log that filmwright exported"):
        read_export(path)


def test_words_with_other_line_ends_are_exported_whole(tmp_path):
    append(Event(kind="mark", subject="one\u2028two\x85three\x0cfour"))
    export(tmp_path / "log.jsonl")
    given, end, key = read_export(tmp_path / "log.jsonl")
    assert check(given, end, key).whole
    assert given[0].subject == "one\u2028two\x85three\x0cfour"


def test_a_key_without_a_log_of_somebody_is_refused():
    with pytest.raises(BadFilm, match="belongs to an exported log"):
        check_log(key="ab" * 32)


@pytest.mark.parametrize(
    ("code", "words"), [(sqlite3.SQLITE_FULL, "Free some space"), (sqlite3.SQLITE_CORRUPT, "Put it back from a backup")]
)
def test_what_hinders_the_log_is_told_with_what_to_do(log, monkeypatch, code, words):
    def fail(*_, **__):
        err = sqlite3.OperationalError("no")
        err.sqlite_errorcode = code
        raise err

    monkeypatch.setattr(sqlite3, "connect", fail)
    with pytest.raises(CannotWrite, match=words):
        append(Event(kind="mark", subject="film 9"))


def test_a_folder_that_can_t_be_kept_names_the_variable(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "file"))
    with pytest.raises(CannotWrite, match="Choose another folder with FILMWRIGHT_HOME"):
        append(Event(kind="mark", subject="film"))


WRITER = """
import sys
from filmwright.film.asset.audit import Event, append
for i in range(200):
    append(Event(kind="key-use", subject=sys.argv[1], facts={"i": str(i)}))
"""


def test_two_processes_keep_one_chain():
    both = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    found = verify()
    assert (found.num_rows, found.problems) == (400, ())
    for name in ("a", "b"):
        assert [row.facts["i"] for row in rows() if row.subject == name] == [str(i) for i in range(200)]
    assert head().count == 400
