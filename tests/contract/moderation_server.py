"""A local server that answers POST /v1/moderations in the documented shape, or fails as told."""

import base64
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

TEXT_ONLY = ("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent")
TEXT_ONLY += ("sexual/minors",)
BOTH = ("self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic")


def result(scores, *, picture):
    """One result, as https://platform.openai.com/docs/api-reference/moderations/object describes it."""
    found = dict.fromkeys((*TEXT_ONLY, *BOTH), 1e-06) | scores
    if picture:
        found |= dict.fromkeys(TEXT_ONLY, 0.0)
    applied = {c: ["image" if picture else "text"] if not (picture and c in TEXT_ONLY) else [] for c in found}
    return {
        "flagged": any(s > 0.5 for s in found.values()),
        "categories": {c: s > 0.5 for c, s in found.items()},
        "category_scores": found,
        "category_applied_input_types": applied,
    }


def _judge(part):
    if isinstance(part, str):
        return result({"violence": 0.97} if "kill" in part else {}, picture=False)
    head, data = part["image_url"]["url"].split(",")
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert head == "data:image/jpeg;base64"
    assert max(picture.shape[:2]) <= 768
    red = picture[..., 2].mean() > picture[..., 0].mean() + 100
    return result({"violence/graphic": 0.9} if red else {}, picture=True)


@contextmanager
def serving(fail=None):
    """Its address, and the requests that came. `fail(n)` gives the n-th request another answer: (status, body)."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
            status, answer = (fail and fail(len(asked))) or (200, None)
            if status == "slow":
                time.sleep(answer)
                status, answer = 200, None
            if answer is None:
                results = [_judge(part) for part in body["input"]]
                answer = {"id": "modr-1", "model": body["model"], "results": results}
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # the client did not wait

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", asked
        finally:
            server.shutdown()
            thread.join()
