"""A film's id: the same for the same content, another for any other, and of the length that was asked."""

import pytest

from filmwright.core.errors import CannotWrite
from filmwright.film.asset.home import secret
from filmwright.film.asset.identity import film_id, id_text

KEY = bytes(range(32))


def test_it_stays_what_it_is():
    assert id_text(film_id(KEY, "film", "1")) == id_text(film_id(KEY, "film", "1"))
    assert id_text(film_id(KEY, "film", "1")) == "fb9f27b301ff3c83"  # of films that are out there


def test_any_other_content_key_or_order_is_another_film():
    ids = {film_id(KEY, *parts) for parts in (("a", "b"), ("b", "a"), ("ab",), ("a", "b", ""), ("a",), ())}
    assert len(ids | {film_id(b"other", "a", "b")}) == 7


@pytest.mark.parametrize("num_bits", [64, 96])
def test_text_has_all_digits(num_bits):
    assert film_id(KEY, "x", num_bits=num_bits) < 1 << num_bits
    assert id_text(5, num_bits) == "5".zfill(num_bits // 4)
    assert int(id_text(film_id(KEY, "x", num_bits=num_bits), num_bits), 16) == film_id(KEY, "x", num_bits=num_bits)


def test_lengths_that_make_no_sense():
    with pytest.raises(ValueError, match="got 0"):
        film_id(KEY, "x", num_bits=0)


def test_keys_and_the_folder_around_them_are_the_user_s_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "a" / "home"))
    secret("mark")
    for path in (tmp_path / "a/home", tmp_path / "a/home/keys", tmp_path / "a/home/keys/mark.key"):
        assert path.stat().st_mode & 0o077 == 0


def test_a_key_that_can_t_be_read_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path))
    (tmp_path / "keys" / "mark.key").mkdir(parents=True)
    with pytest.raises(CannotWrite, match=r"cannot read your key .*mark\.key"):
        secret("mark")
