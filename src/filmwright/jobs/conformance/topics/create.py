"""POST /videos: what a server has to take."""

import base64
import io

import numpy as np
from PIL import Image

from filmwright.jobs.conformance.checks import EXTENSION, SDK, check
from filmwright.jobs.conformance.door import form
from filmwright.jobs.conformance.nouns import Diverges, Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import Answer

TOPIC = "create"
WAITING = ("queued", "in_progress", "completed")


@check(TOPIC, "the multipart form of `videos.create` is taken, and its answer is a video", SDK)
def by_form(target: Target) -> str:
    """As the SDK sends it."""
    watched = target.watched()
    if watched.form:
        raise Diverges(watched.form)
    assert watched.created is not None
    status = watched.created.get("status")
    expect(status in WAITING, f"a new video has the status {status!r}, not one of {', '.join(WAITING)}")
    return f"{watched.created['id']} is {status}"


@check(TOPIC, "the same fields as a JSON object are taken", "the Videos API takes both")
def as_json(target: Target) -> str:
    """As many clients send it."""
    return _taken(target, target.ask("POST", "/videos", json=target.order()))


@check(TOPIC, "`seconds` comes back as it was asked for, as a string", SDK)
def seconds_asked(target: Target) -> str:
    """It is no number in the shape."""
    return _echoed(target, "seconds", str(target.asked.seconds))


@check(TOPIC, "`size` comes back as it was asked for", SDK)
def size_asked(target: Target) -> str:
    """Width x height."""
    return _echoed(target, "size", target.asked.size)


@check(TOPIC, "`seconds` as a whole number is taken, and comes back as a string", "leniency: many clients send it so")
def seconds_as_number(target: Target) -> str:
    """Not in the shape: a server that refuses it in the right way does not diverge."""
    answer = target.ask("POST", "/videos", json=target.order(seconds=target.asked.seconds))
    if not answer.ok:
        raise Untried(f"it is refused, as the shape allows: {answer.told}")
    seconds = target.ordered(answer)
    target.drop(seconds["id"])
    expect(seconds.get("seconds") == str(target.asked.seconds), f"seconds is {seconds.get('seconds')!r}")
    return f"seconds is {seconds['seconds']!r}"


@check(TOPIC, "only the prompt is required: model, seconds and size have defaults", SDK)
def prompt_alone(target: Target) -> str:
    """The rest is the server's."""
    alone = target.order(model=None, seconds=None, size=None)
    made = target.ordered(target.ask("POST", "/videos", files=form(alone)))
    target.drop(made["id"])
    return f"{made.get('model')}, {made.get('seconds')} s, {made.get('size')}"


@check(TOPIC, "`input_reference` takes a picture as a file of the form", SDK)
def picture_as_file(target: Target) -> str:
    """Models that start from words alone refuse it."""
    order = form(target.order()) | {"input_reference": ("first.png", _picture(target.asked.size), "image/png")}
    return _offered(target, target.ask("POST", "/videos", files=order))


@check(TOPIC, "`input_reference` takes `image_url` in JSON, which may be a data URL", SDK)
def picture_as_url(target: Target) -> str:
    """The SDK has the type and refuses to send it (openai 3.57, `_files.py`)."""
    url = f"data:image/png;base64,{base64.b64encode(_picture(target.asked.size)).decode()}"
    order = target.order() | {"input_reference": {"image_url": url}}
    return _offered(target, target.ask("POST", "/videos", json=order))


@check(TOPIC, "fields beyond the shape, as `seed`, do no harm", EXTENSION)
def more_fields(target: Target) -> str:
    """The names that vLLM-Omni and SGLang share."""
    order = target.order(seed=7, negative_prompt="blur", guidance_scale=3.0)
    return _taken(target, target.ask("POST", "/videos", json=order))


def _taken(target: Target, answer: Answer) -> str:
    made = target.ordered(answer)
    target.drop(made["id"])
    return f"{made['id']} is {made.get('status')}"


def _offered(target: Target, answer: Answer) -> str:
    """Taken, or refused in words: whether it has to be taken depends on the model."""
    if 400 <= answer.status < 500:
        raise Untried(f"this model takes none: {answer.told}")
    return _taken(target, answer)


def _echoed(target: Target, name: str, asked: str) -> str:
    created = target.began().created
    assert created is not None
    expect(name in created, f"the video has no {name}")
    expect(created[name] == asked, f"{name} is {created[name]!r}, asked was {asked!r}")
    return f"{name} is {asked!r}"


def _picture(size: str) -> bytes:
    """A slope of light as PNG, of the video's size."""
    width, height = map(int, size.split("x"))
    slope = np.linspace(40, 220, width, dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.broadcast_to(slope[None, :, None], (height, width, 3)).copy()).save(out, "PNG")
    return out.getvalue()


CHECKS = (
    by_form,
    as_json,
    seconds_asked,
    size_asked,
    seconds_as_number,
    prompt_alone,
    picture_as_file,
    picture_as_url,
    more_fields,
)
