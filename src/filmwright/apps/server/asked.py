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

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)


class Reference(BaseModel):
    """An input by its address, or by the id of a job whose video it is."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)
    image_url: str | None = Field(default=None, max_length=64 << 20)
    """An https address of a host that the server allows, or a data URL in base64; of a scan or a video too."""
    url: str | None = Field(default=None, max_length=4096)
    """The same."""
    file_id: str | None = Field(default=None, max_length=128)
    """The id of a completed job."""
    id: str | None = Field(default=None, max_length=128)
    """The same."""


class Extended(_Asked):
    """What vLLM-Omni and SGLang take besides, under their names; and what Filmwright takes."""

    width: Side = None
    """Pixels; with `height`, instead of `size`."""
    height: Side = None
    """Pixels."""
    num_frames: Count = None
    """Length in frames, instead of `seconds`."""
    fps: Positive = None
    """Frames a second; a film of a scan has 24, unless said."""
    num_inference_steps: Count = None
    """Steps of a model's denoising."""
    guidance_scale: Real = None
    """How much the words count; 1 is plain."""
    guidance_scale_2: Real = None
    """Of the second of two models, where the generator takes it."""
    negative_prompt: Annotated[Text | None, Field(max_length=10_000)] = None
    """What a model is led away from."""
    seed: Seed = None
    """Another number, another variation; the same number, the same video."""
    flow_shift: Real = None
    """Of a model's noise schedule, where the generator takes it."""
    true_cfg_scale: Real = None
    """As guidance_scale, of distilled models, where the generator takes it."""
    strength: Positive = None
    """How much of an input video a model makes anew: above 0, up to 1."""
    quality: Literal["draft", "standard", "final"] | None = None
    """Of a film of a scan; else the server's."""
    music: bool | None = None
    """Of a film of a scan; else as the prompt says, and there is music if it says nothing."""
    priority: Priority = None
    """Among your own jobs: higher goes first."""
    webhook_url: WebhookUrl | None = None
    """An https address that is told of the job's end."""


class CreateVideo(Extended):
    """A video to be made."""

    prompt: Prompt
    """What the video is to be: of a scan, the brief in English or Korean, whose quoted words become the tagline."""
    model: Annotated[str | None, Field(max_length=200)] = None
    """One of `/v1/models`; else the server's default."""
    seconds: Positive = None
    """Length; 4, unless said."""
    size: Annotated[str, AfterValidator(_sized)] | None = None
    """Width and height in pixels; 720x1280, unless said."""
    input_reference: Reference | str | None = None
    """What the video is made from, as a file of the form, by address, or by the id of a job."""


class RemixVideo(Extended):
    """A video of the same things with other words."""

    prompt: Prompt
    """The words, instead of those of the first."""


class EditVideo(Extended):
    """A video that another one is changed into."""

    prompt: Prompt
    """What is to be otherwise."""
    video: Reference | None = None
    """The video, as a file of the form or `{"id": ...}` of a completed job."""
    model: Annotated[str | None, Field(max_length=200)] = None
    """The model that changes it; else that of the job."""


class ExtendVideo(Extended):
    """A video that another one is made longer into."""

    prompt: Prompt
    """What the longer film is to be."""
    seconds: Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e6)]
    """How much longer."""
    video: Reference | None = None
    """The film, as `{"id": ...}` of a completed job."""
    model: Annotated[str | None, Field(max_length=200)] = None
    """Taken for the sake of other servers; the model is that of the job."""


class BatchLine(BaseModel):
    """A line of a batch, in the shape of OpenAI's batches; what else it says is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    custom_id: Annotated[Text | None, Field(max_length=256)] = None
    body: dict[str, Any]


class SetWebhook(BaseModel):
    """Where the ends of jobs are told; null is nowhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: WebhookUrl | None
