"""What signatures say: our own in full, other people's, damaged films', kept ones; and what signing refuses."""

import json
from dataclasses import replace

import pytest
from c2pa import Builder, C2paSignerInfo, Context, Reader, Signer
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from PIL import Image

from filmwright.core.claim import Action
from filmwright.core.content import file_hash
from filmwright.core.errors import BadAsset, BadFilm, Unverified
from filmwright.film.asset.authority import own_chain
from filmwright.film.asset.containers import manifest_bytes
from filmwright.film.asset.home import home
from filmwright.film.asset.signers import signers
from filmwright.film.asset.statement import SOURCE
from tests.authorities import a_claim, a_film, authority, key_pem, pem


@pytest.fixture(scope="module", autouse=True)
def own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FILMWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return a_film(tmp_path_factory.mktemp("films") / "film.mp4")


@pytest.fixture
def signer():
    return signers.open("c2pa")


def theirs(studio, path, claim, out, mime):
    """A file signed by other software."""
    with (
        Context.from_dict({"builder": {"thumbnail": {"enabled": False}}}) as context,
        Builder(json.dumps(claim), context) as builder,
        path.open("rb") as source,
        out.open("w+b") as goal,
        Signer.from_info(C2paSignerInfo("es256", studio.pem().encode(), key_pem(studio.key).encode(), None)) as signer,
    ):
        builder.sign(signer, mime, source, goal)
    return out


def test_everything_that_is_claimed_reads_back(signer, film, tmp_path):
    claim = a_claim(training="constrained")
    found = signer.sign(film, claim, tmp_path / "out.mp4")
    assert found.state == "trusted"
    assert found.signer == own_chain().leaf.subject.rfc4514_string().split("CN=")[1].split(",")[0]
    assert found.issuer.endswith("Intermediate")
    assert int(found.serial, 16) == own_chain().leaf.serial_number
    assert (found.title, found.maker, found.software) == (claim.title, claim.maker, claim.software)
    assert found.source == "compositeSynthetic"
    assert [a for a in found.actions if a.name != "placed"] == list(claim.actions)
    assert sorted(found.ingredients, key=lambda i: i.name) == sorted(claim.ingredients, key=lambda i: i.name)
    assert (found.mark_algorithm, found.mark_id) == (claim.mark_algorithm, claim.mark_id)
    assert found.fingerprints == claim.fingerprints
    assert found.training == "constrained"
    assert found.labels == {"eu": "Made with AI"}
    assert found.signed.startswith("20")
    assert not found.trusted_time
    assert found.embedded
    assert found.problems == ()


def test_other_readers_find_hashes_source_and_wishes_where_the_standard_puts_them(signer, film, tmp_path):
    signer.sign(film, a_claim(), tmp_path / "out.mp4")
    with (
        Context.from_dict({"trust": {"user_anchors": pem(own_chain().roots[0])}}) as context,
        Reader(tmp_path / "out.mp4", context=context) as reader,
    ):
        assert reader.get_validation_state() == "Trusted"
        manifest = reader.get_active_manifest()
    said = {a["label"]: a["data"] for a in manifest["assertions"]}
    actions = said["c2pa.actions.v2"]["actions"]
    assert [a["action"] for a in actions] == ["c2pa.created", "c2pa.placed", "c2pa.watermarked.bound"]
    assert actions[0]["digitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"
    assert [len(a["parameters"]["ingredients"]) for a in actions[:2]] == [1, 2]  # the model, then scan and music
    scan = next(i for i in manifest["ingredients"] if i["title"] == "fan.glb")
    assert scan["description"] == f"scan; licence: CC-BY-4.0; sha256: {'ab' * 32}"
    assert said["cawg.training-mining"]["entries"]["cawg.ai_generative_training"] == {"use": "notAllowed"}
    assert all(a.get("created") for a in manifest["assertions"])


def test_an_unmarked_film_claims_no_mark(signer, film, tmp_path):
    found = signer.sign(film, a_claim(mark_id="", mark_algorithm="", fingerprints=()), tmp_path / "out.mp4")
    assert (found.state, found.mark_id, found.mark_algorithm, found.fingerprints) == ("trusted", "", "", ())


def test_an_edited_film_carries_what_it_came_from(signer, film, tmp_path):
    camera = authority("Camera")
    action = {"action": "c2pa.created", "digitalSourceType": f"{SOURCE}digitalCapture"}
    claim = {"title": "IMG_1", "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}
    taken = theirs(camera, film, claim, tmp_path / "taken.mp4", "video/mp4")
    claim = a_claim(actions=(Action(name="opened"), Action(name="edited", says="retouched")), parent=taken)
    found = signer.sign(film, claim, tmp_path / "out.mp4")
    assert found.state == "trusted"
    assert found.source == "digitalCapture"
    (before,) = [i for i in found.ingredients if i.role == "parent"]
    assert (before.name, before.sha256) == ("taken.mp4", file_hash(taken))
    (brought,) = found.brought
    assert (brought.state, brought.signer, brought.title) == ("untrusted", "Camera", "taken.mp4")
    again = a_claim(actions=(Action(name="opened"),), parent=tmp_path / "out.mp4")
    assert signer.sign(film, again, tmp_path / "again.mp4").brought[0].brought == (brought,)
    with pytest.raises(BadAsset, match=r"nothing\.mp4"):
        signer.sign(film, replace(claim, parent=tmp_path / "nothing.mp4"), tmp_path / "out.mp4")


def test_an_ingredient_that_was_changed_is_told_of(signer, film, tmp_path):
    signer.sign(film, a_claim(), tmp_path / "before.mp4")
    content = bytearray((tmp_path / "before.mp4").read_bytes())
    content[-100] ^= 1
    (tmp_path / "before.mp4").write_bytes(content)
    claim = a_claim(actions=(Action(name="opened"),), parent=tmp_path / "before.mp4")
    found = signer.sign(film, claim, tmp_path / "out.mp4")
    assert (found.state, found.brought[0].state) == ("trusted", "changed")
    assert found.says.endswith("The signature of before.mp4, which it was made from, did not hold.")


def test_claims_that_no_reader_would_accept(signer, film, tmp_path):
    for actions in ((), (Action(name="edited"),), (Action(name="opened"),)):
        with pytest.raises(BadFilm, match="begins with 'created'"):
            signer.sign(film, a_claim(actions=actions), tmp_path / "out.mp4")
    with pytest.raises(BadFilm, match="of what source"):
        signer.sign(film, a_claim(actions=(Action(name="created"),)), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_generated_film_of_another_service(signer, film, tmp_path):
    service = authority("Big Service")
    action = {"action": "c2pa.created", "digitalSourceType": f"{SOURCE}trainedAlgorithmicMedia"}
    action |= {"softwareAgent": {"name": "Sora-like"}, "description": "text to video"}
    mining = {"entries": {"c2pa.ai_generative_training": {"use": "notAllowed"}}}
    claim = {
        "claim_generator_info": [{"name": "Service SDK", "version": "9"}],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [action, {"action": "com.service.sparkled"}]}},
            {"label": "c2pa.training-mining", "data": mining},
        ],
    }
    found = signer.read(theirs(service, film, claim, tmp_path / "sora.mp4", "video/mp4"))
    assert (found.state, found.signer, found.issuer) == ("untrusted", "Big Service", "Big Service Intermediate")
    assert (found.source, found.software, found.training) == ("trainedAlgorithmicMedia", "Service SDK 9", "notAllowed")
    assert found.actions[0] == Action(
        name="created", says="text to video", source="trainedAlgorithmicMedia", software="Sora-like"
    )
    assert found.actions[1].name == "com.service.sparkled"
    assert "not known here" in found.says
    (tmp_path / "root.pem").write_text(pem(service.root))
    assert signers.open("c2pa", anchors=tmp_path / "root.pem").read(tmp_path / "sora.mp4").state == "trusted"


def test_a_photograph_of_a_camera_that_signs_in_the_old_way(signer, tmp_path):
    Image.linear_gradient("L").save(tmp_path / "plain.jpg")
    action = {"action": "c2pa.created", "digitalSourceType": f"{SOURCE}computationalCapture", "softwareAgent": "Cam 3"}
    work = {"@type": "CreativeWork", "@context": "https://schema.org", "author": [{"@type": "Person", "name": "Ada"}]}
    claim = {
        "claim_version": 1,
        "title": "DSC_1.jpg",
        "format": "image/jpeg",
        "assertions": [
            {"label": "c2pa.actions", "data": {"actions": [action]}},
            {"label": "stds.schema-org.CreativeWork", "kind": "Json", "data": work},
        ],
    }
    found = signer.read(theirs(authority("Camera"), tmp_path / "plain.jpg", claim, tmp_path / "dsc.jpg", "image/jpeg"))
    assert (found.state, found.source, found.maker) == ("untrusted", "computationalCapture", "Ada")
    assert found.actions == (Action(name="created", software="Cam 3"),)


def test_the_store_is_found_in_every_format(signer, film, tmp_path):
    for kind in ("jpg", "png", "webp", "avi", "mkv", "mp4"):
        path = tmp_path / f"film.{kind}"
        if kind in ("jpg", "png", "webp"):
            Image.linear_gradient("L").save(path)
        else:
            a_film(path)
        store = signer.sign(path, a_claim(), path).store
        assert len(store) > 1000
        assert manifest_bytes(path) == store
    assert manifest_bytes(film) == b""


def test_a_large_store_in_a_jpeg_spans_segments(signer, tmp_path):
    path = tmp_path / "film.jpg"
    Image.linear_gradient("L").save(path)
    found = signer.sign(path, a_claim(labels={str(n): "word " * 200 for n in range(200)}), path)
    assert len(found.store) > 2 * 65536
    assert manifest_bytes(path) == found.store


def test_a_stripped_film_is_told_from_its_kept_store(signer, film, tmp_path):
    kept = signer.sign(film, a_claim(), tmp_path / "out.mp4").store
    assert signer.read(film).state == "none"
    alone, again = signer.read_stored(kept), signer.read_stored(kept, a_film(tmp_path / "again.mp4", seed=3))
    assert (alone.state, alone.maker, alone.mark_id) == ("trusted", "Kim & Söhne", "0123456789abcdef")
    assert (again.state, again.maker, again.embedded) == ("changed", "Kim & Söhne", False)
    assert alone.problems == ()
    damaged = bytearray(kept)
    damaged[damaged.index(b"compositeSynthetic")] ^= 1
    assert signer.read_stored(bytes(damaged)).state == "broken"
    assert signer.read_stored(b"rubbish").state == "broken"


def test_files_that_are_no_films(signer, tmp_path):
    for name, content in (("a.txt", b"hello"), ("a.mp4", b""), ("b.mp4", b"rubbish" * 9), ("c.mkv", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        assert signer.read(path).state in ("none", "broken")
        with pytest.raises(BadAsset, match="could not be signed"):
            signer.sign(path, a_claim(), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_two_films_of_one_stem_keep_their_sidecars_apart(signer, tmp_path):
    films = [a_film(tmp_path / "film.mkv"), tmp_path / "film.webm"]
    films[1].write_bytes(a_film(tmp_path / "other.mkv", seed=2).read_bytes())
    (tmp_path / "other.mkv").unlink()
    for film in films:
        signer.sign(film, a_claim(film.name), film)
    assert [(signer.read(film).state, signer.read(film).title) for film in films] == [
        ("trusted", "film.mkv"),
        ("trusted", "film.webm"),
    ]


def test_a_chain_of_ones_own_and_a_remote_signer(film, tmp_path):
    studio = authority()
    files = studio.write(tmp_path, "leaf", "intermediate", "root", anchors=False)
    assert "anchors" not in files
    local = signers.open("c2pa", **files).sign(film, a_claim(), tmp_path / "local.mp4")
    assert (local.state, local.signer) == ("trusted", "Studio")

    def der(content):
        return studio.key.sign(content, ec.ECDSA(hashes.SHA256()))

    def raw(content):
        r, s = decode_dss_signature(der(content))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    for sign in (der, raw):
        remote = signers.open("c2pa", chain=files["chain"], sign=sign)
        assert remote.sign(film, a_claim(), tmp_path / "remote.mp4").state == "trusted"
    assert signers.open("c2pa").read(tmp_path / "remote.mp4").state == "untrusted"
    (home() / "anchors").mkdir(exist_ok=True)
    (home() / "anchors" / "studio.pem").write_text(pem(studio.root))
    assert signers.open("c2pa").read(tmp_path / "remote.mp4").state == "trusted"


def test_a_remote_signer_that_fails_or_lies(film, tmp_path):
    studio, other = authority(), authority()
    chain = studio.write(tmp_path, "leaf", "intermediate", "root")["chain"]

    def down(content):
        raise ConnectionError("the key service is down")

    with pytest.raises(BadFilm, match="signing function failed: the key service is down"):
        signers.open("c2pa", chain=chain, sign=down).sign(film, a_claim(), tmp_path / "out.mp4")
    lying = signers.open("c2pa", chain=chain, sign=lambda content: other.key.sign(content, ec.ECDSA(hashes.SHA256())))
    with pytest.raises(Unverified):
        lying.sign(film, a_claim(), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_options_that_do_not_go_together(tmp_path):
    files = authority().write(tmp_path)
    with pytest.raises(BadFilm, match="give 'chain' too"):
        signers.open("c2pa", key=files["key"])
    with pytest.raises(BadFilm, match="either its 'key' or"):
        signers.open("c2pa", chain=files["chain"], anchors=files["anchors"])
    with pytest.raises(BadFilm, match="http"):
        signers.open("c2pa", timestamp_url="tsa.example.org")
    with pytest.raises(BadFilm, match="does not accept these options"):
        signers.open("c2pa", network=True)


def test_a_time_stamp_authority_that_does_not_answer(film, tmp_path):
    with pytest.raises(BadFilm, match="gave no time stamp"):
        signers.open("c2pa", timestamp_url="http://127.0.0.1:9/").sign(film, a_claim(), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_signature_elsewhere_is_named_and_not_fetched(signer, film, tmp_path):
    out = tmp_path / "remote.mp4"
    studio = authority()
    action = {"action": "c2pa.created", "digitalSourceType": f"{SOURCE}digitalCapture"}
    claim = {"title": "IMG_1", "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}
    with Context.from_dict({}) as context, Builder(json.dumps(claim), context) as builder:
        builder.set_no_embed()
        builder.set_remote_url("http://127.0.0.1:9/manifest.c2pa")
        with (
            film.open("rb") as source,
            out.open("w+b") as goal,
            Signer.from_info(C2paSignerInfo("es256", studio.pem().encode(), key_pem(studio.key).encode(), None)) as by,
        ):
            builder.sign(by, "video/mp4", source, goal)
    found = signer.read(out)
    assert found.state == "none"
    assert "http://127.0.0.1:9/manifest.c2pa" in found.says
