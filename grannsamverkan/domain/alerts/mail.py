"""The email of one alert, rendered once by the email library; per recipient only bytes are put in.

The markers stand only where their values can stand unencoded (headers and plain links), and the values come from safe
alphabets: ids, hexadecimal tokens, addresses validated at the doors.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

TOKEN_MARKER = "zz" + "T" * 26 + "zz"  # as long as a token, so that lines keep their length
_TO_MARKER = "zztozz@zztozz.example"
_KEY_MARKER = "zzKEYzz"
# No line is folded between a marker and its value: the header policy may not know how long an address is.
_POLICY = SMTP.clone(max_line_length=998)


@dataclass(frozen=True)
class MailHeaders:
    """Whom the mail comes from and what it belongs to."""

    number: int
    sender_name: str
    mail_name: str
    domain: str
    base_url: str
    sent_at: datetime


def unsubscribe_url(base_url: str) -> str:
    """The recipient's own one-click stop, with the marker that is replaced for each of them."""
    return f"{base_url}/avsluta/{TOKEN_MARKER}"


def render_mail(headers: MailHeaders, subject: str, text: str, html: str) -> bytes:
    """The message with `%(to)b`, `%(key)b` and `%(token)b` where a recipient's bytes go; dot-stuffed, without the
    final dot. The same `key` gives the same Message-ID at every attempt."""
    message = EmailMessage(policy=_POLICY)
    address = f"{headers.mail_name}@{headers.domain}"
    stop = unsubscribe_url(headers.base_url)
    message["From"] = Address(headers.sender_name, headers.mail_name, headers.domain)
    message["To"] = _TO_MARKER
    message["Reply-To"] = address
    message["Subject"] = subject
    message["Date"] = format_datetime(headers.sent_at)
    message["Message-ID"] = f"<{headers.number}.{_KEY_MARKER}@{headers.domain}>"
    message["List-Id"] = f"{headers.mail_name} <{headers.mail_name}.{headers.domain}>"
    message["List-Unsubscribe"] = f"<{stop}>, <mailto:stopp@{headers.domain}?subject={TOKEN_MARKER}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message["Content-Language"] = "sv"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return _with_markers(message.as_bytes())


def _with_markers(raw: bytes) -> bytes:
    """Quoted-printable may break a line inside a marker: join such breaks before the markers become slots."""
    for marker in (TOKEN_MARKER, _KEY_MARKER):
        for cut in range(1, len(marker)):
            broken = f"{marker[:cut]}=\r\n{marker[cut:]}".encode()
            raw = raw.replace(broken, marker.encode() + b"=\r\n")
    raw = raw.replace(b"\r\n.", b"\r\n..").replace(b"%", b"%%")
    for marker, slot in ((_TO_MARKER, b"%(to)b"), (_KEY_MARKER, b"%(key)b"), (TOKEN_MARKER, b"%(token)b")):
        raw = raw.replace(marker.encode(), slot)
    return raw.rstrip(b"\r\n")
