"""A stranger's URL -> a file, from allowed hosts and public addresses only."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpcore

from filmwright.core.errors import Refused

from .accepting import receive, too_large
from .addresses import Address, PublicBackend, Resolve, is_public, resolved
from .nouns import Hosts, Limits

_REDIRECTS = {301, 302, 303, 307, 308}
_SILENCE = {"connect": 10.0, "read": 15.0, "write": 15.0, "pool": 15.0}  # seconds that a server may say nothing
_MAX_URL = 4096
_SAFE = "%/:@!$&'()*+,;=-._~?"  # stand in a URL as they are (RFC 3986, 3.3 and 3.4)
_PORTS = {"http": 80, "https": 443}
_HEADERS = [("User-Agent", "filmwright"), ("Accept", "*/*"), ("Accept-Encoding", "identity"), ("Connection", "close")]


def fetch(
    url: str,
    folder: Path,
    hosts: Hosts,
    limits: Limits | None = None,
    *,
    resolve: Resolve = resolved,
    permitted: Callable[[Address], bool] = is_public,
    trusts: ssl.SSLContext | None = None,
) -> Path:
    """The file at a URL, in `folder` under a name of ours; give it to `accept`. Every redirect is examined anew.

    No proxy, cookie or credential is used. Raises Refused, leaving nothing: "bad_url", "host_not_allowed",
    "private_address", "too_many_redirects", "fetch_failed", "fetch_timeout", "too_large", "empty_file". `resolve`,
    `permitted` and `trusts` are for tests.
    """
    limits = limits or Limits()
    until = time.monotonic() + limits.fetch_seconds
    backend = PublicBackend(until=until, resolve=resolve, permitted=permitted)
    context = trusts or ssl.create_default_context()
    with httpcore.ConnectionPool(ssl_context=context, network_backend=backend, max_connections=1) as pool:
        for _ in range(limits.max_redirects + 1):
            parts = checked_url(url, hosts)
            try:
                with pool.stream("GET", parts.geturl(), headers=_HEADERS, extensions={"timeout": _SILENCE}) as answer:
                    if answer.status in _REDIRECTS:
                        url = urljoin(parts.geturl(), _header(answer, b"location"))
                        continue
                    _check(answer, limits)
                    return receive(answer.iter_stream(), folder, limits)
            except httpcore.TimeoutException as err:
                raise _late() from err
            except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as err:
                raise Refused(
                    f"{parts.hostname} did not send the file ({err}). Try again, or send it.", "fetch_failed"
                ) from err
    raise Refused(f"the URL leads on more than {limits.max_redirects} times. Give the last one.", "too_many_redirects")


def checked_url(url: str, hosts: Hosts) -> SplitResult:
    """The parts of a URL that may be asked, its host in ASCII. Raises Refused: "bad_url", "host_not_allowed"."""
    if len(url) > _MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        raise _bad(url, "it is too long, or has letters that a URL has not")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError) as err:
        raise _bad(url, "its host or port is none") from err
    if parts.scheme not in (("https", "http") if hosts.http else ("https",)):
        raise _bad(url, f"only {'http and https are' if hosts.http else 'https is'} fetched")
    if parts.username is not None or parts.password is not None:
        raise _bad(url, "it names a user")
    if not host:
        raise _bad(url, "it has no host")
    if not any(_matches(host, name) for name in hosts.names):
        raise Refused(f"nothing is fetched from {host[:100]!r} here. Send the file itself.", "host_not_allowed")
    if (port or _PORTS[parts.scheme]) not in hosts.ports:
        raise Refused(f"nothing is fetched from port {port} of {host[:100]!r} here.", "host_not_allowed")
    shown = f"[{host}]" if ":" in host else host
    return parts._replace(
        netloc=shown if port is None else f"{shown}:{port}",
        path=quote(parts.path or "/", safe=_SAFE),
        query=quote(parts.query, safe=_SAFE),
        fragment="",
    )


def _matches(host: str, name: str) -> bool:
    name = name.lower().rstrip(".")
    return host.endswith(name[1:]) and len(host) > len(name) - 1 if name.startswith("*.") else host == name


def _bad(url: str, why: str) -> Refused:
    return Refused(f"the URL {url[:100]!r} can't be fetched: {why}. Send the file itself.", "bad_url")


def _header(answer: httpcore.Response, name: bytes) -> str:
    return next((value for key, value in answer.headers if key.lower() == name), b"").decode("latin-1")


def _check(answer: httpcore.Response, limits: Limits) -> None:
    if answer.status != 200:
        raise Refused(f"the URL's host answered {answer.status} instead of the file. Check the URL.", "fetch_failed")
    if _header(answer, b"content-encoding").lower() not in ("", "identity"):
        raise Refused("the URL's host packs what it sends, which was not asked for. Send the file.", "fetch_failed")
    length = _header(answer, b"content-length")
    if length.isdigit() and int(length) > limits.max_bytes:
        raise too_large(limits.max_bytes)


def _late() -> Refused:
    return Refused("the URL's host took too long. Try again, or send the file.", "fetch_timeout")
