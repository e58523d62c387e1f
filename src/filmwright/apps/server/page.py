"""The OpenAPI page: /openapi.json for programs, /docs for people, without a script."""

import html
import json
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from filmwright.jobs.page.escaped import escape
from filmwright.jobs.page.sheet import sheet
from filmwright.jobs.page.style import STYLE

from .asked import Reference
from .examples import ANSWERS
from .told import Envelope

router = APIRouter(include_in_schema=False)
Table = dict[str, Any]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
OWN_STYLE = """
pre { background: #fff; border: 1px solid var(--line); padding: 12px 14px; white-space: pre-wrap }
h2 { font-size: 19px }
"""


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """The API for programs."""
    return JSONResponse(request.app.openapi())


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The API for people."""
    text = page_of(request.app.openapi(), str(request.base_url).rstrip("/"))
    return HTMLResponse(text, headers={"Content-Security-Policy": POLICY})


def describe(app: FastAPI) -> None:
    """Give the application a schema that says how errors look, and has an example of every request and answer."""

    def schema() -> Table:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
                separate_input_output_schemas=False,
            )
            components = made["components"]["schemas"]
            for name in ("HTTPValidationError", "ValidationError"):
                components.pop(name, None)
            envelope = Envelope.model_json_schema(ref_template="#/components/schemas/{model}")
            components |= envelope.pop("$defs") | {"Envelope": envelope, "Reference": Reference.model_json_schema()}
            for path, _, operation in operations(made):
                _complete(path, operation)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = schema  # type: ignore[method-assign]


def page_of(schema: Table, base: str) -> str:
    """The page for people: each route with an example as curl sends it, and what comes back."""
    head = f"<h1>{escape(schema['info']['title'])}</h1><p class='sentence'>{escape(schema['info']['summary'])}</p>"
    parts = [_section(path, method, operation, base) for path, method, operation in operations(schema)]
    made = "The same for programs: <a href='/openapi.json'>/openapi.json</a>"
    return sheet("Filmwright: the API", STYLE + OWN_STYLE, head + "".join(parts), made)


def _section(path: str, method: str, operation: Table, base: str) -> str:
    said = escape(operation.get("description", ""))
    parameters = "".join(
        f"<div><dt>{escape(one['name'])}</dt><dd>{escape(one.get('description', ''))} "
        f"{escape(kind_of(one.get('schema', {})))}</dd></div>"
        for one in operation.get("parameters", [])
    )
    answers = operation["responses"]["200"].get("content", {})
    shown = [pretty(content["example"]) for content in answers.values() if "example" in content][:1]
    blocks = "".join(f"<pre>{html.escape(text)}</pre>" for text in (curl(path, method, operation, base), *shown))
    return f"<section><h2>{method.upper()} {escape(path)}</h2><p>{said}</p><dl>{parameters}</dl>{blocks}</section>"


def curl(path: str, method: str, operation: Table, base: str) -> str:
    """The request as it is typed."""
    words = ["curl", *([] if method == "get" else ["-X", method.upper()]), f"{base}{_filled(path, operation)}"]
    if "security" in operation:
        words += ['-H "Authorization: Bearer $FILMWRIGHT_KEY"']
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "multipart/form-data":
            continue
        text = content["example"] if isinstance(content["example"], str) else json.dumps(content["example"])
        quoted = text.replace("'", "'\\''")
        words += [f"-H 'Content-Type: {kind}'", f"--data-binary '{quoted}'"]
    return " ".join(words)


def _filled(path: str, operation: Table) -> str:
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", one["schema"].get("examples", one.get("examples", ["ID"]))[0])
    return path


def kind_of(schema: Table) -> str:
    kinds = [one.get("type", "") for one in schema.get("anyOf", [schema])]
    said = " or ".join(kind for kind in kinds if kind and kind != "null")
    chosen = schema.get("enum")
    return f"({' or '.join(chosen)})" if chosen else f"({said})"


def pretty(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2)


def operations(schema: Table) -> Iterator[tuple[str, str, Table]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _complete(path: str, operation: Table) -> None:
    """Errors as they are, and an example of the answer."""
    responses = operation["responses"]
    responses.pop("422", None)
    failed = {"description": "What went wrong.", "content": {"application/json": {"schema": _REF}}}
    if path not in ("/healthz", "/readyz"):
        responses["default"] = failed
    for response in responses.values():
        for content in response.get("content", {}).values():
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if name in ANSWERS:
                content.setdefault("example", ANSWERS[name])


_REF = {"$ref": "#/components/schemas/Envelope"}
