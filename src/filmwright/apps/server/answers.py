"""Orders in the API's words."""

from collections.abc import Sequence

from pydantic import BaseModel
from starlette.responses import Response

from filmwright.jobs.orders import Order, Position

from .told import Queue, Status, Video, VideoError
from .works import seconds_of, size_of

SOON, LATER = 500, 1000  # milliseconds between two polls
STATUS: dict[str, Status] = {
    "queued": "queued",
    "in_progress": "in_progress",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "failed",  # the SDK's poll() knows four words, and waits for ever at none of them
}


def video_of(order: Order, position: Position | None = None, *, notes: Sequence[str] = ()) -> Video:
    """A job as it is told; `position` is where it stands, if that was looked up."""
    return Video(
        id=order.id,
        model=order.model,
        status=STATUS[order.status],
        progress=order.progress,
        created_at=int(order.created),
        completed_at=int(order.ended) if order.ended and order.status == "completed" else None,
        expires_at=int(order.expires) if order.expires else None,
        prompt=order.request.prompt,
        size=size_of(order.request),
        seconds=seconds_of(order.request),
        remixed_from_video_id=order.remixed_from,
        error=_error(order),
        queue_position=position.ahead if position and order.status == "queued" else None,
        seconds_left=position.seconds_left if position and not order.is_final else None,
        stage=order.stage or None,
        notes=list(notes),
    )


def queue_of(order: Order, position: Position | None) -> Queue:
    """Where a job stands, and no more."""
    video = video_of(order, position)
    return Queue(id=video.id, status=video.status, queue_position=video.queue_position, seconds_left=video.seconds_left)


def json_of(told: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer, written once: it has been checked when it was made."""
    return Response(told.model_dump_json(), status, headers=headers, media_type="application/json")


def poll_after(order: Order, position: Position | None) -> dict[str, str]:
    """When to look again. The SDK keeps to the first that it hears of a job, so it may not be long."""
    if order.is_final:
        return {}
    soon = position is not None and position.seconds_left is not None and position.seconds_left < 20
    return {"openai-poll-after-ms": str(SOON if soon else LATER)}


def _error(order: Order) -> VideoError | None:
    if order.status == "cancelled":
        return VideoError(code="cancelled", message="the job was cancelled.")
    if order.failure is None:
        return None
    return VideoError(code=order.failure.code, message=order.failure.message)
