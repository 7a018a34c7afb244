"""Where providers come in: receipts and replies by SMS, reports on email. Signed, small and quick.

No session, no template, no account: a call is what its signature says. One that is not signed right changes nothing.
"""

import hashlib
import hmac
import threading
import time
from functools import cache
from html import escape

import structlog
from flask import Request, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from grannsamverkan import replies
from grannsamverkan.channels.elks_sms import PREFIX, is_ours, read_delivery_report
from grannsamverkan.channels.twilio_sms import TwilioSignature, read_status_callback
from grannsamverkan.domain.accounts import Action
from grannsamverkan.foundation.ports import ProviderReceipt
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

LARGEST_FORM = 16_384  # bytes; an SMS of ten parts with all of its fields is below six thousand
LARGEST_REPORT = 262_144  # bytes; some mail systems quote the whole mail
_ALARM_EVERY_S = 60.0
_LONGEST_WAIT_S = 0.5  # for a receipt's turn
_log = structlog.get_logger("grannsamverkan.web.entrances")

pages = Pages("entrances")


@pages.post("/ingang/twilio/status", may=Action.PROVIDER_CALLBACK)
def status() -> ResponseReturnValue:
    """What became of an SMS. 200 for what is true, also when it is old or about nothing of ours."""
    form, url = _form(request), _outside_url(request)
    if not _is_from_twilio(form, url):
        return _refused("sms_status")
    receipt = read_status_callback(url, form)
    return Response(status=200) if receipt is None else _take(receipt)


@pages.post("/ingang/twilio/svar", may=Action.PROVIDER_CALLBACK)
def reply() -> ResponseReturnValue:
    """A neighbour's SMS; the answer is TwiML, with the SMS that goes back or with none."""
    form = _form(request)
    if not _is_from_twilio(form, _outside_url(request)):
        return _refused("sms_reply")
    provider_id, sender = form.get("MessageSid", ""), form.get("From", "")
    if not provider_id or not sender:
        return Response(status=400)
    text = replies.take_reply(current.runtime(), provider_id=provider_id, sender=sender, body=form.get("Body", ""))
    return Response(twiml(text), 200, mimetype="text/xml")


@pages.post("/ingang/46elks/status", may=Action.PROVIDER_CALLBACK)
def second_status() -> ResponseReturnValue:
    """What became of an SMS that went by the second provider."""
    form = _form(request)
    if not _is_our_address(request):
        return _refused("second_sms_status")
    receipt = read_delivery_report(request.args, form)
    return Response(status=200) if receipt is None else _take(receipt)


@pages.post("/ingang/46elks/svar", may=Action.PROVIDER_CALLBACK)
def second_reply() -> ResponseReturnValue:
    """A neighbour's SMS to the second provider's number; the answer is what goes back, or nothing."""
    form = _form(request)
    if not _is_our_address(request):
        return _refused("second_sms_reply")
    name, sender = form.get("id", ""), form.get("from", "")
    if not name or not sender:
        return Response(status=400)
    text = replies.take_reply(current.runtime(), provider_id=PREFIX + name, sender=sender, body=form.get("message", ""))
    return Response(text, 200, mimetype="text/plain")


@pages.post("/ingang/epost", may=Action.PROVIDER_CALLBACK)
def mail_report() -> ResponseReturnValue:
    """A mail system's report (RFC 3464) as a whole message, signed by the relay that passes it on."""
    raw = _body(request, LARGEST_REPORT)
    if not _is_from_relay(raw, request.headers.get("X-Report-Signature", "")):
        return _refused("mail_report")
    replies.take_mail_report(current.runtime(), raw)
    return Response(status=200)


def _take(receipt: ProviderReceipt) -> ResponseReturnValue:
    """Write a receipt down. While the database takes no writes, receipts wait in half of the server's threads and no
    more, so that people get their pages; what is turned away is asked for later, or sent again."""
    runtime = current.runtime()
    places = _places(max(1, runtime.settings.web.threads // 2))
    if not places.acquire(timeout=_LONGEST_WAIT_S):
        return Response(status=503)
    try:
        replies.take_receipt(runtime, receipt)
    finally:
        places.release()
    return Response(status=200)


@cache
def _places(number: int) -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(number)


def twiml(text: str) -> str:
    """The answer in Twilio's form; without a message when there is nothing to say."""
    message = f"<Message>{escape(text, quote=False)}</Message>" if text else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'


def _body(call: Request, most: int) -> bytes:
    call.max_content_length = most
    try:
        return call.get_data()
    except RequestEntityTooLarge:
        return b""  # an empty body is signed by nobody


def _form(call: Request) -> MultiDict[str, str]:
    call.max_content_length = LARGEST_FORM
    try:
        return call.form
    except RequestEntityTooLarge:
        return MultiDict()


def _outside_url(call: Request) -> str:
    """The address as the provider was given it: from the settings and the request's path, never from a header."""
    query = call.query_string.decode("latin-1")
    base_url = current.runtime().settings.installation.base_url
    return f"{base_url}{call.path}{'?' if query else ''}{query}"


@cache
def _signature(auth_token: str) -> TwilioSignature:
    return TwilioSignature(auth_token)


def _is_our_address(call: Request) -> bool:
    """The second provider signs nothing: what proves a call is that we made the address it comes to."""
    settings = current.runtime().settings
    keys = [settings.keys.web, *settings.keys.web_also.split()] if settings.sms.second_username else []
    return any(is_ours(key, call.args.to_dict()) for key in keys)


def _is_from_twilio(form: MultiDict[str, str], url: str) -> bool:
    """Without a token nothing is: an empty key would be everybody's."""
    sms = current.runtime().settings.sms
    signature = request.headers.get("X-Twilio-Signature", "")
    tokens = [sms.auth_token, *sms.auth_token_also.split()] if sms.auth_token and signature else []
    return any(_signature(token).holds(url, form, signature) for token in tokens)


def _is_from_relay(raw: bytes, signature: str) -> bool:
    email, given = current.runtime().settings.email, signature.encode("utf-8", "replace")
    keys = [email.report_key, *email.report_key_also.split()] if email.report_key else []
    right = [f"sha256={hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()}" for key in keys]
    return any(hmac.compare_digest(one.encode(), given) for one in right)


class Alarm:
    """Says that calls were refused, at most once a minute, however many come."""

    def __init__(self, every_s: float = _ALARM_EVERY_S) -> None:
        self._every_s = every_s
        self._lock = threading.Lock()
        self._said_at = float("-inf")
        self._refused = 0

    def refused(self, entrance: str) -> None:
        with self._lock:
            self._refused += 1
            now_s = time.monotonic()
            if now_s - self._said_at < self._every_s:
                return
            number, self._refused, self._said_at = self._refused, 0, now_s
        _log.error("unsigned_calls_refused", entrance=entrance, calls=number)


_alarm = Alarm()


def _refused(entrance: str) -> ResponseReturnValue:
    _alarm.refused(entrance)
    return Response(status=403)
