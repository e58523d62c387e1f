"""Records: found by the mark's id and by looks, whole or absent, and a damaged one hides no other."""

import pytest

from filmwright.core.errors import BadFilm, FilmWarning
from filmwright.film.asset.records import Record, every, find, keep, nearest

ID = "0123456789abcdef"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path))
    return tmp_path


def record(mark_id=ID, made="2026-11-22T10:00:00+00:00", **changes):
    said = {"title": "Söhne", "maker": "Kim", "sha256": "ab" * 32, "manifest": '{"film": 1}', "store": b"\x00\xffjumb"}
    return Record(mark_id=mark_id, made=made, **(said | changes))


def test_a_record_comes_back_as_it_was():
    kept = record(fingerprints=("12" * 32,))
    keep(kept)
    assert find(ID) == (kept,)
    assert find(ID.upper()) == (kept,)
    assert find("f" * 16) == ()


def test_films_made_twice_are_both_there_newest_first():
    old, new = record(), record(made="2026-11-23T09:00:00+00:00", sha256="cd" * 32)
    for each in (new, old, old):
        keep(each)
    assert find(ID) == (new, old)


def test_ids_that_are_none():
    keep(record(mark_id=""))
    assert [r.mark_id for r in every()] == [""]
    assert find("") == find("../unmarked") == find("unmarked") == ()
    with pytest.raises(BadFilm, match="hexadecimal"):
        keep(record(mark_id="../elsewhere"))


def test_the_nearest_film():
    assert nearest(("12" * 32,)) is None
    one, two = record(mark_id="a1", fingerprints=("00" * 32,)), record(mark_id="b2", fingerprints=("ff" * 32,))
    keep(one)
    keep(two)
    keep(record(mark_id="c3"))
    assert nearest(("0f" + "ff" * 31,)) == (two, 4.0)
    assert nearest(()) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"check": 1}', None])
def test_a_damaged_record_is_named_and_hides_no_other(damage):
    good = record()
    keep(good)
    bad = keep(record(made="2026-11-24T09:00:00+00:00"))
    bad.write_text(bad.read_text().replace("Kim", "Tim") if damage is None else damage)
    with pytest.warns(FilmWarning, match=bad.name):
        assert find(ID) == (good,)
    with pytest.warns(FilmWarning, match="is damaged and was passed over"):
        assert every() == (good,)


def test_nothing_but_the_record_is_left(home):
    path = keep(record())
    assert [p for p in home.rglob("*") if p.is_file()] == [path]
