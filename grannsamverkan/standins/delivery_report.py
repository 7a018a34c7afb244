"""Delivery reports (RFC 3464) as a relay would send them, signed on their way to the product."""

import hmac
import secrets
import time
from typing import NamedTuple

from .posts import Packet

REPORTER = "telefoner.example"


class Reported(NamedTuple):
    """What one report is about: one recipient of one message."""

    sender: str
    recipient: str
    original_recipient: str
    envelope_id: str
    headers: bytes
    is_delivered: bool
    arrived_s: float


def report(about: Reported) -> bytes:
    """The report as a whole message with CRLF line ends."""
    boundary = f"==report-{secrets.token_hex(8)}=="
    text = "Meddelandet har levererats.\r\n" if about.is_delivered else "Meddelandet kunde inte levereras.\r\n"
    head = (
        f"From: Mail Delivery System <mailer-daemon@{REPORTER}>\r\nTo: <{about.sender}>\r\n"
        f"Subject: {'Successful' if about.is_delivered else 'Undelivered'} mail delivery report\r\n"
        f"Date: {mail_date(time.time())}\r\nMessage-ID: <{secrets.token_hex(12)}@{REPORTER}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n'
    )
    parts = [
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode(),
        b"Content-Type: message/delivery-status\r\n\r\n" + status_fields(about).encode(),
        b"Content-Type: text/rfc822-headers\r\n\r\n" + about.headers,
    ]
    line = b"\r\n--" + boundary.encode()
    return head.encode() + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def status_fields(about: Reported) -> str:
    """The machine-readable part: one group for the message, one for the recipient."""
    kind = "rfc822" if about.recipient.isascii() else "utf-8"
    envelope = f"Original-Envelope-Id: {about.envelope_id}\r\n" if about.envelope_id else ""
    original = f"Original-Recipient: {kind};{about.original_recipient}\r\n" if about.original_recipient else ""
    verdict = ("delivered", "2.0.0", "250 2.0.0 Ok") if about.is_delivered else ("failed", "5.1.1", "550 5.1.1 Unknown")
    return (
        f"Reporting-MTA: dns; {REPORTER}\r\n{envelope}Arrival-Date: {mail_date(about.arrived_s)}\r\n\r\n"
        f"{original}Final-Recipient: {kind};{about.recipient}\r\nAction: {verdict[0]}\r\nStatus: {verdict[1]}\r\n"
        f"Diagnostic-Code: smtp; {verdict[2]}\r\n"
    )


def signed_report(key: bytes, about: Reported) -> Packet:
    """The report ready to post: its body, and the HMAC-SHA256 of the body as hex."""
    body = report(about)
    signature = hmac.digest(key, body, "sha256").hex().encode()
    return Packet(b"Content-Type: message/rfc822\r\nX-Report-Signature: sha256=" + signature + b"\r\n", body)


def mail_date(at_s: float) -> str:
    """A time as mail headers write it, in UTC."""
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(at_s))
