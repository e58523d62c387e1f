"""Strangers' files: honest ones come in as they look, hostile ones are refused by name, and nothing stays behind."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from filmwright.core.errors import Refused, Unavailable
from filmwright.film.scene.readers import readers
from filmwright.film.video.reading import decode, probe
from filmwright.jobs.intake import Code, Limits, PictureFacts, accept, receive
from filmwright.jobs.intake.parsing import parse
from filmwright.jobs.intake.process import environment, parse_apart
from tests.hostile import (
    GLB,
    HONEST,
    HONEST_USDZ,
    HOSTILE,
    HOSTILE_USDZ,
    JPEG,
    PIXELS,
    PNG,
    moving_picture,
    picture,
    textured_glb,
    video,
    write,
)
from tests.hostile import zipped as zipped_obj
from tests.scans import asset, png, volume, world_triangles

LIMITS = Limits(
    max_bytes=8 << 20,
    max_pixels=1_000_000,
    max_vertices=100_000,
    max_faces=5_000,
    max_seconds=4.0,
    max_frames=100,
    max_frame_pixels=256 * 256,
    max_expanded_bytes=16 << 20,
)


@pytest.fixture
def in_process(monkeypatch):
    """The parser called here, which is quick; that it runs apart, and bounded, has tests of its own below."""

    def parse_here(room, file, media_type, limits):
        from filmwright.core.errors import BadAsset

        monkeypatch.chdir(room)
        try:
            source, facts = parse(Path(file), media_type, Path("out"), limits)
        except Refused:
            raise
        except BadAsset as err:
            raise Refused(str(err), "broken_file") from err
        return {"source_type": source, "facts": facts}

    monkeypatch.setattr("filmwright.jobs.intake.accepting.parse_apart", parse_here)


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.usefixtures("in_process")
def test_what_is_hostile_or_broken_is_refused(what, tmp_path):
    make, code = HOSTILE[what]
    path, kept = write(tmp_path, make()), tmp_path / "kept"
    kept.mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refused) as told:
        accept(path, kept, LIMITS)
    assert (told.value.code, str(told.value)[-1:]) == (code, "."), told.value
    assert code in get_args(Code)
    assert str(tmp_path) not in str(told.value)  # nothing of ours is told
    assert "root:" not in str(told.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("what", HONEST)
@pytest.mark.usefixtures("in_process")
def test_what_is_honest_comes_in(what, tmp_path):
    make, kind = HONEST[what]
    path, kept = write(tmp_path, make()), tmp_path / "kept"
    kept.mkdir()
    found = accept(path, kept, LIMITS)
    assert found.kind == kind
    assert [p.name for p in kept.iterdir()] == [found.path.name]
    assert found.path.stem == found.sha256
    assert found.num_bytes == found.path.stat().st_size
    with pytest.raises(Refused) as told:
        accept(path, kept, LIMITS, kinds=[other for other in ("picture", "scan", "video") if other != kind])
    assert told.value.code == "kind_not_allowed"


def test_each_code_is_met():
    met = {code for _, code in HOSTILE.values()}
    elsewhere = {"kind_not_allowed", "too_large", "parse_timeout", "parse_memory", "parse_failed"}
    fetched = {"bad_url", "host_not_allowed", "private_address", "too_many_redirects", "fetch_failed", "fetch_timeout"}
    assert met | elsewhere | fetched == set(get_args(Code))
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("what", HOSTILE_USDZ)
@pytest.mark.usefixtures("in_process")
def test_hostile_usdz_is_refused(what, tmp_path):
    pytest.importorskip("pxr")
    make, code = HOSTILE_USDZ[what]
    with pytest.raises(Refused) as told:
        accept(write(tmp_path, make()), tmp_path, LIMITS)
    assert told.value.code == code, told.value
    assert [path.suffix for path in tmp_path.iterdir()] == [".exe"]


def test_a_usdz_becomes_a_glb(tmp_path):
    pytest.importorskip("pxr")
    found = accept(write(tmp_path, HONEST_USDZ), tmp_path, LIMITS)
    assert (found.kind, found.source_type, found.media_type) == ("scan", "model/vnd.usdz+zip", "model/gltf-binary")
    assert volume(world_triangles(readers.open("gltf").read(found.path))) == pytest.approx(1 / 6)


@pytest.mark.usefixtures("in_process")
def test_usdz_without_its_library_is_a_kind_that_is_not_taken(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pxr", None)
    monkeypatch.delitem(sys.modules, "filmwright.film.scene.readers.usd", raising=False)
    with pytest.raises(Refused) as told:
        accept(write(tmp_path, HONEST_USDZ), tmp_path, LIMITS)
    assert told.value.code == "unsupported_type"


@pytest.mark.usefixtures("in_process")
def test_a_picture_is_what_is_seen(tmp_path):
    turned = picture("JPEG", quality=100, exif=_exif(6))
    found = accept(write(tmp_path, turned), tmp_path, LIMITS)
    seen = np.asarray(Image.open(found.path)).astype(int)
    assert found.facts == PictureFacts(width=24, height=32)
    assert np.abs(seen - np.rot90(np.asarray(Image.open(io.BytesIO(turned))).astype(int), -1)).max() == 0
    clear = np.dstack([PIXELS, np.zeros(PIXELS.shape[:2], np.uint8)])
    found = accept(write(tmp_path, png(clear)), tmp_path, LIMITS)
    assert (np.asarray(Image.open(found.path)) == 255).all()


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "where I live"
    return exif.tobytes()


@pytest.mark.usefixtures("in_process")
def test_what_is_not_the_picture_stays_outside(tmp_path):
    for content in (picture("JPEG", exif=_exif(1)), moving_picture(), PNG + b"a secret"):
        found = accept(write(tmp_path, content), tmp_path, LIMITS)
        kept = found.path.read_bytes()
        assert b"where I live" not in kept
        assert b"ftyp" not in kept
        assert b"secret" not in kept


@pytest.mark.usefixtures("in_process")
def test_a_zipped_obj_is_the_scan_that_was_in_it(tmp_path):
    found = accept(write(tmp_path, zipped_obj()), tmp_path, LIMITS)
    assert (found.media_type, found.source_type) == ("model/gltf-binary", "application/zip")
    scene = readers.open("gltf").read(found.path)
    assert found.facts.num_faces == sum(len(mesh.faces) for mesh in scene.meshes) == 4
    texture = scene.meshes[0].material.base_color_texture
    assert np.array_equal(texture.pixels, PIXELS)


@pytest.mark.usefixtures("in_process")
def test_a_glb_keeps_its_bytes_to_its_end(tmp_path):
    found = accept(write(tmp_path, GLB + b"\0\0 more"), tmp_path, LIMITS)
    assert found.path.read_bytes() == GLB
    assert found.facts.size == pytest.approx((1, 1, 1))


@pytest.mark.usefixtures("in_process")
def test_a_video_keeps_its_pictures_and_times(tmp_path):
    path = write(tmp_path, video(num_frames=9, fps=12))
    found = accept(path, tmp_path, LIMITS)
    facts = probe(found.path)
    assert (found.facts.num_frames, found.facts.fps, found.facts.seconds) == (9, 12, 0.75)
    assert (facts.num_frames, facts.fps, facts.audio_codec) == (9, 12, "")
    for before, after in zip(decode(path), decode(found.path), strict=True):
        assert np.abs(before.rgb.astype(int) - after.rgb.astype(int)).mean() < 5


@pytest.mark.usefixtures("in_process")
def test_limits_are_those_that_are_given(tmp_path):
    for content, which, most, code in [
        (PNG, "max_pixels", 32 * 24, "too_many_pixels"),
        (GLB, "max_vertices", 12, "too_many_faces"),
        (GLB, "max_faces", 4, "too_many_faces"),
        (video(num_frames=6), "max_frames", 6, "too_long"),
        (video(num_frames=6, fps=6), "max_seconds", 1.0, "too_long"),
        (video(num_frames=1), "max_frame_pixels", 48 * 32, "too_many_pixels"),
        (zipped_obj(), "max_entries", 3, "archive_bomb"),
        (JPEG, "max_bytes", len(JPEG), "too_large"),
    ]:
        path = write(tmp_path, content)
        accept(path, tmp_path, replace(LIMITS, **{which: most}))
        with pytest.raises(Refused) as told:
            accept(path, tmp_path, replace(LIMITS, **{which: most - 1 if which != "max_seconds" else 0.8}))
        assert told.value.code == code


def test_an_upload_is_stopped_while_it_comes(tmp_path):
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield b"x" * 1000

    with pytest.raises(Refused) as told:
        receive(endless(), tmp_path, replace(LIMITS, max_bytes=10_000))
    assert (told.value.code, len(asked)) == ("too_large", 11)
    with pytest.raises(Refused) as told:
        receive(io.BytesIO(b""), tmp_path, LIMITS)
    assert told.value.code == "empty_file"

    def broken():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(broken(), tmp_path, LIMITS)
    assert list(tmp_path.iterdir()) == []
    assert receive(io.BytesIO(b"whole"), tmp_path, LIMITS).read_bytes() == b"whole"


# The parser's process itself


def test_the_parser_runs_apart(tmp_path):
    for content, kind in ((PNG, "picture"), (textured_glb(PNG), "scan")):
        assert accept(write(tmp_path, content), tmp_path, LIMITS).kind == kind
    with pytest.raises(Refused) as told:
        accept(write(tmp_path, PNG[:60]), tmp_path, LIMITS)
    assert told.value.code == "broken_file"
    assert str(tmp_path) not in str(told.value)


def test_a_real_scan_comes_in(tmp_path):
    found = accept(asset("Duck.glb"), tmp_path)
    assert (found.facts.num_vertices, found.facts.num_faces) == (2399, 4212)
    packed = tmp_path / "fuze.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for path in asset("fuze").iterdir():
            made.write(path, path.name)
    assert accept(packed, tmp_path).facts.num_faces == 1000


def test_the_parser_has_an_end_in_memory_and_time(tmp_path):
    large = write(tmp_path, png(np.zeros((4000, 4000, 3))))
    tight = replace(LIMITS, max_pixels=16_000_000, parse_bytes=700 << 20, max_expanded_bytes=1 << 30)
    with pytest.raises(Refused) as told:
        accept(large, tmp_path, replace(tight, parse_bytes=200 << 20))
    assert told.value.code in ("parse_memory", "parse_failed")
    with pytest.raises(Refused) as told:
        accept(large, tmp_path, replace(tight, parse_wall_seconds=0.05))
    assert told.value.code == "parse_timeout"
    assert [p.name for p in tmp_path.iterdir()] == [large.name]


PROBE = """
import json, os, resource, socket, sys
from filmwright.jobs.intake.worker import bounded
bounded(memory=3 << 30, cpu_seconds=1, file_bytes=1 << 20)
what = sys.argv[1]
if what == "memory":
    b"x" * (4 << 30)
if what == "time":
    while True:
        pass
if what == "disk":
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    open("large", "wb").write(b"x" * (2 << 20))
if what == "network":
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 5)
if what == "sleep":
    print("asleep", os.getpid(), flush=True)
    import time
    time.sleep(100)
print("free")
"""
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {PROBE!r}, "sleep"])
"""


@pytest.mark.parametrize(("what", "sign"), [("memory", "MemoryError"), ("time", ""), ("disk", "File too large")])
def test_the_bounds_hold(what, sign, tmp_path):
    run = subprocess.run([sys.executable, "-c", PROBE, what], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "free" not in run.stdout
    assert run.returncode == (-signal.SIGXCPU if what == "time" else 1)
    assert sign in run.stderr


def test_the_parser_has_no_network_where_linux_can_take_it(tmp_path):
    import socket

    may = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = str(server.getsockname()[1])
        run = subprocess.run(
            [sys.executable, "-c", PROBE, "network", port],
            cwd=tmp_path,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
    assert ("free" in run.stdout) == (not may), run.stderr


def test_the_parser_goes_with_its_parent():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    said, pid = parent.stdout.readline().split()
    assert (said, Path(f"/proc/{pid}").exists()) == ("asleep", True)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(pid)


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_parser_knows_no_secrets(tmp_path, monkeypatch):
    """Its environment is read while it waits for its input."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    seen = {}
    real = subprocess.Popen.communicate

    def look(process, *args, **kwargs):
        seen["environment"] = Path(f"/proc/{process.pid}/environ").read_bytes()
        seen["group"] = os.getpgid(process.pid)
        seen["pid"] = process.pid
        return real(process, *args, **kwargs)

    monkeypatch.setattr(subprocess.Popen, "communicate", look)
    accept(write(tmp_path, PNG), tmp_path, LIMITS)
    assert b"very-secret" not in seen["environment"]
    assert seen["group"] == seen["pid"] != os.getpgrp()


def test_a_parser_that_lies_is_not_believed(tmp_path, monkeypatch):
    """As if a decoder had been taken over: an answer that is none, and a file that is another kind."""
    real = parse_apart
    for lie in ({"facts": {"width": "many", "height": 1}}, {"facts": None}, {}):

        def lying(room, file, media_type, limits, lie=lie):
            return real(room, file, media_type, limits) | {"facts": {}} | lie

        monkeypatch.setattr("filmwright.jobs.intake.accepting.parse_apart", lying)
        with pytest.raises(Refused) as told:
            accept(write(tmp_path, PNG), tmp_path, LIMITS)
        assert told.value.code == "parse_failed"

    def swapping(room, file, media_type, limits):
        said = real(room, file, media_type, limits)
        (room / "out.png").write_bytes(b"#!/bin/sh\n")
        return said

    monkeypatch.setattr("filmwright.jobs.intake.accepting.parse_apart", swapping)
    with pytest.raises(Refused) as told:
        accept(write(tmp_path, PNG), tmp_path, LIMITS)
    assert told.value.code == "parse_failed"


def test_there_are_never_more_parsers_than_seats(tmp_path, monkeypatch):
    monkeypatch.setattr("filmwright.jobs.intake.process._SEATS", threading.BoundedSemaphore(2))
    now, most, lock = 0, 0, threading.Lock()

    def counted(room, file, media_type, limits):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return {}

    monkeypatch.setattr("filmwright.jobs.intake.process._parsed_apart", counted)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: parse_apart(tmp_path, "input", "image/png", LIMITS), range(16)))
    assert (now, most) == (0, 2)
    monkeypatch.setattr("filmwright.jobs.intake.process._SEATS", threading.Semaphore(0))
    with pytest.raises(Unavailable, match="too many files"):
        parse_apart(tmp_path, "input", "image/png", replace(LIMITS, parse_wall_seconds=0.01))


def test_a_crash_of_the_parser_is_a_refusal(tmp_path, monkeypatch):
    killer = "import os; os.kill(os.getpid(), 11)"
    monkeypatch.setattr("filmwright.jobs.intake.process.sys.executable", _script(tmp_path, killer))
    began = time.monotonic()
    with pytest.raises(Refused) as told:
        accept(write(tmp_path, PNG), tmp_path, LIMITS)
    assert told.value.code == "parse_failed"
    assert time.monotonic() - began < 30


def _script(folder: Path, code: str) -> str:
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return str(path)
