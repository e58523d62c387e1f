"""Consent: it lets through what it names, until it ends; faces without one are noticed."""

import json
from datetime import date
from hashlib import sha256

import cv2
import numpy as np
import pytest
from PIL import Image

from filmwright.core.errors import BadAsset, BadFilm, FilmWarning
from filmwright.film.asset import consent
from filmwright.film.asset.audit import rows
from filmwright.film.asset.faces import faces
from filmwright.film.asset.home import home
from filmwright.film.asset.likeness import Shown, likeness_signals
from filmwright.film.asset.records import Record, keep
from filmwright.jobs.consent import add_consent, films_touched
from filmwright.jobs.sign import Wish, sign
from tests.scans import ASSETS
from tests.verified import unsigned

DAY = date(2027, 6, 1)
PORTRAIT = sha256(b"portrait").hexdigest()
AGREED = {
    "subject": "Mina Park",
    "scope": ["image"],
    "uses": ["advertising"],
    "expires": DAY,
    "evidence": sha256(b"release").hexdigest(),
    "inputs": [PORTRAIT],
}


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


def picture(name):
    path = ASSETS / "images" / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return np.array(Image.open(path).convert("RGB"))


def test_it_covers_what_it_names_and_nothing_else():
    new = consent.add(**AGREED)
    assert consent.covering(PORTRAIT, "advertising", DAY) == new  # the last day is one of its days
    assert consent.covering(PORTRAIT, "advertising", date(2027, 6, 2)) is None
    assert consent.covering(PORTRAIT, "training", DAY) is None
    assert consent.covering(sha256(b"other").hexdigest(), "advertising", DAY) is None
    assert consent.covering(PORTRAIT, "advertising", DAY, scope="voice") is None
    assert [row.kind for row in rows()] == ["consent"]
    assert "Mina" not in json.dumps([row.facts for row in rows()])
    assert (new.state(DAY), new.state(date(2028, 1, 1))) == ("in force", "expired")


def test_a_revoked_one_covers_nothing():
    new = consent.add(**AGREED)
    done = consent.revoke(new.id[:6], reason="she asked us to")
    assert consent.covering(PORTRAIT, "advertising", DAY) is None
    assert consent.find(new.id) == done
    assert done.state(DAY) == "revoked"
    with pytest.raises(BadFilm, match="was revoked before"):
        consent.revoke(new.id, reason="again")
    other = consent.add(**AGREED | {"subject": "Jo Lee"})
    with pytest.raises(BadFilm, match="needs a reason"):
        consent.revoke(other.id, reason=" ")
    assert [row.kind for row in rows()] == ["consent", "revocation", "consent"]


def test_a_changed_record_covers_nothing_and_is_told():
    new = consent.add(**AGREED)
    path = home() / "consents" / f"{new.id}.json"
    told = json.loads(path.read_text())
    told["record"]["expires"] = "2099-01-01"
    path.write_text(json.dumps(told))
    with pytest.warns(FilmWarning, match="changed from outside"):
        assert consent.covering(PORTRAIT, "advertising", DAY) is None


def test_a_revocation_lists_the_films_it_touches():
    new = consent.add(**AGREED)
    films = {"spot": ["p.png", PORTRAIT], "other": ["p.png", content("other")]}
    films |= {"cut down": [content("spot")], "cut down again": [content("cut down")]}
    for day, (title, inputs) in enumerate(films.items(), 1):
        made = f"2027-01-{day:02}T03:04:05+00:00"
        told = {"title": title, "maker": "M", "sha256": content(title), "made_from": tuple(inputs)}
        keep(Record(mark_id="ab12", made=made, path="/films/a.mp4" if title == "spot" else "", **told))
    assert films_touched(new) == (
        "cut down again (2027-01-04, ab12)",
        "cut down (2027-01-03, ab12)",
        "spot (2027-01-01, ab12): /films/a.mp4",
    )


def test_a_signed_film_is_touched_by_what_it_was_signed_with(tmp_path):
    film, portrait = unsigned(tmp_path / "film.mp4", num_frames=12), tmp_path / "portrait.png"
    portrait.write_bytes(b"portrait")
    new = consent.add(**AGREED)
    wish = Wish(source="captured", mark=False, ingredients=(portrait,))
    first = sign(film, None, wish).path
    again = sign(first, tmp_path / "again.mp4", Wish(mark=False)).path
    assert {film.partition(": ")[2] for film in films_touched(new)} == {str(first), str(again)}


def content(text):
    return sha256(text.encode()).hexdigest()


def test_files_are_kept_by_their_hashes(tmp_path):
    portrait, release = tmp_path / "portrait.png", tmp_path / "release.pdf"
    portrait.write_bytes(b"portrait")
    release.write_bytes(b"release")
    given = {"subject": "Mina Park", "scope": ["image", "voice"], "uses": ["advertising"], "evidence": release}
    new = add_consent(**given, until="2099-06-01", covers=[str(portrait), "Mina Park", "Dr. Kim", "J. St.Clair"])
    assert new.inputs == (PORTRAIT, "Mina Park", "Dr. Kim", "J. St.Clair")
    assert new.evidence == AGREED["evidence"]
    with pytest.raises(BadFilm, match="is no date"):
        add_consent(**given, until="soon", covers=["Mina"])
    with pytest.raises(BadFilm, match="2020-06-01 is past"):
        add_consent(**given, until="2020-06-01", covers=["Mina"])
    for gone in (str(tmp_path / "gone.png"), "gone.png", "gone/picture"):
        with pytest.raises(BadAsset, match="which --covers names"):
            add_consent(**given, until="2099-06-01", covers=[gone])
    with pytest.raises(BadFilm, match="image or voice, got 'smell'"):
        add_consent(**given | {"scope": ["smell"]}, until="2099-06-01", covers=["Mina"])
    with pytest.raises(BadFilm, match="needs uses and inputs"):
        add_consent(**given | {"uses": []}, until="2099-06-01", covers=[])


def test_pictures_without_a_face_raise_no_alarm():
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, (240, 320, 3)).astype(np.uint8)
    label = np.full((300, 300, 3), 235, np.uint8)
    cv2.circle(label, (150, 150), 110, (180, 30, 30), 6)
    for x in (110, 190):  # two dots and a stroke in a ring: a logo, nobody's face
        cv2.circle(label, (x, 130), 14, (0, 0, 0), -1)
    cv2.ellipse(label, (150, 180), (50, 30), 0, 10, 170, (0, 0, 0), 5)
    for rgb in (noise, label, np.zeros((40, 500, 3), np.uint8)):
        assert faces(rgb) == ()
    assert likeness_signals([Shown(where="label", sha256=PORTRAIT, rgb=label)], use="advertising", on=DAY) == ()


def test_a_voice_that_is_declared_needs_consent():
    (signal,) = likeness_signals(use="advertising", voices=[("narration", "Mina Park")], on=DAY)
    assert (signal.category, signal.what, signal.score, signal.where) == ("likeness", "sound", 1.0, "narration")
    consent.add(**AGREED | {"scope": ["voice"], "inputs": ["Mina Park"]})
    assert likeness_signals(use="advertising", voices=[("narration", "Mina Park")], on=DAY) == ()


def test_a_portrait_is_noticed_until_there_is_consent():
    shown = Shown(where="reference portrait.png", sha256=PORTRAIT, rgb=picture("astronaut.png"))
    (signal,) = likeness_signals([shown], use="advertising", on=DAY)
    assert (signal.category, signal.what, signal.where) == ("likeness", "picture", "reference portrait.png")
    assert signal.score > 0.8
    consent.add(**AGREED)
    assert likeness_signals([shown], use="advertising", on=DAY) == ()
    assert len(likeness_signals([shown], use="training", on=DAY)) == 1


@pytest.mark.parametrize("how", ["as it is", "small", "tilted", "dark"])
def test_a_portrait_has_one_face(how):
    rgb = picture("astronaut.png")
    if how == "small":
        canvas = np.full((1000, 1000, 3), 128, np.uint8)
        canvas[100:612, 200:712] = rgb
        rgb = canvas
    if how == "tilted":
        turn = cv2.getRotationMatrix2D((225, 120), 30, 1)
        rgb = cv2.warpAffine(rgb, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    if how == "dark":
        rgb = rgb // 4
    (face,) = faces(rgb)
    x, y = (425, 220) if how == "small" else (225, 120)
    assert face.left < x < face.left + face.width
    assert face.top < y < face.top + face.height
    assert 80 < face.width < 130


@pytest.mark.parametrize("name", ["coffee.png", "meadow_cube.jpg"])
def test_things_have_no_face(name):
    assert faces(picture(name)) == ()
