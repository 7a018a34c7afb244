"""The mail the stand-in remembers: the newest messages as they came, read only when somebody looks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import MIMEPart


@dataclass(frozen=True, slots=True)
class Mail:
    """One message for one recipient, as it came."""

    index: int
    t: float
    to: str
    sender: str
    message_id: str
    content: bytes


class MailShelf:
    """At most `keep` messages, oldest out first. Indexes start at 1 and go on counting over `forget`."""

    def __init__(self, keep: int) -> None:
        self._mails: deque[Mail] = deque(maxlen=keep)
        self._last_index = 0

    def put(self, at_s: float, to: str, sender: str, message_id: str, content: bytes) -> None:
        """Remember a message."""
        self._last_index += 1
        self._mails.append(Mail(self._last_index, at_s, to, sender, message_id, content))

    def forget(self) -> None:
        """Forget every message."""
        self._mails.clear()

    def after(self, index: int, to: str, limit: int) -> list[Mail]:
        """Messages later than `index`, oldest first; with an address only those to it."""
        skipped = max(0, index - self._mails[0].index + 1) if self._mails else 0
        wanted = to.lower()
        later = islice(self._mails, skipped, None)
        return list(islice((mail for mail in later if not wanted or mail.to.lower() == wanted), limit))


def opened(mail: Mail) -> dict[str, Any]:
    """A message as its receiver sees it: subject, text and, when there is one, the HTML part."""
    # Reading mail takes a heavy package, and most messages are never looked at.
    from email import message_from_bytes, policy

    message = message_from_bytes(mail.content, policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    shown: dict[str, Any] = {
        "index": mail.index, "t": mail.t, "to": mail.to, "from": mail.sender, "message_id": mail.message_id,
        "subject": str(message["Subject"] or ""), "text": content_of(text) if text else "",
        "raw_bytes": len(mail.content),
    }  # fmt: skip
    if html:
        shown["html"] = content_of(html)
    return shown


def content_of(part: MIMEPart) -> str:
    """The text of a part; one in an unknown character set is shown byte by byte."""
    try:
        return str(part.get_content())
    except LookupError:
        raw = part.get_payload(decode=True)
        return raw.decode("latin-1") if isinstance(raw, bytes) else ""
