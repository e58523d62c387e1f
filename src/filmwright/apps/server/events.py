"""A job's events as they happen: server-sent events (WHATWG HTML, 9.2), with pictures of how it looks so far."""

import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import sleep
from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from filmwright.core.errors import NotFound
from filmwright.jobs.orders import FINAL, Event

from .answers import STATUS
from .failures import Refusal
from .inputs import checked
from .service import Service, of
from .videos import VideoId

router = APIRouter(prefix="/v1/videos", tags=["videos"])
LOOK = 0.5  # seconds between two looks for new events
ALIVE = 15.0  # seconds after which something is said, so that nobody on the way hangs up
STREAMS = 200  # at the same time, in one server
EXAMPLE = """id: 17
event: progress
data: {"status": "in_progress", "stage": "shot reveal", "progress": 40, "done": 12, "total": 48, "unit": "frames"}

"""


@router.get(
    "/{video_id}/events",
    response_class=StreamingResponse,
    responses={200: {"description": "Events.", "content": {"text/event-stream": {"example": EXAMPLE}}}},
)
async def follow_video(
    request: Request,
    video_id: VideoId,
    *,
    after: Annotated[int, Query(ge=0, lt=1 << 62, description="The last event that you have.")] = 0,
    last_event_id: Annotated[str | None, Header(description="The same, as EventSource sends it.")] = None,
) -> StreamingResponse:
    """What happens to a job until its end: queued, started, progress (with `preview`, a JPEG as a data URL), and
    completed, failed or cancelled. A browser's EventSource goes on where it was cut off.
    """
    service = of(request)
    who = await run_in_threadpool(service.desk.admit, request, "videos:read")
    order = await run_in_threadpool(service.orders.get, checked(video_id), owner=who.sees)
    if service.metrics.streams >= STREAMS:
        raise Refusal(
            429,
            "too many clients follow events. Poll the job instead.",
            "too_many_streams",
            headers={"Retry-After": "5"},
        )
    if last_event_id is not None and last_event_id.isdigit() and len(last_event_id) < 19:
        after = int(last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(service, order.id, after), 200, headers, "text/event-stream")


async def _told(service: Service, order: str, after: int) -> AsyncIterator[str]:
    """Each event as its text, until the last one, or until the server stops."""
    service.metrics.following(1)
    try:
        yield "retry: 1000\n\n"
        said = time.monotonic()
        while not service.stopping():
            for event in await run_in_threadpool(_happened, service, order, after):
                after, said = event.seq, time.monotonic()
                yield text_of(event)
                if event.kind in FINAL:
                    return
            if await run_in_threadpool(_ended, service, order, after):
                return
            if time.monotonic() - said > ALIVE:
                said = time.monotonic()
                yield ": still here\n\n"
            await sleep(LOOK)
    finally:
        service.metrics.following(-1)


def _happened(service: Service, order: str, after: int) -> list[Event]:
    try:
        return [event for event in service.orders.events(order, after=after, wait=False) if event is not None]
    except NotFound:  # removed meanwhile
        return []


def _ended(service: Service, order: str, after: int) -> bool:
    """Whether nothing will come any more: it has ended, and all of it was told before; or it is gone."""
    try:
        if not service.orders.get(order).is_final:
            return False
        return not _happened(service, order, after)
    except NotFound:
        return True


def text_of(event: Event) -> str:
    """One event as it goes over the line."""
    data = {
        "id": event.order,
        "object": "video.event",
        "status": STATUS.get(event.kind, "in_progress"),
        "created_at": round(event.at, 3),
        "stage": event.stage or None,
        "progress": event.progress,
        "done": event.done,
        "total": event.total,
        "unit": event.unit or None,
        "preview": f"data:image/jpeg;base64,{b64encode(event.preview).decode()}" if event.preview else None,
    }
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {json.dumps(data)}\n\n"
