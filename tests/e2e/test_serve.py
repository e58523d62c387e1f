"""The official openai SDK, unchanged, against a server as it is started."""

import io
import json
import threading
import warnings
from pathlib import Path

import av
import httpx2
import openai
import pytest
from PIL import Image

from filmwright.jobs.keys import Keys
from tests.scans import tetrahedron
from tests.served import serving

SMALL = {"width": 48, "height": 48, "fps": 6, "quality": "draft"}
PROMPT = "A calm spot for a perfume. 'Made to last.'"
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("serve"), worker=True) as process:
        yield process


@pytest.fixture(scope="module")
def client(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as found:
        yield found


@pytest.fixture(scope="module")
def film(client):
    """A tiny draft of the bundled scan, ordered and waited for as the SDK's manual says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return client.videos.create_and_poll(prompt=PROMPT, model="filmwright-scan", seconds="3", extra_body=SMALL)


def test_create_and_poll(film):
    assert (film.status, film.progress, film.error) == ("completed", 100, None)
    assert (film.size, film.seconds, film.prompt) == ("48x48", "3", PROMPT)
    assert film.expires_at > film.completed_at >= film.created_at


def test_download(client, film):
    content = client.videos.download_content(film.id)
    with av.open(io.BytesIO(content.read())) as video:
        frames = list(video.decode(video=0))
    assert (len(frames), frames[0].width, frames[0].height) == (18, 48, 48)
    for variant in ("thumbnail", "spritesheet"):
        picture = Image.open(io.BytesIO(client.videos.download_content(film.id, variant=variant).read()))
        assert picture.format == "JPEG"


def test_what_the_film_was_made_of(server, film):
    manifest = httpx2.get(f"{server.url}/v1/videos/{film.id}/content", params={"variant": "manifest"}).json()
    assert manifest["film"]["brief"] == PROMPT


def test_retrieve_and_list(client, film):
    assert client.videos.retrieve(film.id).id == film.id
    placed = [client.videos.create(prompt=PROMPT, extra_body={"seed": i}).id for i in range(3)]
    listed = [video.id for video in client.videos.list(limit=2)]
    assert listed[:3] == placed[::-1]
    assert film.id in listed
    for order in placed:
        httpx2.post(f"{client.base_url}videos/{order}/cancel")
        client.videos.poll(order)
        assert client.videos.delete(order).deleted
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(placed[0])


def test_a_scan_of_the_customers(client, tmp_path):
    scan = tmp_path / "Glass Bottle.glb"
    scan.write_bytes(tetrahedron().glb())
    video = client.videos.create(prompt=PROMPT, seconds="3", input_reference=scan, extra_body=SMALL)
    assert client.videos.poll(video.id).status == "completed"


def test_remix(client, film):
    remix = client.videos.remix(film.id, prompt="A playful spot for a perfume.")
    assert remix.remixed_from_video_id == film.id
    done = client.videos.poll(remix.id)
    assert (done.status, done.size) == ("completed", "48x48")


def test_events_show_how_it_looks(server):
    order = httpx2.post(f"{server.url}/v1/videos", json=SMALL | {"prompt": PROMPT, "seconds": 3, "seed": 2}).json()[
        "id"
    ]
    kinds, previews = [], 0
    with httpx2.stream("GET", f"{server.url}/v1/videos/{order}/events", timeout=120) as lines:
        for line in lines.iter_lines():
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            elif line.startswith("data: "):
                previews += (json.loads(line.removeprefix("data: "))["preview"] or "").startswith(
                    "data:image/jpeg;base64,"
                )
    assert (kinds[0], kinds[-1]) == ("queued", "completed")
    assert "progress" in kinds
    assert previews


def test_what_is_being_made_can_be_cancelled(client, server):
    long = client.videos.create(prompt=PROMPT, seconds="60", extra_body={"width": 256, "height": 256, "seed": 5})
    while (video := client.videos.retrieve(long.id)).status == "queued":
        threading.Event().wait(0.2)
    assert video.status == "in_progress"
    httpx2.post(f"{server.url}/v1/videos/{long.id}/cancel")
    ended = client.videos.poll(long.id)
    assert (ended.status, ended.error.code) == ("failed", "cancelled")


def test_errors_are_the_sdks(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.create(prompt=PROMPT, seconds="one hour")
    assert caught.value.code == "invalid_value"
    assert caught.value.param == "seconds"
    with pytest.raises(openai.NotFoundError):
        client.videos.create(prompt=PROMPT, model="sora-2")


def test_every_request_is_in_the_log(server, film):
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    assert [line for line in lines if line.get("job") == film.id and line.get("route") == "/v1/videos/{video_id}"]


def test_beyond_this_machine_a_key_is_wanted(tmp_path):
    with pytest.raises(AssertionError, match="there is no key yet"), serving(tmp_path, host="0.0.0.0"):
        pass
    with Keys.open(f"sqlite:///{tmp_path}/service.db") as keys:
        _, secret = keys.create("first")
    with serving(tmp_path, host="0.0.0.0") as process:
        url = f"http://127.0.0.1:{process.port}/v1"
        with pytest.raises(openai.AuthenticationError):
            openai.OpenAI(base_url=url, api_key="fw_wrong", max_retries=0).videos.list()
        assert list(openai.OpenAI(base_url=url, api_key=secret).videos.list()) == []


def test_a_port_that_is_taken(server, tmp_path: Path):
    with pytest.raises(AssertionError, match="Choose another with --port"), serving(tmp_path, port=server.port):
        pass
