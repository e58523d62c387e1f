"""One video, watched from its order to its end."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

from .door import Door
from .nouns import Diverges
from .wire import Answer, done

WORDS = ("queued", "in_progress", "completed", "failed")  # of openai.types.Video.status
ENDS = WORDS[2:]
ENDS_ELSEWHERE = ("succeeded", "success", "done", "error", "cancelled", "canceled", "expired")
ONCE = 1.0  # seconds between two questions, where the server does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was heard of it, as plain JSON. `why` says why there is no `final`, the object of a completed video."""

    created: dict[str, Any] | None = None
    form: str = ""  # why the SDK's form was not taken, "" if it was
    began: float = 0.0  # Unix time of the order
    early: Answer | None = None  # the content, asked for before there was any
    told: tuple[dict[str, Any], ...] = ()  # each time that it was asked for, in order
    headers: tuple[dict[str, str], ...] = ()  # of those
    polled: str = ""  # the status that the SDK's own poll() ended with, or how it failed
    final: dict[str, Any] | None = None
    why: str = ""


def watch(door: Door, tick: Callable[[], None]) -> Watched:
    """Order a video as the SDK does, ask for its content too early, and wait for it as the SDK does."""
    began, why = time.time(), ""
    try:
        created = _by_form(door)
    except Diverges as err:
        why = str(err)
        try:
            created = door.ordered(door.ask("POST", "/videos", json=door.order()))
        except Diverges as other:
            return Watched(began=began, form=why, why=f"{why}; as JSON: {other}")
    early, between = _early(door, created)
    before = len(door.heard)
    until = time.monotonic() + door.asked.minutes * 60
    try:
        tick()
        polled = _poll(door, str(created["id"]), until)
    except Diverges as err:
        polled = str(err)
    heard = [*between, *door.heard[before:]]
    heard += _wait(door, created["id"], heard, until, tick)
    told = tuple(table for answer in heard if (table := _read(answer)) is not None)
    last = told[-1] if told else created
    final = last if last.get("status") in ("completed", *ENDS_ELSEWHERE[:3]) else None
    if final is None:
        why_not = f"it failed: {last.get('error')}" if last.get("status") == "failed" else f"it is still {last!r:.200}"
    return Watched(
        created=created,
        form=why,
        began=began,
        early=early,
        told=told,
        headers=tuple(dict(answer.headers) for answer in heard),
        polled=polled,
        final=final,
        why="" if final is not None else why_not,
    )


def _by_form(door: Door) -> dict[str, Any]:
    fields = door.order()
    known: dict[str, Any] = {
        name: fields.pop(name) for name in ("prompt", "model", "seconds", "size") if name in fields
    }
    door.by_sdk(lambda sdk: sdk.videos.create(**known, extra_body=fields or None))
    return door.ordered(door.heard[-1])


def _early(door: Door, created: dict[str, Any]) -> tuple[Answer | None, list[Answer]]:
    """The content while there is none, and the video after that; no content where it was finished by then."""
    if created.get("status") in ENDS:
        return None, []
    try:
        answer = door.ask("GET", f"/videos/{created['id']}/content")
        state = door.ask("GET", f"/videos/{created['id']}")
    except Diverges:
        return None, []
    table = _read(state)
    return (None if table is None or table.get("status") in ENDS else answer), [state]


def _poll(door: Door, video_id: str, until: float) -> str:
    """The SDK's poll(), for as long as we wait."""
    door.until = until
    try:
        return str(door.by_sdk(lambda sdk: sdk.videos.poll(video_id)).status)
    finally:
        door.until = inf


def _wait(door: Door, video_id: str, heard: list[Answer], until: float, tick: Callable[[], None]) -> list[Answer]:
    """Go on asking where the SDK gave up."""
    more: list[Answer] = []
    last = _read(heard[-1]) if heard else None
    while (last is None or last.get("status") not in (*ENDS, *ENDS_ELSEWHERE)) and time.monotonic() < until:
        if more:
            time.sleep(ONCE)
        tick()
        try:
            more.append(door.ask("GET", f"/videos/{video_id}"))
            last = done(more[-1])
        except Diverges:
            break
    return more


def _read(answer: Answer) -> dict[str, Any] | None:
    try:
        return done(answer)
    except Diverges:
        return None
