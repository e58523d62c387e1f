"""A time-stamp authority vouches for the time: a real one, made of OpenSSL and a local server."""

import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from filmwright.film.asset.signers import signers
from tests.authorities import CLOCK, a_claim, a_film, authority, issue, key_pem, pem

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {0}/serial
signer_cert = {0}/tsa.pem
certs = {0}/chain.pem
signer_key = {0}/tsa-key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
"""


@pytest.fixture
def clock(tmp_path):
    """The address of an authority, and the file with its root."""
    if not shutil.which("openssl"):
        pytest.skip("OpenSSL's command is not at hand")
    folder = tmp_path / "tsa"
    folder.mkdir()
    root_key, root = issue("Clock Root", authority=0)
    key, leaf = issue("Clock", by=(root, root_key), purposes=[CLOCK])
    for name, text in {
        "tsa.pem": pem(leaf),
        "tsa-key.pem": key_pem(key),
        "chain.pem": pem(root),
        "serial": "01",
    }.items():
        (folder / name).write_text(text)
    (folder / "tsa.cnf").write_text(CONFIG.format(folder))

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            command = ["openssl", "ts", "-reply", "-queryfile", "query", "-config", "tsa.cnf", "-out", "reply"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", folder / "chain.pem"
        server.shutdown()
        thread.join()


def test_a_stamped_film_outlives_its_certificate(clock, tmp_path):
    url, root = clock
    film, hasty = a_film(tmp_path / "film.mp4"), authority("Hasty", seconds=3)
    expiry = time.time() + 3
    files = hasty.write(tmp_path, "leaf", "intermediate", "root")
    files["anchors"].write_text(pem(hasty.root) + root.read_text())
    signer = signers.open("c2pa", timestamp_url=url, **files)
    found = signer.sign(film, a_claim(), tmp_path / "out.mp4")
    assert (found.state, found.trusted_time) == ("trusted", True)
    assert found.signed.startswith("20")
    plain = signers.open("c2pa", **files)
    unstamped = plain.sign(film, a_claim(), tmp_path / "plain.mp4")
    assert (unstamped.state, unstamped.trusted_time) == ("trusted", False)
    time.sleep(max(expiry + 1.2 - time.time(), 0))
    assert signer.read(tmp_path / "out.mp4").state == "trusted"
    assert plain.read(tmp_path / "plain.mp4").state == "expired"
