"""GET /videos/{id}: how a client waits."""

from filmwright.jobs.conformance.checks import POLL, SDK, check
from filmwright.jobs.conformance.nouns import Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.watched import WORDS

TOPIC = "polling"
HEADER = "openai-poll-after-ms"


@check(TOPIC, f"status is one of {', '.join(WORDS)}", SDK)
def status_words(target: Target) -> str:
    """On any other word the SDK's poll() returns early."""
    watched = target.began()
    assert watched.created is not None
    seen = list(dict.fromkeys(str(video.get("status")) for video in (watched.created, *watched.told)))
    odd = [word for word in seen if word not in WORDS]
    expect(not odd, f"status is {', '.join(map(repr, odd))}")
    return " -> ".join(seen)


@check(TOPIC, "`videos.poll` returns when the video is completed, and not before", POLL)
def sdk_poll(target: Target) -> str:
    """What `create_and_poll` stands on."""
    watched = target.finished()
    expect(watched.polled == "completed", f"it returned with {watched.polled!r}")
    return f"it returned after asking {len(watched.told)} times"


@check(TOPIC, f"where there is a header {HEADER}, it is a whole number of milliseconds", POLL)
def poll_header(target: Target) -> str:
    """Without one the SDK asks every second."""
    values = [headers[HEADER] for headers in target.began().headers if HEADER in headers]
    if not values:
        return "there is none: clients ask every second"
    odd = [value for value in values if not value.isdecimal()]
    expect(not odd, f"it is {odd[:1]}")
    return f"{values[0]} ms"


@check(TOPIC, "progress lies between 0 and 100 and never goes back", SDK)
def progress(target: Target) -> str:
    """Over the life of one video."""
    watched = target.began()
    assert watched.created is not None
    seen = [video.get("progress") for video in (watched.created, *watched.told)]
    numbers = [value for value in seen if isinstance(value, (int, float))]
    if not numbers:
        raise Untried("no progress is told")
    expect(all(0 <= value <= 100 for value in numbers), f"it went {numbers}")
    expect(numbers == sorted(numbers), f"it went {numbers}")
    return " ".join(str(value) for value in dict.fromkeys(numbers))


CHECKS = (status_words, sdk_poll, poll_header, progress)
