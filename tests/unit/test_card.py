"""The impact card: what files and records say, what they don't, and nothing made up."""

import json
import re
import struct
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest

from filmwright.core.claim import Action, Claim
from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm
from filmwright.core.frames import Frames
from filmwright.core.manifest import Ingredient
from filmwright.film.asset import consent
from filmwright.film.asset.signers import signers
from filmwright.film.video.codecs import codecs
from filmwright.jobs.card import PAGES, Card, Fact, Section, card, page, write_card
from filmwright.jobs.card.cost import amount, energy_facts

SHA = "65bf938f54d6073e619e76e007820bbf980cdc3dc0daec0d94830ffc4ae54ab5"
MANIFEST = {
    "film": {"scan": "duck.glb", "brief": "A <b>calm</b> spot | 'Slow'", "render": {"use": "warp"}},
    "ingredients": [
        {"role": "scan", "name": "duck.glb", "sha256": SHA, "licence": ""},
        {"role": "music", "name": "bed.wav", "sha256": "ab" * 32, "licence": "CC0-1.0"},
    ],
    "renderer": "warp draft",
    "takes": [{"kind": "hero"}, {"kind": "end-card"}],
    "video": {"file": "duck.mp4", "width": 96, "height": 64, "num_frames": 48, "fps": "24"},
    "versions": {"python": "3.11", "platform": "Linux", "numpy": "2.4"},
    "warnings": ["the scan has no names"],
    "made": "2026-11-22T10:00:00+00:00",
}
TRUSTED = MANIFEST | {
    "energy": {"joules": 36_000.0, "how": "measured", "cpu_seconds": 3000.0, "says": "the meter"},
    "moderation": {"decision": "allow", "provider": "local", "reasons": [], "policy": "p1"},
    "mark": {"algorithm": "org.filmwright.tiled", "id": "5d1c0a77e9f04b21"},
    "labels": {"eu": "Art. 50: Computer-generated."},
}


@pytest.fixture
def film(tmp_path):
    """A small film with a manifest of these fields beside it."""

    def made(told):
        path = tmp_path / "duck.mp4"
        grey = Frames(rgb=np.full((48, 64, 96, 3), 90, np.uint8), fps=Fraction(24))
        codecs.open("mp4", speed="ultrafast").encode([grey], path)
        if told is not None:
            (tmp_path / "duck.manifest.json").write_text(json.dumps({"sha256": file_hash(path)} | told))
        return path

    return made


def facts(found, section):
    return {fact.name: fact for s in found.sections if s.key == section for fact in s.facts}


def test_a_film_from_before_films_were_signed(film):
    found = card(film(MANIFEST))
    assert found.sentence.startswith("A computer-generated film of a scanned thing")
    assert facts(found, "made")["pictures"].value == "2.0 s at 24 fps, 96×64"
    assert facts(found, "made")["when"].value == "2026-11-22 10:00 UTC"
    scan, music = facts(found, "ingredients")["scan"], facts(found, "ingredients")["music"]
    assert (scan.mood, scan.note) == ("open", f"licence unknown · SHA-256 {SHA}")
    assert (music.mood, music.note.split(" · ")[0]) == ("", "licence: CC0-1.0")
    assert facts(found, "how")["shots"].value == "2: hero, end-card"
    for section, name in (("moderation", "verdict"), ("energy", "energy")):
        assert (facts(found, section)[name].value, facts(found, section)[name].mood) == ("not recorded", "open")
    assert facts(found, "trust")["mark"].value == "none is named"
    assert facts(found, "people")["people"].value == "none declared"
    assert all(fact.note == "Against it: nothing in this film." for fact in facts(found, "misuse").values())


def test_what_trust_adds_is_told(film):
    found = card(film(TRUSTED), grid=0.4)
    assert facts(found, "energy")["energy"].value == "10 Wh, measured"
    assert facts(found, "energy")["carbon"].value == "4.0 g CO₂e"
    assert "carbon" not in facts(card(film(TRUSTED)), "energy")  # only where the grid is given
    assert (facts(found, "moderation")["verdict"].value, facts(found, "moderation")["verdict"].mood) == (
        "allow, by local",
        "good",
    )
    assert facts(found, "trust")["mark"].value == "org.filmwright.tiled"
    assert facts(found, "labels")["eu"].value == "Art. 50: Computer-generated."
    assert "mark outlives" in facts(found, "misuse")["passed off as somebody else's"].note


def test_nobody_looking_is_no_approval(film):
    found = card(film(MANIFEST | {"moderation": {"decision": "allow", "provider": "none"}}))
    verdict = facts(found, "moderation")["verdict"]
    assert (verdict.value, verdict.mood) == ("allow: nobody looked", "open")


def test_a_film_that_changed_since_its_manifest(film):
    path = film(MANIFEST)
    assert "file" not in facts(card(path), "trust")
    path.write_bytes(path.read_bytes() + b"\0\0\0\x08free")
    assert facts(card(path), "trust")["file"].mood == "bad"


def signed(path):
    claim = Claim(
        title="Duck of the sea",
        maker="Atelier Nord",
        software="filmwright 0.3.0",
        actions=(Action(name="created", says="rendered from a scan", source="compositeSynthetic"),),
        ingredients=(Ingredient(role="scan", name="duck.glb", sha256=SHA, licence="CC-BY-4.0"),),
    )
    signers.open("c2pa").sign(path, claim, path)


def test_a_film_alone_is_told_by_its_signature(film):
    path = film(None)
    bare = card(path)
    assert bare.sentence.startswith("How it was made is not known")
    assert facts(bare, "ingredients")["ingredients"].value == "not known"
    assert facts(bare, "how")["software"].value == "not known"
    signed(path)
    found = card(path)
    assert found.title == "Duck of the sea"
    assert facts(found, "made")["by"].value == "Atelier Nord"
    assert facts(found, "made")["digital source type"].value == "compositeSynthetic"
    assert "duck.glb" in {f.value for f in facts(found, "ingredients").values()}
    assert [f.value for f in facts(found, "how").values()] == ["filmwright 0.3.0", "rendered from a scan"]
    assert facts(found, "trust")["signature"].mood == "good"
    assert facts(found, "trust")["signature"].value.startswith("trusted: ")
    assert "signature says how" in facts(found, "misuse")["taken for a photograph"].note


def test_people_are_those_who_agreed_to_an_ingredient(film):
    path = film(MANIFEST)
    held = consent.add(
        subject="Kim Min-seo",
        scope=("image",),
        uses=("advertising",),
        expires=date(2040, 1, 1),
        evidence="cd" * 32,
        inputs=(SHA,),
    )
    person = facts(card(path), "people")["Kim Min-seo"]
    assert (person.value, person.mood) == ("agreed", "good")
    assert held.id in person.note
    consent.revoke(held.id, reason="changed her mind")
    revoked = facts(card(path), "people")["Kim Min-seo"]
    assert revoked.mood == "bad"
    assert re.fullmatch(r"revoked \d{4}-\d\d-\d\d \d\d:\d\d UTC", revoked.value)
    ended = {"subject": "Jo Lee", "expires": date(2020, 1, 1), "evidence": "cd" * 32, "inputs": (SHA,)}
    consent.add(**ended, scope=("image",), uses=("advertising",))
    person = facts(card(path), "people")["Jo Lee"]
    assert (person.value, person.mood) == ("agreed, until 2020-01-01", "open")


def test_a_face_that_was_noticed_is_a_person_shown(film, monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))
    face = {"provider": "likeness", "category": "likeness", "where": "texture 1 of duck.glb", "says": "a face"}
    word = {"provider": "local", "category": "likeness", "where": "brief", "says": ""}
    found = card(film(MANIFEST | {"moderation": {"decision": "review", "provider": "none", "signals": [face, word]}}))
    assert [(f.name, f.value, f.note) for s in found.sections if s.key == "people" for f in s.facts] == [
        ("noticed", "texture 1 of duck.glb", "a face")
    ]
    assert "need a consent" in facts(found, "misuse")["a person's likeness"].note  # whoever moderates
    assert "nothing in this film" in facts(found, "misuse")["false claims"].note


@pytest.mark.parametrize("named", ["", "../../etc/passwd", "/etc/passwd", "..", 7])
def test_a_manifest_names_no_file_elsewhere(film, tmp_path, named):
    film(MANIFEST | {"video": {"file": named}})
    told = facts(card(tmp_path / "duck.manifest.json"), "made")["file"]
    assert "root" not in told.note
    assert told.value == {"": "duck.mp4", "..": ".."}.get(named, str(named).rpartition("/")[2])


def test_music_that_only_the_signature_names_is_an_ingredient_too(film):
    path = film(MANIFEST | {"ingredients": []})
    signed(path)
    assert [f.value for f in facts(card(path), "ingredients").values()] == ["duck.glb"]
    path = film(MANIFEST)
    signed(path)
    assert [f.value for f in facts(card(path), "ingredients").values()] == ["duck.glb", "bed.wav"]


def test_folders_and_manifests_lead_to_the_film(film, tmp_path):
    path = film(TRUSTED)
    assert [s.facts for s in card(tmp_path).sections] == [s.facts for s in card(path).sections]
    assert [s.facts for s in card(tmp_path / "duck.manifest.json").sections] == [s.facts for s in card(path).sections]
    path.unlink()
    assert facts(card(tmp_path), "made")["file"].note == "not here"
    (tmp_path / "goose.manifest.json").write_text("{}")
    with pytest.raises(BadAsset, match=r"more than one film \(duck, goose\)"):
        card(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"film":', "\x00"])
def test_manifests_that_are_none(film, tmp_path, text):
    path = film(MANIFEST)
    (tmp_path / "duck.manifest.json").write_text(text)
    with pytest.raises(BadAsset, match=r"duck\.manifest\.json is not a manifest"):
        card(path)


def test_manifests_with_odd_fields_are_read_as_far_as_they_go(film):
    odd = dict.fromkeys(("film", "ingredients", "video", "takes", "versions", "mark", "labels", "energy"), 7)
    found = card(film(odd | {"moderation": "yes", "warnings": []}))
    assert facts(found, "moderation")["verdict"].value == "not recorded"
    listed = {"takes": [1], "warnings": 7, "ingredients": [2], "moderation": {"decision": "allow", "signals": [3]}}
    video = {"file": "duck.mp4", "width": 96, "height": 64, "num_frames": "many", "fps": "24"}
    found = card(film(listed | {"video": video}))
    assert facts(found, "made")["pictures"].value == "0.0 s at 24 fps, 96×64"


def test_what_is_neither_film_nor_model(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    for path, words in ((tmp_path / "gone.mp4", "there is no"), (tmp_path / "notes.txt", "neither a film")):
        with pytest.raises(BadAsset, match=words):
            card(path)
    with pytest.raises(BadAsset, match="neither a film's manifest nor a model"):
        card(tmp_path)


def safetensors(path):
    header = json.dumps({"w": {"dtype": "F32", "shape": [3, 5], "data_offsets": [0, 60]}, "__metadata__": {"a": "b"}})
    path.write_bytes(struct.pack("<Q", len(header)) + header.encode() + bytes(60))


def test_a_model_and_what_is_declared_beside_it(tmp_path):
    safetensors(tmp_path / "nib.safetensors")
    silent = card(tmp_path / "nib.safetensors")
    assert "15 parameters" in facts(silent, "made")["nib.safetensors"].value
    assert facts(silent, "who")["licence"].mood == "open"
    assert facts(silent, "misuse")["misuse"].value == "not said"
    (tmp_path / "card.toml").write_text(
        'name = "Nib"\npurpose = "Draws ink."\nlicence = "Apache-2.0"\nmisuse = ["forged hands"]\n'
        'data = [{name = "Our strokes", licence = "CC0-1.0"}, {name = "Found"}]\n'
        '[energy]\njoules = 7_200_000\nhow = "measured"\n'
    )
    told = card(tmp_path, grid=0.5)
    assert (told.kind, told.title, told.sentence) == ("model", "Nib", "Draws ink.")
    data = [f for s in told.sections if s.key == "ingredients" for f in s.facts]
    assert [(f.value, f.mood) for f in data] == [("Our strokes", ""), ("Found", "open")]
    assert facts(told, "energy")["energy"].value == "2.00 kWh, measured"
    assert facts(told, "energy")["carbon"].value == "1.00 kg CO₂e"
    (tmp_path / "card.toml").write_text('license = "x"\n')
    with pytest.raises(BadAsset, match=r"there is no key 'license'. There are: accuracy, data, energy"):
        card(tmp_path)


def test_how_often_a_classifier_is_right_stands_with_its_bounds(tmp_path):
    safetensors(tmp_path / "nib.safetensors")
    own = tmp_path / "nib.card.toml"
    own.write_text("[accuracy.shape]\nright = 81\nnum = 263\n[unseen.shape]\nright = 1\nnum = 4\n")
    told = card(tmp_path / "nib.safetensors")
    assert facts(told, "accuracy")["shape"].value == "30.8%"
    assert facts(told, "accuracy")["shape"].note == "95% interval 25.5 to 36.6, of 263"
    assert facts(told, "unseen")["shape"].value == "25.0%"
    own.write_text("[accuracy]\nshape = 0.9\n")
    with pytest.raises(BadAsset, match=r"nib\.card\.toml: 'accuracy' is a table of tables with 'right' and 'num'"):
        card(tmp_path / "nib.safetensors")


@pytest.mark.parametrize("content", [b"", b"12345678", struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 1 << 60)])
def test_broken_models(tmp_path, content):
    (tmp_path / "nib.safetensors").write_bytes(content)
    with pytest.raises(BadAsset, match=r"nib\.safetensors is not a safetensors file"):
        card(tmp_path)


NASTY = Card(
    kind="film",
    title="<script>alert(1)</script>",
    sentence="a | b\n# c",
    sections=(Section(key="made", title="T", facts=(Fact(name="n", value="<i>|`x`", note='"&', mood="bad"),)),),
    picture=b"\xff\xd8jpeg",
    written="2026-11-22T10:00:00+00:00",
    software="filmwright 1",
)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.links = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.links += [v for k, v in attrs if k in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_html_stands_alone_and_is_escaped():
    tags = Tags()
    tags.feed(page(NASTY, ".html"))
    assert tags.open == []
    assert "script" not in tags.seen
    assert [link.split(",")[0] for link in tags.links] == ["data:image/jpeg;base64"]
    assert "url(" not in page(NASTY, ".html")


def test_markdown_tables_hold():
    text = page(NASTY, ".md")
    (row,) = [line for line in text.splitlines() if line.startswith("| n ")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert "<script" not in text.replace("\\<", "")


def test_all_pages_say_the_same(film, tmp_path):
    found = card(film(TRUSTED))
    for ending in PAGES:
        text = write_card(found, tmp_path / f"out/duck{ending}").read_text(encoding="utf-8")
        for word in ("10 Wh, measured", "CC0-1.0", SHA, "Computer-generated."):
            assert word in text.replace("\\", "")
    table = json.loads((tmp_path / "out/duck.json").read_text())
    assert list(table["sections"]) == [s.key for s in found.sections]
    with pytest.raises(BadFilm, match=r"written as \.html, \.md, \.json, not as '\.pdf'"):
        write_card(found, tmp_path / "duck.pdf")


def test_amounts_are_for_people():
    assert [amount(j) for j in (360.0, 5e3, 36e3, 3.6e6)] == ["0.1 Wh", "1.4 Wh", "10 Wh", "1.00 kWh"]
    carbon = [energy_facts({"joules": joules}, 0.4)[-1].value for joules in (160.0, 36e3, 36e6)]
    assert carbon == ["0.018 g CO₂e", "4.0 g CO₂e", "4.00 kg CO₂e"]
