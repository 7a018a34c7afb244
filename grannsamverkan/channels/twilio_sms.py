"""SMS through Twilio's Messages API, with its own Python library.

Creating a message has no idempotency key, so an unclear answer is never retried here: the sender asks afterwards,
by number, time and the Nr that ends every text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from grannsamverkan.channels.crew import Crew
from grannsamverkan.channels.in_time import in_time_for
from grannsamverkan.channels.twilio_http import KeptConnections, NotSent
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
from grannsamverkan.settings import Sms

# Twilio's message states (its documentation, "Message status values"): what each means to a neighbour.
STATUS = {
    "accepted": Said.ON_ITS_WAY,
    "scheduled": Said.ON_ITS_WAY,
    "queued": Said.ON_ITS_WAY,
    "sending": Said.ON_ITS_WAY,
    "sent": Said.ON_ITS_WAY,
    "delivered": Said.DELIVERED,
    "read": Said.DELIVERED,
    "undelivered": Said.FAILED,
    "failed": Said.FAILED,
    "canceled": Said.FAILED,
}

# Errors that say something about us, not about the recipient: worth another try once somebody has mended it.
OUR_OWN_FAULT = frozenset({"20003", "20005", "20404", "21606", "21212", "21603"})
_OWN_FAULT_WAIT_S = 60.0
# Their clock and ours. What an alert's number tells apart can be older: ours may have been set back since the call.
_ASK_MARGIN, _ASK_MARGIN_OF_NUMBER = timedelta(minutes=2), timedelta(days=1)
_ASK_NEWEST = 50


class TwilioSms:
    """The SMS channel. `callback_url` is our address as Twilio reaches it, or empty for no receipts."""

    kind = ChannelKind.SMS
    can_ask = True
    lanes = 2

    def __init__(self, settings: Sms, callback_url: str = "") -> None:
        self._settings = settings
        self._callback_url = callback_url
        self._http = KeptConnections(settings.connections, settings.timeout_s)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        if settings.base_url:
            self._client.api.base_url = settings.base_url.rstrip("/")
        self._crew = Crew(settings.connections, "sms")

    @property
    def group(self) -> int:
        return self._crew.group

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        in_time = in_time_for(self._settings.ask_after_s)
        return self._crew.map(lambda copy: self._send_one(wording, copy, in_time), copies)

    def _send_one(self, wording: Wording, copy: Copy, in_time: Callable[[], bool]) -> Result:
        if not in_time():
            return TryAgain("woke_late")
        named = f"{wording.about}={copy.delivery_id}"
        callback = {"status_callback": f"{self._callback_url}?{named}"} if self._callback_url else {}
        try:
            message = self._client.messages.create(
                to=copy.address,
                body=wording.text,
                validity_period=wording.valid_for_s,
                **self._sender(),
                **callback,
            )
        except TwilioRestException as error:
            return self._refusal(error)
        except NotSent as error:
            return TryAgain(error.cause)
        except (TwilioException, ValueError):  # ValueError: an answer that is no JSON, as from a proxy on the way
            return Unsure("no_reply")
        reach("after_provider_accepted")
        return Accepted(message.sid or "")

    def _sender(self) -> dict[str, str]:
        sender = self._settings.sender
        return {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}

    def _refusal(self, error: TwilioRestException) -> Result:
        code = str(error.code or error.status)
        if error.status == 429:
            return TryAgain(code, self._http.retry_after_s)
        if error.status >= 500:
            return Unsure(f"http_{error.status}")
        if code in OUR_OWN_FAULT or error.status in {401, 403, 404}:
            return TryAgain(code, _OWN_FAULT_WAIT_S)
        return Rejected(code)

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        return self._crew.map(lambda copy: self._ask_one(wording, copy, since), copies)

    def _ask_one(self, wording: Wording, copy: Copy, since: datetime) -> Answer:
        if not copy.address:  # without a number the provider would list everybody's messages
            return NoAnswer("address_gone")
        try:
            messages = self._client.messages.list(to=copy.address, limit=_ASK_NEWEST, page_size=_ASK_NEWEST)
        except (TwilioException, ValueError) as error:
            return NoAnswer(type(error).__name__)
        earliest = since - (_ASK_MARGIN_OF_NUMBER if wording.number else _ASK_MARGIN)
        for message in messages:
            created = message.date_created or datetime.now(UTC)
            if _is_ours(wording, message.body or "") and created >= earliest:
                return Here(message.sid or "")
        return NotHere()

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        try:
            message = self._client.messages(provider_id).fetch()
        except (TwilioException, ValueError):
            return None
        code = str(message.error_code) if message.error_code else None
        return _receipt(delivery_id, provider_id, str(message.status), code)

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        return self._crew.map(self._delete_one, provider_ids)

    def _delete_one(self, provider_id: str) -> Deleting:
        try:
            self._client.messages(provider_id).delete()
        except TwilioRestException as error:  # 404: deleted before. 20009: still on its way
            return Deleting.GONE if error.status == 404 else Deleting.LATER
        except (TwilioException, ValueError):
            return Deleting.LATER
        return Deleting.GONE

    def close(self) -> None:
        self._crew.close()
        self._http.close()


class TwilioSignature:
    """Checks that a call really comes from Twilio: signed over the exact outside address and all parameters."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def holds(self, url: str, form: Mapping[str, str], signature: str) -> bool:
        return bool(signature) and bool(self._validator.validate(url, form, signature))


def _is_ours(wording: Wording, body: str) -> bool:
    """An alert is known by its Nr, what goes to one person by its whole text."""
    return bool(re.search(rf"\bNr {wording.number}\b", body)) if wording.number else body == wording.text


def read_status_callback(url: str, form: Mapping[str, str]) -> ProviderReceipt | None:
    """A status callback (already checked) as a receipt; None when it names no copy of ours or no known state."""
    asked = parse_qs(urlsplit(url).query)
    about = next((about for about in About if about in asked), About.COPY)
    named = asked.get(about, [""])[0]
    if not re.fullmatch(r"[0-9]{1,18}", named):  # no more than a row's id can have
        return None
    receipt = _receipt(int(named), form.get("MessageSid", ""), form.get("MessageStatus", ""), form.get("ErrorCode"))
    return replace(receipt, about=about) if receipt is not None else None


def _receipt(delivery_id: int, provider_id: str, status: str, code: str | None) -> ProviderReceipt | None:
    said = STATUS.get(status.rpartition(".")[2].lower())
    if said is None:
        return None
    return ProviderReceipt(delivery_id, provider_id, status[:30], said, code[:40] if code else None)
