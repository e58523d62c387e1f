"""For those who watch over the server: is it alive, may it be sent work, how busy is it."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from filmwright.core.errors import FilmError

from .answers import json_of
from .service import of
from .told import Health

router = APIRouter(tags=["health"])


@router.get("/healthz", response_model=Health)
async def healthz() -> Response:
    """The process answers."""
    return json_of(Health(status="ok"))


@router.get("/readyz", response_model=Health, responses={503: {"model": Health}})
def readyz(request: Request) -> Response:
    """Database and store can be reached, so jobs can be placed; and how many workers make them."""
    service = of(request)
    if service.stopping():
        return json_of(Health(status="unavailable"), 503)
    try:
        load = service.orders.load()
        next(iter(service.store.list("health/")), None)
    except FilmError:
        return json_of(Health(status="unavailable"), 503)
    return json_of(Health(status="ok", workers=load.workers))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"example": 'filmwright_orders{status="queued"} 2.0\n'}}}},
)
def metrics(request: Request) -> Response:
    """For Prometheus. Where keys are wanted it takes one with the scope `admin`, unless `open_metrics` is set."""
    service = of(request)
    if not service.settings.open_metrics:
        service.desk.admit(request, "admin")
    return Response(service.metrics.page(service.orders.load()), media_type=CONTENT_TYPE_LATEST)
