"""Delivery status notifications (RFC 3464): what a mail system says became of an email.

The envelope id that we gave at MAIL FROM is the delivery's id, or a notice's with an m before it; a report without
it is known by the Message-ID of the mail it quotes.
"""

import email
import email.policy
import re
from email.message import Message

from grannsamverkan.foundation.ports import ProviderReceipt, Said

# A warning's is <number.delivery@…>, a notice's <mnotice.sender@…>.
_OURS = re.compile(r"<(?:\d+\.(?P<copy>\d+)|(?P<notice>m\d+)\.[^@>\s]+)@")
_ID = re.compile(r"(?P<notice>m?)(?P<id>[0-9]{1,18})")  # no more than a row's id can have
_SAID = {"delivered": Said.DELIVERED, "relayed": Said.ON_ITS_WAY, "expanded": Said.ON_ITS_WAY, "failed": Said.FAILED}


def read_mail_report(raw: bytes) -> ProviderReceipt | None:
    """The report as a receipt; None when it is no report, says `delayed`, or is not about a mail of ours."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    if message.get_content_type() != "multipart/report":
        return None
    fields = _fields(message)
    said = _SAID.get(fields.get("action", ""))
    named = fields.get("original-envelope-id", "") or _quoted_id(message)
    known = _ID.fullmatch(named)
    if said is None or known is None:
        return None
    code = fields.get("status") if said is Said.FAILED else None
    return ProviderReceipt(
        int(known["id"]),
        "",
        f"dsn-{fields['action']}"[:30],
        said,
        code[:40] if code else None,
        is_notice=bool(known["notice"]),
    )


def _fields(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                for name, value in block.items() if isinstance(block, Message) else ():
                    found.setdefault(name.lower(), str(value).strip().lower())
    return found


def _quoted_id(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822"}:
            match = _OURS.search(part.as_string())
            if match:
                return match["copy"] or match["notice"]
    return ""
