"""What a mail system says became of an email of ours, in whatever form it says it (see `returned`).

Which email it is about is known by the address that it was returned to, where that is one email's own; else by the
envelope id that we gave at MAIL FROM (the delivery's id, or another row's with the letter of `About` before it); else
by the Message-ID of the mail it quotes. A complaint counts by the one-click stop of the mail it quotes: nobody but its
recipient has that.
"""

import email
import email.policy
import re
from email.message import Message

from grannsamverkan.domain.deliveries import DEAD_CODES, NOBODY_THERE
from grannsamverkan.domain.receipts.returned import Fate, Kind, Returned, read_returned
from grannsamverkan.domain.receipts.returned.parts import header, human_words, own_parts, quoted
from grannsamverkan.foundation.ports import About, ProviderReceipt, Said
from grannsamverkan.foundation.return_path import read_return_address

# A warning's is <number.delivery@…>, a notice's <mnotice.sender@…>, a canary's <ccanary.sender@…>.
_OURS = re.compile(r"<(?:\d+\.(?P<copy>\d+)|(?P<other>[mc]\d+)\.[^@>\s]+)@")
_QUOTED_ID = re.compile(rf"^[> \t]{{0,40}}message-id:\s{{0,20}}{_OURS.pattern}", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(r"(?P<about>[mc]?)(?P<id>[0-9]{1,18})")  # no more than a row's id can have
_STOP = re.compile(r"[/=](?P<token>[\w-]{30})(?:[>?&]|$)")
_SAID = {"delivered": Said.DELIVERED, "relayed": Said.ON_ITS_WAY, "expanded": Said.ON_ITS_WAY, "failed": Said.FAILED}
_UNWANTED = frozenset({"abuse", "opt-out", "opt-out-list", "fraud", "other"})  # not: auth-failure, not-spam, virus


def read_mail_report(raw: bytes, *, secret: str = "") -> ProviderReceipt | None:
    """The report as a receipt; None when it is no report, says `delayed`, or is not about a mail of ours.

    With a `secret` only what was returned to an address made with it is believed to be about that mail.
    """
    returned = read_returned(raw)
    if returned.kind not in (Kind.BOUNCE, Kind.DELIVERED):
        return None
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    fields = _fields(message)
    if secret:
        named = read_return_address(message, secret)
    else:
        named = fields.get("original-envelope-id", "") or _quoted_id(message)
    known = _ID.fullmatch(named)
    action = fields.get("action", "") or ("failed" if returned.kind is Kind.BOUNCE else "")
    said = _SAID.get(action)
    if said is None or known is None:
        return None
    code = _code(returned) if said is Said.FAILED else None
    about = About(known["about"] or About.COPY)
    return ProviderReceipt(int(known["id"]), "", f"dsn-{action}", said, code, about)


def read_complaint(raw: bytes) -> str:
    """The stop token of the mail that its recipient has complained about; "" for everything else."""
    returned = read_returned(raw)
    if returned.kind is not Kind.COMPLAINT or returned.feedback not in _UNWANTED:
        return ""
    inner = quoted(email.message_from_bytes(raw, policy=email.policy.compat32))
    match = _STOP.search(header(inner, "list-unsubscribe")) if inner is not None else None
    return match["token"] if match else ""


def _code(returned: Returned) -> str | None:
    """The code, so that it says of the address what the whole report does: dead only where nobody is there."""
    fate = next((fate for fate in returned.recipients if fate.hard), None) or next(iter(returned.recipients), None)
    if fate is None:
        return None
    if fate.hard:
        return fate.status if fate.status in DEAD_CODES else NOBODY_THERE
    return _harmless(fate)[:40] or None


def _harmless(fate: Fate) -> str:
    return "5.1.0" if fate.status.startswith("5.1.") and fate.status in DEAD_CODES else fate.status


def _fields(message: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in own_parts(message):
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                for name, value in block.items() if isinstance(block, Message) else ():
                    found.setdefault(name.lower(), str(value).strip().lower())
    return found


def _quoted_id(message: Message) -> str:
    inner = quoted(message)
    match = _OURS.search(header(inner, "message-id")) if inner is not None else _QUOTED_ID.search(human_words(message))
    return (match["copy"] or match["other"]) if match else ""
