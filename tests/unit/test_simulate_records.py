"""What stands beside a clip's pictures."""

import io
import zipfile
import zlib

import numpy as np

from filmwright.core.frames import Passes
from filmwright.jobs.simulate.records import packed, unpacked


def test_passes_are_lightly_compressed_and_numpy_reads_them():
    depth = np.random.default_rng(1).uniform(1, 9, (2, 32, 32)).round(2).astype(np.float32)
    data = packed(Passes(depth=depth))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        plain, size = archive.read("depth.npy"), archive.getinfo("depth.npy").compress_size
    sizes = [len(zlib.compress(plain, level, wbits=-15)) for level in (1, 6)]
    assert size == sizes[0] != sizes[1]
    np.testing.assert_array_equal(np.load(io.BytesIO(data))["depth"], depth)
    np.testing.assert_array_equal(unpacked(data).depth, depth)
