"""SMS through 46elks' API, as a second provider.

What a call may have led to is asked for afterwards by number, time and Nr, as with the first. Its callbacks are signed
by nobody, so their addresses carry a token that only this installation can make.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import urllib3

from grannsamverkan.channels.causes import before_sending
from grannsamverkan.channels.crew import Crew
from grannsamverkan.channels.in_time import in_time_for
from grannsamverkan.foundation.fault_points import reach
from grannsamverkan.foundation.ports import (
    About,
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Deleting,
    Here,
    NoAnswer,
    NotHere,
    ProviderReceipt,
    Rejected,
    Result,
    Said,
    TryAgain,
    Unsure,
    Wording,
)
from grannsamverkan.settings import ELKS, Sms

PREFIX = "elks:"  # before each of its names, so that nobody asks the other provider for it
# Its message states, as its documentation has them.
STATUS = {"created": Said.ON_ITS_WAY, "sent": Said.ON_ITS_WAY, "delivered": Said.DELIVERED, "failed": Said.FAILED}
# Answers that say something about our account, not about the recipient.
_OUR_OWN_FAULT = frozenset({401, 402, 403, 404, 405})
_OWN_FAULT_WAIT_S = 60.0
# Their clock and ours. What an alert's number tells apart can be older: ours may have been set back since the call.
_ASK_MARGIN, _ASK_MARGIN_OF_NUMBER = timedelta(minutes=2), timedelta(days=1)
_ASK_NEWEST = 50
_ID = re.compile(r"s[0-9a-f]{8,58}")
_NUMBERS = re.compile(r"\bNr ([0-9]{1,18})\b")
_NAMED = re.compile(r"[0-9]{1,18}")  # no more than a row's id can have


class ElksSms:
    """The SMS channel. `callback_url` is our address as 46elks reaches it, or empty for no receipts; `key` makes the
    tokens."""

    kind = ChannelKind.SMS
    can_ask = True
    lanes = 2

    def __init__(self, settings: Sms, callback_url: str = "", key: str = "") -> None:
        self._settings = settings
        self._callback_url = callback_url if key else ""
        self._key = key
        self._url = (settings.second_base_url or ELKS).rstrip("/") + "/a1/sms"
        self._headers = urllib3.make_headers(basic_auth=f"{settings.second_username}:{settings.second_password}")
        self._pool = urllib3.PoolManager(
            maxsize=settings.connections,
            block=True,
            retries=False,
            timeout=urllib3.Timeout(total=settings.timeout_s),
        )
        self._crew = Crew(settings.connections, "elks")

    @property
    def group(self) -> int:
        return self._crew.group

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        in_time = in_time_for(self._settings.ask_after_s)
        return self._crew.map(lambda copy: self._send_one(wording, copy, in_time), copies)

    def _send_one(self, wording: Wording, copy: Copy, in_time: Callable[[], bool]) -> Result:
        if not in_time():
            return TryAgain("woke_late")
        form = {"from": self._settings.second_sender, "to": copy.address, "message": wording.text}
        if self._callback_url:
            asked = {str(wording.about): str(copy.delivery_id)}
            form["whendelivered"] = f"{self._callback_url}?{urlencode(asked | {'k': token(self._key, asked)})}"
        try:
            answer = self._pool.request("POST", self._url, body=urlencode(form), headers=self._form_headers())
        except urllib3.exceptions.HTTPError as error:
            cause = before_sending(error)
            return TryAgain(cause) if cause else Unsure("no_reply")
        if answer.status not in {200, 201}:
            return _refusal(answer.status, answer.headers.get("Retry-After", ""))
        reach("after_provider_accepted")
        message = _object(answer.data)
        if not _ID.fullmatch(str(message.get("id", ""))):
            return Unsure("no_reply")
        return Rejected("elks_failed") if message.get("status") == "failed" else Accepted(PREFIX + message["id"])

    def _form_headers(self) -> dict[str, str]:
        return {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        return self._crew.map(lambda copy: self._ask_one(wording, copy, since), copies)

    def _ask_one(self, wording: Wording, copy: Copy, since: datetime) -> Answer:
        if not copy.address:  # without a number the provider would list everybody's messages
            return NoAnswer("address_gone")
        margin = _ASK_MARGIN_OF_NUMBER if wording.number else _ASK_MARGIN
        earliest = (since - margin).astimezone(UTC).replace(tzinfo=None)
        # In this API `end` is the earlier end of the time that is asked for.
        asked = {"to": copy.address, "end": earliest.isoformat(timespec="seconds"), "limit": str(_ASK_NEWEST)}
        found = self._get(f"?{urlencode(asked)}")
        messages = found.get("data")
        if not isinstance(messages, list):
            return NoAnswer("no_answer")
        for message in messages:
            if isinstance(message, dict) and _is_ours(wording, message) and message.get("status") != "failed":
                return Here(PREFIX + str(message.get("id", "")))
        return NotHere()

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        name = provider_id.removeprefix(PREFIX)
        if not _ID.fullmatch(name):
            return None
        return _receipt(delivery_id, name, str(self._get(f"/{name}").get("status", "")))

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        """Its API has no way to; how long it keeps messages is agreed with it (`privacy processors`)."""
        return [Deleting.NEVER for _ in provider_ids]

    def _get(self, path: str) -> dict[str, Any]:
        """What the provider shows there; nothing when it does not."""
        try:
            answer = self._pool.request("GET", self._url + path, headers=self._headers)
        except urllib3.exceptions.HTTPError:
            return {}
        return _object(answer.data) if answer.status == 200 else {}

    def close(self) -> None:
        self._crew.close()
        self._pool.clear()


def token(key: str, asked: Mapping[str, str]) -> str:
    """What proves that we made a callback's address: of these words of its query and no others."""
    said = urlencode(sorted(asked.items()))
    return hmac.new(key.encode(), f"46elks {said}".encode(), hashlib.sha256).hexdigest()[:40]


def is_ours(key: str, asked: Mapping[str, str]) -> bool:
    """Whether the query of a callback was made here. Without a key nothing is."""
    named = {name: value for name, value in asked.items() if name != "k"}
    return bool(key) and hmac.compare_digest(token(key, named).encode(), asked.get("k", "").encode())


def read_delivery_report(asked: Mapping[str, str], form: Mapping[str, str]) -> ProviderReceipt | None:
    """A callback (already checked) as a receipt; None when it names no copy of ours or no known state."""
    about = next((about for about in About if about in asked), About.COPY)
    named, name = asked.get(about, ""), form.get("id", "")
    if not _NAMED.fullmatch(named) or not _ID.fullmatch(name):
        return None
    return _receipt(int(named), name, form.get("status", ""), about)


def _receipt(delivery_id: int, name: str, status: str, about: About = About.COPY) -> ProviderReceipt | None:
    said = STATUS.get(status)
    if said is None:
        return None
    code = "elks_failed" if said is Said.FAILED else None
    return ProviderReceipt(delivery_id, PREFIX + name, status, said, code, about)


def _refusal(status: int, retry_after: str) -> Result:
    if status == 429:
        return TryAgain("elks_429", float(retry_after) if retry_after.isdigit() else 0.0)
    if status >= 500:
        return Unsure(f"http_{status}")
    if status in _OUR_OWN_FAULT:
        return TryAgain(f"elks_{status}", _OWN_FAULT_WAIT_S)
    return Rejected(f"elks_{status}")


def _is_ours(wording: Wording, message: Mapping[str, Any]) -> bool:
    """An alert is known by its Nr, what goes to one person by its whole text."""
    body = str(message.get("message") or "")
    if message.get("direction") != "outgoing":
        return False
    return str(wording.number) in _NUMBERS.findall(body) if wording.number else body == wording.text


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
