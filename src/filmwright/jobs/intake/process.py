"""Starts the parser's process, and makes an end of it."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from filmwright.core.errors import Refused, Unavailable

from .nouns import Limits

_ANSWER = 1 << 20  # bytes: no answer is that long
_SEATS = BoundedSemaphore(max(2, os.cpu_count() or 1))  # bounds of one parser are none if there are a hundred
_ONE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PXR_WORK_THREAD_LIMIT")  # threads take space
_KEPT = {"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT"}  # of the environment: no keys, no proxies


def parse_apart(room: Path, file: str, media_type: str, limits: Limits) -> dict[str, Any]:
    """What the parser says of `file` in `room`, which is its working folder and where it writes "out" with an ending.

    Raises Refused: what the parser refuses, and "parse_timeout", "parse_memory", "parse_failed" where it came to no
    end of its own; Unavailable where too many others are being parsed for too long.
    """
    if not _SEATS.acquire(timeout=limits.parse_wall_seconds):
        raise Unavailable("too many files are being read at the moment. Send yours again later.")
    try:
        return _parsed_apart(room, file, media_type, limits)
    finally:
        _SEATS.release()


def _parsed_apart(room: Path, file: str, media_type: str, limits: Limits) -> dict[str, Any]:
    asked = {"file": file, "media_type": media_type, "limits": asdict(limits), "parent": os.getpid()}
    with (room / "answer").open("w+b") as answer, (room / "log").open("w+b") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "filmwright.jobs.intake.worker"],
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=log,
            cwd=room,
            env=environment(room),
            start_new_session=True,
        )
        try:
            process.communicate(json.dumps(asked).encode(), timeout=limits.parse_wall_seconds)
        except subprocess.TimeoutExpired as err:
            raise _too_slow() from err
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started
            process.wait()
        answer.seek(0)
        log.seek(0)
        return _understood(process.returncode, answer.read(_ANSWER), log.read(_ANSWER))


def _understood(code: int, answer: bytes, log: bytes) -> dict[str, Any]:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _too_slow()
    if code in (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS) and b"alloc" in log.lower():
        raise Refused("the file takes too much memory to read. Make it smaller.", "parse_memory")
    try:
        said = json.loads(answer) if code == 0 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refused("the file could not be read: it ended its reader. Save it again.", "parse_failed")
    if "code" in said:
        raise Refused(str(said["message"])[:1000], str(said["code"]))
    return said


def _too_slow() -> Refused:
    return Refused("the file takes too long to read. Make it smaller or shorter.", "parse_timeout")


def environment(room: Path) -> dict[str, str]:
    """As little as Python needs, with our own modules found as they are here."""
    kept = {key: value for key, value in os.environ.items() if key in _KEPT}
    one = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PXR_WORK_THREAD_LIMIT"), "1"
    )  # each takes address space, and of a process of several threads Linux takes no network
    places = os.pathsep.join(str(Path(place).resolve()) for place in sys.path if place)
    return kept | one | {"PYTHONPATH": places, "HOME": str(room), "TMPDIR": str(room), "PYTHONDONTWRITEBYTECODE": "1"}
