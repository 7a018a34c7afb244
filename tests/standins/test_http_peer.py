"""The HTTP server under odd clients."""

import asyncio
import socket

import pytest

from grannsamverkan.standins.http_peer import Exchange, HttpPeer, body_length, header_value
from tests.support.loops import run


def serve(exchange: Exchange) -> None:
    if exchange.path == b"/late":
        asyncio.get_running_loop().call_later(0.05, exchange.answer, 200, b"late")
    elif exchange.path == b"/drop":
        exchange.drop()
    elif exchange.path != b"/never":
        exchange.answer(200, exchange.path + b" " + exchange.body)


async def talk(pieces: list[bytes], ends: bytes) -> bytes:
    """Send the pieces one after the other and read until `ends` has come or the connection closes."""
    server = await asyncio.get_running_loop().create_server(lambda: HttpPeer(serve), "127.0.0.1", 0)
    listening: socket.socket = server.sockets[0]
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)
    read = b""
    async with asyncio.timeout(2):
        while ends not in read and (data := await reader.read(65_536)):
            read += data
    writer.close()
    server.close()
    return read


def test_a_late_answer_is_not_overtaken() -> None:
    read = run(talk([b"GET /late HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n"], b"/next"))
    assert 0 < read.index(b"late") < read.index(b"/next")


def test_a_request_may_come_in_pieces() -> None:
    whole = b"POST /whole HTTP/1.1\r\ncontent-LENGTH: 5\r\n\r\n12345"
    read = run(talk([whole[i : i + 9] for i in range(0, len(whole), 9)], b"12345"))
    assert read.endswith(b"/whole 12345")


def test_answers_before_a_drop_still_arrive() -> None:
    read = run(talk([b"GET /a HTTP/1.1\r\n\r\nGET /drop HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"], b"/b"))
    assert read.endswith(b"/a ")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000, b"431"),
    ],
)
def test_what_cannot_be_read_is_refused(request_: bytes, status: bytes) -> None:
    assert run(talk([request_], b"never")).startswith(b"HTTP/1.1 " + status)


def test_close_is_obeyed() -> None:
    read = run(talk([b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n"], b"never"))
    assert read.startswith(b"HTTP/1.1 200")


def test_headers_are_found_whatever_their_case() -> None:
    head = b"GET / HTTP/1.1\r\nX-A:  b \r\nCONTENT-length: 12"
    assert header_value(head, b"x-a") == b"b"
    assert header_value(head, b"x-b") == b""
    assert body_length(head.lower()) == 12
    assert body_length(b"get / http/1.1\r\ncontent-length: -1") is None
