"""Remixes, edits and extensions: videos out of videos."""

from collections.abc import Callable
from typing import Any

from openai import OpenAI

from filmwright.jobs.conformance.checks import ERRORS, SDK, check
from filmwright.jobs.conformance.door import unknown
from filmwright.jobs.conformance.nouns import Diverges, Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import Answer, refused

TOPIC = "remix, edit, extend"
NOT_OFFERED = (400, 404, 405, 501)
PROMPT = "The same, at night"


@check(TOPIC, "`videos.remix` makes another video, whose remixed_from_video_id is the first", SDK)
def remix(target: Target) -> str:
    """From words alone."""
    source = _source(target)
    made = _made(target, lambda sdk: sdk.videos.remix(source, prompt=PROMPT))
    expect(made["id"] != source, "it has the same id")
    where = made.get("remixed_from_video_id")
    expect(where == source, f"remixed_from_video_id is {where!r}")
    return made["id"]


@check(TOPIC, "a remix of an unknown video is 404", ERRORS)
def remix_of_nothing(target: Target) -> str:
    """Nothing is made."""
    return refused(target.ask("POST", f"/videos/{unknown()}/remix", json={"prompt": PROMPT}), 404)


@check(TOPIC, "an edit takes a finished video by its id, as JSON", SDK)
def edit_by_id(target: Target) -> str:
    """`{"video": {"id": ...}}`: the SDK has the type and refuses to send it (openai 3.57, `_files.py`)."""
    order = {"prompt": PROMPT, "video": {"id": _source(target)}}
    return str(_offered(target, target.ask("POST", "/videos/edits", json=order))["id"])


@check(TOPIC, "`videos.edit` takes a video as a file", SDK)
def edit_of_a_file(target: Target) -> str:
    """The one that was made."""
    content = target.ask("GET", f"/videos/{_source(target)}/content")
    if not content.ok or not content.body:
        raise Untried(f"there is no file to send: {content.told}")
    file = ("video.mp4", content.body, "video/mp4")
    return str(_made(target, lambda sdk: sdk.videos.edit(prompt=PROMPT, video=file))["id"])


@check(TOPIC, "an extension makes a longer video: its seconds are those of both together", SDK)
def extension(target: Target) -> str:
    """'For extensions, this is the stitched total duration' (openai/types/video.py)."""
    order = {"prompt": PROMPT, "video": {"id": _source(target)}, "seconds": str(target.asked.seconds)}
    made = _offered(target, target.ask("POST", "/videos/extensions", json=order))
    both = str(2 * target.asked.seconds)
    expect(made.get("seconds") == both, f"seconds is {made.get('seconds')!r}, both together are {both!r}")
    return f"seconds is {both!r}"


def _source(target: Target) -> str:
    return str((target.finished().final or {})["id"])


def _made(target: Target, call: Callable[[OpenAI], object]) -> dict[str, Any]:
    """The new video that the SDK asks for."""
    before = len(target.heard)
    try:
        target.by_sdk(call)
    except Diverges:
        if len(target.heard) == before:
            raise
    return _offered(target, target.heard[-1])


def _offered(target: Target, answer: Answer) -> dict[str, Any]:
    """A model that can't do this at all says so in an error, and is not to blame."""
    if answer.status in NOT_OFFERED:
        raise Untried(f"not offered: {answer.told}")
    made = target.ordered(answer)
    target.drop(made["id"])
    return made


CHECKS = (remix, remix_of_nothing, edit_by_id, edit_of_a_file, extension)
