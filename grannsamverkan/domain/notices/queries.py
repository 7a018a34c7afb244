"""Reads of notices: what is due, what came of those that belong together, what a person was sent."""

from collections import Counter
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from grannsamverkan.domain.notices.tables import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.people import ContactAddress


def due(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of notices to be sent now, codes before everything else."""
    urgent = case((col(Notice.kind) == NoticeKind.CODE, 0), else_=1)
    rows = (
        select(Notice.id)
        .where(Notice.state == NoticeState.QUEUED, col(Notice.next_at) <= now)
        .order_by(urgent, col(Notice.next_at), col(Notice.id))
        .limit(limit)
    )
    return [notice_id for notice_id in session.exec(rows) if notice_id is not None]


def calling_since(session: Session, *, before: datetime, limit: int) -> list[Notice]:
    """Notices whose call has had no known result since before then."""
    rows = (
        select(Notice)
        .where(Notice.state == NoticeState.CALLING, col(Notice.called_at) < before)
        .order_by(col(Notice.id))
        .limit(limit)
    )
    return list(session.exec(rows))


def outcome(session: Session, about: str) -> dict[NoticeState, int]:
    """How many of what belongs together are in each state."""
    rows = session.exec(
        select(Notice.state, func.count(col(Notice.id))).where(Notice.about == about).group_by(col(Notice.state))
    )
    counted = Counter({NoticeState(state): number for state, number in rows})
    return {state: counted[state] for state in NoticeState}


def being_called(session: Session, lookup: bytes) -> bool:
    """Whether a notice to this address is inside a call to the provider right now."""
    rows = (
        select(Notice.id)
        .join(ContactAddress, col(ContactAddress.id) == col(Notice.address_id))
        .where(ContactAddress.lookup == lookup, Notice.state == NoticeState.CALLING, Notice.kind != NoticeKind.CODE)
    )
    return session.exec(rows.limit(1)).first() is not None


def sent_to(session: Session, person_id: int) -> list[Notice]:
    """The person's notices that are still known, newest first."""
    rows = (
        select(Notice)
        .join(ContactAddress, col(ContactAddress.id) == col(Notice.address_id))
        .where(ContactAddress.person_id == person_id)
        .order_by(col(Notice.id).desc())
    )
    return list(session.exec(rows))
