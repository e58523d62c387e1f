"""Broken and hostile requests, as bytes, against a server as it is started: an error for each, and nothing else."""

import json
import re
import socket
import time
from dataclasses import dataclass

import pytest

from tests.hostile import HOSTILE
from tests.served import serving

LIMITS = """
[requests]
head_seconds = 2
body_seconds = 2
body_mib = 2
batch_lines = 5
"""
NOBODY = "video_" + "0" * 32
FORM = "multipart/form-data; boundary=b"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("bad"), config=LIMITS) as process:
        yield process


@dataclass
class Answer:
    """What came back: nothing, where the server hung up without a word."""

    status: int | None
    head: str
    body: bytes

    @property
    def code(self) -> str:
        error = json.loads(self.body)["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert isinstance(error["message"], str)
        return error["code"]


def sent(port: int, *pieces: bytes | float, stop: bool = False) -> Answer:
    """Send bytes, wait where a number says so; `stop` hangs up instead of reading."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        try:
            for piece in pieces:
                if isinstance(piece, bytes):
                    client.sendall(piece)
                else:
                    time.sleep(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered already
        came = b""
        try:
            while not stop and (piece := client.recv(1 << 16)):
                came += piece
        except ConnectionResetError:
            pass
    head, _, body = came.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.1 (\d{3})", head)
    return Answer(int(found[1]) if found else None, head.decode("latin-1").lower(), body)


def request(line: str | bytes, *headers: str | bytes, body: bytes | None = None, host: str = "localhost") -> bytes:
    lines = [line, *([f"Host: {host}"] if host else []), "Connection: close", *headers]
    lines += [] if body is None else [f"Content-Length: {len(body)}"]
    return b"\r\n".join(x if isinstance(x, bytes) else x.encode() for x in (*lines, "", "")) + (body or b"")


def get(path: str, *headers: str) -> bytes:
    return request(f"GET {path} HTTP/1.1", *headers)


def post(body: bytes, kind: str = "application/json", path: str = "/v1/videos", *headers: str) -> bytes:
    return request(f"POST {path} HTTP/1.1", f"Content-Type: {kind}", *headers, body=body)


def fields(**given: object) -> bytes:
    return post(json.dumps({"prompt": "A spot."} | given).encode())


def part(name: str, content: bytes, *, filename: str | None = None, kind: str = "application/octet-stream") -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'
    head += f"Content-Type: {kind}\r\n" if filename is not None else ""
    return head.encode() + b"\r\n" + content + b"\r\n"


def form(*parts: bytes, end: bytes = b"--b--\r\n") -> bytes:
    return post(b"".join(parts) + end, FORM)


def upload(content: bytes, filename: str = "thing.png") -> bytes:
    return form(part("prompt", b"A spot."), part("input_reference", content, filename=filename))


def reference(**given: object) -> bytes:
    return fields(input_reference=given)


CHUNKED = "Transfer-Encoding: chunked"
PROMPT = part("prompt", b"A spot.")
# what is sent, the status, and the code: () is for a request that HTTP itself leaves open
BAD = {
    # not HTTP, or not quite
    "noise": (b"\x00\x01\x02\x03\xff\xfe\r\n\r\n", 400, "invalid_http"),
    "a TLS handshake": (bytes.fromhex("16030100a5010000a10303") + b"\0" * 100, 400, "invalid_http"),
    "an HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "invalid_http"),
    "an HTTP/9.9": (request("GET /v1/models HTTP/9.9"), 400, "invalid_http"),
    "a method that is none": (request("BREW /v1/videos HTTP/1.1"), 400, "invalid_http"),
    "a header with a NUL": (request("GET /v1/models HTTP/1.1", b"X-A: a\0b"), 400, "invalid_http"),
    "a header's name with a blank": (request("GET /v1/models HTTP/1.1", "X A: b"), 400, "invalid_http"),
    "two lengths": (
        request("POST /v1/videos HTTP/1.1", "Content-Length: 4", "Content-Length: 5") + b"abcde",
        400,
        "invalid_http",
    ),
    "a length and chunks": (
        request("POST /v1/videos HTTP/1.1", CHUNKED, "Content-Length: 4") + b"0\r\n\r\n",
        400,
        "invalid_http",
    ),
    "a negative length": (request("POST /v1/videos HTTP/1.1", "Content-Length: -4"), 400, "invalid_http"),
    "a length past all numbers": (
        request("POST /v1/videos HTTP/1.1", "Content-Length: " + "9" * 40),
        400,
        "invalid_http",
    ),
    "a chunk of no size": (
        request("POST /v1/videos HTTP/1.1", "Content-Type: application/json", CHUNKED) + b"zz\r\n",
        400,
        (),
    ),
    "a head of 300 KB": (request("GET /v1/models HTTP/1.1", "X-A: " + "a" * 300_000), 431, "headers_too_large"),
    "ten thousand headers": (
        request("GET /v1/models HTTP/1.1", *[f"X-{i}: aaaaaaaa" for i in range(10_000)]),
        (200, 431),
        (),
    ),
    "a URL of 300 KB": (get("/" + "a" * 300_000), 431, "headers_too_large"),
    "a path of raw bytes": (request(b"GET /v1/\xff\xfe HTTP/1.1"), (400, 404), ()),
    "a path of another host": (
        request("GET http://evil.example/v1/videos HTTP/1.1", host="evil.example"),
        421,
        "wrong_host",
    ),
    "a tunnel": (request("CONNECT evil.example:443 HTTP/1.1"), (400, 404, 405), ()),
    "a trace": (request("TRACE /v1/videos HTTP/1.1"), 405, "method_not_allowed"),
    "an upgrade that nobody offers": (get("/v1/videos", "Upgrade: h2c", "Connection: Upgrade"), 200, ()),
    "another host's name": (request("GET /v1/videos HTTP/1.1", host="evil.example"), 421, "wrong_host"),
    "no host at all": (request("GET /v1/videos HTTP/1.1", host=""), (400, 421), ()),
    "a page of another site": (
        post(b'{"prompt": "a"}', "text/plain", "/v1/videos", "Origin: https://evil.example"),
        403,
        "origin_not_allowed",
    ),
    # addresses
    "nothing there": (get("/v2/videos"), 404, "unknown_url"),
    "a path that climbs": (get("/v1/videos/../../../../etc/passwd"), 404, "unknown_url"),
    "a path that climbs, encoded": (get("/v1/videos/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), 404, ()),
    "a content that climbs": (get("/v1/videos/..%2f..%2fservice.db/content"), 404, ()),
    "an id with a NUL": (get("/v1/videos/video_%00"), 404, "not_found"),
    "an id with a line's end": (get("/v1/videos/video_%0d%0aX-Evil:%201"), 404, "not_found"),
    "an id of 8,000 letters": (get("/v1/videos/" + "v" * 8000), 404, "not_found"),
    "an id of an emoji": (get("/v1/videos/%F0%9F%8E%AC"), 404, "not_found"),
    "an id of SQL": (get("/v1/videos/video_'%20OR%20'1'='1"), 404, "not_found"),
    "a job that is not there": (get(f"/v1/videos/{NOBODY}"), 404, "not_found"),
    "its content": (get(f"/v1/videos/{NOBODY}/content"), 404, "not_found"),
    "its events": (get(f"/v1/videos/{NOBODY}/events"), 404, "not_found"),
    "its remix": (post(b'{"prompt": "a"}', path=f"/v1/videos/{NOBODY}/remix"), 404, "not_found"),
    "a method that is not done": (request("PUT /v1/videos HTTP/1.1", body=b""), 405, "method_not_allowed"),
    "the deletion of all": (request("DELETE /v1/videos HTTP/1.1"), 405, "method_not_allowed"),
    "a batch that is not there": (get("/v1/videos/batches/batch_..%2f"), 404, ()),
    "no page": (get("/v1/videos?limit=0"), 400, "invalid_value"),
    "a page without end": (get("/v1/videos?limit=99999999999999999999999999"), 400, "invalid_value"),
    "an order that is none": (get("/v1/videos?order=sideways"), 400, "invalid_value"),
    "after nothing": (get("/v1/videos?after=..%2f"), 404, "not_found"),
    "a variant that climbs": (get(f"/v1/videos/{NOBODY}/content?variant=..%2fservice.db"), 400, "invalid_value"),
    "events after all numbers": (get(f"/v1/videos/{NOBODY}/events?after=" + "9" * 40), 400, "invalid_value"),
    # JSON
    "no body": (post(b""), 400, "invalid_json"),
    "no JSON": (post(b"prompt=a"), 400, "invalid_json"),
    "a list": (post(b"[]"), 400, "invalid_json"),
    "a null": (post(b"null"), 400, "invalid_json"),
    "depth": (post(b'{"prompt":' + b"[" * 200_000), 400, "invalid_json"),
    "a NaN": (post(b'{"prompt": "a", "seconds": NaN}'), 400, "invalid_json"),
    "half a letter": (post(b'{"prompt": "\\ud800"}'), 400, "invalid_json"),
    "UTF-16": (post('{"prompt": "a"}'.encode("utf-16")), 400, "invalid_json"),
    "bytes that are no text": (post(b'{"prompt": "\xff\xfe"}'), 400, "invalid_json"),
    "a number of 100,000 digits": (post(b'{"prompt": "a", "seed": ' + b"9" * 100_000 + b"}"), 400, ()),
    "a compressed body": (
        post(b"\x1f\x8b\x08\x00", "application/json", "/v1/videos", "Content-Encoding: gzip"),
        400,
        "invalid_json",
    ),
    "no prompt": (post(b"{}"), 400, "missing_required_parameter"),
    "an empty prompt": (fields(prompt="  "), 400, "invalid_value"),
    "a prompt that is a number": (fields(prompt=7), 400, "invalid_value"),
    "a prompt with a NUL": (fields(prompt="a\0b"), 400, "invalid_value"),
    "a prompt of a million letters": (fields(prompt="a" * 1_000_000), 400, "prompt_too_long"),
    "negative seconds": (fields(seconds=-4), 400, "invalid_value"),
    "huge seconds": (fields(seconds=1e308), 400, "invalid_value"),
    "an hour": (fields(seconds=3600), 400, "too_long"),
    "seconds in words": (fields(seconds="four"), 400, "invalid_value"),
    "a size of nothing": (fields(size="0x0"), 400, "invalid_value"),
    "a negative size": (fields(width=-1280, height=720), 400, "invalid_value"),
    "a size of a wall": (fields(size="99999x99999"), 400, "size_too_large"),
    "a size in words": (fields(size="large"), 400, "invalid_value"),
    "a frame a century": (fields(fps=1e-9), 400, "invalid_request"),
    "a seed past all numbers": (fields(seed=1 << 80), 400, "invalid_value"),
    "a model that climbs": (fields(model="../../etc/passwd"), 404, "model_not_found"),
    "a model of 100,000 letters": (fields(model="m" * 100_000), 400, "invalid_value"),
    "a priority above all": (fields(priority=10**9), 400, "invalid_value"),
    "an idempotency key of 10,000 letters": (
        post(b'{"prompt": "a"}', "application/json", "/v1/videos", "Idempotency-Key: " + "k" * 10_000),
        400,
        "invalid_value",
    ),
    "a webhook in the own network": (fields(webhook_url="http://127.0.0.1:1/"), 400, "invalid_value"),
    "a webhook that is a file": (fields(webhook_url="file:///etc/passwd"), 400, "invalid_value"),
    "a webhook in brackets": (fields(webhook_url="https://[::1"), 400, "invalid_value"),
    # what an input is fetched from
    "an input of this machine": (reference(image_url="http://127.0.0.1:8008/healthz"), 400, ()),
    "an input of this machine, in decimal": (reference(image_url="https://2130706433/"), 400, "host_not_allowed"),
    "an input of the cloud's metadata": (
        reference(image_url="https://169.254.169.254/latest/meta-data"),
        400,
        "host_not_allowed",
    ),
    "an input of the own network, in IPv6": (reference(image_url="https://[::ffff:10.0.0.1]/"), 400, ()),
    "an input that is a file": (reference(image_url="file:///etc/passwd"), 400, "bad_url"),
    "an input by gopher": (reference(image_url="gopher://127.0.0.1:25/_HELO"), 400, "bad_url"),
    "an input of a host that is not allowed": (
        reference(image_url="https://example.com/a.png"),
        400,
        "host_not_allowed",
    ),
    "an input of broken base64": (reference(image_url="data:image/png;base64,%%%"), 400, "bad_url"),
    "an input of HTML as base64": (reference(image_url="data:image/png;base64,PGh0bWw+"), 415, "unsupported_type"),
    "an input of two kinds": (reference(image_url="https://a/", file_id=NOBODY), 400, "invalid_value"),
    "an input of nothing": (reference(), 400, "invalid_value"),
    "an input of a job that is not there": (reference(file_id=NOBODY), 404, "not_found"),
    "an input of a path": (reference(file_id="../../etc/passwd"), 404, "not_found"),
    "an edit of nothing": (post(b'{"prompt": "a"}', path="/v1/videos/edits"), 400, "missing_required_parameter"),
    "an extension of nothing": (
        post(b'{"prompt": "a", "seconds": "4"}', path="/v1/videos/extensions"),
        400,
        "missing_required_parameter",
    ),
    "a character": (post(b'{"name": "a"}', path="/v1/videos/characters"), 400, "characters_not_supported"),
    # forms
    "XML": (post(b"<prompt/>", "application/xml"), 415, "unsupported_media_type"),
    "a form without a border": (post(b"--b--", "multipart/form-data"), 400, "invalid_multipart"),
    "a form that is none": (post(b"hello", FORM), 400, "invalid_multipart"),
    "a form that breaks off": (form(part("prompt", b"A spot."), end=b""), (200, 400), ()),
    "a form of 1,000 fields": (form(*[part(f"x{i}", b"1") for i in range(1000)]), 400, "invalid_multipart"),
    "a field of a megabyte": (form(part("prompt", b"a" * 1_000_000)), 400, "invalid_multipart"),
    "a field twice": (form(PROMPT, PROMPT), 400, "invalid_multipart"),
    "a field that is two things": (form(part("video", b"a"), part("video[id]", b"b")), 400, "invalid_multipart"),
    "a part without a name": (form(b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n"), 400, "invalid_multipart"),
    "a file nobody asked for": (form(PROMPT, part("passwd", b"x", filename="x")), 400, "invalid_value"),
    "three files": (form(PROMPT, *[part("input_reference", b"x", filename="x")] * 3), 400, "invalid_multipart"),
    "a file that is a prompt": (form(part("prompt", b"x", filename="x")), 400, ()),
    "an empty file": (upload(b""), 400, "empty_file"),
    "a file of a name that climbs": (upload(b"x", "../../../../etc/cron.d/evil"), 415, "unsupported_type"),
    "a file of an odd name": (upload(b"x", "\u202egpj.\U0001f4a9\\..\\a"), 415, "unsupported_type"),
    "a body past the limit": (post(b"a" * (3 << 20)), 413, "request_too_large"),
    # batches
    "a batch of nothing": (post(b"\n\n", "application/jsonl", "/v1/videos/batches"), 400, "invalid_batch"),
    "a batch of too much": (
        post(b'{"prompt": "a"}\n' * 6, "application/jsonl", "/v1/videos/batches"),
        400,
        "invalid_batch",
    ),
    "a batch with a bad line": (
        post(b'{"prompt": "a"}\n{', "application/jsonl", "/v1/videos/batches"),
        400,
        "invalid_request",
    ),
    "a batch of another kind": (post(b"{}", "application/xml", "/v1/videos/batches"), 415, "unsupported_media_type"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_gets_an_error(server, name):
    content, status, code = BAD[name]
    answer = sent(server.port, content)
    assert answer.status in (status if isinstance(status, tuple) else (status,)), answer
    if code:
        assert answer.code == code
    if answer.status >= 400:
        assert "content-type: application/json" in answer.head
    assert b"Traceback" not in answer.body
    assert b"root:" not in answer.body


@pytest.mark.parametrize(
    "name",
    [
        "png that is cut short",
        "png of 20,000 by 20,000",
        "png that is a zip",
        "jpeg with html in a comment",
        "glb that names a file",
        "glb with json 200,000 deep",
        "zip of zeros",
        "zip whose entries are one",
        "zip in a zip",
        "zip that climbs",
        "zip with a link",
        "zip with a password",
        "svg that names a file",
        "playlist that names a file",
        "mp4 of noise",
    ],
)
def test_hostile_files_are_not_let_in(server, name):
    make, code = HOSTILE[name]
    answer = sent(server.port, upload(make(), "honest.glb"))
    assert (answer.status, answer.code) == (415 if code == "unsupported_type" else 400, code)


def test_a_head_that_does_not_end_is_not_waited_for(server):
    began = time.monotonic()
    answer = sent(server.port, b"GET /healthz HTTP/1.1\r\n", *[b"X-A: b\r\n", 0.3] * 20)
    assert (answer.status, answer.code) == (408, "request_timeout")
    assert time.monotonic() - began < 20


def test_a_connection_that_says_nothing_is_closed_without_a_word(server):
    assert sent(server.port) == Answer(None, "", b"")


def test_an_upload_a_byte_a_second_is_not_waited_for(server):
    head = request("POST /v1/videos HTTP/1.1", f"Content-Type: {FORM}", "Content-Length: 100000")
    answer = sent(server.port, head + PROMPT, *[b"a", 0.3] * 25)
    assert (answer.status, answer.code) == (408, "request_timeout")


def test_a_body_that_is_not_wanted_is_not_read_for_ever(server):
    head = request("POST /v1/videos HTTP/1.1", f"Content-Type: {FORM}", f"Content-Length: {1 << 40}")
    began = time.monotonic()
    answer = sent(server.port, head)
    assert (answer.status, answer.code) == (413, "request_too_large")
    assert time.monotonic() - began < 20


def test_chunks_past_the_limit(server):
    head = request("POST /v1/videos HTTP/1.1", f"Content-Type: {FORM}", CHUNKED)
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    answer = sent(server.port, head, b"10000\r\n" + (PROMPT + b"--b\r\n").ljust(0x10000, b"a") + b"\r\n", *[chunk] * 60)
    assert answer.status in (400, 413, None)  # None: it hung up while we sent


def test_an_upload_that_is_broken_off(server):
    head = request("POST /v1/videos HTTP/1.1", f"Content-Type: {FORM}", "Content-Length: 100000")
    sent(server.port, head + PROMPT + b"--b\r\n", stop=True)
    sent(server.port, head.replace(FORM.encode(), b"application/json") + b'{"prompt": "a', stop=True)


def test_an_answer_that_is_not_waited_for(server):
    sent(server.port, get("/v1/videos"), stop=True)
    sent(server.port, get(f"/v1/videos/{NOBODY}/events"), stop=True)


def test_a_request_behind_another_one_is_answered_too(server):
    first = get("/v1/models").replace(b"Connection: close\r\n", b"")
    answer = sent(server.port, first + get(f"/v1/videos/{NOBODY}"))
    assert answer.body.count(b"HTTP/1.1 404") == 1


def test_afterwards_nothing_is_lost_nothing_is_left(server):
    """The last test of the file: the same process, no job but those that were honest, no file, no word of a bug."""
    deadline = time.monotonic() + 30
    while list(server.rooms.glob("filmwright-*")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not list(server.rooms.glob("filmwright-*"))
    assert server.process.poll() is None
    jobs = json.loads(sent(server.port, get("/v1/videos?limit=100")).body)["data"]
    assert len(jobs) <= 1  # a form that breaks off behind its last field may be read as whole
    log = server.log.read_text()
    assert "Traceback" not in log
    assert '"level": "error"' not in log
    lines = [json.loads(line) for line in log.splitlines()]
    assert not [line for line in lines if line.get("status", 0) >= 500]
    assert len([line for line in lines if line.get("status", 0) >= 400]) > 80
    folder = server.log.parent
    known = {"server.toml", "log.jsonl", "rooms", "store", "service.db", "service.db-wal", "service.db-shm"}
    assert {path.name for path in folder.iterdir()} <= known
    assert not [path for path in (folder / "store").rglob("*") if path.is_file()]
