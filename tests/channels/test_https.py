"""One POST to another system, over real TLS: what arrives, what is not followed, and where the way is shut."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from grannsamverkan.channels.https import HttpsCaller
from grannsamverkan.foundation.ports import CallAnswer
from tests.support.receiver import Receiver, dripping, putting_off, receiving

NAMED = "karta.hoor.example"
HEADERS, BODY = {"webhook-id": "msg_1"}, b'{"type":"ping"}'


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving(tmp_path, NAMED) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


def caller(*hosts: str, timeout_s: float = 5.0) -> HttpsCaller:
    return HttpsCaller(hosts, "1.2", timeout_s=timeout_s)


def lead(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> list[str]:
    """Every name leads there; returns what is looked up."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        families = [(socket.AF_INET6 if ":" in number else socket.AF_INET, number) for number in numbers]
        return [(family, socket.SOCK_STREAM, 6, "", (number, port)) for family, number in families]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_what_is_called_arrives_as_it_is(receiver: Receiver) -> None:
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY).status == 204
    (heard,) = receiver.heard
    assert (heard.path, heard.body) == ("/anrop?plats=1", BODY)
    assert heard.headers.items() >= {
        ("webhook-id", "msg_1"),
        ("content-type", "application/json"),
        ("user-agent", "Grannsamverkan/1.2"),
        ("host", receiver.host),
        ("connection", "close"),
    }


def test_what_is_asked_for_says_nothing(receiver: Receiver) -> None:
    assert caller(receiver.host).get(receiver.url).is_yes
    (heard,) = receiver.heard
    assert (heard.method, heard.path, heard.body) == ("GET", "/anrop?plats=1", b"")
    assert heard.headers.keys() == {"host", "user-agent", "connection", "accept-encoding"}


@pytest.mark.parametrize("status", [200, 301, 400, 410, 429, 500])
def test_whatever_is_answered_is_told(receiver: Receiver, status: int) -> None:
    receiver.answer = status
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY).status == status


@pytest.mark.parametrize(
    ("said", "wait_s"), [("120", 120), (" 0 ", 0), ("9" * 5000, 999_999_999), ("Sun, 06 Nov 1994 08:49:37 GMT", 0)]
)
def test_when_it_can_again_is_told_in_seconds(receiver: Receiver, said: str, wait_s: int) -> None:
    receiver.answer = putting_off(503, said)
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY) == CallAnswer(503, wait_s)


def test_a_time_of_day_is_told_in_seconds_too(receiver: Receiver) -> None:
    receiver.answer = putting_off(503, format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True))
    wait_s = caller(receiver.host).call(receiver.url, HEADERS, BODY).wait_s
    assert wait_s is not None
    assert 590 <= wait_s <= 600


@pytest.mark.parametrize(
    "said", ["", "strax", "-5", "1.5", "²", "Wed, 99 Mar 2026 12:00:00 GMT", "Wed, 04 Mar 99999999 1:1:1 GMT"]
)
def test_what_says_no_time_is_as_if_nothing_was_said(receiver: Receiver, said: str) -> None:
    receiver.answer = putting_off(503, said)
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY) == CallAnswer(503, None)


@pytest.mark.goal("S24")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", f"https://{receiver.host}/inre")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answer = elsewhere
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY).status == status
    assert [heard.path for heard in receiver.heard] == ["/anrop?plats=1"]


@pytest.mark.goal("S24")
def test_a_body_without_end_is_not_read(receiver: Receiver) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            handler.close_connection = True

    receiver.answer = endless
    begun = time.monotonic()
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY).status == 200
    assert time.monotonic() - begun < 2


@pytest.mark.goal("S24")
def test_a_server_that_takes_its_time_is_left(receiver: Receiver) -> None:
    begun = time.monotonic()
    receiver.answer = lambda _handler: time.sleep(10)
    assert caller(receiver.host, timeout_s=0.4).call(receiver.url, HEADERS, BODY).status is None
    receiver.answer = dripping
    assert caller(receiver.host, timeout_s=0.4).call(receiver.url, HEADERS, BODY).status is None
    assert time.monotonic() - begun < 3


@pytest.mark.goal("S24")
def test_a_server_that_never_shakes_hands_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        begun = time.monotonic()
        host = f"localhost:{deaf.getsockname()[1]}"
        assert caller(host, timeout_s=0.4).call(f"https://{host}/", HEADERS, BODY).status is None
        assert time.monotonic() - begun < 3


def test_nobody_there_and_no_such_name_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        host = f"localhost:{gone.getsockname()[1]}"
    assert caller(host).call(f"https://{host}/", HEADERS, BODY).status is None

    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert caller(NAMED).call(f"https://{NAMED}/", HEADERS, BODY).status is None


@pytest.mark.goal("S24")
@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/",
        "https://127.0.0.1:{port}/",
        "https://localhost:{port}@evil.example/",
        "https://evil.example/",
        "https://localhost/",
    ],
)
def test_what_is_not_named_is_not_even_looked_up(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    asked = lead(monkeypatch, "127.0.0.1")
    assert caller(receiver.host).call(url.format(port=receiver.port), HEADERS, BODY).status is None
    assert (asked, receiver.heard) == ([], [])


@pytest.mark.goal("S24")
@pytest.mark.parametrize(
    "numbers",
    [
        ("127.0.0.1",),
        ("127.8.8.8",),
        ("0.0.0.0",),
        ("::1",),
        ("::",),
        ("::ffff:127.0.0.1",),
        ("169.254.169.254",),
        ("fe80::1",),
        ("224.0.0.1",),
        ("192.0.2.1", "127.0.0.1"),
    ],
)
def test_a_name_that_leads_back_here_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, numbers: tuple[str, ...]
) -> None:
    """Although the certificate is right for the name: without the check it would arrive."""
    lead(monkeypatch, *numbers)
    host = f"{NAMED}:{receiver.port}"
    assert caller(host, timeout_s=1.0).call(f"https://{host}/", HEADERS, BODY).status is None
    assert receiver.heard == []


@pytest.mark.goal("S24")
def test_the_certificate_has_to_be_for_the_name_and_from_somebody_trusted(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Named by the operator and leading to a machine that is somebody else's: nothing is said to it."""
    monkeypatch.setattr("grannsamverkan.channels.https._is_within", lambda _number: False)
    lead(monkeypatch, "127.0.0.1")
    right, wrong = f"{NAMED}:{receiver.port}", f"annan.hoor.example:{receiver.port}"
    assert caller(right).call(f"https://{right}/", HEADERS, BODY).status == 204
    assert caller(wrong).call(f"https://{wrong}/", HEADERS, BODY).status is None
    monkeypatch.delenv("SSL_CERT_FILE")
    assert caller(right).call(f"https://{right}/", HEADERS, BODY).status is None
    assert len(receiver.heard) == 1


def test_the_next_place_of_a_name_is_tried_when_the_first_takes_none(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(monkeypatch, "127.0.0.2", "127.0.0.1")
    assert caller(receiver.host).call(receiver.url, HEADERS, BODY).status == 204
