"""Notices are queued in the act's own transaction, and moved along as they are sent."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.notices.tables import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.notices.words import Words
from grannsamverkan.domain.people import ContactAddress, StopEntry
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.sms_text import prepare

# What goes to an address that has not been shown to be its owner's yet.
_FOR_UNCONFIRMED = frozenset({NoticeKind.CODE, NoticeKind.CONFIRM_EMAIL})
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
) -> Notice | None:
    """A message to one address, sent soon after the transaction.

    `about` says what it belongs to ("meeting:12"), `key` what it is there: the same pair is queued once. None when it
    was, or when nothing may go to the address: it is stopped, dead or not confirmed (a code may go to all but a dead
    one, since its owner has just asked for it).
    """
    assert address.id is not None
    if not may_get(session, address, kind):
        return None
    is_sms = address.channel == ChannelKind.SMS
    begins = not_before or now
    row = Notice(
        address_id=address.id,
        channel=address.channel,
        kind=kind,
        municipality_code=municipality_code,
        about=about,
        key=key,
        subject="" if is_sms else words.subject,
        body=prepare(words.sms).text if is_sms else words.mail,
        made_at=now,
        next_at=begins,
        valid_until=begins + valid_for,
    )
    notice_id = add_once(session, row)
    return session.get(Notice, notice_id) if notice_id is not None else None


def may_get(session: Session, address: ContactAddress, kind: NoticeKind) -> bool:
    """Whether this kind of notice may go to the address now."""
    if address.dead_since is not None:
        return False
    if address.confirmed_at is None and kind not in _FOR_UNCONFIRMED:
        return False
    return kind is NoticeKind.CODE or session.get(StopEntry, (address.channel, address.lookup)) is None


def cancel_waiting(session: Session, channel: ChannelKind, lookup: bytes, *, now: datetime) -> int:
    """Nothing that waits for this address is sent any more; returns how many. Codes are not kept back."""
    theirs = select(ContactAddress.id).where(ContactAddress.channel == channel, ContactAddress.lookup == lookup)
    stopped = update(Notice).where(
        col(Notice.address_id).in_(theirs), col(Notice.state) == NoticeState.QUEUED, col(Notice.kind) != NoticeKind.CODE
    )
    return session.execute(stopped.values(**_settled(NoticeState.STOPPED, now))).rowcount  # type: ignore[attr-defined, no-any-return]


def settle(session: Session, notice_id: int, state: NoticeState, *, now: datetime, code: str | None = None) -> None:
    """The notice is final: its words are forgotten."""
    session.execute(update(Notice).where(col(Notice.id) == notice_id).values(**_settled(state, now), code=code))


def _settled(state: NoticeState, now: datetime) -> dict[str, object]:
    return {"state": state, "settled_at": now, "subject": "", "body": ""}


def forget(session: Session, *, made_before: datetime) -> int:
    """Delete notices made before then; returns how many."""
    return session.execute(delete(Notice).where(col(Notice.made_at) < made_before)).rowcount  # type: ignore[attr-defined, no-any-return]
