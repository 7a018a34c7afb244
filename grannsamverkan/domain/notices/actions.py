"""Notices are queued in the act's own transaction, and moved along as they are sent."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.notices.tables import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.notices.words import Words
from grannsamverkan.domain.people import ContactAddress, StopEntry, is_wanted, language_at, quiet_until
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.sms_text import prepare

# What goes to an address that has not been shown to be its owner's yet.
_FOR_UNCONFIRMED = frozenset({NoticeKind.CODE, NoticeKind.CONFIRM_EMAIL})
# What goes to an address though nothing more is wanted there: that its owner has given it up, and what came of asking.
_OF_A_CHANGE = frozenset({NoticeKind.CONFIRM_EMAIL, NoticeKind.CHANGED, NoticeKind.JOIN_ANSWER})
# What somebody who answers for a municipality has to decide or know, by day and by night; whoever asks says when.
_AT_WORK = frozenset({NoticeKind.APPROVAL, NoticeKind.EMERGENCY, NoticeKind.TRIAL})
# Answers to what somebody did themselves. Everything else waits out a pause and quiet hours.
_ANSWERS = frozenset({NoticeKind.CODE, *_OF_A_CHANGE, NoticeKind.WELCOME, NoticeKind.INTEREST})
_LONGEST_WAIT = timedelta(minutes=10)  # between two tries
FINAL = frozenset(
    {NoticeState.DELIVERED, NoticeState.FAILED, NoticeState.EXPIRED, NoticeState.STOPPED, NoticeState.UNKNOWN}
)


def queue(
    session: Session,
    address: ContactAddress,
    kind: NoticeKind,
    words: Words,
    *,
    municipality_code: str,
    about: str,
    key: str,
    now: datetime,
    valid_for: timedelta,
    not_before: datetime | None = None,
    language: str | None = None,
) -> Notice | None:
    """A message to one address, sent soon after the transaction, in the language that is read there or in this one.

    `about` says what it belongs to ("meeting:12"), `key` what it is there: the same pair is queued once. None when it
    was, or when nothing may go to the address; see `may_get`. What nobody asked for waits for the phone's quiet hours.
    """
    assert address.id is not None
    if not may_get(session, address, kind, now=now):
        return None
    is_sms = address.channel == ChannelKind.SMS
    begins = not_before or now
    begins = waits_until(session, address, kind, now=begins) or begins
    spoken, said = words.in_language(language or language_at(session, address))
    row = Notice(
        address_id=address.id,
        channel=address.channel,
        kind=kind,
        municipality_code=municipality_code,
        about=about,
        key=key,
        language=spoken,
        subject="" if is_sms else said.subject,
        body=prepare(said.sms).text if is_sms else said.mail,
        made_at=now,
        next_at=begins,
        valid_until=begins + valid_for,
    )
    notice_id = add_once(session, row)
    return session.get(Notice, notice_id) if notice_id is not None else None


def may_get(session: Session, address: ContactAddress, kind: NoticeKind, *, now: datetime) -> bool:
    """Whether this kind of notice may go to the address now: to none that is dead; without confirmation or after a stop
    only a code, since its owner has just asked for it; word of a change to the address of before, and what somebody has
    to decide at work; and everything else where somebody wants it, in a pause only answers."""
    if address.dead_since is not None:
        return False
    if address.confirmed_at is None and kind not in _FOR_UNCONFIRMED:
        return False
    if kind is NoticeKind.CODE:
        return True
    channel = ChannelKind(address.channel)
    if kind in _OF_A_CHANGE or kind in _AT_WORK:
        return session.get(StopEntry, (channel, address.lookup)) is None
    return is_wanted(session, channel, address.lookup, unpaused_at=None if kind in _ANSWERS else now)


def waits_until(session: Session, address: ContactAddress, kind: NoticeKind, *, now: datetime) -> datetime | None:
    """When the phone's quiet hours end, for what nobody asked for; None when it need not wait."""
    if kind in _ANSWERS or kind in _AT_WORK:
        return None
    return quiet_until(session, ChannelKind(address.channel), address.lookup, now=now)


def cancel_waiting(session: Session, channel: ChannelKind, lookup: bytes, *, now: datetime) -> int:
    """Nothing that waits for this address is sent any more; returns how many. Codes are not kept back."""
    theirs = select(ContactAddress.id).where(ContactAddress.channel == channel, ContactAddress.lookup == lookup)
    stopped = update(Notice).where(
        col(Notice.address_id).in_(theirs), col(Notice.state) == NoticeState.QUEUED, col(Notice.kind) != NoticeKind.CODE
    )
    return session.execute(stopped.values(**_settled(NoticeState.STOPPED, now))).rowcount  # type: ignore[attr-defined, no-any-return]


def cancel_waiting_for(session: Session, address_ids: list[int], *, now: datetime) -> None:
    """Nothing that waits for these people's addresses is sent any more; what others who share one are told stays."""
    stopped = update(Notice).where(
        col(Notice.address_id).in_(address_ids),
        col(Notice.state) == NoticeState.QUEUED,
        col(Notice.kind) != NoticeKind.CODE,
    )
    session.execute(stopped.values(**_settled(NoticeState.STOPPED, now)))


def cancel_about(session: Session, about: str, *, now: datetime) -> None:
    """What waits to be sent about this is not sent any more."""
    stopped = update(Notice).where(col(Notice.about) == about, col(Notice.state) == NoticeState.QUEUED)
    session.execute(stopped.values(**_settled(NoticeState.STOPPED, now)))


def wake_set_back(session: Session, *, until: datetime, now: datetime) -> None:
    """The clock was set back from `until`: what was made or tried by it, and would have been due by it or between two
    tries, is due now; a call that it began counts as begun now. What waits for a day of its own waits on."""
    waits = col(Notice.next_at).between(now, until + _LONGEST_WAIT)
    was_due = (col(Notice.state) == NoticeState.QUEUED, waits, or_(col(Notice.made_at) > now, col(Notice.attempts) > 0))
    session.execute(update(Notice).where(*was_due).values(next_at=now))
    ahead = (col(Notice.state) == NoticeState.CALLING, col(Notice.called_at) > now)
    session.execute(update(Notice).where(*ahead).values(called_at=now))


def settle(session: Session, notice_id: int, state: NoticeState, *, now: datetime, code: str | None = None) -> None:
    """The notice is final: its words are forgotten."""
    session.execute(update(Notice).where(col(Notice.id) == notice_id).values(**_settled(state, now), code=code))


def _settled(state: NoticeState, now: datetime) -> dict[str, object]:
    return {"state": state, "settled_at": now, "subject": "", "body": ""}


def forget(session: Session, *, made_before: datetime) -> int:
    """Delete notices made before then; returns how many."""
    return session.execute(delete(Notice).where(col(Notice.made_at) < made_before)).rowcount  # type: ignore[attr-defined, no-any-return]
