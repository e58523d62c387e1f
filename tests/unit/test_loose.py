"""Shards of loose files: any damage to any of them is told, and what a killed run left does no harm."""

import pytest

from filmwright.core.errors import BadAsset
from filmwright.jobs.simulate import loose
from filmwright.jobs.simulate.writers import writers
from tests.simulated import made_up

LOOSE = [name for name in writers.names() if name != "webdataset"]


@pytest.mark.parametrize("name", LOOSE)
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_damage_to_any_file_is_told_by_its_name(name, damage, tmp_path):
    writer = writers.open(name)
    writer.write([made_up()], tmp_path, "made-000000")
    writer.finish(tmp_path)
    assert len([*writer.read(tmp_path)]) == 1
    for path in [p for p in tmp_path.rglob("*") if p.is_file() and p.parent.name != "shards"]:
        good = path.read_bytes()
        if damage == "gone":
            path.unlink()
        else:
            middle = len(good) // 2
            path.write_bytes(good[:middle] + (bytes([good[middle] ^ 4]) + good[middle + 1 :]) * (damage == "flipped"))
        with pytest.raises(BadAsset, match=path.name):
            list(writer.read(tmp_path))
        path.write_bytes(good)
    assert len([*writer.read(tmp_path)]) == 1


def test_an_index_that_is_damaged_is_told(tmp_path):
    loose.write([("7", {"a/7.txt": b"seven"})], tmp_path, "one")
    index = tmp_path / "shards/one.json"
    whole = index.read_text()
    for broken in (whole[:-3], "[]", "{", '{"7": 3}'):
        index.write_text(broken)
        with pytest.raises(BadAsset, match=r"one\.json"):
            list(loose.read(tmp_path))
    index.write_text(whole)
    assert dict(loose.read(tmp_path)) == {"7": {"a/7.txt": b"seven"}}


def test_a_run_killed_while_files_were_moved_leaves_no_shard(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/7.txt").write_bytes(b"half")
    assert not loose.has(tmp_path, "one")
    assert not list(loose.read(tmp_path))
    loose.write([("7", {"a/7.txt": b"seven"})], tmp_path, "one")
    assert dict(loose.read(tmp_path)) == {"7": {"a/7.txt": b"seven"}}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "shards"]


def test_two_machines_with_the_same_process_number_share_a_folder(tmp_path):
    def meanwhile():
        yield "1", {"a/1.txt": b"one"}
        loose.write([("2", {"a/2.txt": b"two"})], tmp_path, "second")
        yield "3", {"a/3.txt": b"three"}

    loose.write(meanwhile(), tmp_path, "first")
    assert [key for key, _ in loose.read(tmp_path)] == ["1", "3", "2"]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["1.txt", "2.txt", "3.txt"]
