"""A mail taken apart: its own parts, the mail that it quotes, its words."""

import email
import email.policy
from collections.abc import Iterator
from email.message import Message

_QUOTED = frozenset({"message/rfc822", "message/global"})
_QUOTED_HEADERS = frozenset({"text/rfc822-headers", "text/rfc822-header", "message/global-headers"})


def own_parts(message: Message) -> Iterator[Message]:
    """The mail and its parts, without what is inside a mail that it carries."""
    yield message
    if message.get_content_type() in _QUOTED:
        return
    payload = message.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield from own_parts(part)


def human_words(message: Message) -> str:
    """What the mail says in words of its own. A multipart without parts is text that lost its form on the way."""
    parts = [part for part in own_parts(message) if not isinstance(part.get_payload(), list)]
    plain = [part for part in parts if part.get_content_type() == "text/plain" or part.is_multipart()]
    lost = [part for part in parts if part.get_content_maintype() == "multipart"]
    html = [part for part in parts if part.get_content_type() == "text/html"]
    return "\n".join(_text(part) for part in plain + lost or html)


def quoted(message: Message) -> Message | None:
    """The mail that is quoted, or its headers."""
    for part in own_parts(message):
        if part.get_content_type() in _QUOTED:
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            return inner if isinstance(inner, Message) else None
        if part.get_content_type() in _QUOTED_HEADERS:
            return email.message_from_string(_text(part), policy=email.policy.compat32)
    return None


def header(message: Message, name: str) -> str:
    """The header's value on one line, "" where there is none."""
    return " ".join(str(message.get(name, "")).split())


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        return raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
