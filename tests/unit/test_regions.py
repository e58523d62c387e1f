"""Labels by region: what each adds, that it is true, and that several agree."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import get_args

import av
import numpy as np
import pytest

from filmwright.core.claim import SourceType
from filmwright.core.errors import BadFilm
from filmwright.core.frames import Frames
from filmwright.film.video.codecs import codecs
from filmwright.film.video.notice import set_notice
from filmwright.jobs.film import Trust
from filmwright.jobs.regions import LEARNED, REGIONS, WORDS, Facts, aigc_field, check_regions, labels_for, region

FACTS = Facts(
    source="trainedAlgorithmicMedia",
    maker="91110000MA0001",
    film_id="5d1c0a77e9f04b21",
    made="2026-11-22T10:00:00+00:00",
    software="filmwright 0.3.0",
)
SCAN = replace(FACTS, source="compositeSynthetic")
CAMERA = replace(FACTS, source="digitalCapture")


def test_every_kind_of_picture_has_words():
    assert set(WORDS) == set(get_args(SourceType))
    for source, words in WORDS.items():
        assert ("AI" in words["en"]) == ("AI" in words["zh"]) == (source in LEARNED)  # and true ones


def test_no_region_adds_nothing():
    none = labels_for((), FACTS)
    assert (none.notice, none.tags, none.claims, none.says) == ("", {}, {}, ())
    assert Trust().regions == ()


def test_china_shows_two_seconds_of_large_words_and_writes_the_field():
    labels = labels_for(["china"], FACTS)
    assert labels.notice == "AI生成"
    assert labels.seconds >= 2
    assert labels.size >= 0.05
    field = json.loads(labels.tags["AIGC"])
    assert list(field) == [
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    ]
    assert field["Label"] == "1"
    assert field["ContentProducer"] == field["ContentPropagator"] == FACTS.maker
    assert field["ProduceID"] == field["PropagateID"] == FACTS.film_id
    assert all(isinstance(value, str) for value in field.values())


def test_a_film_from_a_scan_is_not_called_ai():
    for names in (["china"], ["eu"], ["california"], ["visible"], list(REGIONS)):
        labels = labels_for(names, SCAN)
        told = " ".join([labels.notice, *labels.tags.values(), *(c.split(": ", 1)[1] for c in labels.claims.values())])
        assert "AI" not in told
    china = labels_for(["china"], SCAN)
    assert china.notice == "计算机生成"
    assert china.tags == {}
    assert "no trained model made these pictures" in china.says[1]


def test_a_cameras_pictures_get_no_label():
    labels = labels_for(list(REGIONS), CAMERA)
    assert (labels.notice, labels.seconds, labels.tags) == ("", 0, {})
    assert all("nothing is generated" in words for words in labels.claims.values())


def test_europe_shows_words_where_they_are_asked_for_too():
    assert labels_for(["eu"], FACTS).notice == ""
    shown = labels_for(["eu", "visible"], FACTS)
    assert (shown.notice, shown.seconds) == ("AI-generated", 3)
    assert "Art. 50" in shown.claims["eu"]


def test_what_was_done_is_said_in_full():
    assert labels_for(["eu"], FACTS).says == ("eu: shows nothing, is named in the signature",)
    assert labels_for(["california"], FACTS).says == (
        "california: shows nothing, writes the tag 'comment', is named in the signature",
    )
    assert labels_for(["china"], replace(FACTS, signed=False)).says == (
        "china: shows 'AI生成' for 2 s, writes the tag 'AIGC'",
    )


def test_california_names_provider_system_time_and_id():
    labels = labels_for(["california"], FACTS)
    for fact in (FACTS.maker, FACTS.software, FACTS.made, FACTS.film_id):
        assert fact in labels.tags["comment"]
        assert fact in labels.claims["california"]
    assert labels.notice == ""
    assert labels_for(["california", "visible"], FACTS).notice == "AI-generated"


def test_new_york_says_that_a_performer_is_synthetic():
    assert labels_for(["new-york"], SCAN).notice == "Synthetic performer"


@pytest.mark.parametrize("names", [c for n in (2, 3, 5) for c in combinations(REGIONS, n)])
@pytest.mark.parametrize("facts", [FACTS, SCAN])
def test_regions_together_ask_for_all_that_each_asks(names, facts):
    both = labels_for(names, facts)
    for name in names:
        one = labels_for([name], facts)
        assert set(one.notice.split("\n")) <= {*both.notice.split("\n"), ""}
        assert both.seconds >= one.seconds
        assert both.size >= one.size
        assert one.tags.items() <= both.tags.items()
        assert one.claims.items() <= both.claims.items()
        assert set(one.says) <= set(both.says)
    assert len(both.notice.split("\n")) == len(set(both.notice.split("\n")))  # nothing is said twice
    assert both == labels_for([*names, *names], facts)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (720, 720), (720, 900)])
@pytest.mark.parametrize("source", LEARNED)
def test_all_regions_together_fit_every_format(width, height, source):
    labels = labels_for(list(REGIONS), replace(FACTS, source=source))
    plate = set_notice(labels.notice, width=width, height=height, seconds=labels.seconds, size=labels.size)
    assert plate.bottom < 0.45 * height


def test_wrong_names_are_hinted_at():
    with pytest.raises(BadFilm, match=r"no region is called 'chian'\. Did you mean 'china'\? There are: eu, calif"):
        region("chian")
    with pytest.raises(BadFilm, match="no region is called 'mars'"):
        labels_for(["eu", "mars"], FACTS)


@pytest.mark.parametrize("name", ["eu", "california"])
def test_a_region_is_refused_where_what_it_asks_for_is_off(name):
    check_regions([name], marked=True, signed=True)
    with pytest.raises(BadFilm, match=rf"region '{name}'.*'trust\.mark' is 'none'"):
        check_regions([name], marked=False, signed=True)
    with pytest.raises(BadFilm, match=r"'trust\.signer' is 'none'"):
        labels_for([name], replace(FACTS, signed=False))
    check_regions(["china", "new-york", "visible"], marked=False, signed=False)


def test_makers_that_the_standard_does_not_like_are_told():
    told = labels_for(["china"], replace(FACTS, maker="Atelier Nord"))
    assert "'Atelier Nord' is written as it stands" in told.says[1]
    assert len(labels_for(["china"], FACTS).says) == 1


def test_the_field_survives_in_a_file(tmp_path):
    facts = replace(FACTS, maker="北方工作室")
    tags = labels_for(["china", "california"], facts).tags
    grey = Frames(rgb=np.full((4, 64, 96, 3), 90, np.uint8), fps=Fraction(24))
    codecs.open("mp4").encode([grey], tmp_path / "film.mp4", tags={"title": "Flacon", **tags})
    with av.open(str(tmp_path / "film.mp4")) as container:
        found = container.metadata
    assert found["AIGC"] == aigc_field(facts)
    assert json.loads(found["AIGC"])["ContentProducer"] == "北方工作室"
    assert facts.film_id in found["comment"]
