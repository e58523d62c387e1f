"""What videos may be ordered of."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from .answers import json_of
from .failures import Refusal
from .service import of
from .settings import SCAN, ServerSettings
from .told import Model, ModelList

router = APIRouter(prefix="/v1/models", tags=["models"])
SINCE = 1_795_000_000  # Unix seconds; the API wants a date, and a model of a folder has none
OF_A_SCAN = "A film of a 3D scan (GLB, USDZ, zipped OBJ; none is the bundled sample), directed by the prompt."


@router.get("", response_model=ModelList)
def list_models(request: Request) -> Response:
    """The models of this server."""
    settings = _settings(request)
    return json_of(ModelList(data=[_model(name, settings) for name in settings.served]))


@router.get("/{model}", response_model=Model)
def get_model(request: Request, model: Annotated[str, Path(examples=[SCAN])]) -> Response:
    """One of them."""
    settings = _settings(request)
    if model not in settings.served:
        raise Refusal(404, f"no model is called {model[:80]!r}.", "model_not_found", "model")
    return json_of(_model(model, settings))


def _settings(request: Request) -> ServerSettings:
    service = of(request)
    service.desk.admit(request, "videos:read")
    return service.settings


def _model(name: str, settings: ServerSettings) -> Model:
    served = settings.served[name]
    about = OF_A_SCAN if served is None else served.about or f"A generator: {served.generator.use}."
    return Model(id=name, created=SINCE, owned_by="filmwright" if served is None else "operator", description=about)
