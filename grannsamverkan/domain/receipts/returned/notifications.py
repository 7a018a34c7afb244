"""A mail service's notification in JSON (as Amazon SES sends it), bare or inside the envelope of a message service."""

import json
import re
from typing import Any

from grannsamverkan.domain.receipts.returned.kinds import Kind, Returned
from grannsamverkan.domain.receipts.returned.verdict import Fate, judge

_KINDS = {"Bounce": Kind.BOUNCE, "Complaint": Kind.COMPLAINT, "Delivery": Kind.DELIVERED}
_LISTS = ("bouncedRecipients", "complainedRecipients", "recipients")
_FOLD = re.compile(r"\r?\n ")  # a mail's line may not be as long as such a notification
_DECODER = json.JSONDecoder(strict=False)


def read_notification(text: str) -> Returned | None:
    """None when the text is no such notification."""
    outer = _object(text)
    said = outer if outer is None or "notificationType" in outer else _object(str(outer.get("Message", "")))
    if said is None:
        return None
    name = str(said.get("notificationType", ""))
    kind, about = _KINDS.get(name), said.get(name.lower())
    if kind is None or not isinstance(about, dict):
        return None
    lists = [about.get(key) for key in _LISTS]
    entries = [entry for found in lists if isinstance(found, list) for entry in found]
    return Returned(kind, tuple(_fate(kind, entry, about) for entry in entries))


def _object(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        found, _ = _DECODER.raw_decode(_FOLD.sub("", text.lstrip()))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _fate(kind: Kind, entry: object, about: dict[str, Any]) -> Fate:
    if not isinstance(entry, dict):
        return judge(str(entry)[:320], status="", words=str(about.get("smtpResponse", "")), failed=False)
    return judge(
        str(entry.get("emailAddress", ""))[:320],
        status=str(entry.get("status", "")),
        words=str(entry.get("diagnosticCode", "")),
        failed=kind is Kind.BOUNCE and about.get("bounceType") == "Permanent",
    )
