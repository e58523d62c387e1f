"""The application: every route, every guard, one place where errors become answers."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import Scope

from filmwright import __version__
from filmwright.core.errors import FilmError

from . import batches, content, events, health, models, page, realtime, videos, webhooks
from .bodies import MIB, Bounded
from .failures import Refusal, answered
from .guard import Guarded, is_loopback
from .logs import told
from .service import Service
from .traces import trace

ABOUT = """Videos ordered over HTTP, in the shape of the `openai` SDK's `client.videos`. Errors are always
`{"error": {"message", "type", "param", "code"}}`."""


def create_app(service: Service) -> FastAPI:
    """The ASGI application of an open service."""
    app = FastAPI(
        title="Filmwright",
        version=__version__,
        summary="From a 3D product scan, a picture or words to a film.",
        description=ABOUT,
        docs_url=None,  # their pages load scripts from elsewhere; /docs is our own
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
    )
    app.state.service = service
    key = [Depends(HTTPBearer(auto_error=False, description="A key of `filmwright keys create`."))]
    for part in (videos, content, events, batches, models, webhooks):
        app.include_router(part.router, dependencies=key)
    for part in (health, page, realtime):
        app.include_router(part.router)
    for kind in (
        Refusal,
        FilmError,
        HTTPException,
        RequestValidationError,
        ValidationError,
        ClientDisconnect,
        Exception,
    ):
        app.add_exception_handler(kind, answered)
    page.describe(app)
    return _guarded(app, service)


def _guarded(app: FastAPI, service: Service) -> FastAPI:
    settings = service.settings

    def seen(scope: Scope, status: int, seconds: float) -> None:
        service.metrics.seen(scope, status, seconds)
        told(scope, status, seconds)

    app.add_middleware(Bounded, largest=settings.requests.body_mib * MIB, seconds=settings.requests.body_seconds)
    if settings.origins:
        allowed: dict[str, Any] = {"allow_methods": ["GET", "POST", "PUT", "DELETE"], "allow_headers": ["*"]}
        app.add_middleware(CORSMiddleware, allow_origins=list(settings.origins), **allowed)
    app.add_middleware(
        Guarded,
        origins=settings.origins,
        loopback=lambda: is_loopback(settings.host) and not service.desk.required,
        seen=seen,
    )
    trace(app, settings.traces)
    return app
