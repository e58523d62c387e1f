"""Many jobs in one request: JSONL, one job a line."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from filmwright.core.errors import BadFilm
from filmwright.jobs.orders import Order, OrderRequest
from filmwright.jobs.orders.batches import read_lines

from . import examples
from .answers import json_of, video_of
from .asked import PRIORITY, BatchLine, CreateVideo
from .bodies import MIB, read
from .callers import Caller
from .failures import Refusal, refusal
from .inputs import from_address
from .placing import checked_key, place_batch
from .service import Service, of
from .told import Batch, Placed
from .videos import IdempotencyKey
from .works import Reference, Wanted, created

router = APIRouter(prefix="/v1/videos/batches", tags=["batches"])
LARGEST = 32 * MIB
LINES = ("application/jsonl", "application/x-ndjson", "text/plain", "application/octet-stream")
ID = re.compile(r"batch_[0-9a-f]{32}")


@router.post("", response_model=Batch, openapi_extra=examples.LINES_BODY)
async def create_batch(
    request: Request,
    *,
    priority: Annotated[int, Query(ge=-PRIORITY, le=PRIORITY, description="Of all its jobs.")] = 0,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Place many jobs, all of them or none. A line is a job's JSON, or `{"custom_id": ..., "body": ...}` with it."""
    service = of(request)
    who = await run_in_threadpool(service.desk.admit, request, "videos:write")
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in LINES:
        raise Refusal(415, "send the lines as application/jsonl.", "unsupported_media_type")
    checked_key(idempotency_key)
    try:
        text = (await read(request, LARGEST)).decode()
    except UnicodeDecodeError as err:
        raise Refusal(400, "the lines are not UTF-8.", "invalid_batch") from err
    lines = await service.heavily(_read, service, who, text, idempotency_key)
    batch, orders = await run_in_threadpool(
        place_batch,
        service,
        who,
        [wanted.request for _, wanted in lines],
        idempotency_key=idempotency_key,
        priority=priority,
    )
    data = [
        Placed(custom_id=name, video=video_of(order, notes=wanted.notes))
        for (name, wanted), order in zip(lines, orders, strict=True)
    ]
    return json_of(Batch(id=batch, data=data))


@router.get("/{batch_id}", response_model=Batch)
def get_batch(request: Request, batch_id: Annotated[str, Path(examples=[examples.BATCH])]) -> Response:
    """The jobs of a batch, in the sequence of its lines. Their `custom_id`s are told when it is placed."""
    service = of(request)
    who = service.desk.admit(request, "videos:read")
    if not ID.fullmatch(batch_id):
        raise _unknown(batch_id)
    found = service.orders.list(
        owner=who.sees, batch=batch_id, limit=service.settings.requests.batch_lines, order="asc"
    )
    if not found.orders:
        raise _unknown(batch_id)
    return json_of(Batch(id=batch_id, data=[Placed(custom_id=None, video=video_of(order)) for order in found.orders]))


def _read(service: Service, who: Caller, text: str, once: str | None) -> list[tuple[str | None, Wanted]]:
    """What each line wants, and its name. Raises BadFilm that names the wrong lines: nothing is placed then."""
    lines = text.splitlines()
    limit = service.settings.requests.batch_lines
    if not 0 < sum(bool(line.strip()) for line in lines) <= limit:
        raise Refusal(400, f"a batch has 1 to {limit} lines.", "invalid_batch")
    found: list[tuple[str | None, Wanted]] = []

    def understand(table: dict[str, Any]) -> OrderRequest:
        try:
            found.append(_line(service, who, table, once))
        except (ValidationError, Refusal) as err:
            raise BadFilm(refusal(err).message) from err
        return found[-1][1].request

    read_lines(lines, understand)
    return found


def _line(service: Service, who: Caller, table: dict[str, Any], once: str | None) -> tuple[str | None, Wanted]:
    line = BatchLine.model_validate(table if "body" in table else {"body": table})
    asked = CreateVideo.model_validate(line.body)
    if asked.priority is not None:
        raise Refusal(400, "the priority is the batch's: give it as ?priority=.", "invalid_value", "priority")
    source = None if asked.input_reference is None else from_address(service, who, asked.input_reference, once=once)
    if isinstance(source, Order):
        source = Reference.of(source)
    return line.custom_id, created(asked, source, service.settings)


def _unknown(batch: str) -> Refusal:
    return Refusal(404, f"there is no batch {batch[:80]!r}.", "not_found", "batch_id")
