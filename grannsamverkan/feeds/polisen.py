"""The police's open events over HTTP, within the rules of their API.

The rules (polisen.se, "Regler för öppna data"): a User-Agent that names the application and a contact; HTTPS; at
least 10 s between calls, at most 60 an hour and 1,440 a day; whoever ignores a 429 is blocked; a 404 is for good.
"""

import time
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import FeedMemory, Fetched
from grannsamverkan.settings import Police

BETWEEN_CALLS = timedelta(seconds=10)
CALLS_AN_HOUR = 60
CALLS_A_DAY = 1_440
TIMEOUT_S = 5.0
MOST_BYTES = 5_000_000
_FINAL = {404, 410}
_WAIT_FIRST_S = {429: 900.0, 403: 3_600.0}
_WAIT_LEAST_S, _WAIT_MOST_S = 60.0, 86_400.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next call may be made: from the calls of the last day and what the server said last.

    All of it can be stored, so that a restart keeps the rules. `failures` counts the calls in a row that went wrong.
    """

    calls: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    final: bool = False
    failures: int = 0

    def next_call(self, now: datetime) -> datetime | None:
        """The earliest time for a call, `now` if at once; None when there must be none any more."""
        if self.final:
            return None
        bounds = [now, self.not_before or now]
        if self.calls:
            bounds.append(max(self.calls) + BETWEEN_CALLS)
        for most, span in ((CALLS_AN_HOUR, timedelta(hours=1)), (CALLS_A_DAY, timedelta(days=1))):
            if len(self.calls) >= most:
                bounds.append(sorted(self.calls)[-most] + span)
        return max(bounds)

    def may_call(self, now: datetime) -> bool:
        """Whether a call may be made now."""
        return self.next_call(now) == now

    def called(self, now: datetime) -> "Pace":
        """The pace after a call at `now`; forgets calls older than a day."""
        kept = [call for call in self.calls if call > now - timedelta(days=1)]
        return replace(self, calls=(*kept, now))


class Feed:
    """Asks for the list of events: `fetch_after` with what was stored, or `fetch` with what this object remembers.

    It refuses by itself to call too early. Redirects are not followed: each would be one more call, and to a server
    that nobody has chosen.

    Raises:
        Refused: the address is not HTTPS (plain HTTP is for this machine only), or no usable contact is given.
    """

    def __init__(self, settings: Police, version: str, *, timeout_s: float = TIMEOUT_S) -> None:
        _check(settings)
        self.pace = Pace()
        self.etag: str | None = None
        self.last_modified: str | None = None
        self._url = settings.url
        self._timeout_s = timeout_s
        self._user_agent = f"Grannsamverkan/{version} ({settings.contact.strip()})"
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False)

    def may_call(self, memory: FeedMemory, now: datetime) -> bool:
        """Whether the rules allow a call now."""
        return _pace_of(memory).may_call(now)

    def fetch_after(self, memory: FeedMemory, now: datetime) -> Fetched:
        """`fetch`, with what is stored of the calls before this one."""
        self.pace, self.etag, self.last_modified = _pace_of(memory), memory.etag, memory.last_modified
        return self.fetch(now)

    def fetch(self, now: datetime) -> Fetched:
        """One call, or none if it would be too early. Never raises for what a server or a network does."""
        if not self.pace.may_call(now):
            return self._told(None, 0, self.pace.next_call(now))
        self.pace = self.pace.called(now)
        try:
            status, headers, body = self._call()
        except (HTTPError, _Unusable, OSError):
            return self._failed(0, None, now)
        if status in (200, 304):
            return self._answered(status, headers, body)
        if status in _FINAL:
            self.pace = replace(self.pace, final=True)
            return self._told(None, status, None)
        return self._failed(status, headers.get("Retry-After"), now)

    def close(self) -> None:
        self._pool.clear()

    def _call(self) -> tuple[int, urllib3.HTTPHeaderDict, bytes]:
        until = time.monotonic() + self._timeout_s
        response = self._pool.request(
            "GET",
            self._url,
            headers=self._headers(),
            timeout=urllib3.Timeout(total=self._timeout_s),
            redirect=False,
            preload_content=False,
        )
        try:
            body = _read(response, until) if response.status == 200 else b""
            return response.status, response.headers, body
        finally:
            response.close()  # at this pace no server keeps a connection open until the next call

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": self._user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        if self.etag:
            headers["If-None-Match"] = self.etag
        if self.last_modified:
            headers["If-Modified-Since"] = self.last_modified
        return headers

    def _answered(self, status: int, headers: urllib3.HTTPHeaderDict, body: bytes) -> Fetched:
        self.pace = replace(self.pace, not_before=None, failures=0)
        if status == 304:
            return self._told(None, status, None)
        # A broken body must not be confirmed by the next 304; an empty one is all that has been seen of these.
        self.etag = _header(headers, "ETag") if body else None
        self.last_modified = _header(headers, "Last-Modified") if body else None
        return self._told(body, status, None)

    def _failed(self, status: int, retry_after: str | None, now: datetime) -> Fetched:
        failures = self.pace.failures + 1
        wait_s = _asked_to_wait_s(retry_after, now) or _WAIT_FIRST_S.get(status, _WAIT_LEAST_S) * 2 ** min(
            failures - 1, 6
        )
        wait_s = min(max(wait_s, _WAIT_LEAST_S), _WAIT_MOST_S)
        self.pace = replace(self.pace, failures=failures, not_before=now + timedelta(seconds=wait_s))
        return self._told(None, status, self.pace.not_before)

    def _told(self, body: bytes | None, status: int, not_before: datetime | None) -> Fetched:
        pace = self.pace
        return Fetched(body, status, not_before, pace.final, pace.failures, self.etag, self.last_modified)


def _pace_of(memory: FeedMemory) -> Pace:
    return Pace(memory.calls, memory.not_before, memory.final, memory.failures)


class _Unusable(Exception):
    """The answer is too long, takes too long, or breaks off."""


def _read(response: urllib3.BaseHTTPResponse, until: float) -> bytes:
    """The whole body, unzipped; gives up on what is endless, whether in bytes or in time."""
    body = bytearray()
    while part := response.read1(65_536, decode_content=False):
        body += part
        if len(body) > MOST_BYTES or time.monotonic() > until:
            raise _Unusable
    if response.headers.get("Content-Length", str(len(body))) != str(len(body)):
        raise _Unusable  # the connection broke in the middle
    return _unzipped(bytes(body)) if response.headers.get("Content-Encoding", "").lower() == "gzip" else bytes(body)


def _unzipped(body: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(body, MOST_BYTES)
    except zlib.error:
        raise _Unusable from None
    if not reader.eof:
        raise _Unusable
    return plain


def _asked_to_wait_s(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After in seconds (RFC 9110 §10.2.3: a number or a date); None when there is none that can be read."""
    if retry_after is None:
        return None
    if retry_after.strip().isascii() and retry_after.strip().isdigit():
        return float(retry_after.strip()[:9])
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()


def _header(headers: urllib3.HTTPHeaderDict, name: str) -> str | None:
    value = headers.get(name, "")
    return value if value and len(value) <= 200 and value.isascii() and value.isprintable() else None


def _check(settings: Police) -> None:
    url = urlsplit(settings.url)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
        raise Refused("feed_not_https")
    contact = settings.contact.strip()
    if not contact or not contact.isascii() or not contact.isprintable():
        raise Refused("feed_without_contact")
