"""Typed arrays out of a glTF file's buffers (glTF 2.0, 3.6.2)."""

import numpy as np
from jaxtyping import Float32, Int64, Shaped

from filmwright.core.errors import BadAsset

from ..check import MAX_TRIANGLES, MAX_VERTICES
from .buffers import Gltf, pick, view_bytes
from .document import Accessor

_COMPONENTS = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_MAX_UNBACKED = 4_000_000  # elements of zeros that a few bytes of file may ask for


def floats(gltf: Gltf, index: int, widths: tuple[int, ...]) -> Float32[np.ndarray, "K D"]:
    """An accessor's elements as float32, normalised integers brought to [-1, 1] or [0, 1] (3.6.2.2).

    Raises BadAsset if it has not one of `widths` numbers an element.
    """
    accessor = pick(gltf, gltf.document.accessors, index, "accessor")
    if _WIDTHS.get(accessor.type) not in widths:
        raise BadAsset(f"{gltf.path}: accessor {index} is {accessor.type[:20]!r}, which its use does not allow.")
    raw = _elements(gltf, accessor, index)
    if not accessor.normalized or raw.dtype.kind == "f":
        return np.ascontiguousarray(raw, np.float32)
    scaled = raw.astype(np.float32) / np.float32(np.iinfo(raw.dtype).max)
    return np.maximum(scaled, np.float32(-1))


def integers(gltf: Gltf, index: int, width: int = 1) -> Int64[np.ndarray, "K D"]:
    """An accessor's elements as integers: indices, or joints."""
    accessor = pick(gltf, gltf.document.accessors, index, "accessor")
    if _WIDTHS.get(accessor.type) != width or accessor.component_type not in (5121, 5123, 5125):
        raise BadAsset(
            f"{gltf.path}: accessor {index} holds no unsigned integers, {width} an element, as its use needs."
        )
    return _elements(gltf, accessor, index).astype(np.int64)


def count(gltf: Gltf, index: int) -> int:
    """Number of elements of an accessor."""
    return pick(gltf, gltf.document.accessors, index, "accessor").count


def _elements(gltf: Gltf, accessor: Accessor, index: int) -> Shaped[np.ndarray, "K D"]:
    width = _WIDTHS[accessor.type]
    dtype = _dtype(gltf, accessor.component_type, index)
    if accessor.count > max(MAX_VERTICES, 3 * MAX_TRIANGLES):
        raise BadAsset(f"{gltf.path}: accessor {index} has {accessor.count:,} elements, past every limit. Simplify it.")
    if accessor.buffer_view is None:
        if accessor.count > _MAX_UNBACKED:
            raise BadAsset(f"{gltf.path}: accessor {index} asks for {accessor.count:,} elements without data.")
        base: np.ndarray = np.zeros((accessor.count, width), dtype)
    else:
        base = _strided(gltf, index, accessor.buffer_view, accessor.byte_offset, accessor.count, width, dtype)
    return base if accessor.sparse is None else _with_sparse(gltf, accessor, index, base.copy())


def _with_sparse(
    gltf: Gltf, accessor: Accessor, index: int, base: Shaped[np.ndarray, "K D"]
) -> Shaped[np.ndarray, "K D"]:
    """The elements with those that a sparse accessor replaces (3.6.2.3)."""
    sparse = accessor.sparse
    assert sparse is not None
    if sparse.count > accessor.count:
        raise BadAsset(f"{gltf.path}: accessor {index} replaces {sparse.count:,} of its {accessor.count:,} elements.")
    kind = _dtype(gltf, sparse.indices.component_type, index)
    if kind.kind != "u":
        raise BadAsset(f"{gltf.path}: accessor {index} has sparse indices that are no unsigned integers.")
    rows = _strided(gltf, index, sparse.indices.buffer_view, sparse.indices.byte_offset, sparse.count, 1, kind)[:, 0]
    values = _strided(
        gltf, index, sparse.values.buffer_view, sparse.values.byte_offset, sparse.count, base.shape[1], base.dtype
    )
    if sparse.count and int(rows.max()) >= accessor.count:
        raise BadAsset(f"{gltf.path}: accessor {index} replaces element {int(rows.max())} of {accessor.count:,}.")
    base[rows] = values
    return base


def _strided(
    gltf: Gltf, index: int, view: int, offset: int, num: int, width: int, dtype: np.dtype
) -> Shaped[np.ndarray, "K D"]:
    """A window on a buffer view; nothing is copied or allocated before its size is known to fit."""
    data, stride = view_bytes(gltf, view)
    size = width * dtype.itemsize
    step = stride or size
    needed = offset + step * (num - 1) + size if num else 0
    if needed > len(data):
        raise BadAsset(
            f"{gltf.path}: accessor {index} needs {needed:,} bytes of bufferView {view}, which has {len(data):,}. "
            "The file is truncated or broken: get it again."
        )
    if step < size:
        raise BadAsset(
            f"{gltf.path}: accessor {index} has elements of {size} bytes every {step} bytes. Export it again."
        )
    return np.ndarray((num, width), dtype, data, offset, (step, dtype.itemsize))


def _dtype(gltf: Gltf, component_type: int, index: int) -> np.dtype:
    if component_type not in _COMPONENTS:
        raise BadAsset(f"{gltf.path}: accessor {index} has the unknown component type {component_type}.")
    return np.dtype(_COMPONENTS[component_type])
