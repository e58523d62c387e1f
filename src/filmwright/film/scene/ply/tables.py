"""The body of a PLY file as columns."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped

from filmwright.core.errors import BadAsset

from ..check import check_counts
from ..lines import floats
from .header import Element, Header


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ragged:
    """A list in every row: all values one after the other, and how many each row has."""

    values: Shaped[np.ndarray, " C"]
    sizes: Int64[np.ndarray, " N"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """An element's columns by name."""

    count: int = 0
    columns: dict[str, Shaped[np.ndarray, " N"]] = field(default_factory=dict)
    lists: dict[str, Ragged] = field(default_factory=dict)


def tables(path: Path, head: Header, data: bytes) -> dict[str, Table]:
    """Every element up to the faces; raises BadAsset if the file is shorter than its header says."""
    out: dict[str, Table] = {}
    body = memoryview(data)[head.size :]
    numbers = None if head.order else floats(bytes(body), str(path))
    at = 0
    for element in head.elements:
        check_counts(str(path), vertices=element.count)
        if not element.properties:
            continue
        if numbers is None:
            out[element.name], at = _binary(path, element, head.order, body, at)
        else:
            out[element.name], at = _text(path, element, numbers, at)
        if element.name == "face":
            break
    return out


def _binary(path: Path, element: Element, order: str, body: memoryview, at: int) -> tuple[Table, int]:
    sizes = [np.dtype(p.count_type or p.type).itemsize for p in element.properties]
    _check_room(path, element, sum(sizes) * element.count, len(body) - at, "bytes")
    if not any(p.count_type for p in element.properties):
        kind = np.dtype([(f"{i}", order + p.type) for i, p in enumerate(element.properties)])
        rows = np.frombuffer(body, kind, element.count, at)
        columns = {p.name: rows[f"{i}"] for i, p in enumerate(element.properties)}
        return Table(count=element.count, columns=columns), at + kind.itemsize * element.count
    found = _even_rows(element, order, body, at)
    return found if found is not None else _walked(path, element, order, body, at)


def _even_rows(element: Element, order: str, body: memoryview, at: int) -> tuple[Table, int] | None:
    """All rows at once, where each has lists as long as the first row's: the usual case of triangles only."""
    if not element.count:
        return Table(lists={p.name: _nothing() for p in element.properties if p.count_type}), at
    lengths, place = [], at
    for p in element.properties:
        length = 1
        if p.count_type:
            count = np.dtype(order + p.count_type)
            if place + count.itemsize > len(body):
                return None
            length = int(np.frombuffer(body, count, 1, place)[0])
            place += count.itemsize
        if length < 0 or length > len(body):
            return None
        lengths.append(length)
        place += length * np.dtype(p.type).itemsize
    if at + (place - at) * element.count > len(body):
        return None
    fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    for i, (p, length) in enumerate(zip(element.properties, lengths, strict=True)):
        if p.count_type:
            fields += [(f"n{i}", order + p.count_type), (f"{i}", order + p.type, (length,))]
        else:
            fields.append((f"{i}", order + p.type))
    rows = np.frombuffer(body, np.dtype(fields), element.count, at)
    columns, lists = {}, {}
    for i, (p, length) in enumerate(zip(element.properties, lengths, strict=True)):
        if not p.count_type:
            columns[p.name] = rows[f"{i}"]
        elif (rows[f"n{i}"] != length).any():
            return None
        else:
            lists[p.name] = Ragged(values=rows[f"{i}"].ravel(), sizes=np.full(element.count, length))
    return Table(count=element.count, columns=columns, lists=lists), at + (place - at) * element.count


def _walked(path: Path, element: Element, order: str, body: memoryview, at: int) -> tuple[Table, int]:
    """Row by row, for lists of different lengths."""
    kinds = [(np.dtype(order + (p.count_type or p.type)), np.dtype(order + p.type), p) for p in element.properties]
    found: dict[str, list[np.ndarray]] = {p.name: [] for p in element.properties}
    for _ in range(element.count):
        for first, kind, p in kinds:
            length = 1
            if p.count_type:
                _check_room(path, element, first.itemsize, len(body) - at, "bytes")
                length = int(np.frombuffer(body, first, 1, at)[0])
                at += first.itemsize
            _check_room(path, element, length * kind.itemsize, len(body) - at, "bytes")
            found[p.name].append(np.frombuffer(body, kind, length, at))
            at += length * kind.itemsize
    return _joined(element, found), at


def _text(path: Path, element: Element, numbers: np.ndarray, at: int) -> tuple[Table, int]:
    width = len(element.properties)
    _check_room(path, element, width * element.count, len(numbers) - at, "numbers")
    if not any(p.count_type for p in element.properties):
        rows = numbers[at : at + width * element.count].reshape(-1, width)
        return Table(
            count=element.count, columns={p.name: _typed(rows[:, i], p.type) for i, p in enumerate(element.properties)}
        ), at + rows.size
    if width == 1 and element.count:  # only a list, all as long as the first: the usual case
        length = numbers[at]
        size = int(length) + 1 if 0 <= length <= len(numbers) else 0
        rows = numbers[at : at + size * element.count]
        rows = rows.reshape(-1, size) if size and rows.size == size * element.count else rows[:0, None]
        if len(rows) and (rows[:, 0] == length).all():
            ragged = Ragged(values=rows[:, 1:].ravel(), sizes=np.full(element.count, size - 1))
            return Table(count=element.count, lists={element.properties[0].name: ragged}), at + rows.size
    found: dict[str, list[np.ndarray]] = {p.name: [] for p in element.properties}
    for _ in range(element.count):
        for p in element.properties:
            length = 1
            if p.count_type:
                _check_room(path, element, 1, len(numbers) - at, "numbers")
                length = int(numbers[at]) if 0 <= numbers[at] <= len(numbers) else -1
                at += 1
            _check_room(path, element, length, len(numbers) - at, "numbers")
            found[p.name].append(numbers[at : at + length])
            at += length
    return _joined(element, found), at


def _joined(element: Element, found: dict[str, list[np.ndarray]]) -> Table:
    columns, lists = {}, {}
    for p in element.properties:
        values = np.concatenate(found[p.name]) if found[p.name] else np.zeros(0, p.type)
        if p.count_type:
            lists[p.name] = Ragged(values=values, sizes=np.array([len(row) for row in found[p.name]], np.int64))
        else:
            columns[p.name] = values
    return Table(count=element.count, columns=columns, lists=lists)


def _typed(values: Shaped[np.ndarray, " N"], kind: str) -> Shaped[np.ndarray, " N"]:
    """Text's numbers in the type that the header tells, where that says their range."""
    if kind[0] != "u":
        return values
    return np.nan_to_num(values).clip(0, np.iinfo(kind).max).astype(kind)


def _nothing() -> Ragged:
    return Ragged(values=np.zeros(0), sizes=np.zeros(0, np.int64))


def _check_room(path: Path, element: Element, needed: int, left: int, unit: str) -> None:
    if needed < 0:
        raise BadAsset(f"{path} has a list of negative length in {element.name!r}. It is broken: export it again.")
    if needed > left:
        raise BadAsset(
            f"{path} is truncated: its {element.count:,} of {element.name!r} need {needed:,} more {unit}, "
            f"{left:,} are left. Get the file again."
        )
