"""The smallest HTTP/1.1 server that a real client is content with: keep-alive, answers in order, one write a round."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from .residence import read_in_small_pieces

MOST_HEAD_BYTES = 16_384
MOST_BODY_BYTES = 1_048_576

REASONS = {
    200: b"OK", 201: b"Created", 204: b"No Content", 400: b"Bad Request", 401: b"Unauthorized", 404: b"Not Found",
    405: b"Method Not Allowed", 409: b"Conflict", 411: b"Length Required", 413: b"Content Too Large",
    429: b"Too Many Requests", 431: b"Request Header Fields Too Large", 500: b"Internal Server Error",
    502: b"Bad Gateway",
}  # fmt: skip


class Exchange:
    """One request, and the place for its answer; it may be answered later, by a timer or never."""

    __slots__ = ("_closes", "_peer", "_wire", "body", "head", "method", "path", "query")

    def __init__(self, peer: "HttpPeer", method: bytes, target: bytes, head: bytes, body: bytes) -> None:
        path, _, query = target.partition(b"?")
        self.method = method
        self.path = path
        self.query = query
        self.head = head
        self.body = body
        self._peer = peer
        self._wire: bytes | None = None
        self._closes = False

    def fields(self) -> dict[str, str]:
        """The query string as names and values."""
        return dict(parse_qsl(self.query.decode("latin-1"), keep_blank_values=True))

    def header(self, name: bytes) -> bytes:
        """The value of a header, named in lower case; empty when it is not there."""
        return header_value(self.head, name)

    def answer(self, status: int, body: bytes, kind: bytes = b"application/json", more: bytes = b"") -> None:
        """Answer; `more` holds further header lines, each with its line end."""
        self._wire = b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n%b" % (
            status, REASONS.get(status, b"Unknown"), kind, more, len(body), body
        )  # fmt: skip
        self._peer.flush()

    def answer_json(self, status: int, facts: object) -> None:
        """Answer with any object as JSON."""
        self.answer(status, json.dumps(facts).encode("ascii"))

    def drop(self) -> None:
        """Close the connection without an answer, once the answers before this one are out."""
        self._wire = b""
        self._closes = True
        self._peer.flush()

    def refuse(self, status: int) -> None:
        """Answer that the request cannot be read, and close."""
        self._closes = True
        self.answer(status, b"{}", more=b"Connection: close\r\n")


class HttpPeer(asyncio.Protocol):
    """One client's connection. `serve` gets each exchange; an answer never overtakes an earlier one."""

    def __init__(self, serve: Callable[[Exchange], None]) -> None:
        self._serve = serve
        self._unread = b""
        self._waiting: deque[Exchange] = deque()
        self._reading = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        read_in_small_pieces(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        self._unread = self._unread + data if self._unread else data
        self._reading = True
        try:
            while self._unread and self._transport is not None and self._take_request():
                pass
        finally:
            self._reading = False
        self.flush()

    def flush(self) -> None:
        """Write every answer that is ready and first in line."""
        if self._reading or self._transport is None:
            return
        ready: list[bytes] = []
        while self._waiting and (wire := self._waiting[0]._wire) is not None:
            ready.append(wire)
            if self._waiting.popleft()._closes:
                self._transport.write(b"".join(ready))
                self._transport.close()
                self._transport = None
                return
        if ready:
            self._transport.write(b"".join(ready))

    def _take_request(self) -> bool:
        end = self._unread.find(b"\r\n\r\n")
        if end < 0:
            return self._wait_for_head()
        head = self._unread[:end]
        lowered = head.lower()
        length = body_length(lowered)
        if length is None or length > MOST_BODY_BYTES:
            return self._refuse(411 if length is None else 413)
        stop = end + 4 + length
        if len(self._unread) < stop:
            if header_value(lowered, b"expect", lowered) == b"100-continue" and len(self._unread) == end + 4:
                self._continue()
            return False
        line = head[: head.find(b"\r\n")] if b"\r\n" in head else head
        method, _, rest = line.partition(b" ")
        exchange = Exchange(self, method, rest.partition(b" ")[0], head, self._unread[end + 4 : stop])
        self._unread = self._unread[stop:]
        self._waiting.append(exchange)
        exchange._closes = header_value(lowered, b"connection", lowered) == b"close" or line.endswith(b"HTTP/1.0")
        self._serve(exchange)
        return not exchange._closes

    def _wait_for_head(self) -> bool:
        return self._refuse(431) if len(self._unread) > MOST_HEAD_BYTES else False

    def _continue(self) -> None:
        if self._transport is not None and not self._waiting:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, status: int) -> bool:
        exchange = Exchange(self, b"", b"", b"", b"")
        self._unread = b""
        self._waiting.append(exchange)
        exchange.refuse(status)
        return False


def header_value(head: bytes, name: bytes, lowered: bytes = b"") -> bytes:
    """The value of the header `name` (lower case) in a head without its last empty line; b"" when absent.

    `lowered` spares the work when the head is at hand in lower case.
    """
    start = (lowered or head.lower()).find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    stop = head.find(b"\r\n", start)
    return head[start : stop if stop >= 0 else len(head)].strip()


def body_length(lowered: bytes) -> int | None:
    """Bytes of body that follow a head in lower case; None when that cannot be told (chunked, or not a number)."""
    if b"\r\ntransfer-encoding:" in lowered:
        return None
    value = header_value(lowered, b"content-length", lowered)
    if not value:
        return 0
    return int(value) if value.isdigit() else None


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a request body; ValueError or TypeError when it is none."""
    found = json.loads(body or b"{}")
    if not isinstance(found, dict):
        raise TypeError("a JSON object is wanted")
    return found
