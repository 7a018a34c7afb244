"""The email of one alert, rendered once by the email library; per recipient only bytes are put in.

The markers stand only where their values can stand unencoded (headers and plain links), and the values come from safe
alphabets: ids, hexadecimal tokens, addresses validated at the doors.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from grannsamverkan.foundation.catalogues import SWEDISH

TOKEN_MARKER = "zz" + "T" * 26 + "zz"  # as long as a token, so that lines keep their length
_TO_MARKER = "zztozz@zztozz.example"
_KEY_MARKER, _FIRST_MARKER = "zzKEYzz", "zzFIRSTzz"
# No header is folded between a marker and its value: the library cannot know how long an address is.
_HEADER_POLICY = SMTP.clone(max_line_length=998)
_BODY_CHARS = 76  # RFC 2045 §6.7
_BODY_POLICY = SMTP.clone(max_line_length=_BODY_CHARS)
_SOFT_BREAK = b"=\r\n"
_FOLDED_LINE = re.compile(rb"(?:[^\r\n]*=\r\n)+[^\r\n]*")
_UNBROKEN = re.compile(TOKEN_MARKER.encode() + rb"|=[0-9A-F]{2}|.")


@dataclass(frozen=True)
class MailHeaders:
    """Whom the mail comes from and what it belongs to: with a `first_number`, to the mail that this message told the
    same recipient."""

    number: int
    sender_name: str
    mail_name: str
    domain: str
    base_url: str
    sent_at: datetime
    first_number: int | None = None
    language: str = SWEDISH


def unsubscribe_url(base_url: str) -> str:
    """The recipient's own one-click stop, with the marker that is replaced for each of them."""
    return f"{base_url}/avsluta/{TOKEN_MARKER}"


@lru_cache(maxsize=32)  # every batch of an alert asks for the same bytes
def render_mail(headers: MailHeaders, subject: str, text: str, html: str) -> bytes:
    """The message with `%(to)b`, `%(key)b` and `%(token)b` where a recipient's bytes go, and in a sequel `%(first)b`
    for the key that the first mail to them had; dot-stuffed, without the final dot. The same `key` gives the same
    Message-ID at every attempt."""
    message = EmailMessage(policy=_BODY_POLICY)
    address = f"{headers.mail_name}@{headers.domain}"
    stop = unsubscribe_url(headers.base_url)
    message["From"] = Address(headers.sender_name, headers.mail_name, headers.domain)
    message["To"] = _TO_MARKER
    message["Reply-To"] = address
    message["Subject"] = subject
    message["Date"] = format_datetime(headers.sent_at)
    message["Message-ID"] = f"<{headers.number}.{_KEY_MARKER}@{headers.domain}>"
    if headers.first_number is not None:
        message["References"] = f"<{headers.first_number}.{_FIRST_MARKER}@{headers.domain}>"
    message["List-Id"] = f"{headers.mail_name} <{headers.mail_name}.{headers.domain}>"
    message["List-Unsubscribe"] = f"<{stop}>, <mailto:stopp@{headers.domain}?subject={TOKEN_MARKER}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # After the parts are made, else the first of them would take it over.
    message["Content-Language"] = headers.language
    return _with_markers(message.as_bytes(policy=_HEADER_POLICY))


def _with_markers(raw: bytes) -> bytes:
    """Markers become slots, each whole on its line, and lines that begin with a dot get another (RFC 5321 §4.5.2)."""
    raw = _FOLDED_LINE.sub(_folded_beside_markers, raw).replace(b"\r\n.", b"\r\n..").replace(b"%", b"%%")
    slots = {_TO_MARKER: b"to", _KEY_MARKER: b"key", _FIRST_MARKER: b"first", TOKEN_MARKER: b"token"}
    for marker, slot in ((marker, b"%%(%s)b" % name) for marker, name in slots.items()):
        raw = raw.replace(marker.encode(), slot)
    return raw.rstrip(b"\r\n")


def _folded_beside_markers(found: re.Match[bytes]) -> bytes:
    """Quoted-printable may break a line inside a marker: fold such a line again, with the marker in one piece."""
    line = found[0].replace(_SOFT_BREAK, b"")
    if TOKEN_MARKER.encode() not in line:
        return found[0]
    lines = [b""]
    for piece in _UNBROKEN.findall(line):
        if len(lines[-1]) + len(piece) >= _BODY_CHARS:
            lines.append(b"")
        lines[-1] += piece
    return _SOFT_BREAK.join(lines)
