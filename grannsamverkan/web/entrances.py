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

from grannsamverkan import flow, notify, replies
from grannsamverkan.channels.twilio_sms import TwilioSignature, read_status_callback
from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

LARGEST_FORM = 16_384  # bytes; an SMS of ten parts with all of its fields is below six thousand
LARGEST_REPORT = 262_144  # bytes; some mail systems quote the whole mail
_ALARM_EVERY_S = 60.0
_log = structlog.get_logger("grannsamverkan.web.entrances")

pages = Pages("entrances")


@pages.post("/ingang/twilio/status", may=Action.PROVIDER_CALLBACK)
def status() -> ResponseReturnValue:
    """What became of an SMS. 200 for what is true, also when it is old or about nothing of ours."""
    form, url = _form(request), _outside_url(request)
    if not _is_from_twilio(form, url):
        return _refused("sms_status")
    receipt = read_status_callback(url, form)
    if receipt is not None:
        (notify if receipt.is_notice else flow).take_receipt(current.runtime(), receipt)
    return Response(status=200)


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


@pages.post("/ingang/epost", may=Action.PROVIDER_CALLBACK)
def mail_report() -> ResponseReturnValue:
    """A mail system's report (RFC 3464) as a whole message, signed by the relay that passes it on."""
    raw = _body(request, LARGEST_REPORT)
    if not _is_from_relay(raw, request.headers.get("X-Report-Signature", "")):
        return _refused("mail_report")
    replies.take_mail_report(current.runtime(), raw)
    return Response(status=200)


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


def _is_from_twilio(form: MultiDict[str, str], url: str) -> bool:
    """Without a token nothing is: an empty key would be everybody's."""
    sms, signature = current.runtime().settings.sms, request.headers.get("X-Twilio-Signature", "")
    tokens = filter(None, (sms.auth_token, sms.auth_token_before))
    return bool(signature) and any(_signature(token).holds(url, form, signature) for token in tokens)


def _is_from_relay(raw: bytes, signature: str) -> bool:
    email, given = current.runtime().settings.email, signature.encode("utf-8", "replace")
    keys = filter(None, (email.report_key, email.report_key_before))
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
