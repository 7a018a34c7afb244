"""One kept connection to the product, and how its answers are read."""

import asyncio
from typing import NamedTuple, Protocol

from .http_peer import header_value
from .posts import Chain

ANSWER_TIMEOUT_S = 15.0


class Switchboard(Protocol):
    """Who hears how a line fares."""

    def freed(self, line: "Line") -> None:
        """The line has finished its post and may take the next."""

    def gone(self, line: "Line", chain: Chain | None, *, was_stale: bool) -> None:
        """The line is closed, with this chain unanswered; stale when a kept line died before its answer began."""

    def answered(self, chain: Chain, status: int | None) -> None:
        """The first post of the chain got this answer; None when it got none."""


class Line(asyncio.Protocol):
    """One kept connection, with at most one post on its way."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board
        self._transport: asyncio.Transport | None = None
        self._chain: Chain | None = None
        self._unread = b""
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, chain: Chain) -> None:
        """Send the first post of a chain."""
        if self._transport is None or self._transport.is_closing():
            self._chain = chain
            self._sent += 1
            return  # connection_lost follows, and gives the chain back
        self._chain = chain
        self._sent += 1
        packet, target = chain.posts[0].pack(), chain.posts[0].target
        self._timer = asyncio.get_running_loop().call_later(ANSWER_TIMEOUT_S, self.close)
        self._transport.write(
            b"POST %b HTTP/1.1\r\nHost: %b\r\n%bContent-Length: %d\r\n\r\n%b"
            % (target.path, target.authority, packet.headers, len(packet.body), packet.body)
        )

    def close(self) -> None:
        """Let the connection go; a post on its way counts as failed."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._unread += data
        answer = read_answer(self._unread)
        if answer is not None and self._chain is not None:
            if self._chain.posts[0].wants_answer:
                self._chain.posts[0].answer = body_of(self._unread)
            self._finish(answer.status, answer.keeps_open)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._transport = None
        chain, self._chain = self._chain, None
        status = status_of(self._unread) if exc is None and b"\r\n\r\n" in self._unread else None
        if chain is not None and status is not None:
            self._board.gone(self, None, was_stale=False)
            self._board.answered(chain, status)
        else:
            self._board.gone(self, chain, was_stale=self._sent > 1 and not self._unread)

    def _finish(self, status: int, keeps_open: bool) -> None:
        self._stop_timer()
        chain, self._chain, self._unread = self._chain, None, b""
        if keeps_open:
            self._board.freed(self)
        else:
            self.close()
        if chain is not None:
            self._board.answered(chain, status)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Answer(NamedTuple):
    """A whole answer: its status, and whether the connection may be used again."""

    status: int
    keeps_open: bool


def read_answer(unread: bytes) -> Answer | None:
    """Read an answer if it is all there; None while more must come (or the end of the connection)."""
    end = unread.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, body = unread[:end], unread[end + 4 :]
    status = status_of(unread)
    keeps_open = head.startswith(b"HTTP/1.1") and header_value(head, b"connection").lower() != b"close"
    length = header_value(head, b"content-length")
    if status in (204, 304):
        is_whole = True
    elif header_value(head, b"transfer-encoding").lower() == b"chunked":
        is_whole = ends_chunks(body)
    else:
        is_whole = length.isdigit() and len(body) >= int(length)
    return Answer(status, keeps_open) if is_whole else None


def status_of(unread: bytes) -> int:
    """The status code of an answer that begins here; 599 when it is not readable as one."""
    code = unread[9:12]
    return int(code) if unread.startswith(b"HTTP/1.") and code.isdigit() else 599


def body_of(answer: bytes) -> bytes:
    """The body of a whole answer, put together when it came in chunks."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if header_value(head, b"transfer-encoding").lower() != b"chunked":
        length = header_value(head, b"content-length")
        return body[: int(length)] if length.isdigit() else b""
    found, at = b"", 0
    while (end := body.find(b"\r\n", at)) >= 0 and (size := int(body[at:end].partition(b";")[0] or b"0", 16)):
        found, at = found + body[end + 2 : end + 2 + size], end + 2 + size + 2
    return found


def ends_chunks(body: bytes) -> bool:
    """Whether a chunked body is all there."""
    at = 0
    while (end := body.find(b"\r\n", at)) >= 0:
        size = int(body[at:end].partition(b";")[0] or b"0", 16)
        if size == 0:
            return body.find(b"\r\n\r\n", end) >= 0
        at = end + 2 + size + 2
    return False
