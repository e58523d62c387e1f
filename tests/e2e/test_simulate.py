"""`filmwright simulate` as a user types it."""

import io
import json
import re
import tarfile
from base64 import b64decode

from PIL import Image

RECIPE = """\
name = "few"
num_clips = 3
num_frames = 4
height = 32
width = 48
fps = 8
[backdrops]
share = 0.4
"""


def test_a_folder_of_clips_and_a_page(filmwright, tmp_path):
    (tmp_path / "few.toml").write_text(RECIPE)
    made = filmwright("simulate", "few.toml", "--html", "few.html", "--json").made
    assert (made["folder"], made["clips"], made["made"]) == ("data/few", 3, 3)
    with tarfile.open(tmp_path / "data/few/few-000000-first-3.tar") as tar:
        names = tar.getnames()
        told = json.load(tar.extractfile("000000.json"))
    assert {"000000.mp4", "000000.json", "000000.txt"} <= set(names)
    assert len(told["captions"]) >= 3
    page = (tmp_path / "few.html").read_text(encoding="utf-8")
    assert told["captions"][0].split()[1] in page
    moving = re.findall(r"data:image/webp;base64,([^\"]+)", page)
    assert len(moving) >= 3
    with Image.open(io.BytesIO(b64decode(moving[0]))) as picture:
        assert picture.n_frames > 1
    again = filmwright("simulate", "data/few/recipe.toml", "--quiet")  # every key is in there
    assert (again.code, again.out.strip()) == (0, "data/few")


def test_mistakes_are_told_without_a_traceback(filmwright, tmp_path):
    (tmp_path / "bad.toml").write_text("[objects]\nshape = 'blob'\n")
    bad = filmwright("simulate", "bad.toml")
    assert (bad.code, "no shape is called 'blob'" in bad.err, "Traceback" in bad.err) == (2, True, False)
    assert filmwright("simulate", "gone.toml").code == 2
    assert filmwright("simulate", "--clips", "0").code == 2
    page = filmwright("simulate", "--html", "page.pdf")
    assert (page.code, "written as .html" in page.err) == (2, True)
    assert {p.name for p in tmp_path.iterdir()} == {"bad.toml"}
