"""`GET /v1/realtime` from outside: what is said, what comes back, who is let in, and how it ends."""

import json

import cv2
import numpy as np
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("websockets")

from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect
from websockets.sync.client import connect

from filmwright.jobs.realtime import LARGEST, unpacked
from tests.served import asked, serving

NONE = {"use": "none"}
FILM = {"trust": {"mark": NONE, "signer": NONE, "moderator": NONE}}
LIVE = {"renderer": {"use": "testcard"}, "idle_seconds": 300.0, "pixels": 64 * 48}
SOCKET = "ws://localhost/v1/realtime"
OPEN = {"type": "open", "width": 32, "height": 24}
POSE = {"type": "pose", "id": 1, "t": 12.5, "eye": [0, -2.5, 1], "target": [0, 0, 0.4]}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with asked(tmp_path_factory.mktemp("live"), film=FILM, realtime=LIVE) as (client, service):
        yield client, service


def begun(socket, **changes):
    socket.send_json(OPEN | changes)
    return socket.receive_json()


def test_a_scene_is_opened_and_looked_at(server):
    client, _ = server
    with client.websocket_connect(SOCKET, subprotocols=["filmwright"]) as socket:
        assert socket.accepted_subprotocol == "filmwright"
        told = begun(socket)
        assert (told["type"], told["width"], told["height"], told["eyes"]) == ("opened", 32, 24, 1)
        assert np.linalg.norm(np.ptp(told["bounds"], axis=0)) == pytest.approx(1, abs=0.01)
        socket.send_json(POSE)
        head, picture = unpacked(socket.receive_bytes())
        assert (head["frame"], head["pose"], head["t"], head["skipped"]) == (1, 1, 12.5, 0)
        assert 0 <= head["received"] <= head["begun"] <= head["made"] <= head["sent"]
        assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).shape == (24, 32, 3)
        socket.send_json({"type": "seen", "frame": 1})
        socket.send_json({"type": "prompt", "prompt": "A playful spot."})
        assert socket.receive_json() == {"type": "staging", "prompt": "A playful spot."}
        first, second = socket.receive(), socket.receive()  # the frame of the new set, and that it stands
        assert json.loads(next(m["text"] for m in (first, second) if "text" in m))["type"] == "staged"
        head, _ = unpacked(next(m["bytes"] for m in (first, second) if "bytes" in m))
        assert (head["frame"], head["pose"]) == (2, 1)


def test_two_eyes(server):
    client, _ = server
    with client.websocket_connect(SOCKET) as socket:
        assert begun(socket, eyes=2)["eyes"] == 2
        socket.send_json(POSE)
        _, picture = unpacked(socket.receive_bytes())
        assert cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).shape == (24, 64, 3)


@pytest.mark.parametrize(
    ("said", "code", "closed"),
    [
        (POSE, "invalid_request", 1008),
        (OPEN | {"width": 4000}, "invalid_request", 1008),
        (OPEN | {"scene": "../../etc/passwd"}, "not_found", 1008),
        (OPEN | {"scene": "video_" + "0" * 32}, "not_found", 1008),
        ({"type": "open", "pad": "x" * LARGEST}, "message_too_large", 1008),
        ("not an object", "invalid_request", 1008),
    ],
)
def test_what_can_not_be_is_told_and_the_socket_closed(server, said, code, closed):
    client, _ = server
    with client.websocket_connect(SOCKET) as socket:
        socket.send_json(said)
        told = socket.receive_json()
        assert (told["type"], told["error"]["code"]) == ("error", code)
        with pytest.raises(WebSocketDisconnect) as end:
            socket.receive_json()
        assert end.value.code == closed
    assert client.app.state.seats.taken == []


def test_a_client_that_says_nothing_is_not_waited_for(tmp_path):
    with (
        asked(tmp_path, film=FILM, realtime=LIVE | {"idle_seconds": 0.2}) as (client, _),
        client.websocket_connect(SOCKET) as socket,
    ):
        begun(socket)
        assert socket.receive_json()["error"]["code"] == "idle"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_seats_and_keys(tmp_path):
    with asked(tmp_path, film=FILM, realtime=LIVE | {"sessions": 1}) as (client, service):
        _, secret = service.desk._keys.create("viewer", scopes=("realtime",))
        _, other = service.desk._keys.create("buyer")
        service.desk._required = True  # it looks for new keys now and then
        for headers, code in (({}, "missing_api_key"), ({"authorization": f"Bearer {other}"}, "missing_scope")):
            with (
                pytest.raises(WebSocketDenialResponse) as denied,
                client.websocket_connect(SOCKET, headers=headers),
            ):
                pass
            assert denied.value.json()["error"]["code"] == code
        protocols = ["filmwright", f"filmwright-key.{secret}"]
        with client.websocket_connect(SOCKET, subprotocols=protocols) as socket:
            assert socket.accepted_subprotocol == "filmwright"  # the key is not said back
            with (
                pytest.raises(WebSocketDenialResponse) as denied,
                client.websocket_connect(SOCKET, subprotocols=protocols),
            ):
                pass
            assert denied.value.json()["error"]["code"] == "too_many_sessions"
        with client.websocket_connect(SOCKET, subprotocols=protocols):
            pass  # the seat is free again


def test_the_page_runs_its_own_script_and_no_other(server):
    client, _ = server
    page = client.get("/realtime")
    policy = page.headers["content-security-policy"]
    assert page.status_code == 200
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert page.text.count("<script") == 1
    assert "http://" not in page.text
    assert "https://" not in page.text


def test_a_real_client_and_a_real_server(tmp_path):
    config = "\n[realtime]\npixels = 3072\nrenderer = { use = 'testcard' }\n"
    with serving(tmp_path, config=config) as server:
        with connect(f"{server.url.replace('http', 'ws')}/v1/realtime", subprotocols=["filmwright"]) as socket:
            socket.send(json.dumps(OPEN))
            assert json.loads(socket.recv(240))["type"] == "opened"
            for number in range(1, 31):
                socket.send(json.dumps(POSE | {"id": number, "eye": [0.1 * number, -2.5, 1]}))
            seen = []
            while not seen or seen[-1]["pose"] < 30:
                head, picture = unpacked(socket.recv(20))
                assert picture[:2] == b"\xff\xd8"
                seen.append(head)
                socket.send(json.dumps({"type": "seen", "frame": head["frame"]}))
        poses = [head["pose"] for head in seen]
        assert poses == sorted(set(poses))
        assert sum(head["skipped"] for head in seen) + len(seen) == 30
        with pytest.raises(Exception, match="403"):
            connect(f"{server.url.replace('http', 'ws')}/v1/realtime", origin="http://evil.example").__enter__()
