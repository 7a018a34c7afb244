"""The HTTP client that Twilio's own library is given: kept connections, a time-out, and never a silent second try.

The library's default has no time-out, throws connections away when there are more threads than cores, and could be
told to retry; a retry after a lost answer is a second SMS.
"""

import threading
from urllib.parse import urlencode

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


class KeptConnections(HttpClient):  # type: ignore[misc]
    """One pool of connections for all threads of a channel."""

    def __init__(self, connections: int, timeout_s: float) -> None:
        super().__init__(None, False, None)
        self._pool = urllib3.PoolManager(
            maxsize=connections, block=True, retries=False, timeout=urllib3.Timeout(total=timeout_s)
        )
        self._timeout_s = timeout_s
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
        sent_headers = {**(headers or {}), **(urllib3.make_headers(basic_auth=":".join(auth)) if auth else {})}
        body = urlencode([(key, value) for key, value in (data or {}).items()], doseq=True) if data else None
        if params:
            url = f"{url}?{urlencode(params, doseq=True)}"
        try:
            answer = self._pool.request(
                method.upper(), url, body=body, headers=sent_headers, redirect=False, timeout=timeout or self._timeout_s
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
        self._pool.clear()


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 0.0
