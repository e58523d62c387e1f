"""What the API takes, leniently: numbers as strings, blanks, fields of other servers."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from filmwright.jobs.orders.request import checked_webhook

PRIORITY = 100  # at most, up or down


def _clean(text: str) -> str:
    """Without what no database holds and no prompt needs."""
    if any(ord(letter) < 32 and letter not in "\t\n\r" for letter in text):
        raise ValueError("has control characters; leave them out")
    return text


def _number(value: Any) -> Any:
    """Numbers come as strings from forms, sometimes with blanks around them; an empty field is none."""
    if isinstance(value, str):
        value = value.strip()
        return None if value == "" else value
    return value


def _sized(size: str) -> str:
    if re.fullmatch(r"\d{1,5}[xX×]\d{1,5}", size) is None:
        raise ValueError("is width and height as in 1280x720")
    return size


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; say in words what the video should be")
    return text


WebhookUrl = Annotated[str, AfterValidator(checked_webhook)]
Text = Annotated[str, AfterValidator(_clean)]
Prompt = Annotated[Text, AfterValidator(_said)]
Blank = BeforeValidator(_number)
Count = Annotated[Annotated[int, Field(ge=1, le=1_000_000)] | None, Blank]
Side = Annotated[Annotated[int, Field(ge=1, le=16384)] | None, Blank]
Seed = Annotated[Annotated[int, Field(ge=0, lt=1 << 31)] | None, Blank]
Real = Annotated[Annotated[float, Field(allow_inf_nan=False, ge=-1e6, le=1e6)] | None, Blank]
Positive = Annotated[Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)] | None, Blank]
Priority = Annotated[Annotated[int, Field(ge=-PRIORITY, le=PRIORITY)] | None, Blank]


class _Asked(BaseModel):
    """Fields that are not known are not an error: other servers have more. They are named in `notes`."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Reference(BaseModel):
    """An input by its address, or by the id of a job whose video it is."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    image_url: str | None = Field(default=None, max_length=64 << 20)
    url: str | None = Field(default=None, max_length=4096)
    file_id: str | None = Field(default=None, max_length=128)
    id: str | None = Field(default=None, max_length=128)


class Extended(_Asked):
    """What vLLM-Omni and SGLang take besides, under their names; and what Filmwright takes."""

    width: Side = None
    height: Side = None
    num_frames: Count = None
    fps: Positive = None
    num_inference_steps: Count = None
    guidance_scale: Real = None
    guidance_scale_2: Real = None
    negative_prompt: Annotated[Text | None, Field(max_length=10_000)] = None
    seed: Seed = None
    flow_shift: Real = None
    true_cfg_scale: Real = None
    strength: Positive = None
    quality: Literal["draft", "standard", "final"] | None = None
    music: bool | None = None
    priority: Priority = None
    webhook_url: WebhookUrl | None = None


class CreateVideo(Extended):
    """A video to be made."""

    prompt: Prompt
    model: Annotated[str | None, Field(max_length=200)] = None
    seconds: Positive = None
    size: Annotated[str, AfterValidator(_sized)] | None = None
    input_reference: Reference | str | None = None


class RemixVideo(Extended):
    """A video of the same things with other words."""

    prompt: Prompt


class EditVideo(Extended):
    """A video that another one is changed into."""

    prompt: Prompt
    video: Reference | None = None
    model: Annotated[str | None, Field(max_length=200)] = None


class ExtendVideo(Extended):
    """A video that another one is made longer into."""

    prompt: Prompt
    seconds: Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)]
    video: Reference | None = None
    model: Annotated[str | None, Field(max_length=200)] = None


class BatchLine(BaseModel):
    """A line of a batch, in the shape of OpenAI's batches; what else it says is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    custom_id: Annotated[Text | None, Field(max_length=256)] = None
    body: dict[str, Any]


class SetWebhook(BaseModel):
    """Where the ends of jobs are told; null is nowhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: WebhookUrl | None
