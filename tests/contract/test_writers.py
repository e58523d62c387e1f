"""Every writer: what is read back is what was written, to the bit; shards are whole or absent; the same bytes again."""

import pytest

from filmwright.core.content import content_hash, file_hash
from filmwright.core.errors import BadAsset, CannotWrite
from filmwright.jobs.simulate.writers import Writer, writers
from tests.simulated import made_up


@pytest.fixture(params=writers.names())
def writer(request):
    return writers.open(request.param)


def files(folder):
    return {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def test_it_keeps_the_contract(writer):
    assert isinstance(writer, Writer)


@pytest.mark.parametrize("backdrop", [False, True])
def test_clips_come_back_to_the_bit_and_in_order(writer, tmp_path, backdrop):
    clips = [made_up(f"{i:06d}", backdrop=backdrop) for i in range(5)]
    writer.write(clips[:3], tmp_path, "made-000000")
    writer.write(clips[3:], tmp_path, "made-000001")
    writer.finish(tmp_path)
    back = list(writer.read(tmp_path))
    assert [clip.key for clip in back] == [clip.key for clip in clips]
    assert [content_hash(clip) for clip in back] == [content_hash(clip) for clip in clips]


def test_the_same_clips_are_the_same_bytes(writer, tmp_path):
    for name in ("one", "two"):
        writer.write([made_up(), made_up("000008")], tmp_path / name, "made-000000")
        writer.finish(tmp_path / name)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_finishing_twice_does_no_harm(writer, tmp_path):
    writer.write([made_up()], tmp_path, "made-000000")
    writer.finish(tmp_path)
    once = files(tmp_path)
    writer.finish(tmp_path)
    assert files(tmp_path) == once


def test_a_shard_is_there_when_it_is_whole_and_not_before(writer, tmp_path):
    def breaking():
        yield made_up()
        raise RuntimeError("the light went out")

    with pytest.raises(RuntimeError):
        writer.write(breaking(), tmp_path, "made-000000")
    assert not writer.has(tmp_path, "made-000000")
    writer.write([made_up()], tmp_path, "made-000000")
    assert writer.has(tmp_path, "made-000000")
    assert not writer.has(tmp_path, "made-000001")


def test_what_another_process_is_still_writing_is_not_read(writer, tmp_path):
    writer.write([made_up()], tmp_path, "made-000000")
    for path in [p for p in tmp_path.rglob("*") if p.is_file()]:
        part = path.with_name(f".{path.stem}.part-1{path.suffix}")
        part.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    writer.finish(tmp_path)
    assert len(list(writer.read(tmp_path))) == 1


def test_a_folder_that_is_a_file_is_told(writer, tmp_path):
    (tmp_path / "taken").write_text("here")
    with pytest.raises(CannotWrite, match="taken"):
        writer.write([made_up()], tmp_path / "taken" / "data", "made-000000")


def test_a_damaged_file_is_told(writer, tmp_path):
    writer.write([made_up()], tmp_path, "made-000000")
    writer.finish(tmp_path)
    largest = max((p for p in tmp_path.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 3])
    with pytest.raises(BadAsset, match=largest.name):
        list(writer.read(tmp_path))
