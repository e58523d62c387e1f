"""Intel Open Image Denoise, guided by what the camera knows of the surfaces."""

import os
from types import TracebackType
from typing import Any

import numpy as np
from jaxtyping import Float32

from filmwright.core.errors import RenderFailed


class Denoiser:
    """An open denoiser for pictures of one size; the same light gives the same picture with any number of threads.

    `num_threads` is how many it may use; 0 is all cores.
    """

    def __init__(self, height: int, width: int, *, num_threads: int = 1) -> None:
        import pyoidn  # here, for it brings PyTorch along where that is installed: pictures without noise need not wait

        shape = (height, width, 3)
        self._color, self._albedo, self._normals, self._clean = (np.zeros(shape, np.float32) for _ in range(4))
        self._device = pyoidn.Device(pyoidn.OIDN_DEVICE_TYPE_CPU)
        self._device.set_int("numThreads", num_threads or os.cpu_count() or 1)
        self._device.set_bool("setAffinity", False)  # two workers must not sit on the same core
        self._device.commit()
        self._filter: Any = pyoidn.Filter(self._device, pyoidn.OIDN_FILTER_TYPE_RT)
        for name, array in (
            (pyoidn.OIDN_IMAGE_COLOR, self._color),
            (pyoidn.OIDN_IMAGE_ALBEDO, self._albedo),
            (pyoidn.OIDN_IMAGE_NORMAL, self._normals),
            (pyoidn.OIDN_IMAGE_OUTPUT, self._clean),
        ):
            self._filter.set_image(name, array, pyoidn.OIDN_FORMAT_FLOAT3)
        self._filter.set_bool("hdr", True)
        self._check()

    def __call__(
        self,
        radiance: Float32[np.ndarray, "H W 3"],
        albedo: Float32[np.ndarray, "H W 3"],
        normals: Float32[np.ndarray, "H W 3"],
        *,
        exposure: float = 0.0,
    ) -> Float32[np.ndarray, "H W 3"]:
        """Clean light. `exposure` (stops) tells it which light is a mid-tone; it is fixed, since one that
        the library finds itself changes from frame to frame and flickers. Raises RenderFailed if the library does.
        """
        np.maximum(radiance, 0.0, out=self._color)
        np.clip(albedo, 0.0, 1.0, out=self._albedo)
        np.copyto(self._normals, normals)
        self._filter.set_float("inputScale", float(2.0**exposure))
        self._filter.commit()
        self._filter.execute()
        self._check()
        return self._clean.copy()

    def close(self) -> None:
        """Let go of the library's memory."""
        self._filter.release()
        self._device.release()

    def __enter__(self) -> "Denoiser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self) -> None:
        if trouble := self._device.get_error():
            raise RenderFailed(f"the denoiser failed: {trouble}")
