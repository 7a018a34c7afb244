"""One call by HTTPS to a system that somebody has named: the place where the product could be led astray.

Only a host that the operator has named is looked up, its certificate has to be right, and redirects are not followed. A
name that leads back to this machine, or to what only its own network link has, is not called, unless the name is this
machine's. Of the answer nothing but the status and `Retry-After` is read.
"""

import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from grannsamverkan.foundation.outside import THIS_MACHINE, NotToOutside
from grannsamverkan.foundation.ports import CallAnswer

TIMEOUT_S = 5.0
_PORT = 443
_LONGEST_NUMBER = 9  # digits; more would be more than thirty years, and whoever waits has a bound of their own
_Place = tuple[int, int, int, Any]  # how a socket is made for it, and what that is connected to


class HttpsCaller:
    """Calls these hosts: `host`, or `host:port`. A call ends after `timeout_s` whatever a server does; the look-up of
    its name before it is the system's to end."""

    def __init__(self, hosts: Collection[str], version: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._hosts = hosts
        self._timeout_s = timeout_s
        self._always = {"User-Agent": f"Grannsamverkan/{version}", "Connection": "close"}

    def call(self, url: str, headers: Mapping[str, str], body: bytes) -> CallAnswer:
        """Post it; no status when nothing was answered, or the host is none of those named."""
        return self._answer("POST", url, {"Content-Type": "application/json", **headers}, body)

    def get(self, url: str) -> CallAnswer:
        """Ask for it, and say nothing; the same."""
        return self._answer("GET", url, {}, None)

    def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> CallAnswer:
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.netloc not in self._hosts:
            return CallAnswer()
        host, port = parts.hostname or "", parts.port or _PORT
        try:
            places = _places(host, port)
            with (
                closing(HTTPSConnection(host, port, context=self._tls)) as connection,
                self._line(host, places) as line,
            ):
                connection.sock = line
                target = f"{parts.path}?{parts.query}" if parts.query else parts.path
                connection.request(method, target or "/", body, {**self._always, **headers})
                answer = connection.getresponse()
                return CallAnswer(answer.status, _wait_s(answer.getheader("Retry-After", "").strip(), time.time()))
        except (OSError, HTTPException):
            return CallAnswer()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    @contextmanager
    def _line(self, host: str, places: list[_Place]) -> Iterator[ssl.SSLSocket]:
        """A line to the first place that takes one, cut off when the time is up: a server that answers byte by byte
        would never let a read run out."""
        until = time.monotonic() + self._timeout_s
        with _reached(places, until) as bare:
            line = self._tls.wrap_socket(bare, server_hostname=host, do_handshake_on_connect=False)
        with line:
            cut = threading.Timer(max(0.0, until - time.monotonic()), _cut_off, [line])
            cut.daemon = True
            cut.start()
            try:
                line.do_handshake()
                yield line
            finally:
                cut.cancel()


def _places(host: str, port: int) -> list[_Place]:
    """Where the host is. NotToOutside when one of the places is this machine and the host is not."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if host not in THIS_MACHINE and any(_is_within(str(there[0])) for *_, there in found):
        raise NotToOutside("this host leads back to this machine")
    return [(family, kind, protocol, there) for family, kind, protocol, _name, there in found]


def _is_within(number: str) -> bool:
    """Whether the address is this machine's, or its network link's: there clouds tell what they know of a machine."""
    address = ip_address(number)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


def _reached(places: list[_Place], until: float) -> socket.socket:
    """Connected to by number: the name is not looked up a second time, when it could lead elsewhere."""
    fault: OSError = TimeoutError()
    for family, kind, protocol, there in places:
        line = socket.socket(family, kind, protocol)
        try:
            line.settimeout(max(0.001, until - time.monotonic()))
            line.connect(there)
        except OSError as error:
            line.close()
            fault = error
        else:
            return line
    raise fault


def _wait_s(said: str, now: float) -> int | None:
    """Of `Retry-After`, which is seconds or a time of day (RFC 9110); None for anything else."""
    if said.isascii() and said.isdigit():
        return int(said[:_LONGEST_NUMBER])
    try:
        return max(0, round(parsedate_to_datetime(said).timestamp() - now))
    except (ValueError, OverflowError):
        return None


def _cut_off(line: ssl.SSLSocket) -> None:
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # as a bare one: whoever reads from it now gets its end
    except OSError:
        return  # it has ended by itself
