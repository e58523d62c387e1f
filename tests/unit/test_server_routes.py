"""Every route of the server, without a worker: what it takes, tells and refuses."""

import io
import json
import threading
import zipfile
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from filmwright.apps.server import examples
from filmwright.jobs.keys import Quotas
from filmwright.jobs.orders import tables
from tests.served import asked, finish

SHAPE = {"id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size"}
SHAPE |= {"seconds", "remixed_from_video_id", "error"}
PROMPT = {"prompt": "A calm spot."}
FILM = bytes(range(256)) * 10_000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with asked(tmp_path_factory.mktemp("served")) as pair:
        yield pair


@pytest.fixture(scope="module")
def client(served):
    return served[0]


@pytest.fixture(scope="module")
def done(served, tmp_path_factory):
    """Id of a completed job."""
    client, service = served
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    finish(service, order, tmp_path_factory.mktemp("files"), video=FILM, thumbnail=b"\xff\xd8\xff")
    return order


@pytest.fixture
def locked(tmp_path):
    """A server with two keys, its client without one, and a way to ask with each."""
    with asked(tmp_path) as (_, service):
        first = service.desk._keys.create("first")[1]
        second = service.desk._keys.create("second", scopes=("videos:read",))[1]
        admin = service.desk._keys.create("admin", scopes=("admin",))[1]
    with asked(tmp_path) as (client, service):
        yield client, [{"Authorization": f"Bearer {secret}"} for secret in (first, second, admin)], service


def code(response):
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return response.status_code, error["code"]


def test_a_job_in_json_and_in_a_form_is_the_same(client):
    fields = PROMPT | {"seconds": "4", "size": "1280x720", "seed": "7"}
    first, second = client.post("/v1/videos", json=fields).json(), client.post("/v1/videos", data=fields).json()
    own = {"id", "created_at", "queue_position"}
    assert {k: v for k, v in first.items() if k not in own} == {k: v for k, v in second.items() if k not in own}
    assert set(first) >= SHAPE
    assert first["status"] == "queued"
    assert (first["size"], first["seconds"], first["error"], first["completed_at"]) == ("1280x720", "4", None, None)


def test_the_sdk_is_told_when_to_look_again(client):
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    assert int(client.get(f"/v1/videos/{order}").headers["openai-poll-after-ms"]) in (500, 1000)


def test_the_same_idempotency_key_is_the_same_job(client):
    key = {"Idempotency-Key": "order 7"}
    first = client.post("/v1/videos", json=PROMPT, headers=key).json()["id"]
    assert client.post("/v1/videos", json=PROMPT, headers=key).json()["id"] == first
    other = client.post("/v1/videos", json={"prompt": "A playful spot."}, headers=key)
    assert code(other)[0] == 409
    assert other.headers["x-should-retry"] == "false"
    assert code(client.post("/v1/videos", json=PROMPT, headers={"Idempotency-Key": "a" * 256})) == (
        400,
        "invalid_value",
    )


def test_pages_of_the_list(client):
    for _ in range(3):
        client.post("/v1/videos", json=PROMPT)
    whole = client.get("/v1/videos", params={"limit": 100}).json()
    ids = [video["id"] for video in whole["data"]]
    assert (whole["object"], whole["has_more"]) == ("list", False)
    seen, after = [], None
    while True:
        page = client.get("/v1/videos", params={"limit": 2} | ({"after": after} if after else {})).json()
        assert page["first_id"] == page["data"][0]["id"]
        assert page["last_id"] == page["data"][-1]["id"]
        seen += [video["id"] for video in page["data"]]
        after = page["last_id"]
        if not page["has_more"]:
            break
    assert seen == ids
    oldest = client.get("/v1/videos", params={"limit": 100, "order": "asc"}).json()["data"]
    assert [video["id"] for video in oldest] == ids[::-1]


def test_the_place_in_the_queue(client):
    first, second = (client.post("/v1/videos", json=PROMPT).json() for _ in range(2))
    places = [client.get(f"/v1/videos/{video['id']}/queue").json()["queue_position"] for video in (first, second)]
    assert places[1] == places[0] + 1


def test_a_cancelled_job_has_failed_on_the_wire(client):
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    gone = client.post(f"/v1/videos/{order}/cancel").json()
    assert (gone["status"], gone["error"]["code"], gone["completed_at"]) == ("failed", "cancelled", None)
    assert set(gone["error"]) == {"code", "message"}
    assert code(client.get(f"/v1/videos/{order}/content")) == (404, "video_failed")


def test_events_until_the_end(client):
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    client.post(f"/v1/videos/{order}/cancel")
    answer = client.get(f"/v1/videos/{order}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in part.splitlines()) for part in answer.text.strip().split("\n\n")][1:]
    assert [event["event"] for event in events] == ["queued", "cancelled"]
    assert json.loads(events[-1]["data"])["status"] == "failed"
    later = client.get(f"/v1/videos/{order}/events", headers={"Last-Event-ID": events[0]["id"]}).text
    assert "event: queued" not in later
    assert "event: cancelled" in later


def test_the_whole_file(client, done):
    answer = client.get(f"/v1/videos/{done}/content")
    assert answer.content == FILM
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == f'"{sha256(FILM).hexdigest()}"'
    assert (
        client.get(f"/v1/videos/{done}/content", params={"variant": "thumbnail"}).headers["content-type"]
        == "image/jpeg"
    )
    head = client.head(f"/v1/videos/{done}/content")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(FILM)))


def test_parts_of_the_file(client, done):
    path, size = f"/v1/videos/{done}/content", len(FILM)
    for asked_for, part in {"bytes=100-299": FILM[100:300], "bytes=-5": FILM[-5:], "bytes=0-": FILM}.items():
        answer = client.get(path, headers={"Range": asked_for})
        assert (answer.status_code, answer.content) == (206, part)
    assert client.get(path, headers={"Range": "bytes=10-19"}).headers["content-range"] == f"bytes 10-19/{size}"
    etag = client.head(path).headers["etag"]
    assert client.get(path, headers={"Range": "bytes=0-1", "If-Range": etag}).status_code == 206
    assert client.get(path, headers={"Range": "bytes=0-1", "If-Range": '"another"'}).status_code == 200
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    beyond = client.get(path, headers={"Range": f"bytes={size}-"})
    assert code(beyond) == (416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{size}"


def test_files_that_are_not_there(client, done):
    assert code(client.get(f"/v1/videos/{done}/content", params={"variant": "spritesheet"})) == (404, "not_found")
    assert code(client.get(f"/v1/videos/{done}/content", params={"variant": "../x"})) == (400, "invalid_value")
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    assert code(client.get(f"/v1/videos/{order}/content")) == (404, "video_not_ready")


def test_remix_edit_and_extension(client, done):
    remix = client.post(f"/v1/videos/{done}/remix", json={"prompt": "A playful spot."}).json()
    assert (remix["remixed_from_video_id"], remix["prompt"]) == (done, "A playful spot.")
    edit = client.post("/v1/videos/edits", data={"prompt": "More luxury.", "video[id]": done}).json()
    assert (edit["remixed_from_video_id"], edit["prompt"]) == (done, "A calm spot. More luxury.")
    longer = client.post("/v1/videos/extensions", json=PROMPT | {"video": {"id": done}, "seconds": "8"}).json()
    assert (longer["remixed_from_video_id"], longer["seconds"]) == (done, "12")
    waiting = client.post("/v1/videos", json=PROMPT).json()["id"]
    assert code(client.post(f"/v1/videos/{waiting}/remix", json=PROMPT)) == (409, "video_not_ready")


def test_what_is_deleted_is_gone_with_its_files(served, tmp_path):
    client, service = served
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    finish(service, order, tmp_path, video=b"film")
    name = service.orders.content(order).name
    assert client.delete(f"/v1/videos/{order}").json() == {"id": order, "deleted": True, "object": "video.deleted"}
    assert code(client.get(f"/v1/videos/{order}")) == (404, "not_found")
    assert name not in set(service.store.list())


def test_a_batch_is_placed_whole_or_not_at_all(served):
    client, service = served
    lines = [json.dumps({"custom_id": str(i), "body": PROMPT | {"seed": i}}) for i in range(3)]
    jsonl = {"Content-Type": "application/jsonl"}
    batch = client.post("/v1/videos/batches", content="\n".join(lines), headers=jsonl).json()
    assert [placed["custom_id"] for placed in batch["data"]] == ["0", "1", "2"]
    again = client.get(f"/v1/videos/batches/{batch['id']}").json()
    assert [one["video"]["id"] for one in again["data"]] == [one["video"]["id"] for one in batch["data"]]
    before = service.orders.load().by_status["queued"]
    wrong = client.post("/v1/videos/batches", content=lines[0] + '\n{"body": {}}', headers=jsonl)
    assert code(wrong) == (400, "invalid_request")
    assert "line 2: prompt is missing" in wrong.json()["error"]["message"]
    assert service.orders.load().by_status["queued"] == before


def test_models(client):
    models = client.get("/v1/models").json()["data"]
    assert models[0]["id"] == "filmwright-scan"
    assert client.get("/v1/models/filmwright-scan").json() == models[0]
    assert code(client.get("/v1/models/sora-2")) == (404, "model_not_found")


def test_webhooks(client):
    first = client.get("/v1/webhooks").json()
    assert first["secret"].startswith("whsec_")
    assert client.put("/v1/webhooks", json={"url": None}).json() == first


def test_health_and_metrics(served):
    client, _ = served
    assert client.get("/healthz").json() == {"status": "ok", "workers": None}
    assert client.get("/readyz").json()["status"] == "ok"
    text = client.get("/metrics").text
    assert 'filmwright_http_requests_total{method="GET",route="/readyz",status="200"}' in text
    assert 'filmwright_orders{status="queued"}' in text


def test_a_store_that_is_out_of_reach_is_not_ready(tmp_path):
    with asked(tmp_path) as (client, service):
        with service.orders.engine.begin() as connection:
            tables.orders.drop(connection)
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_security_headers_stand_on_every_answer(client):
    for path in ("/v1/models", "/nothing", "/docs", "/healthz"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-request-id"].startswith("req_")
        assert "access-control-allow-origin" not in headers


def test_pages_of_other_sites_may_send_nothing(client):
    assert code(client.post("/v1/videos", data=PROMPT, headers={"Origin": "https://evil.example"})) == (
        403,
        "origin_not_allowed",
    )
    assert client.post("/v1/videos", data=PROMPT, headers={"Origin": "http://localhost"}).status_code == 200
    assert code(client.get("/v1/videos", headers={"Host": "evil.example"})) == (421, "wrong_host")


def test_origins_that_are_named_may(tmp_path):
    with asked(tmp_path, origins=("https://studio.example",)) as (client, _):
        headers = {"Origin": "https://studio.example"}
        answer = client.post("/v1/videos", data=PROMPT, headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://studio.example")
        asked_first = headers | {"Access-Control-Request-Method": "DELETE"}
        assert client.options("/v1/videos", headers=asked_first).status_code == 200


def test_keys_open_what_they_may(locked):
    client, (first, second, admin), _ = locked
    assert code(client.get("/v1/videos")) == (401, "missing_api_key")
    assert client.get("/v1/videos").headers["www-authenticate"] == "Bearer"
    assert code(client.get("/v1/videos", headers={"Authorization": "Bearer fw_nonsense"})) == (401, "invalid_api_key")
    assert code(client.get("/v1/videos", headers={"Authorization": "Basic YTpi"})) == (401, "missing_api_key")
    assert client.post("/v1/videos", json=PROMPT, headers=first).status_code == 200
    assert code(client.post("/v1/videos", json=PROMPT, headers=second)) == (403, "missing_scope")
    assert code(client.get("/metrics", headers=first)) == (403, "missing_scope")
    assert client.get("/metrics", headers=admin).status_code == 200


def test_no_body_is_read_before_the_key(locked):
    client, _, _ = locked
    assert code(client.post("/v1/videos", content=b"\x00not json", headers={"Content-Type": "video/mp4"}))[0] == 401


def test_jobs_of_others_do_not_exist(locked):
    client, (first, second, admin), _ = locked
    order = client.post("/v1/videos", json=PROMPT, headers=first).json()["id"]
    absent = client.get("/v1/videos/video_" + "0" * 32, headers=second)
    for method, path in [("GET", ""), ("GET", "/content"), ("GET", "/queue"), ("GET", "/events")]:
        answer = client.request(method, f"/v1/videos/{order}{path}", headers=second)
        assert code(answer) == (404, "not_found")
    same = client.get(f"/v1/videos/{order}", headers=second).json()["error"]["message"].replace(order, "ID")
    assert same == absent.json()["error"]["message"].replace("video_" + "0" * 32, "ID")
    assert client.get("/v1/videos", headers=second).json()["data"] == []
    assert client.get("/v1/videos", params={"after": order}, headers=second).status_code == 404
    assert client.get(f"/v1/videos/{order}", headers=admin).status_code == 200


def test_quotas_and_pace(locked):
    client, _, service = locked
    quotas = Quotas(jobs_per_day=2, requests_per_minute=60.0, burst=5)
    headers = {"Authorization": f"Bearer {service.desk._keys.create('small', quotas=quotas)[1]}"}
    again = headers | {"Idempotency-Key": "one"}
    answers = [client.post("/v1/videos", json=PROMPT, headers=again) for _ in range(2)]
    answers += [client.post("/v1/videos", json=PROMPT, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert code(answers[-1]) == (429, "daily_jobs_exceeded")
    paced = [client.get("/v1/videos", headers=headers) for _ in range(4)]
    assert code(paced[-1]) == (429, "rate_limit_exceeded")
    assert int(paced[-1].headers["retry-after"]) >= 1


def test_every_request_is_one_line_of_the_log(client, caplog):
    order = client.post("/v1/videos", json=PROMPT).json()["id"]
    with caplog.at_level("INFO", logger="filmwright.access"):
        client.get(f"/v1/videos/{order}")
    (line,) = [record.facts for record in caplog.records if record.name == "filmwright.access"]
    assert (line["route"], line["status"], line["job"]) == ("/v1/videos/{video_id}", 200, order)


def test_the_same_file_is_the_same_request(served):
    client, service = served
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("thing.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 2 3\nf 1 4 2\nf 2 4 3\nf 3 4 1\n")
    files = {"input_reference": ("../../Ünï/thing.zip", packed.getvalue(), "image/png")}
    key = {"Idempotency-Key": "with a file"}
    answers = [client.post("/v1/videos", data=PROMPT, files=files, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json()["id"] == answers[1].json()["id"]
    (given,) = service.orders.get(answers[0].json()["id"]).request.inputs
    assert given.filename == "thing.glb"
    assert given.name in set(service.store.list("inputs/"))


def test_the_examples_of_the_page_are_good(client, done):
    """Each request that the OpenAPI page shows, with ids of jobs that are there."""
    schema = client.get("/openapi.json").json()
    tried = 0
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                where = path.replace("{video_id}", done)
                text = json.dumps(content["example"]).replace(examples.ID, done)
                example = json.loads(text)
                if kind == "multipart/form-data":
                    answer = client.request(method, where, data=example)
                else:
                    body = example if isinstance(example, str) else text
                    answer = client.request(method, where, content=body, headers={"Content-Type": kind})
                assert answer.status_code == 200, (path, kind, answer.text)
                tried += 1
            if method == "get":
                where = path.replace("{video_id}", done).replace("{model}", "filmwright-scan")
                if "{" not in where:
                    assert client.get(where).status_code == 200, path
                    tried += 1
            assert operation["description"]
            answers = operation["responses"]["200"].get("content", {})
            assert path.endswith("/content") or all("example" in content for content in answers.values()), path
    assert tried > 18


def test_the_page_for_people(client):
    page = client.get("/docs").text
    assert page.count("<section>") > 15
    assert "<script" not in page
    assert "curl" in page


def test_traces_go_to_the_collector_that_is_named(tmp_path):
    came = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with asked(tmp_path, traces=f"http://127.0.0.1:{server.server_port}") as (client, _):
            client.get("/v1/models")
            client.get("/healthz")
            client.app.state.traces.force_flush()
            client.app.state.traces.shutdown()
        server.shutdown()
        thread.join()
    (path, spans), *_ = came
    assert path == "/v1/traces"
    assert b"/v1/models" in spans
    assert b"healthz" not in b"".join(body for _, body in came)


def test_no_traces_unless_asked_for(client):
    assert not hasattr(client.app.state, "traces")
