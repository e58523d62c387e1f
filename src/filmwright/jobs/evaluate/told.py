"""A report as plain values, for programs."""

import math
from typing import Any

from .interval import Interval
from .nouns import Mean, Measured, Report, Row
from .protocol import VideoProtocol
from .reading import Part, Reading, Scale

SCHEMA = 1  # raised when a key goes or changes its meaning


def as_json(report: Report) -> dict[str, Any]:
    """Plain values; what is not known is null, pictures and samples are left out."""
    return {
        "schema": SCHEMA,
        "sources": list(report.sources),
        "against": report.against or None,
        "made": report.made,
        "software": list(report.software),
        "files": [_row(row) for row in report.rows],
        "means": {mean.name: _mean(mean) for mean in report.means},
        "sets": {measured.name: _measured(measured) for measured in report.sets},
    }


def _row(row: Row) -> dict[str, Any]:
    error = None if row.error is None else {"error": type(row.error).__name__, "message": str(row.error)}
    return {
        "name": row.name,
        "reference": row.reference or None,
        "protocol": None if row.protocol is None else _protocol(row.protocol),
        "metrics": {measured.name: _measured(measured) for measured in row.own},
        "failed": error,
    }


def _protocol(protocol: VideoProtocol) -> dict[str, Any]:
    return {
        "width": protocol.width,
        "height": protocol.height,
        "fps": str(protocol.fps),
        "frames": protocol.num_frames,
        "codec": protocol.codec,
        "pixel_format": protocol.pixel_format,
        "color": protocol.color,
        "decoder": protocol.decoder,
        "motion": protocol.motion,
    }


def _measured(measured: Measured) -> dict[str, Any]:
    told = _scale(measured.scale)
    if measured.reading is None:
        return told | {"value": None, "refused": measured.refused}
    return told | _reading(measured.reading)


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "value": _number(reading.value),
        "note": reading.note,
        "parts": {part.name: _part(part) for part in reading.parts},
        "spans": [{"start": span.start, "end": span.end, "says": span.says} for span in reading.spans],
        "curve": [_number(value) for value in reading.curve],
    } | _bounds(reading.interval)


def _part(part: Part) -> dict[str, Any]:
    note = {"note": part.note} if part.note else {}
    return {"value": _number(part.value), "unit": part.unit} | note | _bounds(part.interval)


def _mean(mean: Mean) -> dict[str, Any]:
    told = _scale(mean.scale)
    if mean.interval is None:
        return told | {"mean": None, "refused": mean.refused}
    return told | {"mean": _number(mean.interval.mean)} | _bounds(mean.interval)


def _bounds(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {}
    return {"low": _number(interval.low), "high": _number(interval.high), "num": interval.num}


def _scale(scale: Scale) -> dict[str, Any]:
    return {"unit": scale.unit, "better": scale.better}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
