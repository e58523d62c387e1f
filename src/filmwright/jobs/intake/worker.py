"""The parser's process: bounded, alone, and gone with whoever started it. Only `process.py` starts it.

Reads what to do as JSON from its input, works in its folder, and writes what came of it as JSON to its output.
"""

import ctypes
import json
import os
import resource
import sys
from typing import Any

from filmwright.core.errors import BadAsset, FilmError, Refused

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  # linux/prctl.h
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
_SIGKILL = 9


def bounded(*, memory: int, cpu_seconds: int, file_bytes: int) -> None:
    """Limits on this process, set before it has seen a stranger's byte; the network goes where Linux lets us."""
    limits = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + 1),
        resource.RLIMIT_FSIZE: (file_bytes, file_bytes),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (256, 256),
    }
    for which, (soft, hard) in limits.items():
        ceiling = resource.getrlimit(which)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # some machines forbid it: the parsers use no network anyway


def main() -> None:
    """Parse one file."""
    asked = json.load(sys.stdin)
    limits = asked["limits"]
    bounded(
        memory=limits["parse_bytes"],
        cpu_seconds=limits["parse_cpu_seconds"],
        file_bytes=limits["max_expanded_bytes"],
    )
    if os.getppid() != asked["parent"]:
        sys.exit("whoever asked has gone")
    try:
        answer = _parsed(asked)
    except Refused as err:
        answer = {"code": err.code, "message": str(err)}
    except BadAsset as err:
        answer = {"code": "broken_file", "message": str(err)}
    except FilmError as err:
        answer = {"code": "parse_failed", "message": str(err)}
    except MemoryError:
        answer = {"code": "parse_memory", "message": "the file takes too much memory to read. Make it smaller."}
    json.dump(answer, sys.stdout)


def _parsed(asked: dict[str, Any]) -> dict[str, Any]:
    from pathlib import Path

    from .nouns import Limits
    from .parsing import parse

    source, facts = parse(Path(asked["file"]), asked["media_type"], Path("out"), Limits(**asked["limits"]))
    return {"source_type": source, "facts": facts}


if __name__ == "__main__":
    main()
