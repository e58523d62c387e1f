"""GET /videos: all of them, page by page."""

from typing import Any

from filmwright.jobs.conformance.checks import ERRORS, PAGES, SDK, check
from filmwright.jobs.conformance.nouns import Diverges, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import done, refused

TOPIC = "list"
MOST = 500  # videos that are looked through for ours


@check(TOPIC, "it has data, has_more and last_id", PAGES)
def page(target: Target) -> str:
    """Without last_id the SDK ends after the first page; without has_more it asks once too often."""
    target.began()
    told = _page(target, limit=2)
    missing = [name for name in ("object", "data", "has_more", "last_id") if name not in told]
    expect(not missing, f"there is no {', '.join(missing)}")
    expect(told["object"] == "list", f"object is {told['object']!r}, not 'list'")
    expect(isinstance(told["has_more"], bool), f"has_more is {told['has_more']!r}")
    ids = [video.get("id") for video in told["data"]]
    expect(told["last_id"] == (ids[-1] if ids else None), f"last_id is {told['last_id']!r}, the last one is {ids[-1:]}")
    return f"{len(ids)} videos, has_more {str(told['has_more']).lower()}"


@check(TOPIC, "it holds the video that was just made", SDK)
def ours_in_it(target: Target) -> str:
    """As the same object."""
    made = target.began().created
    assert made is not None
    found = [video for video in _page(target, limit=20)["data"] if video.get("id") == made["id"]]
    expect(len(found) == 1, f"it is there {len(found)} times")
    now = done(target.ask("GET", f"/videos/{made['id']}"))
    differ = [name for name in now if name != "progress" and found[0].get(name) != now[name]]
    expect(not differ, f"in the list {', '.join(differ)} is not as in the video by itself")
    return "once, and the same"


@check(TOPIC, "the newest come first; order=asc turns it round", SDK)
def order(target: Target) -> str:
    """By created_at."""
    target.began()
    target.create()
    times = [video.get("created_at") for video in _page(target, limit=20)["data"]]
    expect(times == sorted(times, reverse=True), f"created_at goes {times[:6]}")
    back = [video.get("created_at") for video in _page(target, limit=20, order="asc")["data"]]
    expect(back == sorted(back), f"with order=asc created_at goes {back[:6]}")
    return f"{len(times)} in order"


@check(TOPIC, "limit is kept", SDK)
def limit(target: Target) -> str:
    """One is one, and has_more says that there are more."""
    target.began()
    if len(_page(target, limit=2)["data"]) < 2:
        target.create()
    page = _page(target, limit=1)
    expect(len(page["data"]) == 1, f"limit=1 gives {len(page['data'])}")
    expect(page.get("has_more") is True, f"has_more is {page.get('has_more')!r} where there are more")
    return "limit=1 gives 1 of more"


@check(TOPIC, "the SDK walks through all pages and meets ours, none of them twice", PAGES)
def pages(target: Target) -> str:
    """With pages of two."""
    made = target.began().created
    assert made is not None
    mine = {str(made["id"]), str(target.create()["id"]), str(target.create()["id"])}

    def walk(sdk: Any) -> list[str]:
        ids: list[str] = []
        for video in sdk.videos.list(limit=2):
            ids.append(video.id)
            if len(ids) >= MOST or len(ids) > len(set(ids)) or mine <= set(ids):
                break
        return ids

    ids = target.by_sdk(walk)
    if len(set(ids)) < len(ids):
        raise Diverges(f"{ids[-1]} comes twice: `after` is not looked at")
    expect(mine <= set(ids) or len(ids) >= MOST, f"it ended after {len(ids)}, without {len(mine - set(ids))} of ours")
    for one in mine - {made["id"]}:
        target.drop(one)
    return f"{len(ids)} videos on pages of two"


@check(TOPIC, "a limit that is no number is 400", ERRORS)
def bad_limit(target: Target) -> str:
    """It is a word."""
    return refused(target.ask("GET", "/videos", params={"limit": "many"}), 400)


def _page(target: Target, **query: Any) -> dict[str, Any]:
    page = done(target.ask("GET", "/videos", params=query))
    expect(isinstance(page.get("data"), list), f"data is {page.get('data')!r:.60}")
    return page


CHECKS = (page, ours_in_it, order, limit, pages, bad_limit)
