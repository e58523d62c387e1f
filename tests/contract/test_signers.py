"""Every signer: a signed copy whole or not at all, the film's pictures untouched, and its state told."""

import pytest
from PIL import Image

from filmwright.core.claim import Signature
from filmwright.core.errors import BadAsset
from filmwright.film.asset.signers import Signer, signers
from filmwright.film.video.codecs import codecs
from tests.authorities import a_claim, a_film


@pytest.fixture(params=signers.names())
def signer(request):
    return signers.open(request.param)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return a_film(tmp_path_factory.mktemp("films") / "film.mp4")


def pictures(path, codec="mp4"):
    return [piece.rgb.tobytes() for piece in codecs.open(codec).decode(path)]


def state(signer):
    return "trusted" if signer.__class__.__name__ != "Unsigned" else "none"


def test_it_keeps_the_contract(signer):
    assert isinstance(signer, Signer)


def test_a_signed_film_reads_back_and_plays_as_before(signer, film, tmp_path):
    before = film.read_bytes()
    written = signer.sign(film, a_claim(), tmp_path / "out.mp4")
    assert isinstance(written, Signature)
    assert signer.read(tmp_path / "out.mp4") == written
    assert written.state == state(signer)
    assert film.read_bytes() == before
    assert pictures(tmp_path / "out.mp4") == pictures(film)


def test_signing_in_place_and_signing_again(signer, film, tmp_path):
    out = tmp_path / "film.mp4"
    out.write_bytes(film.read_bytes())
    for title in ("first", "second"):
        signer.sign(out, a_claim(title), out)
        found = signer.read(out)
        assert (found.state, found.title) == (state(signer), title if found.state == "trusted" else "")
    assert pictures(out) == pictures(film)
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


def test_formats_that_hold_no_signature_get_it_beside(signer, tmp_path):
    film = a_film(tmp_path / "film.mkv")
    before = film.read_bytes()
    signer.sign(film, a_claim(), film)
    found = signer.read(film)
    assert (found.state, found.embedded) == (state(signer), False)
    assert film.read_bytes() == before
    assert (tmp_path / "film.c2pa").exists() == (found.state == "trusted")


@pytest.mark.parametrize("kind", ["jpg", "png", "avi"])
def test_posters_and_takes(signer, kind, tmp_path):
    path = tmp_path / f"film.{kind}"
    if kind == "avi":
        a_film(path)
        before = pictures(path, "utvideo")
    else:
        Image.linear_gradient("L").save(path)
        before = Image.open(path).tobytes()
    assert signer.sign(path, a_claim(), path).state == state(signer)
    assert signer.read(path).state == state(signer)
    assert before == (pictures(path, "utvideo") if kind == "avi" else Image.open(path).tobytes())


def test_a_file_that_cannot_be_signed_leaves_the_earlier_one_whole(signer, film, tmp_path):
    out = tmp_path / "film.mp4"
    signer.sign(film, a_claim(), out)
    before = out.read_bytes()
    with pytest.raises(BadAsset, match=r"nothing\.mp4"):
        signer.sign(tmp_path / "nothing.mp4", a_claim(), out)
    assert out.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


def test_unsigned_and_missing_files(signer, film, tmp_path):
    assert signer.read(film).state == "none"
    assert signer.read(film).store == b""
    with pytest.raises(BadAsset, match=r"nothing\.mp4"):
        signer.read(tmp_path / "nothing.mp4")


def test_a_stored_signature_is_told_by_itself(signer, film, tmp_path):
    written = signer.sign(film, a_claim(), tmp_path / "out.mp4")
    kept = signer.read_stored(written.store)
    assert kept.state == state(signer)
    assert kept.title == written.title
    assert not kept.embedded
