"""Waking Warp up without a word."""

import os
import sys
from typing import Any

import numpy as np
import warp as wp

from filmwright.core.errors import BadFilm


def ready(device: str) -> None:
    """Start Warp, silently, and make sure that `device` is there.

    Raises BadFilm for a device that this machine lacks.
    """
    wp.config.log_level = max(wp.config.log_level, wp.LOG_ERROR)
    _start()
    names = [str(found) for found in wp.get_devices()]
    if device not in names and not (device == "cuda" and wp.is_cuda_available()):
        raise BadFilm(f"no device is called {device!r} here; this machine has {', '.join(names)}")


def _start() -> None:
    """wp.init() with its native messages (no CUDA driver, say) kept from stderr: they are no faults."""
    start: Any = wp.init
    if sys.stderr is None:  # a windowed process
        start()
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        start()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def fetched(array: Any, height: int, width: int) -> np.ndarray:
    """A Warp array with one entry a pixel, as numpy [H, W] or [H, W, C]."""
    values: np.ndarray = array.numpy()
    return values.reshape(height, width, *values.shape[1:])
