"""Parts of the server that need no server: ranges, errors, what a request becomes, settings."""

import json
import re

import pytest
from pydantic import ValidationError

from filmwright.apps.server import works
from filmwright.apps.server.asked import CreateVideo, EditVideo, ExtendVideo, RemixVideo
from filmwright.apps.server.bodies import parsed
from filmwright.apps.server.failures import STATUS, Refusal, answer, refusal
from filmwright.apps.server.guard import is_loopback
from filmwright.apps.server.ranges import asked_range, known, unchanged
from filmwright.apps.server.settings import ServedModel, ServerSettings, load_settings
from filmwright.core import errors
from filmwright.core.errors import BadFilm
from filmwright.jobs.film import Choice
from filmwright.jobs.orders import ClipWork, FilmWork, Input, Order

WAN = ServedModel(generator=Choice(use="diffusers").having(model="wan", flow_shift=5.0), width=832, height=480)
SETTINGS = ServerSettings(models={"wan": WAN})
SCAN = works.Reference(kind="scan", input=Input(name="inputs/a.glb", filename="bottle.glb"))
PICTURE = works.Reference(kind="picture", input=Input(name="inputs/a.png", filename="a.png"))


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-0", range(1)),
        ("bytes=2-", range(2, 10)),
        ("bytes=2-5", range(2, 6)),
        ("bytes=5-1000", range(5, 10)),
        ("bytes=-3", range(7, 10)),
        ("bytes=-100", range(10)),
        ("BYTES=1-2", range(1, 3)),
        ("bytes=5-2", None),  # malformed: the whole file (RFC 9110, 14.1.1)
        ("bytes=a-b", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_ranges(header, span):
    assert asked_range(header, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_ranges_without_a_byte(header):
    with pytest.raises(Refusal) as caught:
        asked_range(header, 10)
    assert caught.value.status == 416
    assert caught.value.headers["Content-Range"] == "bytes */10"


def test_conditions():
    assert unchanged(None, '"a"')
    assert unchanged('"a"', '"a"')
    assert not unchanged('"b"', '"a"')
    assert not unchanged('W/"a"', '"a"')  # weak tags hold for no range (RFC 9110, 13.1.5)
    assert known('"b", W/"a"', '"a"')
    assert known("*", '"a"')
    assert not known(None, '"a"')


def test_every_film_error_has_a_status_and_a_stable_code():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.FilmError)]
    for kind in kinds:
        found = refusal(kind("it went wrong"))
        assert re.fullmatch(r"[a-z_]+", found.code)
        if found.status == 500:  # nothing that a request alone can bring about
            assert kind in (errors.FilmError, errors.RenderFailed, errors.Diverged, errors.Unverified)
    assert set(STATUS) <= set(kinds)


def test_a_limit_says_when_to_come_again_and_a_days_quota_says_not_to():
    assert refusal(errors.OverLimit("slow down", retry_after=0.2)).headers == {"Retry-After": "1"}
    assert refusal(errors.OverLimit("tomorrow", retry_after=9000.0)).headers == {"x-should-retry": "false"}
    assert refusal(errors.KeyRefused("no", "missing_scope")).status == 403


def test_errors_repeat_whatever_came():
    body = json.loads(bytes(answer(Refusal(400, "got \ud800 \x1b[31m", code="invalid_value", param="\udfff")).body))
    assert body["error"]["message"] == "got \ufffd  [31m"
    assert set(body["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"null", b'"a"', b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff", b"[" * 100_000, b'{"a":' * 50_000],
)
def test_what_is_no_json_object(text):
    with pytest.raises(Refusal) as caught:
        parsed(text)
    assert caught.value.code == "invalid_json"


def test_a_number_without_end():
    with pytest.raises(ValidationError):
        CreateVideo.model_validate(parsed(b'{"prompt": "a", "seconds": 1' + b"0" * 4000 + b"}"))


def test_a_film_of_a_scan():
    asked = CreateVideo.model_validate({"prompt": "A calm spot.", "seconds": "8", "size": "1792x1024", "seed": "3"})
    wanted = works.created(asked, SCAN, SETTINGS)
    work = wanted.request.work
    assert isinstance(work, FilmWork)
    assert (work.film.brief, work.film.seconds, work.film.seed) == ("A calm spot.", 8.0, 3)
    assert (works.size_of(wanted.request), works.seconds_of(wanted.request)) == ("1792x1024", "8")
    assert work.scan == SCAN.input
    assert wanted.notes == ()


@pytest.mark.parametrize("size", ["720x1280", "1280x720", "1024x1792", "1792x1024"])
def test_the_sizes_of_the_sdk_are_made_to_the_pixel(size):
    wanted = works.created(CreateVideo(prompt="A spot.", size=size), None, SETTINGS)
    assert (works.size_of(wanted.request), wanted.notes) == (size, ())


def test_what_is_done_otherwise_is_told():
    asked = CreateVideo.model_validate({"prompt": "A spot.", "size": "832x480", "guidance_scale": 3, "n": 1})
    wanted = works.created(asked, None, SETTINGS)
    assert works.size_of(wanted.request) == "840x480"
    assert [note.split()[0] for note in wanted.notes] == ["guidance_scale", "size:", "n"]


def test_a_clip_of_a_model():
    asked = CreateVideo.model_validate({"prompt": "fog", "model": "wan", "flow_shift": "3", "guidance_scale_2": 2})
    wanted = works.created(asked, PICTURE, SETTINGS)
    work = wanted.request.work
    assert isinstance(work, ClipWork)
    assert work.image == PICTURE.input
    assert work.request.generator.options() == {"model": "wan", "flow_shift": 3.0}
    assert wanted.notes == ("guidance_scale_2 is of no use to this model",)
    assert (works.size_of(wanted.request), works.seconds_of(wanted.request)) == ("832x480", "4")


def test_frames_say_how_long_a_video_is():
    asked = CreateVideo.model_validate({"prompt": "fog", "model": "wan", "num_frames": 33, "fps": 16})
    wanted = works.created(asked, None, SETTINGS)
    assert works.seconds_of(wanted.request) == "2.0625"
    film = works.created(CreateVideo(prompt="A spot.", num_frames=120), None, SETTINGS)
    assert works.seconds_of(film.request) == "5"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model": "sora-2"}, "model_not_found"),
        ({"seconds": 1}, "invalid_request"),
        ({"seconds": 1e6}, "too_long"),
        ({"size": "16000x16000"}, "size_too_large"),
        ({"size": "1x1"}, "invalid_value"),
        ({"width": 64}, "invalid_value"),
        ({"width": 64, "height": 64, "size": "32x32"}, "invalid_value"),
        ({"seconds": 4, "num_frames": 48}, "invalid_value"),
        ({"prompt": "word " * 5000}, "prompt_too_long"),
        ({"fps": 0.5}, "invalid_request"),
        ({"prompt": "A spot. '" + "so many words " * 10 + "more'"}, "invalid_request"),
    ],
)
def test_what_is_not_made(fields, code):
    with pytest.raises((Refusal, BadFilm)) as caught:
        works.created(CreateVideo.model_validate({"prompt": "A spot."} | fields), None, SETTINGS)
    assert refusal(caught.value).code == code
    assert refusal(caught.value).status in (400, 404)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"prompt": 3},
        {"prompt": "a\x00b"},
        {"prompt": "a", "seconds": "four"},
        {"prompt": "a", "seconds": -4},
        {"prompt": "a", "seconds": float("nan")},
        {"prompt": "a", "size": "big"},
        {"prompt": "a", "size": "99999999x1"},
        {"prompt": "a", "width": -1, "height": 5},
        {"prompt": "a", "seed": -1},
        {"prompt": "a", "seed": 1 << 64},
        {"prompt": "a", "quality": "best"},
        {"prompt": "a", "priority": 1000},
        {"prompt": "a", "input_reference": 7},
        {"prompt": "a", "guidance_scale": "1e999"},
    ],
)
def test_what_is_no_request(fields):
    with pytest.raises(ValidationError) as caught:
        CreateVideo.model_validate(fields)
    assert refusal(caught.value).status == 400


def test_blank_fields_of_forms_are_none():
    asked = CreateVideo.model_validate({"prompt": "a", "seconds": " 4 ", "width": "", "seed": " "})
    assert (asked.seconds, asked.width, asked.seed) == (4.0, None, None)


def test_each_model_starts_from_what_it_can():
    with pytest.raises(Refusal, match="starts from a scan"):
        works.created(CreateVideo(prompt="a"), PICTURE, SETTINGS)
    with pytest.raises(Refusal, match="starts from a video"):
        works.created(CreateVideo(prompt="a", model="wan"), SCAN, SETTINGS)


def _order(request) -> Order:
    return Order(
        id="video_" + "0" * 32, owner="local", request=request, status="completed", progress=100, stage="", created=0.0
    )


def test_a_remix_keeps_all_but_the_words():
    first = works.created(CreateVideo(prompt="A calm spot.", size="48x48", seed=4, quality="draft"), SCAN, SETTINGS)
    again = works.remixed(RemixVideo(prompt="A playful spot."), _order(first.request), SETTINGS).request
    assert (again.kind, again.remixed_from, again.prompt) == ("remix", "video_" + "0" * 32, "A playful spot.")
    assert again.work == first.request.work.model_copy(
        update={"film": first.request.work.film.model_copy(update={"brief": "A playful spot."})}
    )


def test_an_extension_is_longer_by_what_is_asked_for():
    first = works.created(CreateVideo(prompt="A calm spot.", seconds=4), SCAN, SETTINGS)
    longer = works.extended(ExtendVideo(prompt="A calm spot.", seconds=8), _order(first.request), SETTINGS).request
    assert (longer.kind, works.seconds_of(longer)) == ("extension", "12")


def test_edits():
    first = works.created(CreateVideo(prompt="A spot.", seconds=4), SCAN, SETTINGS)
    film = works.edited(EditVideo(prompt="More luxury."), _order(first.request), SETTINGS).request
    assert (film.kind, film.prompt) == ("edit", "A spot. More luxury.")
    video = works.Reference(kind="video", input=Input(name="inputs/a.mp4", filename="a.mp4"))
    clip = works.edited(EditVideo(prompt="in the rain", strength=0.5), video, SETTINGS).request
    assert clip.model == "wan"
    assert (clip.work.video, clip.work.request.strength) == (video.input, 0.5)
    bundled = works.edited(EditVideo(prompt="in the rain"), video, ServerSettings()).request
    assert bundled.model == "filmwright-bundled"
    with pytest.raises(Refusal, match="no other videos"):
        works.edited(EditVideo(prompt="in the rain", model="filmwright-scan"), video, ServerSettings())


def test_settings_name_every_wrong_line(tmp_path):
    path = tmp_path / "server.toml"
    path.write_text('port = 99999\nhots = "a"\n')
    with pytest.raises(BadFilm, match=r"'port'.*'hots'"):
        load_settings(path)
    path.write_text("[inputs]\nmax_byte = 1\n")
    with pytest.raises(BadFilm, match="no key 'max_byte'"):
        load_settings(path)
    path.write_text('default_model = "wan"\n')
    with pytest.raises(BadFilm, match="there are: filmwright-scan"):
        load_settings(path)


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_what_is_this_machine_alone(host, own):
    assert is_loopback(host) == own
