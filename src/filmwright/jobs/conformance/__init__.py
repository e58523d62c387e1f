"""A server -> whether it speaks the Videos API: the official SDK and plain HTTP find out, rule by rule."""

import time
from collections.abc import Iterable

from filmwright.core.errors import BadFilm
from filmwright.core.progress import Report, Step, silent

from .asked import ConformanceRequest
from .checks import Check
from .nouns import Diverges, Examination, Finding, Untried, Verdict
from .target import Target, opened
from .topics import CHECKS, TOPICS


def conformance(asked: ConformanceRequest, report: Report = silent) -> Examination:
    """Try every rule on a server, one after the other, and remove what was made there.

    Raises Unavailable where nobody answers, BadFilm for a topic that there is none of.
    """
    chosen = _chosen(asked.topics)
    findings = []
    with opened(asked, report) as target:
        for num, one in enumerate(chosen):
            report(Step("examine", num, len(chosen), "rules"))
            findings.append(_tried(one, target))
    report(Step("examine", len(chosen), len(chosen), "rules"))
    return Examination(url=asked.url, model=asked.model, findings=tuple(findings), left=target.left)


def _chosen(topics: Iterable[str]) -> list[Check]:
    for topic in topics:
        if topic not in TOPICS:
            raise BadFilm(f"there is no topic {topic!r}. There are: {', '.join(TOPICS)}.")
    return [one for one in CHECKS if not topics or one.topic in topics]


def _tried(one: Check, target: Target) -> Finding:
    began = time.perf_counter()
    said: Verdict
    try:
        said, came = "holds", one.run(target)
    except Diverges as err:
        said, came = "diverges", str(err)
    except Untried as err:
        said, came = "cannot be tried", str(err)
    except (AttributeError, LookupError, TypeError, ValueError) as err:  # JSON of quite another shape
        said, came = "diverges", f"an answer that can't be read: {type(err).__name__}: {err}"
    seconds = round(time.perf_counter() - began, 3)
    return Finding(
        topic=one.topic,
        name=one.name,
        rule=one.rule,
        source=one.source,
        verdict=said,
        came=came,
        seconds=seconds,
    )


__all__ = ["TOPICS", "ConformanceRequest", "Examination", "Finding", "Verdict", "conformance"]
