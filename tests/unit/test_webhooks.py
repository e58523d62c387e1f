"""Webhooks: signed as Standard Webhooks asks, told until they arrive, to the public internet alone."""

import http.server
import json
import threading
import time
from contextlib import contextmanager

import pytest

pytest.importorskip("dbos")
pytest.importorskip("sqlalchemy")

from pydantic import ValidationError

from filmwright.jobs.orders import webhooks
from filmwright.jobs.orders.webhooks import deliver_due, is_signed, signature
from tests.ordered import orders_in, request

URL = "https://hook.example/told"


def test_the_signature_is_that_of_the_standard():
    """The example of the reference implementations (standard-webhooks/standard-webhooks, libraries' tests)."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    told = signature(secret, message, 1614265330, b'{"test": 2432232314}')
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_was_changed_is_old_or_is_anothers_is_not_signed():
    secret, now = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", int(time.time())
    good = signature(secret, "m", now, b"{}")
    assert is_signed(secret, "m", str(now), b"{}", f"v1,other v2,{good[3:]} {good}")
    assert not is_signed(secret, "m", str(now), b"{ }", good)
    assert not is_signed(secret, "n", str(now), b"{}", good)
    assert not is_signed(secret, "m", str(now + 1), b"{}", good)
    assert not is_signed("whsec_" + secret[6:].swapcase(), "m", str(now), b"{}", good)
    assert not is_signed(secret, "m", str(now - 900), b"{}", signature(secret, "m", now - 900, b"{}"))
    assert not is_signed(secret, "m", "soon", b"{}", good)


@pytest.mark.parametrize(
    "url", ["http://hook.example", "https://u:p@hook.example", "https://", "file:///x", "https://a b"]
)
def test_only_https_urls_can_be_told(url):
    with pytest.raises(ValidationError, match="https"):
        request(webhook=url)


@contextmanager
def hook(answers):
    """A server on the loopback, its port, and what it was told; it answers with these statuses, one after the other."""
    told = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            told.append((self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers[min(len(told), len(answers)) - 1])
            self.send_header("Content-Length", "0")
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ended(orders, port, **changes):
    """An order that has ended, whose webhook goes to a port of this machine."""
    placed = orders.place(request(webhook=URL, **changes), owner="one")
    orders.cancel(placed.id)
    with orders.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE webhook_deliveries SET url = 'http://hook.example:{port}/told'")
    return placed


def deliver(orders):
    return deliver_due(orders, resolve=lambda *_: ["127.0.0.1"], permitted=lambda address: address.is_loopback)


def states(orders):
    with orders.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT state, tries, says, due FROM webhook_deliveries")
        return [tuple(row) for row in rows]


def test_the_end_of_an_order_is_told_once_and_the_openai_sdk_reads_it(tmp_path):
    openai = pytest.importorskip("openai")
    with orders_in(tmp_path) as orders, hook([204]) as (port, told):
        placed = ended(orders, port)
        assert deliver(orders) == 1
        assert deliver(orders) == 0
        ((headers, body),) = told
        assert json.loads(body)["data"] == {"id": placed.id}
        assert json.loads(body)["type"] == "video.failed"
        client = openai.OpenAI(api_key="x", webhook_secret=orders.webhook_secret("one"))
        client.webhooks.verify_signature(body, headers)
        with pytest.raises(openai.InvalidWebhookSignatureError):
            client.webhooks.verify_signature(body + b" ", headers)
        assert states(orders)[0][:3] == ("delivered", 1, "delivered")


def test_it_is_told_again_later_and_later_and_given_up_in_the_end(tmp_path, monkeypatch):
    with orders_in(tmp_path, webhook_tries=3) as orders, hook([500, 302, 503, 200]) as (port, told):
        ended(orders, port)
        waits = []
        for _ in range(3):
            began = time.time()
            assert deliver(orders) == 0
            waits.append(round(states(orders)[0][3] - began, 0))
            with orders.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE webhook_deliveries SET due = 0")
        assert waits[:2] == [webhooks.FIRST, webhooks.FIRST * webhooks.LONGER]
        assert states(orders)[0][:3] == ("given-up", 3, "the server answered 503")
        assert deliver(orders) == 0
        assert len(told) == 3  # a redirect is not followed
        assert len({headers["webhook-id"] for headers, _ in told}) == 1


def test_nothing_is_told_to_addresses_that_are_not_public(tmp_path):
    with orders_in(tmp_path) as orders, hook([200]) as (port, told):
        ended(orders, port)
        assert deliver_due(orders, resolve=lambda *_: ["127.0.0.1"]) == 0
        assert not told
        assert "not on the public internet" in states(orders)[0][2]


def test_a_delivery_outlives_its_order(tmp_path):
    with orders_in(tmp_path) as orders, hook([200]) as (port, told):
        orders.delete(ended(orders, port).id)
        assert deliver(orders) == 1
        assert len(told) == 1
