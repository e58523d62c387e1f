"""Any damage to a signed file is told: never a traceback, and never "trusted" with other words than were signed."""

import random
from dataclasses import replace

import pytest
from PIL import Image

from filmwright.film.asset.signers import signers
from tests.authorities import a_claim, a_film


def spoilt(content, rng, low, high):
    """The bytes with one thing done to them between two places."""
    out, at = bytearray(content), rng.randrange(low, high)
    what = rng.randrange(5)
    if what == 0:
        out[at] ^= 1 << rng.randrange(8)
    elif what == 1:
        out[at] = rng.randrange(256)
    elif what == 2:
        del out[at : at + rng.randrange(1, 50)]
    elif what == 3:
        out[at:at] = rng.randbytes(rng.randrange(1, 9))
    else:
        out[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(out)


@pytest.mark.parametrize("kind", ["mp4", "jpg", "png", "avi"])
def test_damage_is_told(kind, tmp_path):
    signer, rng, path = signers.open("c2pa"), random.Random(kind), tmp_path / f"film.{kind}"
    if kind in ("jpg", "png"):
        Image.linear_gradient("L").save(path)
    else:
        a_film(path, num_frames=3, sound=False)
    signed = signer.sign(path, a_claim(), path)
    content = path.read_bytes()
    begin = content.index(signed.store[:64])
    states = set()
    for _ in range(150):
        low, high = rng.choice([(0, len(content)), *[(begin - 30, begin + len(signed.store))] * 3])
        path.write_bytes(spoilt(content, rng, low, high))
        found = signer.read(path)
        states.add(found.state)
        if found.state == "trusted":  # padding and the like: nothing that says anything
            assert replace(found, store=b"") == replace(signed, store=b"")
    assert {"broken", "changed"} <= states


def test_damage_to_a_kept_store_is_told(tmp_path):
    signer, rng, path = signers.open("c2pa"), random.Random(1), tmp_path / "film.png"
    Image.linear_gradient("L").save(path)
    signed = signer.sign(path, a_claim(), path)
    whole = signer.read_stored(signed.store)
    for _ in range(150):
        found = signer.read_stored(spoilt(signed.store, rng, 0, len(signed.store)))
        assert found.state in ("trusted", "broken", "untrusted")
        if found.state == "trusted":
            assert replace(found, store=b"") == replace(whole, store=b"")
