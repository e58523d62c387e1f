"""The files of a completed job, whole or in ranges."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from filmwright.core.errors import NotFound
from filmwright.film.asset.stores import CHUNK, Store
from filmwright.jobs.orders import Order, Result

from .failures import Refusal
from .inputs import checked
from .ranges import asked_range, known, unchanged
from .service import of
from .videos import VideoId

router = APIRouter(prefix="/v1/videos", tags=["videos"])
Variant = Literal["video", "thumbnail", "spritesheet", "manifest"]
LINKED = 900  # seconds that a presigned address holds
ENDINGS = {"video/mp4": ".mp4", "image/jpeg": ".jpg", "image/png": ".png", "application/json": ".json"}
BYTES = {"schema": {"type": "string", "format": "binary"}}


@router.head("/{video_id}/content", include_in_schema=False)
@router.get(
    "/{video_id}/content",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {"video/mp4": BYTES, "image/jpeg": BYTES, "application/json": BYTES},
        },
        206: {"description": "The bytes that `Range` asks for.", "content": {"video/mp4": BYTES}},
        304: {"description": "It is as `If-None-Match` says."},
        416: {"description": "No byte of the file is in the range."},
    },
)
def get_content(
    request: Request,
    video_id: VideoId,
    *,
    variant: Annotated[
        Variant, Query(description="The film, its poster, its contact sheet, or how it was made.")
    ] = "video",
    range_: Annotated[str | None, Header(alias="Range", description="Bytes of it, as in `bytes=0-1023`.")] = None,
    if_range: Annotated[str | None, Header(description="The ETag that the range is of.")] = None,
    if_none_match: Annotated[str | None, Header(description="The ETag of the file that you have.")] = None,
) -> Response:
    """What a completed job has brought. Its ETag is the SHA-256 of the file."""
    service = of(request)
    who = service.desk.admit(request, "videos:read")
    file = _file(service.orders.get(checked(video_id), owner=who.sees), variant)
    etag = f'"{file.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{video_id}.{variant}{ENDINGS.get(file.media_type, "")}"',
    }
    if known(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    if service.settings.direct_downloads and (link := service.store.link(file.name, seconds=LINKED)) is not None:
        return RedirectResponse(link, 307)
    part = asked_range(range_, file.num_bytes) if unchanged(if_range, etag) else None
    span = range(file.num_bytes) if part is None else part
    headers["Content-Length"] = str(len(span))
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.num_bytes}"
    status = 200 if part is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=file.media_type)
    return StreamingResponse(_pieces(service.store, file.name, span), status, headers, file.media_type)


def _file(order: Order, variant: Variant) -> Result:
    """The file of a completed order. Raises Refusal where there is none yet, or never will be."""
    if order.status in ("failed", "cancelled"):
        raise Refusal(404, f"{order.id} is {order.status}: there is no file of it.", "video_failed", "video_id")
    if order.status != "completed":
        raise Refusal(
            404, f"{order.id} is not completed yet: {order.progress}% are done.", "video_not_ready", "video_id"
        )
    if variant not in order.results:
        raise NotFound(f"{order.id} has no {variant}. It has: {', '.join(order.results)}.")
    return order.results[variant]


def _pieces(store: Store, name: str, span: range) -> Iterator[bytes]:
    """The bytes as they come. What the store finds broken on the way ends the answer before its length is reached."""
    with store.open(name, start=span.start, length=len(span)) as stream:
        while piece := stream.read(CHUNK):
            yield piece
