"""What stands in the OpenAPI page besides types: a request and an answer of every route."""

from typing import Any

from pydantic import BaseModel

ID = "video_0f9b1c2d3e4f5a6b7c8d9e0f1a2b3c4d"
BATCH = "batch_1a2b3c4d5e6f708192a3b4c5d6e7f809"
CREATE = {
    "prompt": "A calm luxury spot for a perfume. 'Made to last.'",
    "model": "filmwright-scan",
    "seconds": "4",
    "size": "1280x720",
}
REMIX = {"prompt": "A playful spot for a perfume. 'Wear the sun.'"}
EDIT = {"prompt": "More luxurious.", "video": {"id": ID}}
EXTEND = {"prompt": "A calm luxury spot for a perfume, slower.", "video": {"id": ID}, "seconds": "4"}
WEBHOOK = {"url": "https://example.com/films"}
LINES = (
    '{"custom_id": "red", "body": {"prompt": "A playful spot for a perfume.", "seconds": 4, "size": "720x1280"}}\n'
    '{"custom_id": "blue", "body": {"prompt": "A calm spot for a perfume.", "seconds": 4, "size": "1280x720"}}\n'
)
VIDEO = {
    "id": ID,
    "object": "video",
    "model": "filmwright-scan",
    "status": "in_progress",
    "progress": 40,
    "created_at": 1_795_000_000,
    "completed_at": None,
    "expires_at": None,
    "prompt": CREATE["prompt"],
    "size": "1280x720",
    "seconds": "4",
    "remixed_from_video_id": None,
    "error": None,
    "queue_position": None,
    "seconds_left": 21.5,
    "stage": "shot reveal",
    "notes": [],
}
ANSWERS: dict[str, Any] = {
    "Video": VIDEO,
    "VideoList": {"object": "list", "data": [VIDEO], "first_id": ID, "last_id": ID, "has_more": False},
    "Deleted": {"id": ID, "deleted": True, "object": "video.deleted"},
    "Queue": {"id": ID, "object": "video.queue", "status": "queued", "queue_position": 2, "seconds_left": 95.0},
    "Batch": {
        "id": BATCH,
        "object": "video.batch",
        "data": [{"custom_id": "red", "video": VIDEO}],
    },
    "Webhook": {"object": "webhook", "url": WEBHOOK["url"], "secret": "whsec_bm90IGEgc2VjcmV0LCBhbiBleGFtcGxl"},
    "Model": {
        "id": "filmwright-scan",
        "object": "model",
        "created": 1_795_000_000,
        "owned_by": "filmwright",
        "description": "A film of a 3D scan.",
    },
    "Health": {"status": "ok"},
    "Envelope": {
        "error": {
            "message": "prompt is missing.",
            "type": "invalid_request_error",
            "param": "prompt",
            "code": "missing_required_parameter",
        }
    },
}
ANSWERS["ModelList"] = {"object": "list", "data": [ANSWERS["Model"]]}


def form(model: type[BaseModel], file: str, example: dict[str, Any]) -> dict[str, Any]:
    """A request's body as a form that may hold a file, or as JSON."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    with_file = schema | {"properties": {**schema["properties"], file: {"type": "string", "format": "binary"}}}
    plain = {key: value for key, value in example.items() if isinstance(value, str)}
    nested = {f"{key}[{k}]": v for key, value in example.items() if isinstance(value, dict) for k, v in value.items()}
    content = {
        "multipart/form-data": {"schema": with_file, "example": plain | nested},
        "application/json": {"schema": schema, "example": example},
    }
    return {"requestBody": {"required": True, "content": content}}


def body(model: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """A request's body as JSON."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


LINES_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/jsonl": {"schema": {"type": "string"}, "example": LINES}},
    }
}
