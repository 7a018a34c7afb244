"""A mail that came to the sender's address, read: a report in any form, an absent neighbour, or nothing of ours."""

import email
import email.policy
import re
from dataclasses import replace
from email.message import Message

from grannsamverkan.domain.receipts.returned.fields import Group, feedback, groups
from grannsamverkan.domain.receipts.returned.kinds import Kind, Returned
from grannsamverkan.domain.receipts.returned.notifications import read_notification
from grannsamverkan.domain.receipts.returned.parts import header, human_words, quoted
from grannsamverkan.domain.receipts.returned.plain import addresses_in, read_plain
from grannsamverkan.domain.receipts.returned.verdict import Fate, judge

_KIND_OF_ACTION = {
    "failed": Kind.BOUNCE,
    "": Kind.BOUNCE,
    "delayed": Kind.DELAYED,
    "delivered": Kind.DELIVERED,
    "deliverable": Kind.DELIVERED,
    "relayed": Kind.DELIVERED,
    "expanded": Kind.DELIVERED,
}
_WORST_FIRST = (Kind.BOUNCE, Kind.DELAYED, Kind.DELIVERED)
_DAEMON = re.compile(r"mailer-?daemon|postmaster@|mail delivery (?:sub)?system|microsoftexchange", re.IGNORECASE)
_ABOUT_A_BOUNCE = re.compile(
    r"undeliver|returned mail|delivery (?:status|fail|report|notif)|mail delivery|failure notice|mail failure"
    r"|delivery has failed|message .{0,40} delayed|delayed mail|could not be delivered",
    re.IGNORECASE,
)
_ABOUT_A_DELAY = re.compile(r"delay(?:ed)?\b|warning: (?:message|could not send)|still being retried", re.IGNORECASE)
_AWAY = re.compile(
    r"auto(?:matic|matiskt)?[ -]?(?:reply|respons|svar)|out of (?:the )?office|vacation|away from|frånvaro|semester"
    r"|on leave|inte på plats",
    re.IGNORECASE,
)
_COMPLAINT = "complaint about message from"  # as some providers pass complaints on: a subject, and the mail itself
_MOST_BYTES = 2_000_000
_LIBRARY_ERRORS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def read_returned(raw: bytes) -> Returned:
    """Never raises for what anybody mails us: what the standard library cannot take apart is nothing."""
    try:
        return _read(email.message_from_bytes(raw[:_MOST_BYTES], policy=email.policy.compat32))
    except _LIBRARY_ERRORS:
        return Returned(Kind.NONE)


def _read(message: Message) -> Returned:
    complaint = feedback(message)
    if complaint is not None:
        return _complaint(complaint.addresses or _quoted_to(message), complaint.kind)
    words = human_words(message)
    found = groups(message, words)
    named = addresses_in(header(message, "x-failed-recipients"))
    if len(found) == len(named) == 1 and "@" not in found[0].fate.address:  # delivered to a file or a program
        found = [replace(found[0], fate=replace(found[0].fate, address=named[0]))]
    return _of_groups(found) if found else read_notification(words) or _in_words(message, words)


def _of_groups(found: list[Group]) -> Returned:
    kinds = [_KIND_OF_ACTION.get(group.action, Kind.NONE) for group in found]
    kind = next((worst for worst in _WORST_FIRST if worst in kinds), Kind.NONE)
    return Returned(kind, tuple(group.fate for group, of in zip(found, kinds, strict=True) if of is kind))


def _in_words(message: Message, words: str) -> Returned:
    subject = header(message, "subject")
    if subject.lower().startswith(_COMPLAINT) and quoted(message) is not None:
        return _complaint(_quoted_to(message), "abuse")
    is_bounce = _is_bounce(message, subject)
    if _is_automatic(message) and not is_bounce and subject.lower() == "unsubscribe":
        return _complaint(addresses_in(header(message, "from")), "opt-out")
    if _AWAY.search(subject) or (_is_automatic(message) and not is_bounce):
        return Returned(Kind.VACATION)
    return _bounce(message, subject, words) if is_bounce else Returned(Kind.NONE)


def _bounce(message: Message, subject: str, words: str) -> Returned:
    is_delay = bool(_ABOUT_A_DELAY.search(subject))
    named = addresses_in(header(message, "x-failed-recipients"))
    fates = read_plain(words, named=named, failed=not is_delay)
    if not fates and message.get_content_type() == "multipart/report":
        fates = [judge(address, status="", words="", failed=False) for address in _quoted_to(message)]
    if not fates:
        return Returned(Kind.NONE)
    return Returned(Kind.DELAYED if is_delay else Kind.BOUNCE, tuple(fates))


def _is_bounce(message: Message, subject: str) -> bool:
    if message.get_content_type() == "multipart/report" or "x-failed-recipients" in message:
        return True
    return bool(_DAEMON.search(header(message, "from")) or _ABOUT_A_BOUNCE.search(subject))


def _is_automatic(message: Message) -> bool:
    said = header(message, "auto-submitted").lower()
    return said.startswith("auto-replied") or "x-autoreply" in message or "x-autorespond" in message


def _complaint(addresses: tuple[str, ...], kind: str) -> Returned:
    return Returned(Kind.COMPLAINT, tuple(Fate(address, "", hard=False) for address in addresses), kind)


def _quoted_to(message: Message) -> tuple[str, ...]:
    inner = quoted(message)
    return addresses_in(header(inner, "to")) if inner is not None else ()
