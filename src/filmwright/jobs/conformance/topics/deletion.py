"""DELETE /videos/{id}: that it is gone."""

from filmwright.jobs.conformance.checks import ERRORS, SDK, check
from filmwright.jobs.conformance.nouns import Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import done, refused

TOPIC = "delete"


@check(TOPIC, '`videos.delete` answers with id, deleted true and object "video.deleted"', SDK)
def deleted(target: Target) -> str:
    """The video that all the others were about."""
    video_id = _id(target)
    target.by_sdk(lambda sdk: sdk.videos.delete(video_id))
    told = done(target.heard[-1])
    expect(told.get("id") == video_id, f"id is {told.get('id')!r}")
    expect(told.get("deleted") is True, f"deleted is {told.get('deleted')!r}")
    expect(told.get("object") == "video.deleted", f"object is {told.get('object')!r}")
    return "deleted"


@check(TOPIC, "after that it is 404, and so is its content", ERRORS)
def gone(target: Target) -> str:
    """Asked for by its id."""
    video_id = _removed(target)
    refused(target.ask("GET", f"/videos/{video_id}/content"), 404)
    return refused(target.ask("GET", f"/videos/{video_id}"), 404)


@check(TOPIC, "after that it is in no list", SDK)
def out_of_the_list(target: Target) -> str:
    """Of the newest hundred."""
    video_id = _removed(target)
    page = done(target.ask("GET", "/videos", params={"limit": 100}))
    expect(video_id not in [video.get("id") for video in page.get("data", [])], "it is still listed")
    return "it is not listed"


@check(TOPIC, "to delete it again is 404", ERRORS)
def twice(target: Target) -> str:
    """Nothing is there."""
    return refused(target.ask("DELETE", f"/videos/{_removed(target)}"), 404)


def _id(target: Target) -> str:
    return str((target.finished().final or {})["id"])


def _removed(target: Target) -> str:
    """The id, once the video is removed, by an earlier question or now."""
    video_id = _id(target)
    if target.ask("DELETE", f"/videos/{video_id}").status in (405, 501):
        raise Untried("videos can't be deleted")
    target.forget(video_id)
    return video_id


CHECKS = (deleted, gone, out_of_the_list, twice)
