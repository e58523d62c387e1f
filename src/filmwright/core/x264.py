"""What makes x264 give the same bits every time."""

from functools import cache
from pathlib import Path


@cache
def repeatable() -> str:
    """Parameters to add to `x264-params`; empty where nothing is needed.

    x264's AVX-512 code for the macroblock tree reads memory that nobody wrote where a picture is no multiple of 256
    pixels wide: the same pictures then differ by a few bits from run to run. Its AVX2 code does not. Only Linux tells
    what the processor has in a file.
    """
    try:
        return "asm=AVX2" if "avx512" in Path("/proc/cpuinfo").read_text(encoding="utf-8") else ""
    except OSError:
        return ""
