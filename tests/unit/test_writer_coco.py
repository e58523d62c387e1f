"""COCO-video: pycocotools reads it, and its masks are the id pass."""

import json

import numpy as np
import pytest
from pycocotools import mask as masks
from pycocotools.coco import COCO

from filmwright.jobs.simulate import read, simulate
from filmwright.jobs.simulate.rle import rle
from filmwright.jobs.simulate.writers import writers
from tests.simulated import made_up, recipe

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("coco")
    simulate(recipe(writer={"use": "coco"}, shard=3, objects={"count": 3}), folder)
    return folder


def test_pycocotools_decodes_the_masks_to_the_id_pass(data):
    coco, clips = COCO(data / "annotations/instances.json"), {clip.key: clip for clip in read(data)}
    assert [v["name"] for v in coco.dataset["videos"]] == [*clips] == ["000000", "000001", "000002"]
    objects = {track["id"]: track for track in coco.dataset["tracks"]}
    for image in coco.dataset["images"]:
        clip = clips[coco.dataset["videos"][image["video_id"] - 1]["name"]]
        drawn = np.zeros((image["height"], image["width"]), np.int32)
        for told in coco.loadAnns(coco.getAnnIds(imgIds=image["id"])):
            mask = coco.annToMask(told).astype(bool)
            track = objects[told["track_id"]]
            own = clip.tracks[track["object"] - 1]
            drawn[mask] = track["object"]
            assert coco.cats[told["category_id"]]["name"] == own.label
            assert (told["area"], own.pixels[image["frame_index"]]) == (mask.sum(), mask.sum())
            assert told["bbox"] == masks.toBbox(told["segmentation"]).tolist()
            left, top, right, bottom = own.box[image["frame_index"]]
            assert told["bbox"] == [left, top, right - left, bottom - top]
        np.testing.assert_array_equal(drawn, clip.frames.passes.ids[image["frame_index"]])
        assert (data / "images" / image["file_name"]).is_file()


def test_ids_are_counted_from_one_over_all_clips_and_lead_to_each_other(data):
    told = json.loads((data / "annotations/instances.json").read_text())
    for name in ("videos", "images", "tracks", "annotations", "categories"):
        assert [entry["id"] for entry in told[name]] == [*range(1, len(told[name]) + 1)]
    video_of = {image["id"]: image["video_id"] for image in told["images"]}
    assert all(video_of[a["image_id"]] == a["video_id"] for a in told["annotations"])
    assert all(told["tracks"][a["track_id"] - 1]["video_id"] == a["video_id"] for a in told["annotations"])
    assert len(told["images"]) == 3 * 6


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98, 1.0])
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (300, 400)])
def test_run_lengths_are_pycocotools_own(share, size):
    rng = np.random.default_rng(3)
    for mask in (rng.random(size) < share, np.arange(size[0])[:, None] + np.zeros(size[1]) < share * size[0]):
        expected = masks.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"]
        assert rle(mask).encode() == expected


def test_a_set_that_grows_is_numbered_anew(tmp_path):
    coco = writers.open("coco")
    coco.write([made_up("000000")], tmp_path, "made-000000-1")
    coco.finish(tmp_path)
    coco.write([made_up("000000"), made_up("000001")], tmp_path, "made-000000")
    coco.finish(tmp_path)
    told = json.loads((tmp_path / "annotations/instances.json").read_text())
    assert [v["name"] for v in told["videos"]] == ["000000", "000001"]
    assert [clip.key for clip in coco.read(tmp_path)] == ["000000", "000001"]
