"""A report as plain values, for programs."""

from dataclasses import asdict
from typing import Any

from filmwright.core.claim import Signature

from .nouns import Finding, Report

SCHEMA = 1  # raised when a key goes or changes its meaning


def as_json(report: Report) -> dict[str, Any]:
    """Plain values; pictures and manifest stores are left out."""
    return {
        "schema": SCHEMA,
        "source": report.source,
        "made": report.made,
        "software": report.software,
        "exit": report.exit_code,
        "files": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    told = asdict(finding)
    told.pop("pictures")
    told["mark"]["payload"] = finding.mark_id or None  # as a number it would be too long for JavaScript and jq
    told["signature"], told["stored"] = _signature(finding.signature), _signature(finding.stored)
    if finding.record:
        told["record"].pop("store")
        told["record"].pop("manifest")
        told["record"].pop("made_from")
    if finding.comparison:
        for change in told["comparison"]["changes"]:
            change.pop("picture")
    return told


def _signature(signature: Signature | None) -> dict[str, Any] | None:
    if signature is None:
        return None
    told = asdict(signature)
    told.pop("store")
    told["brought"] = [_signature(brought) for brought in signature.brought]
    return told
