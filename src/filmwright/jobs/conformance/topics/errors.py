"""What is refused, and in which words."""

import openai

from filmwright.jobs.conformance.checks import ERRORS, SDK, check
from filmwright.jobs.conformance.door import allowed, form, unknown
from filmwright.jobs.conformance.nouns import Diverges, Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import SHOWN, Answer, enveloped, refused

TOPIC = "errors"


@check(TOPIC, "an error is an object `error` with message and type in words, param and code in words or null", ERRORS)
def envelope(target: Target) -> str:
    """Of an unknown video."""
    return enveloped(target.ask("GET", f"/videos/{unknown()}"))


@check(TOPIC, "so is that of an order that is wrong", ERRORS)
def envelope_of_bad_input(target: Target) -> str:
    """Without a prompt."""
    return enveloped(target.ask("POST", "/videos", files=form(target.order(prompt=None))))


@check(TOPIC, "the SDK raises its NotFoundError, with the server's words", SDK)
def sdk_error(target: Target) -> str:
    """Of an unknown video."""
    try:
        with allowed():
            target.sdk.videos.retrieve(unknown())
    except openai.NotFoundError as err:
        return str(err)[:SHOWN]
    except openai.OpenAIError as err:
        raise Diverges(f"it raises {type(err).__name__}: {err}") from err
    raise Diverges("it raises nothing")


@check(TOPIC, "an unknown video is 404", ERRORS)
def unknown_video(target: Target) -> str:
    """Asked for by an id that no server has."""
    return refused(target.ask("GET", f"/videos/{unknown()}"), 404)


@check(TOPIC, "the content of an unknown video is 404", ERRORS)
def unknown_content(target: Target) -> str:
    """And no empty file."""
    return refused(target.ask("GET", f"/videos/{unknown()}/content"), 404)


@check(TOPIC, "the removal of an unknown video is 404", ERRORS)
def unknown_removal(target: Target) -> str:
    """Nothing was there."""
    return refused(target.ask("DELETE", f"/videos/{unknown()}"), 404)


@check(TOPIC, "an order without a prompt is 400", ERRORS)
def no_prompt(target: Target) -> str:
    """The one field that has to be there."""
    return _refused(target, target.ask("POST", "/videos", files=form(target.order(prompt=None))))


@check(TOPIC, "seconds that are no number are 400", ERRORS)
def bad_seconds(target: Target) -> str:
    """They are words."""
    return _refused(target, target.ask("POST", "/videos", files=form(target.order(seconds="soon"))))


@check(TOPIC, "a size that is none is 400", ERRORS)
def bad_size(target: Target) -> str:
    """It has no height."""
    return _refused(target, target.ask("POST", "/videos", files=form(target.order(size="large"))))


@check(TOPIC, "a body that is no JSON is 400", ERRORS)
def broken_json(target: Target) -> str:
    """It ends in the middle."""
    kind = {"content-type": "application/json"}
    return _refused(target, target.ask("POST", "/videos", headers=kind, content=b'{"prompt": "a'))


@check(TOPIC, "an unknown model is 400 or 404", ERRORS)
def unknown_model(target: Target) -> str:
    """It is not silently another one."""
    answer = target.ask("POST", "/videos", files=form(target.order(model="no-such-model-1f0c")))
    return _refused(target, answer, 400, 404)


@check(TOPIC, "a wrong key is 401, where keys are asked for", ERRORS)
def wrong_key(target: Target) -> str:
    """A server that asks for none can't be tried."""
    return _with_key(target, "Bearer wrong-6f1d")


@check(TOPIC, "no key at all is 401, where keys are asked for", ERRORS)
def no_key(target: Target) -> str:
    """The same."""
    return _with_key(target, "")


def _refused(target: Target, answer: Answer, *statuses: int) -> str:
    if answer.ok:
        target.drop(target.ordered(answer)["id"])
    return refused(answer, *(statuses or (400,)))


def _with_key(target: Target, header: str) -> str:
    answer = target.ask("GET", "/videos", headers={"authorization": header})
    if answer.ok and not target.asked.key:
        raise Untried("the server asks for no key")
    expect(not answer.ok, "a list of videos is given all the same")
    return refused(answer, 401)


CHECKS = (
    envelope,
    envelope_of_bad_input,
    sdk_error,
    unknown_video,
    unknown_content,
    unknown_removal,
    no_prompt,
    bad_seconds,
    bad_size,
    broken_json,
    unknown_model,
    wrong_key,
    no_key,
)
