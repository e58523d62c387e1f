"""Who may have a film made: people shown in its inputs have a say whatever the moderator is."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from filmwright.core.content import file_hash
from filmwright.core.errors import HeldForReview
from filmwright.film.asset import consent, likeness
from filmwright.film.asset.faces import Face
from filmwright.film.asset.review import reviews
from filmwright.jobs.film import Choice, Film, Trust
from filmwright.jobs.plan import plan
from filmwright.jobs.rendered import rendered
from filmwright.jobs.trust import admit
from tests.scans import tetrahedron


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path):
    monkeypatch.setenv("FILMWRIGHT_HOME", str(tmp_path / "home"))


@pytest.fixture
def scan(monkeypatch, tmp_path):
    """A scan that is painted with a picture of somebody."""
    made = tetrahedron(material=0)
    made.add("materials", pbrMetallicRoughness={"baseColorTexture": {"index": made.picture(np.full((8, 8, 3), 90))}})
    monkeypatch.setattr(likeness, "faces", lambda _: (Face(left=1, top=1, width=4, height=4, confidence=0.9),))
    return made.save(tmp_path, "portrait.glb")


@pytest.mark.parametrize("moderator", ["none", "local"])
def test_a_face_without_consent_is_held_whatever_the_moderator_is(scan, moderator):
    trust = Trust(moderator=Choice(use=moderator))
    planned = plan(Film(scan=scan, brief="A calm spot", size=144, seconds=3, trust=trust))
    with pytest.raises(HeldForReview, match=r"texture 1 of portrait\.glb: likeness 0\.90 \(a face, and no consent"):
        admit(rendered(planned))
    with pytest.raises(HeldForReview, match="keep that with `filmwright consent add NAME --covers "):
        admit(rendered(planned))
    assert [r.state for r in reviews()] == ["waiting"]
    consent.add(
        subject="Mina Park",
        scope=["image"],
        uses=["advertising"],
        expires=datetime.now(UTC).date() + timedelta(days=1),
        evidence="ab" * 32,
        inputs=[file_hash(scan)],
    )
    assert admit(rendered(planned)).decision == "allow"
