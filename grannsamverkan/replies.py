"""What comes back from neighbours and mail systems, step by step: a reply by SMS, a mail report, a stop by link.

    take_reply → stop, pause or start → (wait out a call that is under way) → the answer
    fetch_returned → take_mail_report

Each step is safe to run twice. Nothing that a neighbour wrote is kept but the command word.
"""

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from grannsamverkan import canary, flow, notify
from grannsamverkan.domain import audit, deliveries, notices, people, places, receipts
from grannsamverkan.domain.people import Person
from grannsamverkan.domain.receipts import Reply
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.fault_points import reach
from grannsamverkan.foundation.ports import About, ChannelKind, MailboxVisit, ProviderReceipt
from grannsamverkan.runtime import Runtime

ONE_ANSWER_IN = timedelta(hours=1)
START_WITHIN = timedelta(days=14)  # as the answer to STOPP promises
PAUSE = timedelta(days=14)
LONGEST_WAIT_S = 12.0  # the provider waits 15 s for us, and we 10 s for the provider
_LOOK_EVERY_S = 0.02
_LONGEST_BODY = 1600  # characters; no provider carries more
_LONGEST_NAME = 64  # characters of the provider's name for a message
_UNKNOWN_SENDER_NAME = "Grannsamverkan"
_PHONE = re.compile(r"\+\d{6,15}")
_TAKING = {About.COPY: flow.take_receipt, About.NOTICE: notify.take_receipt, About.CANARY: canary.take_receipt}


class Came(Enum):
    """What a mail was to us."""

    NOT_OURS = "not ours"
    KNOWN = "known"
    NEWS = "news"


@dataclass
class Fetch:
    """How many mails of the mailbox were read, and how many of them were about our emails."""

    read: int = 0
    taken: int = 0


def take_reply(runtime: Runtime, *, provider_id: str, sender: str, body: str) -> str:
    """A neighbour's SMS (`sender` as E.164) takes effect; returns the automatic answer, "" for none.

    Once this has returned for a STOPP, nothing more is handed over to that number. The same message again changes
    nothing and is not answered again.
    """
    if not _PHONE.fullmatch(sender):
        return ""  # a name or a short number: another machine
    read = receipts.read_reply(body[:_LONGEST_BODY])
    lookup, text = _note_once_more(runtime, provider_id[:_LONGEST_NAME], sender, read.reply, read.mentions_stop)
    if read.reply is Reply.STOP:
        _wait_for_calls(runtime, lookup)
    return text


def take_mail_report(runtime: Runtime, raw: bytes) -> bool:
    """A mail system's report on an email of ours, a warning's or a notice's; False when it is none, or says nothing
    new. Who has complained to their mailbox provider gets no more email."""
    return _take_mail(runtime, raw) is Came.NEWS


def fetch_returned(runtime: Runtime) -> Fetch:
    """Take in the reports that nobody has read in the mailbox. MailboxAway when it cannot be read.

    read → take (tx) → note that it was read (tx) → put aside

    Whatever breaks off, the next run goes on: a mail that was noted is not taken again, and one that was taken but not
    noted says nothing new the second time. What is not about our emails stays there unread, for a person.
    """
    fetch = Fetch()
    if runtime.mailbox is None:
        return fetch
    with runtime.mailbox.visit() as visit:
        for uid in visit.unread():
            with runtime.database.read() as session:
                is_ours = receipts.was_fetched(session, visit.place, uid)
            if is_ours is None:
                is_ours = _take_fetched(runtime, visit, uid)
                fetch.read += 1
                fetch.taken += is_ours
            if is_ours:
                visit.put_aside(uid)
    return fetch


def _take_fetched(runtime: Runtime, visit: MailboxVisit, uid: int) -> bool:
    """Whether it was about one of our emails."""
    came = _take_mail(runtime, visit.read(uid))
    reach("after_mail_taken")
    is_ours = came is not Came.NOT_OURS
    with runtime.database.write() as session:
        receipts.note_fetched(session, visit.place, uid, is_ours=is_ours, now=runtime.clock.now())
    reach("after_mail_noted")
    return is_ours


def _take_mail(runtime: Runtime, raw: bytes) -> Came:
    settings = runtime.settings.email
    if stop_token := receipts.read_complaint(raw):
        return Came.NEWS if stop_by_link(runtime, stop_token, source="complaint") else Came.NOT_OURS
    receipt = receipts.read_mail_report(raw, secret=settings.report_key if settings.own_return_paths else "")
    if receipt is None:
        return Came.NOT_OURS
    return Came.NEWS if take_receipt(runtime, receipt) else Came.KNOWN


def take_receipt(runtime: Runtime, receipt: ProviderReceipt) -> bool:
    """A provider's word goes to the row that it is about; False when it says nothing new."""
    return _TAKING[receipt.about](runtime, receipt)


def is_stop_link(runtime: Runtime, token: str) -> bool:
    """Whether a stop link is one of ours. It says nothing about whom it belongs to."""
    with runtime.database.read() as session:
        return people.read_stop_token(session, token) is not None


def stop_by_link(runtime: Runtime, token: str, *, source: str = "link") -> bool:
    """No more email to the address that the link was made for. False when it was not made here; safe to repeat."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        lookup = people.read_stop_token(session, token)
        if lookup is None:
            return False
        _stop(runtime, session, ChannelKind.EMAIL, lookup, source, now)
    return True


def _note_once_more(
    runtime: Runtime, provider_id: str, sender: str, reply: Reply, mentions_stop: bool
) -> tuple[bytes, str]:
    """With several writers the same message may be noted twice at once: the second try then finds the first."""
    try:
        return _note(runtime, provider_id, sender, reply, mentions_stop)
    except IntegrityError:
        return _note(runtime, provider_id, sender, reply, mentions_stop)


def _note(runtime: Runtime, provider_id: str, sender: str, reply: Reply, mentions_stop: bool) -> tuple[bytes, str]:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, sender)
        row = receipts.note_reply(
            session, provider_id=provider_id, channel=ChannelKind.SMS, lookup=lookup, reply=reply, now=now
        )
        if row is None:
            return lookup, ""
        owners = people.owners(session, ChannelKind.SMS, lookup)
        told = _act(runtime, session, reply, lookup, now)
        if mentions_stop:
            _flag(session, row.id or 0, owners, now)
        if not _may_answer(session, told, reply, lookup, now):
            return lookup, ""
        row.answered_at = now
        return lookup, _answer(session, told or reply, owners)


def _act(runtime: Runtime, session: Session, reply: Reply, lookup: bytes, now: datetime) -> Reply | None:
    """Do what the reply asks for. Returns what to tell: another answer than its own where nothing could be done,
    None where a STOPP found everything stopped already."""
    if reply is Reply.STOP:
        return Reply.STOP if _stop(runtime, session, ChannelKind.SMS, lookup, "reply", now) else None
    if reply is Reply.START:
        return Reply.START if _start(session, lookup, now) else Reply.OTHER
    if reply is Reply.PAUSE:
        return Reply.PAUSE if _pause(session, lookup, now) else Reply.OTHER
    return reply


def _stop(runtime: Runtime, session: Session, channel: ChannelKind, lookup: bytes, source: str, now: datetime) -> bool:
    """False when everything was stopped already."""
    is_new = people.stopped_since(session, channel, lookup) is None
    people.stop(session, channel, lookup, source=source, now=now)
    deliveries.stop_waiting(session, channel, lookup, now=now)
    notices.cancel_waiting(session, channel, lookup, now=now)
    if is_new:  # senders that were about to call have been waited for: whoever called, did so before this moment
        people.stop_took_effect(session, channel, lookup, at=runtime.clock.now())
    return is_new


def _start(session: Session, lookup: bytes, now: datetime) -> bool:
    """Undo a stop of the last days, or end a pause. Whoever left longer ago has to join anew."""
    stopped_at = people.stopped_since(session, ChannelKind.SMS, lookup)
    if stopped_at is not None:
        if now - stopped_at > START_WITHIN or not people.owners(session, ChannelKind.SMS, lookup):
            return False
        people.allow_again(session, ChannelKind.SMS, lookup, now=now)
    if not people.is_wanted(session, ChannelKind.SMS, lookup):
        return False
    people.pause(session, ChannelKind.SMS, lookup, until=now)
    return True


def _pause(session: Session, lookup: bytes, now: datetime) -> bool:
    if not people.is_wanted(session, ChannelKind.SMS, lookup):
        return False
    people.pause(session, ChannelKind.SMS, lookup, until=now + PAUSE)
    deliveries.stop_waiting(session, ChannelKind.SMS, lookup, now=now)
    return True


def _may_answer(session: Session, told: Reply | None, reply: Reply, lookup: bytes, now: datetime) -> bool:
    """One automatic answer an hour to a number, and beside it the receipt for a STOPP that stopped something."""
    if told is Reply.STOP:
        return True
    uncounted = "" if reply is Reply.STOP else Reply.STOP.value
    return not receipts.answered_lately(session, lookup, since=now - ONE_ANSWER_IN, apart_from=uncounted)


def _flag(session: Session, reply_id: int, owners: list[Person], now: datetime) -> None:
    """Tell the office that somebody may want out and has not said it so that a machine dares to act."""
    code = owners[0].municipality_code if owners else None
    audit.record(
        session,
        now=now,
        account_id=None,
        act="reply.mentions_stop",
        thing="reply",
        thing_id=reply_id,
        municipality_code=code,
    )


def _answer(session: Session, reply: Reply, owners: list[Person]) -> str:
    """In the language of those whose number it is."""
    return receipts.answer(reply, _sender_name(session, owners), people.language_of(owners)).text


def _sender_name(session: Session, owners: list[Person]) -> str:
    """Whose answer it is: the municipality's, when the number belongs to people of one."""
    codes = {person.municipality_code for person in owners}
    if len(codes) != 1:
        return _UNKNOWN_SENDER_NAME
    try:
        return places.served_municipality(session, codes.pop()).sender_name
    except NotFound:
        return _UNKNOWN_SENDER_NAME


def _wait_for_calls(runtime: Runtime, lookup: bytes) -> None:
    """Until no copy for this address is inside a call. No new call begins: the address is on the stop list."""
    ends_at = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < ends_at:
        with runtime.database.read() as session:
            if not receipts.being_called(session, lookup) and not notices.being_called(session, lookup):
                return
        time.sleep(_LOOK_EVERY_S)
