"""What browsers report that the policy of contents has stopped: one line in the log each, and no more of the page or
its visitor than which kind of thing was stopped on which kind of page.

The reports come from anybody. They change nothing, and beyond some lines a minute they are only counted.
"""

import json
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, TooManyRequests

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.security import POLICY_REPORTS, directives, site_of

_LARGEST, _LINES_A_MINUTE = 16_000, 30
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_KINDS = frozenset({"inline", "eval", "wasm-eval", "trusted-types-sink", "data", "blob", "self"})
_log = structlog.get_logger("grannsamverkan.web.policy_reports")

pages = Pages("policy_reports")


class _Lines:
    """How many lines this process has written in the minute at hand."""

    def __init__(self) -> None:
        self._lock, self._since, self._written = Lock(), _LONG_AGO, 0

    def may_write(self, now: datetime) -> bool:
        with self._lock:
            if now >= self._since + timedelta(minutes=1):
                self._since, self._written = now, 0
            self._written += 1
            return self._written <= _LINES_A_MINUTE


_lines = _Lines()


@pages.post(POLICY_REPORTS, may=Action.REPORT_POLICY, largest_body=_LARGEST)
def take() -> ResponseReturnValue:
    """As all browsers send it at once (`report-uri`); `report-to` comes a minute later, and not from all."""
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return "", 400
    told = sent.get("csp-report") if isinstance(sent, dict) else None
    if not isinstance(told, dict):
        return "", 400
    if not _lines.may_write(current.now()):
        raise TooManyRequests(retry_after=60)
    _log.warning("policy_stopped", **_said(told))
    return "", 204


def _said(told: dict[str, Any]) -> dict[str, str]:
    directive = _text(told, "effective-directive", "violated-directive").split(" ")[0]
    known = {*directives(), *(f"{name}-{part}" for name in ("script-src", "style-src") for part in ("elem", "attr"))}
    return {
        "directive": directive if directive in known else "unknown",
        "stopped": _kind(_text(told, "blocked-uri")),
        "page": _page(_text(told, "document-uri")),
    }


def _text(told: dict[str, Any], *names: str) -> str:
    found = next((told[name] for name in names if name in told), "")
    return found if isinstance(found, str) else ""


def _kind(blocked: str) -> str:
    """What was stopped, without its address."""
    if blocked in _KINDS:
        return blocked
    try:
        return "self" if urlsplit(blocked).netloc in {request.host, _ours()} else "elsewhere"
    except ValueError:
        return "unknown"


def _page(address: str) -> str:
    """The name of the kind of page: never its address, which may be somebody's own."""
    try:
        path = urlsplit(address).path or "/"
        endpoint, _values = current_app.url_map.bind(request.host).match(path, method="GET")
    except (ValueError, HTTPException):
        return "unknown"
    return str(endpoint)


def _ours() -> str:
    return site_of(current.runtime().settings)
