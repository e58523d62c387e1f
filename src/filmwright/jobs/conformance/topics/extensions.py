"""What the shape does not have and many need: orders that count once, an end to an order, several at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from filmwright.jobs.conformance.checks import EXTENSION, check
from filmwright.jobs.conformance.nouns import Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.watched import ENDS, WORDS
from filmwright.jobs.conformance.wire import done, refused

TOPIC = "beyond the shape"
TOGETHER = 3


@check(TOPIC, "the same Idempotency-Key is the same video", "draft-ietf-httpapi-idempotency-key-header")
def same_key(target: Target) -> str:
    """Where the server looks at it; the SDK sends none by itself."""
    key = {"idempotency-key": uuid.uuid4().hex}
    first, second = (target.create(headers=key)["id"] for _ in range(2))
    for one in {first, second}:
        target.drop(one)
    if first != second:
        raise Untried("the server does not look at it: two videos were made")
    return first


@check(TOPIC, "the same Idempotency-Key with another order is refused", "draft-ietf-httpapi-idempotency-key-header")
def same_key_other_order(target: Target) -> str:
    """400, 409 or 422: it is somebody's mistake."""
    key = {"idempotency-key": uuid.uuid4().hex}
    first = target.create(headers=key)["id"]
    if target.create(headers=key)["id"] != first:
        raise Untried("the server does not look at it")
    other = target.ask("POST", "/videos", headers=key, json=target.order(prompt="Something else"))
    if other.ok:
        target.drop(target.ordered(other)["id"])
    target.drop(first)
    return refused(other, 400, 409, 422)


@check(TOPIC, "POST /videos/{id}/cancel ends a video, and its status stays one of the four words", EXTENSION)
def cancel(target: Target) -> str:
    """So that a client that waits comes to an end."""
    made = target.create()["id"]
    answer = target.ask("POST", f"/videos/{made}/cancel")
    if answer.status in (404, 405, 501):
        target.drop(made)
        raise Untried(f"not offered: {answer.told}")
    told = done(answer)
    now = done(target.ask("GET", f"/videos/{made}"))
    target.drop(made)
    expect(told.get("status") in WORDS, f"the answer's status is {told.get('status')!r}")
    expect(now.get("status") in WORDS, f"the status is {now.get('status')!r}")
    expect(now.get("status") in ENDS, f"the status is still {now.get('status')!r}")
    return f"{now['status']}, error {now.get('error')}"


@check(TOPIC, "orders at the same time are videos of their own", EXTENSION)
def at_once(target: Target) -> str:
    """Each can be asked for."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        ids = [made["id"] for made in pool.map(lambda seed: target.create(seed=seed), range(TOGETHER))]
        answers = list(pool.map(lambda one: target.ask("GET", f"/videos/{one}"), ids))
    for one in set(ids):
        target.drop(one)
    expect(len(set(ids)) == TOGETHER, f"{TOGETHER} orders became {len(set(ids))} videos")
    wrong = [a.told for one, a in zip(ids, answers, strict=True) if not a.ok or a.table.get("id") != one]
    expect(not wrong, f"of one of them: {wrong[:1]}")
    return f"{TOGETHER} orders, {TOGETHER} videos"


CHECKS = (same_key, same_key_other_order, cancel, at_once)
