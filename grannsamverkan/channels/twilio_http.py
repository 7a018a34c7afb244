"""The HTTP client that Twilio's own library is given: kept connections, a time-out, and never a silent second try.

The library's default has no time-out, throws connections away when there are more threads than cores, and could be
told to retry; a retry after a lost answer is a second SMS.
"""

import threading
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response

from grannsamverkan.channels.causes import before_sending
from grannsamverkan.foundation.ports import Cause


class NotSent(TwilioException):  # type: ignore[misc]
    """The request surely never reached the provider: no connection could be made, for this cause."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class NoReply(TwilioException):  # type: ignore[misc]
    """The request may have reached the provider, but no whole answer came back."""


class _InOneWrite:
    """Head and body of a request leave together, where they would leave in two packets."""

    _held: list[bytes] | None = None

    def request(self, *words: Any, **named: Any) -> None:
        held: list[bytes] = []
        self._held = held
        try:
            super().request(*words, **named)  # type: ignore[misc]
        finally:
            self._held = None
        self.send(b"".join(held))

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)  # type: ignore[misc]
        else:
            self._held.append(data)


class _Http(_InOneWrite, urllib3.connection.HTTPConnection):
    pass


class _Https(_InOneWrite, urllib3.connection.HTTPSConnection):
    pass


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Https


class KeptConnections(HttpClient):  # type: ignore[misc]
    """One pool of connections for all threads of a channel."""

    def __init__(self, connections: int, timeout_s: float) -> None:
        super().__init__(None, False, None)
        self._pools = urllib3.PoolManager(maxsize=connections, block=True)
        self._pools.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        self._timeout = urllib3.Timeout(total=timeout_s)
        self._last = threading.local()

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        sent_headers = {**(headers or {}), **(_credentials(auth) if auth else {})}
        where = urlsplit(url)
        pool = self._pools.connection_from_host(where.hostname, where.port, where.scheme)
        body = urlencode([(key, value) for key, value in (data or {}).items()], doseq=True) if data else None
        query = "&".join(part for part in (where.query, urlencode(params or {}, doseq=True)) if part)
        try:
            answer = pool.urlopen(
                method.upper(),
                f"{where.path}?{query}" if query else where.path,
                body=body,
                headers=sent_headers,
                retries=False,
                redirect=False,
                timeout=timeout or self._timeout,
            )
        except urllib3.exceptions.HTTPError as error:
            if cause := before_sending(error):
                raise NotSent(cause) from None
            raise NoReply(type(error).__name__) from None
        self._last.retry_after_s = _seconds(answer.headers.get("Retry-After"))
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    @property
    def retry_after_s(self) -> float:
        """What the last answer to this thread asked for; 0 when it asked for nothing."""
        return float(getattr(self._last, "retry_after_s", 0.0))

    def close(self) -> None:
        self._pools.clear()


@lru_cache(maxsize=4)
def _credentials(auth: tuple[str, str]) -> dict[str, str]:
    return urllib3.make_headers(basic_auth=":".join(auth))


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 0.0
