"""The job: files and folders, references of equal protocol, means with intervals, sets, the page and its curves."""

import json
import math
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest

from filmwright.apps.cli.evaluate_tables import print_report
from filmwright.core.clip import Clip, Lens
from filmwright.core.errors import BadAsset, BadFilm, UnknownDriver
from filmwright.core.frames import Frames, Passes
from filmwright.film.video.codecs import codecs
from filmwright.jobs.evaluate import Opened, evaluate, from_file, measure
from filmwright.jobs.evaluate.curve import drawing
from filmwright.jobs.evaluate.interval import FEWEST, Interval, bootstrap
from filmwright.jobs.evaluate.known import moving
from filmwright.jobs.evaluate.means import means
from filmwright.jobs.evaluate.moment import moments
from filmwright.jobs.evaluate.nouns import Mean, Report
from filmwright.jobs.evaluate.page import page, write_page
from filmwright.jobs.evaluate.reading import Part, Reading, Refused, Scale
from filmwright.jobs.evaluate.sets import over_sets
from filmwright.jobs.evaluate.told import as_json
from filmwright.jobs.evaluate.words import number
from tests.known_clips import film, flat, going, subject

FPS = Fraction(24)
QUICK = ("flicker", "psnr")


def written(path, rgb, *, fps=FPS, codec="ffv1"):
    path.parent.mkdir(parents=True, exist_ok=True)
    return codecs.open(codec).encode([Frames(rgb=rgb, fps=fps)], path).path


def small(num=6, *, width=64, height=48, level=100):
    return flat(*[level + i % 2 for i in range(num)], width=width, height=height)


def values(report, name):
    return [m.reading.value for row in report.rows for m in row.measured if m.name == name]


def test_a_file_is_measured_with_all_metrics_and_its_protocol_told(tmp_path):
    path = written(tmp_path / "pan.mp4", film(going(right=2), 8), codec="mp4")
    report = evaluate([path])
    told = json.loads(json.dumps(as_json(report), allow_nan=False))
    (row,) = told["files"]
    assert row["protocol"] | {"decoder": ""} == {
        "width": 96,
        "height": 72,
        "fps": "24",
        "frames": 8,
        "codec": "h264",
        "pixel_format": "yuv420p",
        "color": "bt709",
        "decoder": "",
        "motion": "at all steps",
    }
    assert row["protocol"]["decoder"].startswith("libavcodec ")
    assert {line.split()[0] for line in told["software"]} == {"filmwright", "Python", "numpy", "OpenCV", "libavcodec"}
    assert row["metrics"]["dynamic_degree"]["value"] == pytest.approx(2, abs=0.2)
    assert row["metrics"]["psnr"]["value"] is None
    assert row["metrics"]["psnr"]["refused"].startswith("needs a reference")
    assert row["metrics"]["flicker"]["curve"][0] is None  # not NaN, which is no JSON


def test_facts_beside_a_video_are_its_command(tmp_path):
    path = written(tmp_path / "pan.mkv", film(going(right=-2), 6))
    (tmp_path / "pan.json").write_text('{"motion": {"pan": 2}}', encoding="utf-8")
    assert values(evaluate([path], names=["camera_error"]), "camera_error") == [pytest.approx(0, abs=0.05)]
    for broken in ("{", "[1]", '{"motion": 3}'):
        (tmp_path / "pan.json").write_text(broken, encoding="utf-8")
        (measured,) = evaluate([path], names=["camera_error"]).rows[0].measured
        assert measured.refused.startswith("needs a commanded motion")


def test_a_metric_that_is_not_there():
    with pytest.raises(UnknownDriver, match=r"no metric is called 'psmr'. Did you mean 'psnr'"):
        evaluate([], names=["psmr"])


OTHERS = [
    pytest.param({"num": 5}, {}, "frame count is 6 and 5", "cut film.mkv to 5 frames", id="shorter"),
    pytest.param({"num": 9}, {}, "frame count is 6 and 9", "-frames:v 6", id="longer"),
    pytest.param({"width": 96}, {}, "size is 64x48 and 96x48", "scale=64:48", id="size"),
    pytest.param({}, {"fps": Fraction(30)}, "fps is 24 and 30", "fps=24", id="fps"),
    pytest.param({}, {"codec": "mp4"}, "pixel format is bgr0 and yuv420p", "-pix_fmt bgr0", id="pixel format"),
]


@pytest.mark.parametrize(("shape", "file", "says", "advice"), OTHERS)
def test_unequal_protocols_are_refused_with_what_differs_and_what_to_do(tmp_path, shape, file, says, advice):
    one = written(tmp_path / "film.mkv", small())
    other = written(tmp_path / f"other{'.mp4' if file.get('codec') else '.mkv'}", small(**shape), **file)
    with pytest.raises(BadFilm) as told:
        evaluate([one], against=other, names=QUICK)
    assert f"film.mkv and its reference {other.name} can't be compared: {says}" in str(told.value)
    assert advice in str(told.value)


def test_a_clip_in_memory_is_not_compared_with_a_file(tmp_path):
    file = from_file(written(tmp_path / "film.mkv", small()))
    with pytest.raises(BadFilm, match="decoder is memory and libavcodec"):
        measure(replace(subject(small()), reference=file), [])


def test_all_that_differs_is_said_at_once(tmp_path):
    one, other = written(tmp_path / "a.mkv", small()), written(tmp_path / "b.mkv", small(width=96), fps=Fraction(12))
    with pytest.raises(BadFilm, match=r"fps is 24 and 12; size is 64x48 and 96x48\..*-vf fps=24,scale=64:48"):
        evaluate([one], against=other, names=QUICK)


def test_a_folder_has_a_row_a_file_and_means(tmp_path):
    for i in range(5):
        written(tmp_path / "clips" / f"{i}.mkv", flat(*[100, 100 + 2 * i] * 3))
    (tmp_path / "clips" / "notes.txt").write_text("no film")
    written(tmp_path / "clips" / ".hidden.mkv", small())
    report = evaluate([tmp_path / "clips"], names=["flicker"])
    assert [row.name for row in report.rows] == ["0.mkv", "1.mkv", "2.mkv", "3.mkv", "4.mkv"]
    assert values(report, "flicker") == [pytest.approx(2 * i) for i in range(5)]
    (mean,) = report.means
    assert mean.interval.mean == pytest.approx(4)
    assert 0 <= mean.interval.low < 4 < mean.interval.high <= 8
    assert mean.interval.num == 5
    assert report.error is None


def test_broken_files_are_told_of_and_the_others_measured(tmp_path):
    written(tmp_path / "good.mkv", small())
    (tmp_path / "bad.mp4").write_bytes(b"nothing of the kind")
    cut = written(tmp_path / "cut.mkv", np.random.default_rng(0).integers(0, 256, (30, 64, 64, 3), dtype=np.uint8))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    report = evaluate([tmp_path], names=["flicker"])
    assert [(row.name, type(row.error)) for row in report.rows] == [
        ("bad.mp4", BadAsset),
        ("cut.mkv", BadAsset),
        ("good.mkv", type(None)),
    ]
    assert isinstance(report.error, BadAsset)
    failed = {file["name"]: file["failed"] for file in as_json(report)["files"]}
    assert failed["bad.mp4"]["error"] == "BadAsset"
    assert failed["good.mkv"] is None
    with pytest.raises(BadAsset, match=r"bad\.mp4"):  # by itself it is the answer
        evaluate([tmp_path / "bad.mp4"])


def test_nothing_to_measure(tmp_path):
    for sources, said in (([tmp_path / "gone.mp4"], "no file or folder"), ([tmp_path], "holds no film")):
        with pytest.raises(BadAsset, match=said):
            evaluate(sources)
    with pytest.raises(BadAsset, match="which --against names"):
        evaluate([written(tmp_path / "a.mkv", small())], against=tmp_path / "gone.mkv")


def test_references_of_a_folder_go_by_name(tmp_path):
    for name, level in (("a", 100), ("sub/b", 110)):
        written(tmp_path / "films" / f"{name}.mkv", small(level=level))
        written(tmp_path / "references" / f"{name}.mkv", small(level=105))
    written(tmp_path / "films" / "c.mkv", small())
    report = evaluate([tmp_path / "films"], against=tmp_path / "references", names=["psnr"])
    paired = [(row.name, row.reference) for row in report.rows]
    assert paired == [("a.mkv", "a.mkv"), ("c.mkv", ""), ("sub/b.mkv", "b.mkv")]
    off_by_five = pytest.approx(34.15, abs=0.01)
    assert values_or_refused(report) == [off_by_five, "needs a reference", off_by_five]
    written(tmp_path / "references" / "a.avi", small(), codec="utvideo")
    with pytest.raises(BadFilm, match=r"holds 2 references for .*a\.mkv"):
        evaluate([tmp_path / "films" / "a.mkv"], against=tmp_path / "references", names=["psnr"])


def values_or_refused(report):
    every = [row.measured[0] for row in report.rows]
    return [m.reading.value if m.reading else m.refused.split(":")[0] for m in every]


def test_clips_of_a_simulated_data_set_are_measured_with_their_passes(tmp_path, monkeypatch, capsys):
    pieces = list(moving(going(right=2), num_frames=6))
    flow, visible = (np.concatenate([getattr(p.passes, name) for p in pieces]) for name in ("flow", "visible"))
    frames = Frames(rgb=np.concatenate([p.rgb for p in pieces]), fps=FPS, passes=Passes(flow=flow, visible=visible))
    still = np.tile(np.eye(4), (6, 1, 1))
    lens = Lens(intrinsics=still[:, :3, :3], world_from_camera=still)

    def read(folder):
        yield Clip(key="000000", frames=frames, lens=lens)
        raise BadAsset(f"{folder} is broken after its first clip.")

    monkeypatch.setattr("filmwright.jobs.evaluate.sources.read", read)
    for name in ("recipe.toml", "data.json"):
        (tmp_path / "data" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "data" / name).write_text("")
    one = written(tmp_path / "film.mkv", small(width=96, num=6))
    report = evaluate([tmp_path / "data", one], names=["warp_error"])
    assert [row.name for row in report.rows] == ["film.mkv", "000000", str(tmp_path / "data")]
    (measured,) = report.rows[1].measured
    assert (measured.reading.value, measured.reading.note) == (0, "along exact flow")
    assert isinstance(report.rows[2].error, BadAsset)
    broken = replace(report, rows=report.rows[2:], means=())
    assert "is broken after its first clip" in page(broken)
    print_report(broken, None)  # one row that holds nothing but an error
    assert "is broken after its first clip" in capsys.readouterr().err


def test_unequal_videos_have_no_mean(tmp_path):
    written(tmp_path / "a.mkv", small())
    written(tmp_path / "b.mkv", small(num=9))  # another length is no harm
    (mean,) = evaluate([tmp_path], names=["flicker"]).means
    assert mean.interval.num == 2
    assert math.isnan(mean.interval.low)  # too few for an interval
    written(tmp_path / "c.mkv", small(), fps=Fraction(30))
    (mean,) = evaluate([tmp_path], names=["flicker"]).means
    assert (mean.interval, mean.refused) == (None, "a.mkv and c.mkv can't be averaged: fps is 24 and 30")


def test_an_interval_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(200):
        found = bootstrap(rng.normal(3, 1, 30).tolist())
        hits += found.low <= 3 <= found.high
    assert 180 <= hits <= 198  # 95%, a little less for the percentile bootstrap
    assert bootstrap([1.0, 2.0, 4.0, 8.0, 16.0]) == bootstrap([1.0, 2.0, 4.0, 8.0, 16.0])
    assert bootstrap([2.0] * FEWEST).low == 2


def test_only_two_frames_are_in_memory():
    alive = []
    for moment in moments(subject(film(num=8))):
        alive.append(moment)
        assert sum(m.before is not None for m in alive) <= 1  # an older one holds nobody


def test_a_video_that_changes_its_size_or_ends_early():
    def pieces(*sizes):
        return lambda: iter([Frames(rgb=small(2, width=width), fps=FPS) for width in sizes])

    changing = replace(subject(small()), frames=pieces(64, 32))
    with pytest.raises(BadAsset, match="changes its size at frame 2"):
        measure(changing, [])
    short = replace(subject(small()), name="short", frames=pieces(64))
    with pytest.raises(BadAsset, match="short ends before clip"):
        measure(replace(subject(small()), reference=short), [])
    with pytest.raises(BadAsset, match="short ends before clip"):
        measure(replace(short, reference=subject(small())), [])


class Levels:
    """A metric over sets for the tests: the distance of mean levels, of at least four videos each."""

    scale = Scale(unit="levels", better="lower", over="set")

    def start(self, subject):  # noqa: ARG002
        self.sums = []
        return self

    def see(self, moment):
        self.sums.append(float(moment.rgb.mean()))

    def reading(self):
        return Reading(value=float(np.mean(self.sums)), sample=np.array([[np.mean(self.sums)]]))

    def between(self, ours, theirs):
        if min(len(ours), len(theirs)) < 4:
            raise Refused(f"needs 4 videos, got {min(len(ours), len(theirs))}")
        return Reading(value=abs(float(np.mean([r.sample for r in ours]) - np.mean([r.sample for r in theirs]))))


def test_a_metric_over_sets_compares_all_with_all():
    opened = [Opened(name="levels", about="", metric=Levels())]
    ours, theirs = ([measure(subject(flat(a, a)), opened) for a in levels] for levels in ((10, 20, 30, 40), (50,) * 5))
    (found,) = over_sets(opened, ours, lambda: theirs)
    assert found.reading.value == pytest.approx(25)
    assert over_sets(opened, ours, lambda: theirs[:2])[0].refused == "needs 4 videos, got 2"
    assert over_sets(opened, ours, list)[0].refused.startswith("needs other videos")


class Told(Levels):
    """A metric of each video, with more to say of a folder."""

    scale = Scale(unit="levels", better="lower")
    between = None

    def over(self, readings):
        values = [r.value for r in readings]
        part = Part(name="highest", value=max(values), unit="levels", interval=bootstrap(values), note="beside")
        return Reading(value=min(values), parts=(part,), interval=bootstrap(values))


def test_a_metric_of_a_folder_is_told_with_its_parts_and_intervals():
    opened = [Opened(name="told", about="", metric=Told())]
    rows = [measure(subject(flat(a, a)), opened) for a in (10, 20, 30, 40, 50)]
    assert means(opened, rows) == []  # it has its own way with many
    (found,) = over_sets(opened, rows, list)
    assert (found.reading.value, found.reading.parts[0].value) == (10, 50)
    report = Report(sources=("a",), rows=tuple(rows), made="", software=(), sets=(found,))
    told = as_json(report)["sets"]["told"]
    assert (told["value"], told["num"]) == (10, 5)
    assert told["low"] < 30 < told["high"]
    assert told["parts"]["highest"]["note"] == "beside"
    assert "highest 30 [" in page(report)
    assert over_sets(opened, rows[:1], list) == []  # one video is no folder


def test_a_folder_is_compared_with_a_data_set(tmp_path, monkeypatch):
    still = np.tile(np.eye(4), (16, 1, 1))
    lens = Lens(intrinsics=still[:, :3, :3], world_from_camera=still)
    clip = Clip(key="000000", frames=Frames(rgb=small(16, height=64), fps=Fraction(16)), lens=lens)
    monkeypatch.setattr("filmwright.jobs.evaluate.sources.read", lambda _: iter([clip] * 3))
    for name in ("recipe.toml", "data.json"):
        (tmp_path / "data" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "data" / name).write_text("")
    for i in range(2):
        written(tmp_path / "films" / f"{i}.mkv", small(16, height=64), fps=Fraction(16))
    report = evaluate([tmp_path / "films"], against=tmp_path / "data", names=["kernel_distance"])
    assert report.sets[0].refused.startswith("needs 100 videos on either side, got 2 and 3")
    assert all(row.own == () and not row.reference for row in report.rows)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.sources, self.shapes = [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.links += [found["href"]] if "href" in found else []
        self.sources += [found["src"]] if "src" in found else []
        self.shapes += [found["d"]] if tag == "path" else []


def test_the_page_needs_no_other_file(tmp_path):
    for name, level in (("<b>", 100), ("b", 120)):
        written(tmp_path / f"{name}.mkv", film(going(right=1), 6) // 4 + level)
    (tmp_path / "broken.mp4").write_bytes(b"x")
    report = evaluate([tmp_path], names=["flicker", "psnr", "cuts"])
    text = write_page(report, tmp_path / "page.html").read_text(encoding="utf-8")
    seen = Page()
    seen.feed(text)
    assert len(seen.sources) == 2 * 6  # six frames a video
    assert all(source.startswith("data:image/jpeg;base64,") for source in seen.sources)
    assert len(seen.shapes) == 2 * 2  # a curve for each metric that has one, in each video
    assert all(link.startswith("#video-") and f'id="{link[1:]}"' in text for link in seen.links)
    assert "<b>.mkv" not in text
    assert "&lt;b&gt;.mkv" in text
    assert "can&#x27;t be read as video" in text
    assert "needs a reference" in text
    assert "nan" not in re.sub(r"base64,[^\"]*", "", text).lower()


def test_a_reason_that_all_videos_share_is_told_once(tmp_path):
    for name, num in (("a", 6), ("b", 6), ("c", 2)):
        written(tmp_path / f"{name}.mkv", small(num))
    report = evaluate([tmp_path], names=["flicker", "psnr", "ssim"])
    text = page(report)
    assert text.count("needs a reference") == 1
    assert text.count("PSNR, SSIM</dt>") == 1
    assert text.index("needs a reference") < text.index("<article")
    assert text.index("needs 3 frames, got 2") > text.index('id="video-2"')


def test_the_terminal_says_of_how_many_videos_something_is_not_known(tmp_path, capsys):
    for name, num in (("a", 6), ("b", 2)):
        written(tmp_path / f"{name}.mkv", small(num))
    print_report(evaluate([tmp_path], names=["flicker", "psnr", "ssim"]), None)
    said = capsys.readouterr().out
    assert "\nPSNR, SSIM: needs a reference: give one with --against\n" in said
    assert "\nflicker of 1 of 2 videos: needs 3 frames, got 2\n" in said


def test_a_page_has_a_page_s_name(tmp_path):
    report = evaluate([written(tmp_path / "a.mkv", small())], names=["flicker"])
    with pytest.raises(BadFilm, match=r"written as \.html, not as '\.txt'"):
        write_page(report, tmp_path / "page.txt")
    assert page(report).count("<article") == 1


def test_a_curve_stands_on_zero_and_leaves_gaps():
    text = drawing([math.nan, 1.0, 2.0, math.nan, 4.0, 0.0], "x")
    (path,) = re.findall(r'd="([^"]*)"', text)
    steps = [(kind, float(x), float(y)) for kind, x, y in re.findall(r"([ML])([\d.]+) ([\d.]+)", path)]
    assert [kind for kind, _, _ in steps] == ["M", "L", "M", "L"]
    assert [y for _, _, y in steps] == pytest.approx([31.5, 22, 3, 41])  # 44 high, 3 free above and below
    assert "0 to 4" in text
    (dots,) = re.findall(r'd="([^"]*)"', drawing([1.0, math.nan, 2.0, math.nan], "x"))
    assert dots == "M3.0 22.0 h0 M199.0 3.0 h0"  # what stands alone is a dot
    assert drawing([math.nan, 3.0], "x") == ""
    assert drawing([], "x") == ""


def test_a_long_curve_keeps_its_peaks():
    values = [1.0] * 5000
    values[3210] = 9.0
    (path,) = re.findall(r'd="([^"]*)"', drawing(values, "x"))
    assert len(path.split()) < 1300
    assert " 3.0" in path  # the peak, at the top


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (12.0, "12"),
        (0.1234, "0.123"),
        (12.345, "12.3"),
        (-0.5, "-0.500"),
        (123.45, "123"),
        (5e-4, "0.0005"),
    ],
)
def test_numbers_have_three_digits_that_count(value, said):
    assert number(value) == said


def test_a_reason_that_all_means_share_is_told_once():
    def mean(name, refused=""):
        interval = None if refused else Interval(mean=1.0, low=0.5, high=1.5, num=5)
        return Mean(name=name, scale=Scale(unit="levels", better="lower"), interval=interval, refused=refused)

    def report(*found):
        return Report(sources=("a",), rows=(), made="", software=(), means=found)

    assert report(mean("flicker", "sizes"), mean("cuts", "sizes")).not_averaged == {"sizes": "all"}
    assert report(mean("flicker", "sizes"), mean("cuts")).not_averaged == {"sizes": "flicker"}
    assert report(mean("flicker"), mean("cuts")).not_averaged == {}
