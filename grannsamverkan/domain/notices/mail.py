"""The mail of one notice, as the channel wants it: bytes with doubled per cent signs, dots stuffed, without the end."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache

import jinja2

from grannsamverkan.domain.notices.words import Say
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.resources import resource_folder

_POLICY = SMTP.clone(max_line_length=76)


@dataclass(frozen=True)
class NoticeSender:
    """Whom the mail comes from; `stop_url` is the recipient's own one-click stop, empty for a code."""

    name: str
    mail_name: str
    domain: str
    stop_url: str = ""


def render(
    sender: NoticeSender,
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    sent_at: datetime,
    language: str = SWEDISH,
) -> bytes:
    """The whole message. The same `key` gives the same Message-ID at every attempt."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender.name, sender.mail_name, sender.domain)
    message["To"] = to
    message["Reply-To"] = f"{sender.mail_name}@{sender.domain}"
    message["Subject"] = subject
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = f"<{key}.{sender.mail_name}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if sender.stop_url:
        message["List-Unsubscribe"] = f"<{sender.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    say = Say(language)
    stop = "\n".join(("\n", say("Vill du sluta få mejl? Gå hit:"), sender.stop_url)) if sender.stop_url else ""
    signed = f"{text}\n\n{sender.name}{stop}"
    message.set_content(signed, cte="quoted-printable")
    message.add_alternative(_html(subject, signed, language), subtype="html", cte="quoted-printable")
    message["Content-Language"] = language
    return message.as_bytes().replace(b"\r\n.", b"\r\n..").replace(b"%", b"%%").rstrip(b"\r\n")


def _html(subject: str, text: str, language: str) -> str:
    paragraphs = [paragraph.split("\n") for paragraph in text.split("\n\n")]
    shown = {"subject": subject, "paragraphs": paragraphs, "language": language}
    return _templates().get_template("messages/email/notice.html").render(shown)


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_folder("templates")), autoescape=True, undefined=jinja2.StrictUndefined
    )
