"""The remote generator's promises, kept against a small server that is right, slow, broken or down."""

import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("httpx")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from filmwright.core.errors import (
    BadFilm,
    Blocked,
    FilmWarning,
    KeyRefused,
    OverLimit,
    RenderFailed,
    Unavailable,
    Unverified,
)
from filmwright.core.generation import Generation
from filmwright.film.frames import client
from filmwright.film.frames.generators import Generator, generators
from tests.video_server import KEY, MODEL, Service, image_of, serving

ASKED = Generation(prompt="a red ball", num_frames=8, height=48, width=64, fps=Fraction(8), seed=3)
STILL = np.zeros((60, 120, 3), np.uint8)
STILL[:, 30:90] = (200, 40, 40)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(client, "FIRST", 0.01)


def remote(url, **options):
    return generators.open("remote", url=url, **{"model": MODEL, "tries": 2, "timeout": 5.0, **options})


def clip(generator, asked=ASKED, report=lambda _: None):
    return np.concatenate([piece.rgb for piece in generator.generate(asked, report)])


def test_a_clip_comes_as_asked():
    service, steps = Service(), []
    with serving(service.app) as url, warnings.catch_warnings():
        warnings.simplefilter("error")
        generator = remote(url)
        assert isinstance(generator, Generator)
        assert generator.model.role == "model"
        assert generator.model.name.startswith(f"{MODEL} at 127.0.0.1:")
        assert MODEL in generator.fingerprint
        generator.check(ASKED)
        rgb = clip(generator, report=steps.append)
    assert rgb.shape == (8, 48, 64, 3)
    assert rgb[:, :, 10].mean((1, 2)) == pytest.approx([(30 + 16 * i) % 256 for i in range(8)], abs=3)
    order = {"prompt": "a red ball", "model": MODEL, "seconds": "1", "size": "64x48", "seed": "3"}
    assert service.orders == [order | {"num_frames": "8", "fps": "8"}]
    assert [step.done for step in steps] == [0, 40, 80, 100]
    assert {(step.total, step.unit) for step in steps} == {(100, "percent")}


def test_the_words_of_a_request_reach_the_server():
    service = Service()
    asked = replace(ASKED, negative_prompt="a cube", num_inference_steps=4, guidance_scale=2.5)
    with serving(service.app) as url:
        clip(remote(url), asked)
    (order,) = service.orders
    assert (order["negative_prompt"], order["num_inference_steps"], order["guidance_scale"]) == ("a cube", "4", "2.5")


@pytest.mark.parametrize("body", ["form", "json"])
def test_an_image_goes_along_cut_to_the_clips_shape(body):
    service = Service()
    with serving(service.app) as url:
        clip(remote(url, body=body), replace(ASKED, image=STILL))
    sent = image_of(service.orders[0])
    assert sent.shape == (48, 64, 3)
    assert (sent[24, :, 0] > 100).mean() == pytest.approx(60 / 80, abs=0.02)


def test_what_comes_otherwise_is_conformed_and_it_is_said():
    service = Service(fps=16)
    asked = replace(ASKED, num_frames=14, fps=Fraction(24), width=48, height=48)
    with serving(service.app) as url, pytest.warns(FilmWarning) as said:
        rgb = clip(remote(url, lengths="1,2", sizes="64x32,128x64"), asked)
    assert (service.orders[0]["seconds"], service.orders[0]["size"]) == ("1", "64x32")
    assert "num_frames" not in service.orders[0]
    assert rgb.shape == (14, 48, 48, 3)
    assert "16 frames of 64x32 at 16 a second; they became 14 of 48x48 at 24 a second" in str(said[0].message)
    levels = rgb[:, :, 24].mean((1, 2))
    assert levels == pytest.approx([32 * 3 + 16 * int(i * 16 / 24) for i in range(14)], abs=4)


def test_a_clip_that_is_too_short_is_not_stretched():
    with serving(Service(["half as long"]).app) as url, pytest.warns(FilmWarning), pytest.raises(RenderFailed) as err:
        clip(remote(url), replace(ASKED, num_frames=16))
    assert "1.0 s too short" in str(err.value)


def test_what_is_left_open_is_the_options():
    generator = remote("http://127.0.0.1:9", fps=16)
    fitted = generator.fitted(Generation(prompt="a red ball"))
    assert (fitted.num_frames, fitted.width, fitted.height, fitted.fps) == (64, 1280, 720, 16)
    assert generator.fitted(fitted) == fitted or vars_of(generator.fitted(fitted)) == vars_of(fitted)
    tall = generator.fitted(Generation(prompt="a", image=STILL.transpose(1, 0, 2), seconds=2.5))
    assert (tall.num_frames, round(tall.height / tall.width, 1)) == (40, 2.0)
    some = remote("http://127.0.0.1:9", sizes="720x1280,1280x720", lengths="4,8")
    fitted = some.fitted(Generation(prompt="a", image=STILL))
    assert (fitted.num_frames, round(fitted.width / fitted.height, 2)) == (96, 1.78)


def vars_of(asked):
    return {name: getattr(asked, name) for name in ("num_frames", "width", "height", "fps", "seconds")}


@pytest.mark.parametrize(
    ("options", "wrong", "says"),
    [
        ({}, {"prompt": " "}, "there is no prompt"),
        ({}, {"num_frames": -1}, "has to be above 0"),
        ({}, {"video": np.zeros((4, 8, 8, 3), np.uint8)}, "not from a video"),
        ({"lengths": "4,8"}, {"num_frames": 100}, "13 s; .* makes 8 s at most"),
    ],
)
def test_what_can_not_be_is_refused_before_anybody_is_asked(options, wrong, says):
    with pytest.raises(BadFilm, match=says):
        remote("http://127.0.0.1:9", **options).check(replace(ASKED, **wrong))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"url": ""}, "needs the server's address"),
        ({"url": "ftp://a"}, "begins with http"),
        ({"lengths": "four"}, "whole seconds"),
        ({"sizes": "large"}, "widths and heights"),
        ({"body": "xml"}, "does not accept"),
    ],
)
def test_wrong_options(options, says):
    with pytest.raises(BadFilm, match=says):
        remote(**{"url": "http://127.0.0.1:9", **options})


@pytest.mark.parametrize(
    ("faults", "changes", "error", "says"),
    [
        (["fails"], {}, RenderFailed, "ended as 'failed' .out_of_memory.: it can't be made"),
        (["forbids"], {}, Blocked, "policy forbids it .moderation_blocked."),
        ([], {"prompt": "something violent"}, Blocked, "policy forbids it .moderation_blocked."),
        (["empty video"], {}, Unverified, "its file is empty"),
        (["cut short"], {}, Unverified, "the file that the server gave"),
        (["breaks off"], {}, Unverified, "ends too early each time"),
        (["stuck"], {}, RenderFailed, "go on waiting"),
        (["events"], {}, Unavailable, "does not speak the Videos API"),
    ],
)
@pytest.mark.filterwarnings("ignore::filmwright.core.errors.FilmWarning")
def test_what_goes_wrong_has_its_own_error(faults, changes, error, says):
    service = Service(faults)
    with serving(service.app) as url, pytest.raises(error, match=says):
        clip(remote(url, minutes=0.01), replace(ASKED, **changes))
    assert len(service.orders) <= 1


def test_a_refused_key_is_not_tried_again(monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-wrong")
    service = Service()
    with serving(service.app) as url, pytest.raises(KeyRefused, match=r"refuses the key in \$MY_KEY") as err:
        clip(remote(url, key_in="MY_KEY"))
    assert len(service.calls) == 1
    assert "sk-wrong" not in str(err.value)


def test_a_wrong_model_is_the_users_to_mend():
    service = Service()
    with serving(service.app) as url, pytest.raises(BadFilm, match="there is no such model"):
        clip(remote(url, model="other"))
    assert len(service.calls) == 1


def test_nobody_there():
    with pytest.raises(Unavailable, match="Check the option url"):
        clip(remote("http://127.0.0.1:9", tries=1))


def test_what_passes_by_itself_is_waited_for_and_ordered_once():
    service = Service(hiccups=[503, 429])
    with serving(service.app) as url:
        assert len(clip(remote(url))) == 8
    assert len(service.orders) == 1


@pytest.mark.parametrize(("status", "error"), [(503, Unavailable), (429, OverLimit)])
def test_what_does_not_pass_ends(status, error):
    service = Service(hiccups=[status] * 9)
    with serving(service.app) as url, pytest.raises(error):
        clip(remote(url))
    assert len(service.calls) == 3


def test_another_run_goes_on_with_the_same_order():
    service = Service(["stuck"])
    with serving(service.app) as url:
        with pytest.raises(RenderFailed, match=r"video_0001 is in_progress .40%. after"):
            clip(remote(url, minutes=0.002))
        service.faults.clear()
        clip(remote(url))
    assert len(service.orders) == 1


def test_what_failed_in_an_earlier_run_is_ordered_anew():
    service = Service(["fails"])
    with serving(service.app) as url:
        with pytest.raises(RenderFailed):
            clip(remote(url))
        service.faults.clear()
        assert len(clip(remote(url))) == 8
    assert len(service.orders) == 2


def test_servers_that_speak_otherwise_are_understood():
    service = Service(["processing", "integer seconds", "no nulls", "JSON only"])
    with serving(service.app) as url:
        assert len(clip(remote(url, body="json"))) == 8


def test_a_file_elsewhere_is_not_fetched():
    with serving(Service(["at once"]).app) as url, pytest.raises(Unverified, match=r"sends us to 127.0.0.1 for"):
        clip(remote(url))
