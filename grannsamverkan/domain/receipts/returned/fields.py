"""The machine-readable parts: delivery status (RFC 3464, RFC 6533) and feedback (RFC 5965)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from grannsamverkan.domain.receipts.returned.parts import own_parts
from grannsamverkan.domain.receipts.returned.verdict import Fate, judge

_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FEEDBACK_PART = "message/feedback-report"
_ADDRESS = re.compile(r"(?P<address>(?:\"[^\"\s]{1,64}\"|[^\s<>\"|]{1,64})@[^\s<>\"|]{1,255})")
_MOST = 1_000  # recipients of a report; more is nobody's honest mail


@dataclass(frozen=True, slots=True)
class Group:
    """What one report says about one recipient: `action` in lower case, and their fate."""

    action: str
    fate: Fate


def groups(message: Message, human: str) -> list[Group]:
    """Each recipient's group of fields. `human` is what the report says in words, for fields that say too little."""
    parts = [part for part in own_parts(message) if part.get_content_type() in _STATUS_PARTS]
    return [group for part in parts for group in _of(part, human)]


def _of(part: Message, human: str) -> Iterator[Group]:
    blocks = part.get_payload()
    for block in blocks[:_MOST] if isinstance(blocks, list) else ():
        if not isinstance(block, Message):
            continue
        address = _address(block, "final-recipient") or _address(block, "original-recipient")
        action = str(block.get("action", "")).split("(")[0].strip().lower()
        if not address and not action:
            continue
        said = str(block.get("diagnostic-code", ""))
        words = said.partition(";")[2] or said or human
        fate = judge(address, status=str(block.get("status", "")), words=words, failed=action in ("failed", ""))
        yield Group(action, fate)


def _address(block: Message, name: str) -> str:
    value = " ".join(str(block.get(name, "")).split())
    kind, mark, rest = value.partition(";")
    named = rest.strip() if mark else kind
    match = _ADDRESS.search(named)  # a pipe or a file may stand around it
    return (match["address"] if match else named)[:320]


@dataclass(frozen=True, slots=True)
class Feedback:
    """A complaint as a mailbox provider passes it on: its type ("abuse"), and whose mailbox it came from, if said."""

    kind: str
    addresses: tuple[str, ...]


def feedback(message: Message) -> Feedback | None:
    """The feedback report in the message, None when it has none."""
    for part in own_parts(message):
        if part.get_content_type() == _FEEDBACK_PART:
            fields = _fields(part)
            to = [value for name, value in fields if name in ("original-rcpt-to", "removal-recipient")]
            kind = next((value.lower() for name, value in fields if name == "feedback-type"), "")
            return Feedback(kind[:40], tuple(dict.fromkeys(value.strip("<> ")[:320] for value in to[:_MOST])))
    return None


def _fields(part: Message) -> list[tuple[str, str]]:
    """Such a part is a message of headers only, or text, as the one who made it thought."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else part
    fields = inner.items() if isinstance(inner, Message) else []
    pairs = [(name.lower(), str(value).strip()) for name, value in fields]
    if any(name == "feedback-type" for name, _ in pairs):
        return pairs
    text = str(inner.get_payload()) if isinstance(inner, Message) else ""
    lines = (line.partition(":") for line in text.splitlines())
    return pairs + [(name.strip().lower(), value.strip()) for name, mark, value in lines if mark]
