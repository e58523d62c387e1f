"""Which addresses of the network are strangers', as URLs of strangers may name, and connections to these alone.

A host's name is resolved once, every address it has is examined, and the connection goes to one of these very
addresses: what the name resolves to a moment later (DNS rebinding) does not matter.
"""

import math
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore

from filmwright.core.errors import Refused

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]  # host, port -> addresses
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))  # RFC 6052, RFC 8215
_COMPATIBLE = IPv6Network("::/96")  # RFC 4291, 2.5.5.1
_UNICAST = IPv6Network("2000::/3")  # all that IANA has given out for the internet


def is_public(address: Address) -> bool:
    """Whether an address is on the internet: not private, loopback, link-local, shared, reserved or multicast.

    IPv6 addresses that hold an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) are what they hold, all of it.
    """
    if isinstance(address, IPv6Address):
        inner = _inside(address)
        if inner:
            return all(map(is_public, inner))
        return address in _UNICAST and address.is_global and not address.is_multicast
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: IPv6Address) -> list[IPv4Address]:
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address.sixtofour:
        return [address.sixtofour]
    if address.teredo:
        return list(address.teredo)
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return []


def resolved(host: str, port: int) -> list[str]:
    """A host's addresses, as the machine resolves it."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class PublicBackend(httpcore.NetworkBackend):
    """Connects to public addresses only; for an `httpcore.ConnectionPool`, which still checks the host's certificate.

    After `until` (of `time.monotonic`) nothing is waited for: a server that sends a byte now and then holds nobody up.
    `resolve` and `permitted` are for tests, whose servers are on the loopback.
    """

    def __init__(
        self,
        *,
        until: float = math.inf,
        resolve: Resolve = resolved,
        permitted: Callable[[Address], bool] = is_public,
    ) -> None:
        self._until, self._resolve, self._permitted = until, resolve, permitted
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises Refused ("private_address", "fetch_failed")."""
        error: Exception = OSError("it has no address")
        for address in self._examined(host, port):
            try:
                left = _left(self._until, timeout)
                made = self._inner.connect_tcp(address, port, left, local_address, socket_options)
                return _Timed(made, self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as err:
                error = err
        raise httpcore.ConnectError(str(error)) from error

    def _examined(self, host: str, port: int) -> list[str]:
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as err:
            raise Refused(f"the host {host[:100]!r} can't be found. Check the URL.", "fetch_failed") from err
        addresses = [ip_address(address.partition("%")[0]) for address in found]
        if not all(map(self._permitted, addresses)):  # one is enough: which one answers is not ours to say
            raise Refused(f"the host {host[:100]!r} is not on the public internet. Send the file.", "private_address")
        return [str(address) for address in addresses]


class _Timed(httpcore.NetworkStream):
    """A connection with an end in time."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        made = self._inner.start_tls(ssl_context, server_hostname, _left(self._until, timeout))
        return _Timed(made, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float | None:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return min(left, math.inf if timeout is None else timeout) if left < math.inf else timeout
