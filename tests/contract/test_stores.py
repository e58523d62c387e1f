"""Every store: whole or not at all, the same again, ranges, order, links, and what killed puts leave."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from hashlib import sha256

import pytest

from filmwright.core.errors import BadFilm, MissingExtra, NotFound, Unavailable, UnknownDriver, Unverified
from filmwright.film.asset.stored import fetch, verify
from filmwright.film.asset.stores import Store, open_store, stores
from tests.places import s3_server

NAMES = ["a", "a/b.mp4", "a/b", "a.json/b", "results/video_1/video.mp4", "x_-.Y"]
HOSTILE = ["", "/", "/etc/passwd", "../up", "a/../../up", "a//b", "a/", ".hidden", "a/.hidden", "-rf", "a\\b", "a\0b"]
HOSTILE += ["a b", "a@b", "a\n", "ä", "a/" * 300 + "b", "n" * 161, "~", "a%2fb", "C:a", "a/..", "."]


@pytest.fixture(scope="module")
def s3():
    with s3_server() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "anybody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.delenv("AWS_PROFILE", raising=False)
        yield url


@pytest.fixture(params=stores.names())
def url(request, tmp_path):
    """An empty place."""
    if request.param == "folder":
        return str(tmp_path / "kept")
    assert request.param == "s3", "a new driver needs a place for its contract test"
    endpoint = request.getfixturevalue("s3")
    bucket = f"films-{uuid.uuid4().hex}"
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")).close()
    return f"s3://{bucket}/service?endpoint={endpoint}&part_bytes={5 << 20}"


@pytest.fixture
def store(url):
    return open_store(url)


@pytest.fixture
def a_file(tmp_path):
    def make(content: bytes = b"a film"):
        path = tmp_path / f"{sha256(content).hexdigest()[:8]}.bin"
        path.write_bytes(content)
        return path

    return make


def content(store, name, **which):
    with store.open(name, **which) as stream:
        pieces = []
        while piece := stream.read(7000):
            pieces.append(piece)
        return b"".join(pieces)


def test_it_keeps_the_contract(store):
    assert isinstance(store, Store)
    assert list(store.list()) == []
    assert store.tidy(stale=0.0) == 0


@pytest.mark.parametrize("name", ["a", "results/video_1/video.mp4"])
def test_a_file_comes_back_as_it_was_put(store, a_file, name, tmp_path):
    path = a_file(bytes(range(256)) * 100)
    put = store.put(path, name)
    assert (put.name, put.size, put.sha256) == (name, 25_600, sha256(path.read_bytes()).hexdigest())
    assert abs(put.modified.timestamp() - time.time()) < 60
    assert store.stat(name) == put == verify(store, name) == fetch(store, name, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == content(store, name) == path.read_bytes()
    assert list(store.list()) == [name]


def test_names_live_side_by_side(store, a_file):
    for number, name in enumerate(NAMES):
        store.put(a_file(f"{number}".encode()), name)
    assert list(store.list()) == sorted(NAMES)
    assert [content(store, name) for name in NAMES] == [f"{number}".encode() for number in range(len(NAMES))]
    for name in NAMES:
        store.delete(name)
        with pytest.raises(NotFound):
            store.stat(name)
    assert list(store.list()) == []


def test_media_types(store, a_file):
    kinds = {"a.mp4": "video/mp4", "a.glb": "model/gltf-binary", "a.jpg": "image/jpeg", "a": "application/octet-stream"}
    assert {name: store.put(a_file(), name).media_type for name in kinds} == kinds


def test_a_large_file_goes_in_parts(store, a_file):
    large = os.urandom(1 << 20) * 11 + b"end"
    store.put(a_file(large), "large.mp4")
    assert verify(store, "large.mp4").sha256 == sha256(large).hexdigest()
    assert content(store, "large.mp4", start=(10 << 20) - 5, length=10) == large[(10 << 20) - 5 : (10 << 20) + 5]


def test_ranges(store, a_file):
    store.put(a_file(b"0123456789"), "digits")
    for start, length in [(0, None), (0, 0), (0, 3), (4, None), (4, 3), (9, 100), (10, None), (10, 5), (99, 5)]:
        until = None if length is None else start + length
        assert content(store, "digits", start=start, length=length) == b"0123456789"[start:until]


def test_an_empty_file_is_a_file(store, a_file):
    assert store.put(a_file(b""), "empty").size == 0
    assert content(store, "empty") == b""
    assert verify(store, "empty").sha256 == sha256().hexdigest()


def test_putting_again_and_putting_other_content(store, a_file):
    first = store.put(a_file(b"one"), "a/film.mp4")
    assert store.put(a_file(b"one"), "a/film.mp4").sha256 == first.sha256
    store.put(a_file(b"two!"), "a/film.mp4")
    assert content(store, "a/film.mp4") == b"two!"
    assert list(store.list()) == ["a/film.mp4"]
    assert store.tidy(stale=0.0) == 0  # nothing of the earlier content is left


def test_content_that_is_not_as_promised_is_not_kept(store, a_file):
    with pytest.raises(Unverified, match="not 0000"):
        store.put(a_file(b"x"), "a", sha256="0" * 64)
    assert list(store.list()) == []
    store.put(a_file(b"x"), "a", sha256=sha256(b"x").hexdigest())


def test_no_name_leaves_the_store(store, a_file, tmp_path):
    path = a_file()
    before = sorted(tmp_path.rglob("*"))
    calls = [lambda name: store.put(path, name), store.stat, store.delete, store.link]
    calls += [lambda name: store.form(name, max_bytes=1), lambda name: content(store, name)]
    for name in HOSTILE:
        for call in calls:
            with pytest.raises(BadFilm, match="can't be called"):
                call(name)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_not_there(store):
    calls = [store.stat, store.link, lambda name: content(store, name), lambda name: content(store, name, length=0)]
    for call in calls:
        with pytest.raises(NotFound, match="no file 'absent'"):
            call("absent")
    store.delete("absent")
    assert list(store.list("absent")) == []


def test_prefixes(store, a_file):
    names = ["results/v1/video.mp4", "results/v1/thumbnail.webp", "results/v10/video.mp4", "results2", "inputs/a"]
    for name in names:
        store.put(a_file(), name)
    for prefix in ("", "results/", "results/v1/", "results/v1/v", "results/v1/video.mp4", "res", "results/v"):
        assert list(store.list(prefix)) == sorted(name for name in names if name.startswith(prefix))
    for hostile in ("../", "/", "/etc/", "..", "results/../../"):
        assert list(store.list(hostile)) == []


def test_links_and_forms(store, a_file, url):
    store.put(a_file(b"0123456789"), "film.mp4")
    link, form = store.link("film.mp4", seconds=60, filename="Übung 1.mp4"), store.form("up/load.glb", max_bytes=10)
    if not url.startswith("s3://"):
        assert (link, form) == (None, None)
        return
    ranged = urllib.request.Request(link, headers={"Range": "bytes=2-4"})
    with urllib.request.urlopen(ranged) as answer:
        assert answer.read() == b"234"
        assert "%C3%9Cbung%201.mp4" in answer.headers["Content-Disposition"]
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(link.replace("film.mp4", "other.mp4"))
    _post(form, b"a scan")
    assert content(store, "up/load.glb") == b"a scan"
    assert store.stat("up/load.glb").sha256 == ""
    assert verify(store, "up/load.glb").sha256 == sha256(b"a scan").hexdigest()
    assert '"content-length-range", 1, 10' in _policy(form)


def _policy(form) -> str:
    import base64

    return base64.b64decode(form.fields["policy"]).decode()


def _post(form, body: bytes) -> None:
    edge = uuid.uuid4().hex
    fields = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in form.fields.items()]
    fields += [f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n']
    data = "".join(fields).encode() + body + f"\r\n--{edge}--\r\n".encode()
    header = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    urllib.request.urlopen(urllib.request.Request(form.url, data=data, headers=header)).close()


def test_readers_see_one_content_or_the_other(store, a_file):
    """One puts two contents by turns while another reads: never a mixture, never nothing."""
    contents = [bytes([n]) * 300_000 for n in (1, 2)]
    paths = [a_file(c) for c in contents]
    store.put(paths[0], "film")
    done = threading.Event()

    def write():
        for turn in range(10):
            store.put(paths[turn % 2], "film")
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not done.is_set():
        seen.append(content(store, "film"))
    writer.join()
    assert seen
    assert all(one in contents for one in seen)


KILLED = """
import sys
from pathlib import Path
from filmwright.film.asset.stores import open_store
store = open_store(sys.argv[1])
print("ready", flush=True)
while True:
    store.put(Path(sys.argv[2]), "killed/film.mp4")
    store.put(Path(sys.argv[3]), "killed/film.mp4")
    store.delete("killed/film.mp4")
"""


def test_a_killed_put_leaves_nothing_that_is_seen_and_nothing_that_stays(store, url, a_file):
    paths = [a_file(os.urandom(1 << 20) * (6 + n)) for n in range(2)]
    whole = {sha256(path.read_bytes()).hexdigest() for path in paths} | {sha256(b"later").hexdigest()}
    for turn in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, url, *map(str, paths)], stdout=subprocess.PIPE, env=os.environ
        )
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.05 + 0.13 * turn)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for name in store.list():
            assert verify(store, name).sha256 in whole
        store.put(a_file(b"later"), "killed/film.mp4")  # the next one goes on
        assert verify(store, "killed/film.mp4").sha256 == sha256(b"later").hexdigest()
    store.tidy(stale=0.0)
    assert list(store.list()) == ["killed/film.mp4"]
    assert store.tidy(stale=0.0) == 0


def test_urls(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for url in (str(tmp_path / "k e%20pt"), "relative/kept", (tmp_path / "kept").as_uri()):
        open_store(url)
    assert {p.name for p in tmp_path.iterdir()} == {"k e%20pt", "relative", "kept"}
    for url, error, says in [
        ("", BadFilm, "empty"),
        ("file://elsewhere/kept", BadFilm, "this machine"),
        ("s3://", BadFilm, "bucket"),
        ("s3://key:secret@bucket/x", BadFilm, "environment"),
        ("s3://bucket/../x", BadFilm, "can't be called"),
        ("s3://bucket/x?colour=red", BadFilm, "colour"),
        ("s3://bucket/x?part_bytes=5", BadFilm, "part_bytes"),
        ("s3://bucket/x?endpoint=nonsense", BadFilm, "endpoint"),
        ("s4://bucket/x", UnknownDriver, "There are: folder, s3"),
    ]:
        with pytest.raises(error, match=says) as told:
            open_store(url)
        assert "secret" not in str(told.value)


def test_an_s3_that_is_not_there_is_unavailable(a_file, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    store = open_store("s3://bucket/x?endpoint=http://127.0.0.1:9")
    for call in (lambda: store.put(a_file(), "a"), lambda: store.stat("a"), lambda: list(store.list())):
        with pytest.raises(Unavailable, match="can't be reached"):
            call()


def test_without_boto3_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "filmwright.film.asset.stores.s3", raising=False)
    with pytest.raises(MissingExtra, match=r"filmwright\[s3\]"):
        open_store("s3://bucket/x")


def test_a_damaged_folder_is_told_of(tmp_path, a_file):
    """What one does to the files behind the store's back is found when they are read."""
    store = open_store(str(tmp_path / "kept"))
    store.put(a_file(b"a film"), "a/film.mp4")
    (file,) = (tmp_path / "kept/a").glob("film.mp4@*.mp4")
    file.write_bytes(b"a fi1m")
    with pytest.raises(Unverified, match="not what was put"):
        verify(store, "a/film.mp4")
    with pytest.raises(Unverified, match="not what was put"):
        fetch(store, "a/film.mp4", tmp_path / "back")
    assert not (tmp_path / "back").exists()
    file.write_bytes(b"a f")
    with pytest.raises(Unverified, match="3 bytes, not 6"):
        content(store, "a/film.mp4")
    file.unlink()
    with pytest.raises(Unverified, match="lost its file"):
        content(store, "a/film.mp4")
    store.put(a_file(b"a film"), "a/film.mp4")
    assert content(store, "a/film.mp4") == b"a film"


def test_a_link_in_the_folder_is_not_followed_out_of_it(tmp_path, a_file):
    store = open_store(str(tmp_path / "kept"))
    other = open_store(str(tmp_path / "other"))
    other.put(a_file(b"private"), "private/a")
    (tmp_path / "kept/way").symlink_to(tmp_path / "other/private")
    assert list(store.list()) == []
    assert list(store.list("way/")) == []
