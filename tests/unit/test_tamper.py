"""Every change of the tamper table is named rightly: state and words."""

import pytest

from filmwright.film.asset.signers import signers
from tests.tampering import CHANGES, bench


@pytest.fixture(scope="module")
def on(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILMWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        yield bench(tmp_path_factory.mktemp("films"))


@pytest.mark.parametrize("change", CHANGES, ids=[change.name for change in CHANGES])
def test_it_is_named_rightly(on, change):
    found = signers.open("c2pa").read(change.make(on))
    assert found.state == change.state
    assert change.words in found.says


def test_the_table_has_enough_rows():
    assert len({change.name for change in CHANGES}) >= 15
