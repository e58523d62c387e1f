"""What the API tells, strictly in the shape of the `openai` SDK's `client.videos` (openai/types/video.py).

What goes beyond that shape stands at the end of each class.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["queued", "in_progress", "completed", "failed"]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VideoError(_Told):
    """Why a job has no film."""

    code: str
    message: str


class Video(_Told):
    """A job, and the video that came of it. What is not known is there, and null."""

    id: str
    object: Literal["video"] = "video"
    model: str
    status: Status
    progress: int = Field(ge=0, le=100)
    created_at: int
    completed_at: int | None
    expires_at: int | None
    prompt: str | None
    size: str
    seconds: str
    remixed_from_video_id: str | None
    error: VideoError | None
    queue_position: int | None = Field(description="Jobs that are started before this one; null once it is started.")
    seconds_left: float | None = Field(description="Estimated from past jobs; null where there are none to tell by.")
    stage: str | None = Field(description="What is being done now.")
    notes: list[str] = Field(description="What was asked for and is done otherwise; told when the job is placed.")


class VideoList(_Told):
    """A page of jobs."""

    object: Literal["list"] = "list"
    data: list[Video]
    first_id: str | None
    last_id: str | None
    has_more: bool


class Deleted(_Told):
    """A job that is gone."""

    id: str
    deleted: Literal[True] = True
    object: Literal["video.deleted"] = "video.deleted"


class Queue(_Told):
    """Where a job stands."""

    id: str
    object: Literal["video.queue"] = "video.queue"
    status: Status
    queue_position: int | None
    seconds_left: float | None


class Model(_Told):
    """A model that videos may be ordered of."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str
    description: str


class ModelList(_Told):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[Model]


class Placed(_Told):
    """A job of a batch, and what its line called it."""

    custom_id: str | None
    video: Video


class Batch(_Told):
    """Jobs that were placed together."""

    id: str
    object: Literal["video.batch"] = "video.batch"
    data: list[Placed]


class Webhook(_Told):
    """What messages of ends are signed with, and where those of jobs go that name no address themselves."""

    object: Literal["webhook"] = "webhook"
    url: str | None
    secret: str


class Health(_Told):
    """Whether the server is well."""

    status: Literal["ok", "unavailable"]
    workers: int | None = None


class ErrorBody(_Told):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str


class Envelope(_Told):
    """Every error."""

    error: ErrorBody
