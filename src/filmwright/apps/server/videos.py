"""Jobs: placing, looking up, listing, cancelling, deleting."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from filmwright.jobs.orders import Order

from . import examples
from .answers import json_of, poll_after, queue_of, video_of
from .asked import CreateVideo, EditVideo, ExtendVideo, RemixVideo
from .bodies import Given, given
from .callers import Caller
from .failures import Refusal
from .inputs import checked, from_address, from_upload, order_of
from .placing import checked_key, place
from .service import Service, of
from .told import Deleted, Queue, Video, VideoList
from .works import Reference, Wanted, created, edited, extended, remixed

router = APIRouter(prefix="/v1/videos", tags=["videos"])
VideoId = Annotated[str, Path(description="The id of a job.", examples=[examples.ID])]
IdempotencyKey = Annotated[
    str | None,
    Header(description="Any text of your own: the same request with the same key is one job, however often it comes."),
]


@router.post("", response_model=Video, openapi_extra=examples.form(CreateVideo, "input_reference", examples.CREATE))
async def create_video(request: Request, *, idempotency_key: IdempotencyKey = None) -> Response:
    """Place a job: a film of a 3D scan, or a clip by a model. It is not lost once this has answered."""
    service, who = await _entered(request)
    async with given(request) as body:
        asked = CreateVideo.model_validate(body.fields)
        source = await _source(service, who, body, "input_reference", asked.input_reference, idempotency_key)
    if isinstance(source, Order):
        source = Reference.of(source)
    return await _placed(service, who, idempotency_key, asked.priority, created, asked, source, service.settings)


@router.post("/edits", response_model=Video, openapi_extra=examples.form(EditVideo, "video", examples.EDIT))
async def edit_video(request: Request, *, idempotency_key: IdempotencyKey = None) -> Response:
    """Change a video by words: a film that was ordered here, or any video where a model can do it."""
    service, who = await _entered(request)
    async with given(request) as body:
        asked = EditVideo.model_validate(body.fields)
        source = _named(await _source(service, who, body, "video", asked.video, idempotency_key))
    return await _placed(service, who, idempotency_key, asked.priority, edited, asked, source, service.settings)


@router.post("/extensions", response_model=Video, openapi_extra=examples.form(ExtendVideo, "video", examples.EXTEND))
async def extend_video(request: Request, *, idempotency_key: IdempotencyKey = None) -> Response:
    """Make a film that was ordered here longer."""
    service, who = await _entered(request)
    async with given(request) as body:
        asked = ExtendVideo.model_validate(body.fields)
        source = _named(await _source(service, who, body, "video", asked.video, idempotency_key))
    return await _placed(service, who, idempotency_key, asked.priority, extended, asked, source, service.settings)


@router.post("/characters", include_in_schema=False)
@router.get("/characters/{character_id}", include_in_schema=False)
async def no_characters(request: Request) -> Response:
    """Characters are people of a model's: no model here knows any."""
    await _entered(request)
    said = "no model of this server keeps characters. Give the person's picture as input_reference."
    raise Refusal(400, said, code="characters_not_supported")


@router.get("", response_model=VideoList)
def list_videos(
    request: Request,
    *,
    after: Annotated[str | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Jobs on a page.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By the time of their placing.")] = "desc",
) -> Response:
    """Your jobs, the newest first. Their places in the queue are told by the jobs themselves."""
    service = of(request)
    who = service.desk.admit(request, "videos:read")
    page = service.orders.list(
        owner=who.sees, after=None if after is None else checked(after), limit=limit, order=order
    )
    data = [video_of(one) for one in page.orders]
    first, last = (data[0].id, data[-1].id) if data else (None, None)
    return json_of(VideoList(data=data, first_id=first, last_id=last, has_more=page.has_more))


@router.get("/{video_id}", response_model=Video)
def get_video(request: Request, video_id: VideoId) -> Response:
    """A job as it stands. `openai-poll-after-ms` says when to look again."""
    service = of(request)
    who = service.desk.admit(request, "videos:read")
    order = service.orders.get(checked(video_id), owner=who.sees)
    position = service.position(order)
    return json_of(video_of(order, position), headers=poll_after(order, position))


@router.get("/{video_id}/queue", response_model=Queue)
def get_queue(request: Request, video_id: VideoId) -> Response:
    """How many jobs are started before this one, and how long it takes until it is done."""
    service = of(request)
    who = service.desk.admit(request, "videos:read")
    order = service.orders.get(checked(video_id), owner=who.sees)
    return json_of(queue_of(order, service.position(order)))


@router.post("/{video_id}/remix", response_model=Video, openapi_extra=examples.body(RemixVideo, examples.REMIX))
async def remix_video(request: Request, video_id: VideoId, *, idempotency_key: IdempotencyKey = None) -> Response:
    """Make a completed video again with other words: the same scan, size and length, unless they are given too."""
    service, who = await _entered(request)
    async with given(request) as body:
        asked = RemixVideo.model_validate(body.fields)
    source = await run_in_threadpool(order_of, service, who, video_id)
    return await _placed(service, who, idempotency_key, asked.priority, remixed, asked, source, service.settings)


@router.post("/{video_id}/cancel", response_model=Video)
def cancel_video(request: Request, video_id: VideoId) -> Response:
    """Want a job no more. What is being made stops within seconds, and is then told as failed with code `cancelled`."""
    service = of(request)
    who = service.desk.admit(request, "videos:write")
    return json_of(video_of(service.orders.cancel(checked(video_id), owner=who.sees)))


@router.delete("/{video_id}", response_model=Deleted)
def delete_video(request: Request, video_id: VideoId) -> Response:
    """Remove a job and its files for good. One that is being made has to be cancelled first."""
    service = of(request)
    who = service.desk.admit(request, "videos:write")
    service.orders.delete(checked(video_id), owner=who.sees)
    return json_of(Deleted(id=video_id))


async def _entered(request: Request) -> tuple[Service, Caller]:
    """Who writes; known before a byte of the body is read."""
    service = of(request)
    return service, await run_in_threadpool(service.desk.admit, request, "videos:write")


async def _source(
    service: Service, who: Caller, body: Given, field: str, named: Any, once: str | None
) -> Reference | Order | None:
    """The file that came in this field of the form, or that it names."""
    if strange := [name for name in body.files if name != field]:
        said = f"no file is taken as {strange[0][:64]!r}, but as {field!r}."
        raise Refusal(400, said, code="invalid_value", param=strange[0][:64])
    if field in body.files:
        file = body.files[field]
        return await service.heavily(from_upload, service, who, file.file, file.filename or "input", once=once)
    if named is None:
        return None
    return await service.heavily(from_address, service, who, named, once=once)


def _named(source: Reference | Order | None) -> Reference | Order:
    if source is None:
        raise Refusal(400, "video is missing.", "missing_required_parameter", "video")
    return source


async def _placed(
    service: Service, who: Caller, key: str | None, priority: int | None, want: Callable[..., Wanted], *asked: Any
) -> Response:
    """Decide what is to be made, and place it."""
    checked_key(key)
    wanted = await run_in_threadpool(want, *asked)
    order = await run_in_threadpool(place, service, who, wanted.request, idempotency_key=key, priority=priority or 0)
    position = await run_in_threadpool(service.position, order)
    return json_of(video_of(order, position, notes=wanted.notes), headers=poll_after(order, position))
