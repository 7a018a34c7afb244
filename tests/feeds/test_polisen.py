"""The feed against a real server on this machine, and its pace as plain sums."""

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest

from grannsamverkan.feeds.polisen import Feed, Pace
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.settings import Police

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
ANSWER = b'[{"id": 1}]'


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


@dataclass
class Server:
    """Answers each call with what a test has set, and keeps the headers of the calls."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=lambda: [ANSWER])
    pause_s: float = 0.0
    calls: list[dict[str, str]] = field(default_factory=list)

    def feed(self, timeout_s: float = 5.0) -> Feed:
        return Feed(Police(url=self.url, contact="drift@kommun.example"), "1.2", timeout_s=timeout_s)


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.calls.append(dict(self.headers))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                for part in told.parts:
                    self.wfile.write(part)
                    self.wfile.flush()
                    time.sleep(told.pause_s)
            except OSError:
                pass  # the feed has hung up

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{http.server_address[1]}/api/events"
    yield told
    http.shutdown()
    http.server_close()


def test_a_call_names_the_application_and_a_contact(server: Server) -> None:
    fetched = server.feed().fetch(NOW)
    assert (fetched.status, fetched.body, fetched.final, fetched.not_before) == (200, ANSWER, False, None)
    assert server.calls[0]["User-Agent"] == "Grannsamverkan/1.2 (drift@kommun.example)"
    assert "If-None-Match" not in server.calls[0]


def test_a_call_that_comes_too_early_is_not_made(server: Server) -> None:
    feed = server.feed()
    feed.fetch(NOW)
    early = feed.fetch(after(seconds=9))
    assert (early.body, early.status, early.not_before) == (None, 0, after(seconds=10))
    assert feed.fetch(after(seconds=10)).body == ANSWER
    assert len(server.calls) == 2


def test_a_restarted_feed_keeps_the_pace_it_is_given(server: Server) -> None:
    first = server.feed()
    first.fetch(NOW)
    second = server.feed()
    second.pace = first.pace
    assert second.fetch(after(seconds=5)).body is None
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_not_found_is_for_good(server: Server, status: int) -> None:
    server.status = status
    feed = server.feed()
    fetched = feed.fetch(NOW)
    assert (fetched.body, fetched.status, fetched.final) == (None, status, True)
    server.status = 200
    later = feed.fetch(after(days=400))
    assert (later.body, later.final, len(server.calls)) == (None, True, 1)


@pytest.mark.parametrize(
    ("status", "retry_after", "wait"),
    [
        (429, None, timedelta(minutes=15)),
        (429, "1800", timedelta(minutes=30)),
        (429, "1", timedelta(minutes=1)),
        (429, "Tue, 10 Feb 2026 11:00:00 GMT", timedelta(hours=2)),
        (429, "soon", timedelta(minutes=15)),
        (429, "99999999999999999999", timedelta(days=1)),
        (503, None, timedelta(minutes=1)),
        (503, "120", timedelta(minutes=2)),
        (500, "Tue, 10 Feb 2009 11:00:00 GMT", timedelta(minutes=1)),
        (403, None, timedelta(hours=1)),
    ],
)
def test_trouble_is_waited_out(server: Server, status: int, retry_after: str | None, wait: timedelta) -> None:
    server.status = status
    server.headers = {"Retry-After": retry_after} if retry_after else {}
    feed = server.feed()
    fetched = feed.fetch(NOW)
    assert (fetched.body, fetched.status, fetched.not_before, fetched.failures) == (None, status, NOW + wait, 1)
    assert feed.fetch(NOW + wait - timedelta(seconds=1)).status == 0
    server.status = 200
    again = feed.fetch(NOW + wait)
    assert (again.body, again.failures, again.not_before) == (ANSWER, 0, None)


def test_lasting_trouble_is_asked_about_less_and_less_often(server: Server) -> None:
    server.status = 500
    feed, now, waits = server.feed(), NOW, []
    for _ in range(9):
        then = feed.fetch(now).not_before
        assert then
        waits.append((then - now).total_seconds() / 60)
        now = then
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_conditional_headers_are_sent_when_the_server_gave_them(server: Server) -> None:
    server.headers = {"ETag": '"v1"', "Last-Modified": "Tue, 10 Feb 2026 08:00:00 GMT"}
    feed = server.feed()
    fetched = feed.fetch(NOW)
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Tue, 10 Feb 2026 08:00:00 GMT")
    server.status, server.parts, server.headers = 304, [], {}
    unchanged = feed.fetch(after(minutes=15))
    assert (unchanged.body, unchanged.status, unchanged.etag) == (None, 304, '"v1"')
    assert server.calls[1]["If-None-Match"] == '"v1"'
    assert server.calls[1]["If-Modified-Since"] == "Tue, 10 Feb 2026 08:00:00 GMT"


def test_an_empty_body_is_not_confirmed_by_the_next_call(server: Server) -> None:
    server.headers, server.parts = {"ETag": '"v1"'}, []
    feed = server.feed()
    assert feed.fetch(NOW).body == b""
    feed.fetch(after(minutes=15))
    assert "If-None-Match" not in server.calls[1]


def test_a_zipped_answer_in_small_parts_is_whole(server: Server) -> None:
    zipped = gzip.compress(ANSWER * 1000)
    server.headers = {"Content-Encoding": "gzip", "Content-Length": str(len(zipped))}
    server.parts, server.pause_s = [zipped[n : n + 7] for n in range(0, len(zipped), 7)], 0.002
    assert server.feed().fetch(NOW).body == ANSWER * 1000


@pytest.mark.parametrize(
    ("parts", "headers"),
    [
        ([b"x" * 1_000_000] * 6, {}),
        ([gzip.compress(b" " * 6_000_000)], {"Content-Encoding": "gzip"}),
        ([gzip.compress(ANSWER)[:-9]], {"Content-Encoding": "gzip"}),
        ([b"not zipped"], {"Content-Encoding": "gzip"}),
        ([ANSWER], {"Content-Length": "500"}),
    ],
)
def test_an_answer_that_is_too_long_or_breaks_off_is_trouble(
    server: Server, parts: list[bytes], headers: dict[str, str]
) -> None:
    server.parts, server.headers = parts, headers
    fetched = server.feed().fetch(NOW)
    assert (fetched.body, fetched.status, fetched.failures) == (None, 0, 1)


def test_an_answer_that_trickles_in_is_given_up(server: Server) -> None:
    server.parts, server.pause_s = [b"x"] * 200, 0.02
    begun = time.monotonic()
    assert server.feed(0.3).fetch(NOW).body is None
    assert time.monotonic() - begun < 2


def test_a_silent_server_is_given_up(server: Server) -> None:
    server.headers, server.parts, server.pause_s = {"Content-Length": "9"}, [b""], 1.0
    begun = time.monotonic()
    assert server.feed(0.3).fetch(NOW).failures == 1
    assert time.monotonic() - begun < 0.9


def test_nobody_there_is_trouble_and_no_error() -> None:
    feed = Feed(Police(url="http://127.0.0.1:9/", contact="drift@kommun.example"), "1.2")
    assert (feed.fetch(NOW).status, feed.fetch(NOW).not_before) == (0, after(minutes=1))


@pytest.mark.goal("S24")
def test_no_redirect_is_followed(server: Server) -> None:
    server.status, server.headers = 302, {"Location": server.url}
    fetched = server.feed().fetch(NOW)
    assert (fetched.body, fetched.status, len(server.calls)) == (None, 302, 1)


@pytest.mark.parametrize("url", ["http://polisen.example/api", "http://127.0.0.1.example/", "file:///etc/hosts", ""])
def test_only_https_leaves_this_machine(url: str) -> None:
    with pytest.raises(Refused, match="feed_not_https"):
        Feed(Police(url=url, contact="drift@kommun.example"), "1.2")


@pytest.mark.parametrize("contact", ["", "  ", "a@b.example\r\nX-Other: 1", "räddning@kommun.example"])
def test_no_call_without_a_contact_that_fits_a_header(contact: str) -> None:
    with pytest.raises(Refused, match="feed_without_contact"):
        Feed(Police(contact=contact), "1.2")


def test_whoever_asks_all_the_time_still_keeps_every_limit() -> None:
    """Two days of trying each second: never closer than 10 s, never over 60 in an hour, nor 1,440 in a day."""
    pace, now, calls = Pace(), NOW, []
    while (then := pace.next_call(now)) and then < after(days=2):
        calls.append(then)
        pace, now = pace.called(then), then + timedelta(seconds=1)
    gaps = [later - earlier for earlier, later in pairwise(calls)]
    assert min(gaps) == timedelta(seconds=10)
    for most, span in ((60, timedelta(hours=1)), (1_440, timedelta(days=1))):
        assert all(later - earlier >= span for earlier, later in zip(calls, calls[most:], strict=False))
    assert len(pace.calls) <= 1_440
    assert len(calls) == 2 * 1_440
