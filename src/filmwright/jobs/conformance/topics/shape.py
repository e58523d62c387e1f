"""The video object: which fields, which types."""

from typing import Any

from filmwright.jobs.conformance.checks import SDK, check
from filmwright.jobs.conformance.nouns import Diverges, expect
from filmwright.jobs.conformance.target import Target

TOPIC = "video object"
ALWAYS = ("id", "object", "model", "status", "progress", "created_at", "size", "seconds")
NULLABLE = ("completed_at", "expires_at", "prompt", "remixed_from_video_id", "error")
KINDS: dict[str, type | tuple[type, ...]] = dict.fromkeys(("id", "object", "model", "status", "size", "seconds"), str)
KINDS |= {"progress": int, "created_at": int}
KINDS_OR_NULL: dict[str, type] = {"completed_at": int, "expires_at": int, "prompt": str, "remixed_from_video_id": str}
HOUR = 3600  # seconds that clocks may differ by


@check(TOPIC, f"it has the fields {', '.join(ALWAYS)}", SDK)
def fields(target: Target) -> str:
    """Those that the SDK's type does not let be missing."""
    for where, video in _objects(target):
        if missing := [name for name in ALWAYS if name not in video]:
            raise Diverges(f"{where} has no {', '.join(missing)}")
    return "all are there"


@check(TOPIC, f"{', '.join(NULLABLE)} are there too, null where there is nothing to say", "the Videos API's objects")
def nullable_fields(target: Target) -> str:
    """Present and null, in place of absent."""
    for where, video in _objects(target):
        if missing := [name for name in NULLABLE if name not in video]:
            raise Diverges(f"{where} has no {', '.join(missing)}")
    return "all are there"


@check(TOPIC, "strings are strings and whole numbers are whole numbers", SDK)
def types(target: Target) -> str:
    """`seconds` is a string, `progress` and times are integers."""
    for where, video in _objects(target):
        for name, kind in KINDS.items():
            value = video.get(name, kind)
            expect(value is kind or (isinstance(value, kind) and not isinstance(value, bool)), _odd(where, name, value))
        for name, one in KINDS_OR_NULL.items():
            value = video.get(name)
            expect(value is None or (isinstance(value, one) and not isinstance(value, bool)), _odd(where, name, value))
    return "all are as they should be"


@check(TOPIC, 'object is "video"', SDK)
def object_word(target: Target) -> str:
    """The type's name."""
    for where, video in _objects(target):
        expect(video.get("object") == "video", _odd(where, "object", video.get("object")))
    return "video"


@check(TOPIC, "created_at and completed_at are seconds of Unix time, in that order", SDK)
def times(target: Target) -> str:
    """Not milliseconds, and no text."""
    watched = target.finished()
    final = watched.final or {}
    created, completed = final.get("created_at"), final.get("completed_at")
    expect(isinstance(created, int), f"created_at is {created!r}")
    assert isinstance(created, int)
    expect(abs(created - watched.began) < HOUR, f"created_at is {created}, the order was sent at {watched.began:.0f}")
    expect(isinstance(completed, int), f"completed_at of a completed video is {completed!r}")
    assert isinstance(completed, int)
    expect(completed >= created, f"completed_at {completed} is before created_at {created}")
    return f"completed {completed - created} s after it was created"


@check(TOPIC, "a completed video has no error, and progress is 100", SDK)
def completed(target: Target) -> str:
    """It says that all is done."""
    final = target.finished().final or {}
    expect(final.get("error") is None, _odd("the completed video", "error", final.get("error")))
    expect(final.get("progress") == 100, _odd("the completed video", "progress", final.get("progress")))
    return "progress 100, no error"


@check(TOPIC, "prompt is the text that was sent", SDK)
def prompt_kept(target: Target) -> str:
    """Where it is told at all."""
    prompt = (target.finished().final or {}).get("prompt")
    expect(prompt in (None, target.asked.prompt), f"prompt is {prompt!r}")
    return "not told" if prompt is None else "as sent"


def _objects(target: Target) -> list[tuple[str, dict[str, Any]]]:
    watched = target.began()
    assert watched.created is not None
    return [("the new video", watched.created), *(("the video when asked for", video) for video in watched.told)]


def _odd(where: str, name: str, value: object) -> str:
    return f"{where} has {name} {value!r}"


CHECKS = (fields, nullable_fields, types, object_word, times, completed, prompt_kept)
