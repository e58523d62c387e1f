"""Whatever a claim says, a signature says it too: any letters, any number of things."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from filmwright.core.claim import Action, Claim
from filmwright.core.manifest import Ingredient
from filmwright.film.asset.signers import signers

WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
SAID = st.fixed_dictionaries(
    {
        "title": NAMES,
        "maker": WORDS,
        "software": NAMES.map("{} 1.0".format),
        "fingerprints": st.lists(HEX, max_size=3).map(tuple),
        "mark_id": HEX,
        "training": st.sampled_from(["allowed", "notAllowed", "constrained"]),
        "labels": st.dictionaries(NAMES, WORDS, max_size=3),
    }
)
SOURCES = st.sampled_from(["algorithmicMedia", "digitalCapture"])
MORE = st.lists(st.tuples(st.sampled_from(["edited", "converted", "watermarked"]), WORDS), max_size=3)
INGREDIENTS = st.lists(st.tuples(NAMES, NAMES, st.one_of(st.just(""), HEX), WORDS), max_size=4)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    buffer = BytesIO()
    Image.linear_gradient("L").save(buffer, "jpeg")
    path = tmp_path_factory.mktemp("pictures") / "picture.jpg"
    path.write_bytes(buffer.getvalue())
    return path


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SAID, SOURCES, MORE, INGREDIENTS)
def test_a_claim_reads_back(picture, said, source, more, ingredients):
    actions = (Action(name="created", source=source), *(Action(name=name, says=says) for name, says in more))
    parts = tuple(Ingredient(role=r, name=n, sha256=h, licence=words) for r, n, h, words in ingredients)
    claim = Claim(**said, mark_algorithm="org.filmwright.tiled", actions=actions, ingredients=parts)
    found = signers.open("c2pa").sign(picture, claim, picture.with_name("out.jpg"))
    assert found.state == "trusted"
    for name in (*said, "mark_algorithm"):
        assert getattr(found, name) == getattr(claim, name), name
    assert [a for a in found.actions if a.name != "placed"] == list(actions)
    assert sorted(map(str, found.ingredients)) == sorted(map(str, parts))
