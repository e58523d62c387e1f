"""Strangers' URLs: from allowed hosts and public addresses only, whatever DNS, redirects and servers try."""

import datetime
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from filmwright.core.errors import Refused
from filmwright.jobs.intake import Hosts, Limits, checked_url, fetch
from filmwright.jobs.intake.addresses import is_public, resolved

PRIVATE = [
    "127.0.0.1", "127.8.9.10", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "169.254.0.1", "100.64.0.1", "0.0.0.0", "0.1.2.3", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "febf::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "ff0e::1", "100::1", "2001:db8::1", "4000::1",
    "::2", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:7f00:1::f7f7:f7f7",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1",
    "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
]  # fmt: skip
HOSTS = Hosts(names=("files.example", "*.cdn.example", "inside.example"), http=True, ports=())
LIMITS = Limits(max_bytes=100_000, fetch_seconds=20.0, max_redirects=3)


def test_addresses_of_the_internet_and_others():
    assert [address for address in PRIVATE if is_public(ip_address(address))] == []
    assert [address for address in PUBLIC if not is_public(ip_address(address))] == []


BAD_URLS = [
    ("", "bad_url"),
    ("files.example/a", "bad_url"),
    ("//files.example/a", "bad_url"),
    ("file:///etc/passwd", "bad_url"),
    ("ftp://files.example/a", "bad_url"),
    ("gopher://files.example/a", "bad_url"),
    ("data:image/png;base64,AAAA", "bad_url"),
    ("javascript:alert(1)", "bad_url"),
    ("http://files.example/a", "bad_url"),  # not encrypted, unless that is allowed
    ("https://user@files.example/a", "bad_url"),
    ("https://files.example:443@evil.example/a", "bad_url"),
    ("https://:pw@files.example/", "bad_url"),
    ("https://", "bad_url"),
    ("https:///a", "bad_url"),
    ("https://files.example:x/a", "bad_url"),
    ("https://files.example:99999/a", "bad_url"),
    ("https://[::1/a", "bad_url"),
    ("https://files..example/a", "bad_url"),
    ("https://files.example/a b", "bad_url"),
    ("https://files.example/a\r\nHost: evil", "bad_url"),
    ("https://files.example\\@evil.example/", "bad_url"),
    ("https://files.example/" + "a" * 5000, "bad_url"),
    ("https://evil.example/", "host_not_allowed"),
    ("https://files.example.evil.example/", "host_not_allowed"),
    ("https://evilfiles.example/", "host_not_allowed"),
    ("https://cdn.example/", "host_not_allowed"),
    ("https://evilcdn.example/", "host_not_allowed"),
    ("https://.cdn.example/", "bad_url"),
    ("https://evil.example/?files.example", "host_not_allowed"),
    ("https://evil.example#files.example", "host_not_allowed"),
    ("https://evil.example?@files.example/", "host_not_allowed"),
    ("https://files.example:22/", "host_not_allowed"),
    ("https://127.0.0.1/", "host_not_allowed"),
    ("https://2130706433/", "host_not_allowed"),
    ("https://0x7f.1/", "host_not_allowed"),
    ("https://[::1]/", "host_not_allowed"),
    ("https://[::ffff:127.0.0.1]/", "host_not_allowed"),
    ("https://localhost/", "host_not_allowed"),
    ("https://fi\u212aes.example/", "host_not_allowed"),  # the Kelvin sign is a k to IDNA
]
STRICT = Hosts(names=("files.example", "*.cdn.example"))


@pytest.mark.parametrize(("url", "code"), BAD_URLS)
def test_urls_that_are_not_fetched(url, code, tmp_path):
    def never(host, port):
        raise AssertionError(f"{host} was looked up")

    with pytest.raises(Refused) as told:
        fetch(url, tmp_path, STRICT, LIMITS, resolve=never)
    assert told.value.code == code
    with pytest.raises(Refused):
        fetch("https://files.example/", tmp_path, Hosts())  # nothing is allowed unless it is said


def test_urls_that_are():
    for url, netloc, path in [
        ("https://files.example/a?b=c#d", "files.example", "/a"),
        ("https://FILES.example./a", "files.example", "/a"),
        ("https://files.example:443", "files.example:443", "/"),
        ("https://a.cdn.example/ä/%20", "a.cdn.example", "/%C3%A4/%20"),
        ("https://a.b.cdn.example/", "a.b.cdn.example", "/"),
    ]:
        parts = checked_url(url, STRICT)
        assert (parts.netloc, parts.path, parts.fragment) == (netloc, path, "")


@pytest.mark.parametrize("address", PRIVATE)
def test_hosts_at_private_addresses_are_not_asked(address, tmp_path):
    for answers in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        with pytest.raises(Refused) as told:
            fetch("https://files.example/", tmp_path, STRICT, LIMITS, resolve=lambda *_, a=answers: a)
        assert told.value.code == "private_address"
        assert address not in str(told.value)  # who asks is told nothing of the network inside


def test_the_machine_itself_is_not_public(tmp_path):
    assert not any(is_public(ip_address(address)) for address in resolved("localhost", 80))
    with pytest.raises(Refused) as told:
        fetch("https://localhost/", tmp_path, Hosts(names=("localhost",)))
    assert told.value.code == "private_address"


class Answers(BaseHTTPRequestHandler):
    """A server that does what the path says."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]] = []  # noqa: RUF012

    def do_GET(self):
        self.seen.append((self.server.server_address[0], self.headers["Host"]))
        name, _, rest = self.path[1:].partition("/")
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, f"_{name}")(rest)
        self.close_connection = True

    def _say(self, status, body=b"", **headers):
        self.send_response(status)
        for key, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _file(self, rest):
        self._say(200, b"a film of " + rest.encode())

    def _headers(self, _rest):
        self._say(200, str(self.headers).encode())

    def _to(self, rest):
        self._say(302, Location=rest.replace("~", "/"))

    def _loop(self, rest):
        self._say(307, Location=f"/loop/{rest}x")

    def _large(self, _rest):
        self._say(200, Content_Length="200000")

    def _status(self, rest):
        self._say(int(rest), b"no")

    def _packed(self, _rest):
        self._say(200, b"\x1f\x8b", Content_Encoding="gzip")

    def _short(self, _rest):
        self._say(200, b"ten bytes!", Content_Length="100")

    def _endless(self, _rest):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")

    def _drip(self, _rest):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self._slowly()

    def _headdrip(self, _rest):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        self._slowly()

    def _slowly(self):
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def _noise(self, _rest):
        self.wfile.write(b"\0\1\2 nonsense\r\n\r\n")

    def _hang_up(self, _rest):
        self.connection.close()

    def log_message(self, *args):
        """Quiet."""


@contextmanager
def serving(address="127.0.0.1", port=0, context=None):
    server = ThreadingHTTPServer((address, port), Answers)
    server.handle_error = lambda *_: None
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def port():
    with serving() as port:
        yield port


@pytest.fixture
def ask(port, tmp_path):
    """Fetch from the local server under a name that is allowed, as if the loopback were the internet."""

    def ask(path, *, scheme="http", host="files.example", where="127.0.0.1", **limits):
        hosts = replace(HOSTS, ports=(port,))
        table = {"files.example": where, "a.cdn.example": where, "inside.example": "10.0.0.1"}
        return fetch(
            f"{scheme}://{host}:{port}/{path}",
            tmp_path,
            hosts,
            replace(LIMITS, **limits),
            resolve=lambda host, _: [table[host]],
            permitted=lambda address: address.is_loopback,
        )

    return ask


def test_a_file_comes(ask, tmp_path):
    assert ask("file/1").read_bytes() == b"a film of 1"
    assert len(list(tmp_path.iterdir())) == 1


def test_nothing_of_ours_is_told(ask):
    told = ask("headers/").read_text().lower()
    assert not [word for word in ("cookie", "authorization", "referer", "forwarded") if word in told]
    assert "accept-encoding: identity" in told


def test_redirects_are_followed_and_examined(ask, port):
    assert ask("to/~file~2").read_bytes() == b"a film of 2"
    assert ask(f"to/http:~~a.cdn.example:{port}~file~3").read_bytes() == b"a film of 3"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("to/http:~~evil.example~", "host_not_allowed"),
        ("to/http:~~127.0.0.1~", "host_not_allowed"),
        ("to/http:~~169.254.169.254~latest~meta-data", "host_not_allowed"),
        ("to/http:~~inside.example:PORT~file~1", "private_address"),
        ("to/~to~http:~~inside.example:PORT~file~1", "private_address"),
        ("to/http:~~files.example:22~", "host_not_allowed"),
        ("to/file:~~~etc~passwd", "bad_url"),
        ("to/http:~~user:pw@files.example:PORT~", "bad_url"),
        ("loop/", "too_many_redirects"),
        ("large/", "too_large"),
        ("endless/", "too_large"),
        ("status/404", "fetch_failed"),
        ("status/500", "fetch_failed"),
        ("status/204", "fetch_failed"),
        ("packed/", "fetch_failed"),
        ("short/", "fetch_failed"),
        ("noise/", "fetch_failed"),
        ("hang_up/", "fetch_failed"),
        ("status/200/", "fetch_failed"),
    ],
)
def test_servers_that_mean_no_good(ask, port, path, code, tmp_path):
    with pytest.raises(Refused) as told:
        ask(path.replace("PORT", str(port)))
    assert told.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["drip/", "headdrip/"])
def test_a_server_that_drips_is_not_waited_for(ask, path, tmp_path):
    began = time.monotonic()
    with pytest.raises(Refused) as told:
        ask(path, fetch_seconds=1.0)
    assert told.value.code == "fetch_timeout"
    assert time.monotonic() - began < 6
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_resolved_once_and_the_connection_goes_there(tmp_path):
    """DNS rebinding: the second answer would be another server, and nobody asks for it."""
    with serving() as port, serving("127.0.0.2", port):
        answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
        asked = []

        def rebinding(host, port):
            asked.append(host)
            return [next(answers)]

        Answers.seen.clear()
        fetch(
            f"http://files.example:{port}/file/1",
            tmp_path,
            replace(HOSTS, ports=(port,)),
            LIMITS,
            resolve=rebinding,
            permitted=lambda address: address.is_loopback,
        )
    assert asked == ["files.example"]
    assert Answers.seen == [("127.0.0.1", f"files.example:{port}")]


def test_a_host_that_is_not_found_or_does_not_answer(tmp_path):
    def nowhere(host, port):
        raise OSError("no such host")

    for resolve, permitted in ((nowhere, is_public), (lambda *_: ["127.0.0.1"], lambda _: True)):
        hosts = Hosts(names=("files.example",), ports=(9,))
        with pytest.raises(Refused) as told:
            fetch("https://files.example:9/", tmp_path, hosts, LIMITS, resolve=resolve, permitted=permitted)
        assert told.value.code == "fetch_failed"


def test_proxies_of_the_environment_are_not_used(ask, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask("file/1").read_bytes() == b"a film of 1"


def _certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


def test_the_certificate_is_that_of_the_name(tmp_path):
    """Though the connection goes to an address, it is the host's name that has to be proven."""
    cert, key = _certificate(tmp_path, "files.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    room = tmp_path / "room"
    room.mkdir()
    with serving(context=server) as port:

        def ask(host, trusts):
            hosts = Hosts(names=("files.example", "*.cdn.example"), ports=(port,))
            return fetch(
                f"https://{host}:{port}/file/1",
                room,
                hosts,
                LIMITS,
                resolve=lambda *_: ["127.0.0.1"],
                permitted=lambda address: address.is_loopback,
                trusts=trusts,
            )

        assert ask("files.example", trusting).read_bytes() == b"a film of 1"
        for host, trusts in (("a.cdn.example", trusting), ("files.example", None)):
            with pytest.raises(Refused) as told:
                ask(host, trusts)
            assert told.value.code == "fetch_failed"
