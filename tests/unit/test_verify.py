"""Verification: what happened to a film is named rightly, with and without its signature and its original."""

import json
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from PIL import Image

from filmwright.core.errors import BadAsset
from filmwright.core.mark import Geometry
from filmwright.film.asset.audit import rows
from filmwright.film.asset.records import every
from filmwright.film.video.reading import decode
from filmwright.jobs.verify import as_json, verify
from filmwright.jobs.verify.along import _surely
from filmwright.jobs.verify.compare import Pair, _speed
from filmwright.jobs.verify.heat import differences
from filmwright.jobs.verify.nouns import Span
from filmwright.jobs.verify.page import page
from filmwright.jobs.verify.words import words_of
from tests.authorities import authority, key_pem
from tests.tampering import by
from tests.verified import again, moving, signed, unsigned


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A home of its own with two films in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILMWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        yield tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def film(folder):
    return signed(folder)


@pytest.fixture(scope="module")
def hidden(film, folder):
    """The film where verification does not find its original by itself."""

    def find(path, **options):
        away = film.rename(film.with_suffix(".away"))
        try:
            return verify(str(path), **options).findings[0]
        finally:
            away.rename(film)

    return find


def look(path, **options):
    return verify(str(path), **options).findings[0]


def test_as_made(film):
    report = verify(str(film))
    (found,) = report.findings
    assert (found.outcome, report.exit_code, found.signature.state, found.found_by) == (
        "verified",
        0,
        "trusted",
        "file",
    )
    assert found.says.startswith("Made by Mina Park on 20")
    assert found.says.endswith("unchanged since.")
    assert found.mark_id == found.signature.mark_id == found.record.mark_id
    assert found.mark.false_alarm < 1e-9
    assert found.mark.num_frames <= 24
    assert found.distance == 0
    assert (found.spans, found.comparison, found.geometry) == ((), None, "")
    event = list(rows())[-1]
    assert (event.kind, event.subject, event.facts["outcome"]) == ("verification", found.sha256, "verified")


def test_encoded_again_it_is_known_by_its_mark(film, folder, hidden):
    copy = again(film, folder / "crf28.mp4", crf=28)
    found = hidden(copy)
    assert (found.outcome, found.signature.state, found.found_by) == ("marked", "none", "mark")
    assert "Mina Park" in found.says
    assert "the signature was stripped" in found.says
    assert found.stored.maker == "Mina Park"
    assert found.stored.state == "trusted"
    assert found.distance <= 31
    assert found.notes == ("The original is not at hand to compare it with: give it with --original.",)
    assert verify(str(copy)).exit_code == 10
    beside = look(copy)
    assert beside.comparison.original == film.name
    assert (beside.comparison.changes, beside.comparison.sound) == ((), "same")
    assert beside.outcome == "marked"


def test_cropped_and_mirrored(film, folder, hidden):
    cropped = hidden(again(film, folder / "crop.mp4", lambda _, rgb: rgb[36:-36, 64:-64]))
    assert cropped.geometry == "cropped to 75%"
    assert "the pictures were cropped to 75%" in cropped.says
    mirrored = look(again(film, folder / "flip.mp4", lambda _, rgb: rgb[:, ::-1]))
    assert mirrored.geometry == "mirrored"
    assert mirrored.outcome == "marked"
    assert mirrored.comparison.changes == ()


def test_foreign_footage_is_found_in_time_without_the_original(film, folder, hidden):
    other = [piece.rgb[0] for piece in moving(48, seed=5)]
    found = hidden(again(film, folder / "splice.mp4", lambda i, rgb: other[i] if 18 <= i < 36 else rgb))
    assert found.outcome == "changed"
    assert "its mark is not in" in found.says
    (foreign,) = [span for span in found.spans if span.kind == "unmarked"]
    assert foreign.start == pytest.approx(1.5, abs=0.76)
    assert foreign.end == pytest.approx(3.0, abs=0.76)


def test_another_film_of_the_same_maker_is_told_from_this_one(film, folder, hidden):
    second = signed(folder, "second", seed=7)
    others = [piece.rgb[0] for piece in decode(second)]
    found = hidden(again(film, folder / "mixed.mp4", lambda i, rgb: rgb if i < 30 else others[i]))
    (other,) = [span for span in found.spans if span.kind == "other film"]
    assert other.mark_id == look(second).mark_id != found.mark_id
    assert other.end == pytest.approx(4.0)


def test_what_was_painted_over_is_shown_beside_the_original(film, folder):
    def painted(i, rgb):
        return cv2.rectangle(rgb.copy(), (330, 40), (430, 100), (210, 30, 30), -1) if i >= 24 else rgb

    found = look(again(film, folder / "logo.mp4", painted))
    assert found.outcome == "changed"
    assert "the picture differs at" in found.says
    changes = found.comparison.changes
    assert {change.at for change in changes} == {2.5, 3.5}
    for change in changes:
        assert change.share == pytest.approx(100 * 60 / (512 * 288), rel=0.25)
        assert change.boxes[0] == pytest.approx((330 / 512, 40 / 288, 430 / 512, 100 / 288), abs=0.04)
        assert change.picture.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("shown", "speed"),
    [
        ([0.5, 2.5, 3.5, 5.5, 6.5, 8.5], 1.5),  # to the nearest second of the original
        ([0.5, 0.5, 1.5, 1.5, 2.5, 2.5], 0.5),
        ([0.5, 1.5, 2.5, 3.5, 4.5, 5.5], 1.0),
        ([0.5, 1.5, 2.5, 7.5, 8.5, 9.5], 1.0),  # cut
        ([0.5, 2.5, 3.5, None, 6.5, 8.5], 1.5),  # with something from elsewhere...
        ([0.5, 2.5, None, None, 6.5, 8.5], 1.0),  # ...and with too much of it
        ([4.5, 5.5, 6.5, 0.5, 1.5, 2.5], 1.0),  # in another order
        ([0.5, 2.5, 3.5], 1.0),  # too few to tell
    ],
)
def test_a_film_that_plays_faster_is_not_called_cut(shown, speed):
    picture = np.zeros((2, 2, 3), np.uint8)
    moments = [None if of is None else Fraction(of) for of in shown]
    pairs = [Pair(at=Fraction(2 * i + 1, 2), of=of, rgb=picture, there=picture) for i, of in enumerate(moments)]
    assert _speed(pairs) == pytest.approx(speed, abs=0.1)


def test_colours_that_a_coder_blurs_are_no_change():
    """Red on yellow of the same luma is an edge of colour alone, which 4:2:0 keeps at half the size."""
    inside = np.hypot(*np.mgrid[-90:90, -160:160]) < 40
    shade = np.linspace(0.6, 1.4, 320)[:, None]
    original = np.clip(np.where(inside[..., None], (230, 60, 20), (130, 110, 10)) * shade, 0, 255).astype(np.uint8)
    luma, *chroma = cv2.split(cv2.cvtColor(original, cv2.COLOR_RGB2YCrCb))
    blurred = [cv2.resize(cv2.resize(c, (80, 45), interpolation=cv2.INTER_AREA), (320, 180)) for c in chroma]
    coded = cv2.cvtColor(cv2.merge([luma, *blurred]), cv2.COLOR_YCrCb2RGB)
    everywhere = np.ones(inside.shape, bool)
    assert differences(original, coded, everywhere).share == 0
    painted = cv2.rectangle(coded.copy(), (10, 10), (110, 70), (40, 120, 200), -1)
    assert differences(original, painted, everywhere).share == pytest.approx(100 * 60 / inside.size, rel=0.25)


def test_a_cut_and_another_sound(film, folder):
    cut = look(again(film, folder / "cut.mp4", lambda i, rgb: None if 12 <= i < 24 else rgb))
    assert cut.comparison.missing == ((1.0, 2.0),)
    assert "1.0-2.0 s of the original is missing" in cut.says
    assert cut.comparison.speed == 1
    other = unsigned(folder / "other.mp4", seed=3)
    swapped = look(again(film, folder / "swapped.mp4", sound=other))
    assert (swapped.outcome, swapped.comparison.sound) == ("changed", "other")
    assert "the sound is another" in swapped.says


def test_bytes_put_behind_break_the_signature_and_the_mark_still_tells(film, folder):
    path = folder / "appended.mp4"
    path.write_bytes(film.read_bytes() + b"\0\0\0\x10xtra12345678")
    found = look(path)
    assert (found.outcome, found.signature.state) == ("changed", "changed")
    assert found.says == f"Made by Mina Park on {found.record.made[:10]}; changed since it was signed."
    assert found.comparison.changes == ()


def test_films_of_others(folder, film):
    stranger = unsigned(folder / "foreign.mp4", seed=9)
    found = look(stranger)
    assert (found.outcome, found.mark.present, found.record) == ("unknown", False, None)
    assert found.says.startswith("Nothing is known of it")
    studio = authority("Stranger")
    camera = by(studio.pem(), key_pem(studio.key), stranger, folder / "camera.mp4")
    told = look(camera)
    assert (told.outcome, told.signature.state, told.signature.source) == ("doubtful", "untrusted", "digitalCapture")
    assert told.says == (
        "Signed by an unknown signer, Stranger, and says that it was recorded by a camera; unchanged since."
    )


def test_elsewhere_neither_mark_nor_signer_is_known(film, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))
    keyless = look(film)
    assert (keyless.outcome, keyless.signature.state) == ("doubtful", "untrusted")
    assert "no key of a maker" in keyless.mark_says
    assert not (tmp_path / "home/keys/mark.key").exists()
    signed(tmp_path, "own", seed=4, num_frames=12)
    other = look(film)
    assert (other.mark.present, other.mark_id, other.record) == (False, "", None)


@pytest.mark.parametrize("spoilt", ["cut short", "holes"])
def test_damaged_films_are_told_as_far_as_they_go(film, tmp_path, spoilt):
    content = bytearray(film.read_bytes())
    if spoilt == "holes":
        content[len(content) // 2 : len(content) // 2 + 3000] = bytes(3000)
    (tmp_path / "damaged.mp4").write_bytes(content[:-2000] if spoilt == "cut short" else content)
    found = look(tmp_path / "damaged.mp4")
    assert (found.outcome, found.signature.state, found.found_by) == ("changed", "changed", "mark")
    assert "changed since it was signed" in found.says


def test_broken_files_and_pictures(folder, film, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(300))
    broken = look(tmp_path / "broken.mp4")
    assert (broken.outcome, broken.facts) == ("broken", "")
    frame = next(iter(decode(film))).rgb[0]
    Image.fromarray(frame).save(tmp_path / "grab.png")
    grab = look(tmp_path / "grab.png")
    assert grab.facts == "a picture, 512x288"
    assert grab.mark.num_frames == 1
    assert (grab.outcome, grab.found_by, grab.comparison) == ("marked", "mark", None)
    assert grab.says.endswith("this is a picture out of that film.")


def test_folders(film, tmp_path):
    with pytest.raises(BadAsset, match="holds no film"):
        verify(str(tmp_path))
    with pytest.raises(BadAsset, match="no file or folder"):
        verify(str(tmp_path / "gone"))
    (tmp_path / "a.mp4").write_bytes(film.read_bytes())
    (tmp_path / "notes.txt").write_text("not a film")
    (tmp_path / "b.mp4").write_bytes(film.read_bytes() + b"\0\0\0\x10xtra12345678")
    report = verify(str(tmp_path))
    assert [finding.name for finding in report.findings] == ["a.mp4", "b.mp4"]
    assert [finding.outcome for finding in report.findings] == ["verified", "changed"]
    assert report.exit_code == 9
    assert page(report).count("<article") == 2


def test_the_original_has_to_be_there(film, folder, tmp_path):
    copy = again(film, folder / "copy.mp4", crf=30)
    with pytest.raises(BadAsset, match=r"gone\.mp4, which --original names"):
        verify(str(copy), original=tmp_path / "gone.mp4")
    given = look(copy, original=film)
    assert given.comparison.original == film.name


def test_json_keeps_its_keys(film):
    told = as_json(verify(str(film)))
    assert json.loads(json.dumps(told, allow_nan=False))["exit"] == 0
    assert set(told) == {"schema", "source", "made", "software", "exit", "files"}
    assert told["schema"] == 1
    (one,) = told["files"]
    assert set(one) == {
        *("name", "outcome", "says", "sha256", "facts", "signature", "stored", "mark", "mark_id", "mark_says"),
        *("geometry", "record", "found_by", "distance", "spans", "comparison", "notes"),
    }
    assert one["signature"]["state"] == "trusted"
    assert one["mark"]["payload"] == one["mark_id"]  # more digits than a number in JavaScript has
    assert "store" not in one["signature"]
    assert set(one["record"]) == {"mark_id", "made", "title", "maker", "sha256", "path", "fingerprints"}


def test_the_page_holds_all_and_escapes_what_others_wrote(film, folder):
    report = verify(str(again(film, folder / "page.mp4", lambda i, rgb: np.full_like(rgb, 90) if i > 26 else rgb)))
    (found,) = report.findings
    text = page(replace(report, findings=(replace(found, name="<script>alert(1)</script>"),)))
    assert "<script" not in text
    assert "http" not in text.replace("http://www.w3.org", "")
    assert text.count("data:image/jpeg;base64,") >= len(found.pictures)
    for words in ("The mark along time", "too dark, too even", "What changed where", "Mina Park", found.mark_id):
        assert words in text
    chain = page(verify(str(film)))
    assert chain.count("<svg") == 1
    for words in ("fan.glb", "scan · CC-BY-4.0", "rendered from captured things"):
        assert words in chain


def test_geometry_in_words():
    assert words_of(Geometry()) == ""
    assert (
        words_of(Geometry(zoom=1 / 0.7, rotation=-3.0, flipped=True)) == "cropped to 70%, turned by 3 degrees, mirrored"
    )
    assert words_of(Geometry(zoom=0.56)) == "put into a frame that they fill to 56%"
    assert words_of(Geometry(stretch=1.25)) == "widened to 125%"


def test_records_say_where_the_film_is(film):
    assert str(film) in {record.path for record in every()}


def test_a_stretch_without_a_mark_means_something_only_between_plain_ones():
    """The mark's strength changes along a film: where it is faint all around, nothing is said of its absence."""

    def kinds(*scores):
        spans = [
            Span(start=float(i), end=i + 1.0, kind="marked" if z > 6 else "unmarked") for i, z in enumerate(scores)
        ]
        return [span.kind for span in _surely(spans, [float(z) for z in scores])]

    assert kinds(25, 1, 20)[1] == kinds(25, 20, 2)[2] == kinds(1, 25, 20)[0] == "unmarked"
    assert kinds(25, 2, 1, 20)[1:3] == ["unmarked"] * 2
    assert kinds(25, 20, 13, 8.6, 5.4) == ["marked"] * 4 + ["unclear"]
    assert kinds(25, 5, 8) == ["marked", "unclear", "marked"]
