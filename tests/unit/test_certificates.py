"""Certificates: private, consistent between processes, renewed in time, and clear about what is wrong with others'."""

import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509 import BasicConstraints, ExtendedKeyUsage, KeyUsage
from cryptography.x509.oid import ExtendedKeyUsageOID
from PIL import Image

from filmwright.core.errors import BadFilm, CannotWrite, FilmWarning
from filmwright.film.asset import authority as own
from filmwright.film.asset.authority import known_anchors, own_chain, revoke_own
from filmwright.film.asset.certificates import pem, read_chain, serial_of
from filmwright.film.asset.revocations import revoke, revoked
from filmwright.film.asset.signers import signers
from tests.authorities import a_claim, authority, issue, key_pem


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_own_certificates_are_made_once_and_follow_the_profile(home):
    chain = own_chain()
    assert own_chain() == chain
    leaf, intermediate = chain.certificates
    leaf.verify_directly_issued_by(intermediate)
    intermediate.verify_directly_issued_by(chain.roots[0])
    assert list(leaf.extensions.get_extension_for_class(ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.EMAIL_PROTECTION
    ]
    assert leaf.extensions.get_extension_for_class(KeyUsage).critical
    assert not leaf.extensions.get_extension_for_class(BasicConstraints).value.ca
    assert intermediate.extensions.get_extension_for_class(BasicConstraints).value.path_length == 0
    assert chain.algorithm == "es256"
    assert chain.key not in repr(chain)


def test_keys_are_for_the_user_alone(home):
    own_chain()
    for name in ("authority.pem", "signing.pem"):
        assert stat.S_IMODE((home / "keys" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o700
    assert sorted(p.name for p in (home / "keys").iterdir()) == ["authority.pem", "signing.pem"]


def test_a_key_that_others_can_read_is_told_of(home):
    own_chain()
    (home / "keys" / "signing.pem").chmod(0o644)
    with pytest.warns(FilmWarning, match="chmod 600"):
        own_chain()


def test_reading_anchors_makes_no_keys(home):
    assert known_anchors() == ()
    assert not home.exists()


def test_two_first_films_at_once_end_with_one_chain(home):
    code = "from filmwright.film.asset.authority import own_chain; print(own_chain().leaf.serial_number)"
    racers = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    serials = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert serials == {str(own_chain().leaf.serial_number)}
    own_chain().certificates[1].verify_directly_issued_by(own_chain().roots[0])


def test_a_leaf_that_soon_expires_is_renewed_under_the_same_root(home, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(own, "LEAF", timedelta(days=365 * 4))
        patch.setattr(own, "FRESH", timedelta(days=365))
        old = own_chain()
    new = own_chain()
    assert new.leaf != old.leaf
    assert new.leaf.not_valid_after_utc - datetime.now(UTC) > timedelta(days=365 * 9)
    assert (new.certificates[1], new.roots) == (old.certificates[1], old.roots)
    assert stat.S_IMODE((home / "keys" / "signing.pem").stat().st_mode) == 0o600
    assert own_chain() == new


def test_the_root_key_may_lie_elsewhere_until_an_intermediate_is_needed(home, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(own, "INTERMEDIATE", timedelta(days=365 * 9))
        old = own_chain()
    away = (home / "keys" / "authority.pem").rename(home / "away.pem")
    assert own_chain() == old
    revoke(serial_of(old.leaf))
    with pytest.raises(CannotWrite, match=r"authority\.pem does not hold your root"):
        own_chain()
    away.rename(home / "keys" / "authority.pem")
    new = own_chain()
    assert new.certificates[1] != old.certificates[1]
    assert new.roots == old.roots


def test_a_revoked_leaf_of_ones_own_is_replaced(home):
    old = own_chain()
    revoke(serial_of(old.leaf).upper(), "laptop stolen")
    assert own_chain().leaf != old.leaf
    assert revoked() == {serial_of(old.leaf)}
    assert "laptop stolen" in (home / "revoked.txt").read_text()
    revoke("serial=0A:BC")
    assert revoked() == {serial_of(old.leaf), "abc"}
    with pytest.raises(BadFilm, match="'hello' is not the serial number"):
        revoke("hello")


def test_a_damaged_file_of_keys_is_named_and_kept(home):
    own_chain()
    path = home / "keys" / "signing.pem"
    path.write_text("rubbish")
    with pytest.raises(CannotWrite, match=r"signing\.pem does not hold your certificates"):
        own_chain()
    assert path.read_text() == "rubbish"


def test_a_chain_of_ones_own(tmp_path, home):
    studio = authority()
    files = studio.write(tmp_path, "leaf", "intermediate", "root")
    chain = read_chain(files["chain"], files["key"])
    assert chain.certificates == (studio.leaf, studio.intermediate)
    assert chain.roots == (studio.root,)
    studio.write(tmp_path)
    assert read_chain(files["chain"], files["key"], (studio.root,)).roots == ()
    (home / "anchors").mkdir(parents=True)
    (home / "anchors" / "studio.pem").write_text(pem(studio.root))
    assert known_anchors() == (studio.root,)


def wrong(tmp_path, text, key=None):
    (tmp_path / "chain.pem").write_text(text)
    path = None
    if key is not None:
        path = tmp_path / "key.pem"
        path.write_text(key)
    with pytest.raises(BadFilm) as caught:
        read_chain(tmp_path / "chain.pem", path)
    return str(caught.value)


def test_what_is_wrong_with_a_chain_is_said(tmp_path, home):
    names, studio = ("leaf", "intermediate", "root"), authority()
    other = authority("Other")
    assert "is not the key of Studio" in wrong(tmp_path, studio.pem(*names), key_pem(other.key))
    assert "expired on" in wrong(tmp_path, authority(seconds=-60).pem(*names))
    server = authority(purposes=[ExtendedKeyUsageOID.SERVER_AUTH])
    assert "may not sign films" in wrong(tmp_path, server.pem(*names))
    assert "may not sign films" in wrong(tmp_path, authority(purposes=()).pem(*names))
    assert "may not sign films" in wrong(tmp_path, studio.pem("intermediate", "root"))
    assert "Add the missing intermediates" in wrong(tmp_path, studio.pem("leaf"))
    assert "Add the missing intermediates" in wrong(tmp_path, studio.pem("leaf", "root"))
    assert "CN=Studio Root" in wrong(tmp_path, studio.pem("leaf", "intermediate"))
    assert "was not issued by Other Intermediate" in wrong(tmp_path, studio.pem("leaf") + other.pem("intermediate"))
    assert "is signed by itself" in wrong(
        tmp_path, pem(issue("Me", purposes=[ExtendedKeyUsageOID.EMAIL_PROTECTION])[1])
    )
    assert "holds no certificates" in wrong(tmp_path, "hello")
    assert "has a password" in wrong(tmp_path, studio.pem(*names), key_pem(studio.key, b"secret"))
    assert "holds no private key" in wrong(tmp_path, studio.pem(*names), "hello")
    revoke(serial_of(studio.leaf))
    assert "is revoked in" in wrong(tmp_path, studio.pem(*names))
    with pytest.raises(BadFilm, match="cannot read certificates from"):
        read_chain(tmp_path / "nothing.pem", None)


def test_after_a_theft_films_of_the_thief_are_revoked_and_new_ones_are_trusted(home, tmp_path):
    path = tmp_path / "picture.png"
    Image.linear_gradient("L").save(path)
    signer = signers.open("c2pa")
    signer.sign(path, a_claim(), path)
    old = own_chain()
    stolen = (home / "keys" / "signing.pem").read_text()
    assert revoke_own("laptop stolen") == tuple(map(serial_of, old.certificates))
    assert signer.read(path).state == "revoked"
    assert signer.sign(path, a_claim(), path).state == "trusted"
    assert own_chain().roots == old.roots
    (home / "keys" / "signing.pem").write_text(stolen)  # the thief makes a leaf of their own from the intermediate
    (home / "revoked.txt").rename(home / "kept.txt")
    revoke(serial_of(old.leaf))
    assert signer.sign(path, a_claim(), path).serial != serial_of(old.leaf)
    (home / "kept.txt").rename(home / "revoked.txt")
    assert signer.read(path).state == "revoked"
