"""Holds: somebody has asked for what is kept, or appealed; until then the clock deletes nothing of that class."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from grannsamverkan.domain import audit
from grannsamverkan.domain.keeping.tables import Hold
from grannsamverkan.foundation.errors import NotFound, Refused

LONGEST_HOLD = timedelta(days=366)
REASON_LENGTH = 200


def place_hold(session: Session, what: str, *, reason: str, until: datetime, account_id: int, now: datetime) -> Hold:
    """Hold a class of what is forgotten (`upkeep.KINDS`). Refused: `hold_reason`, `hold_until`.

    A hold always has an end, a year ahead at most: longer than that it is placed anew, by somebody who has thought.
    """
    words = reason.strip()
    if not 0 < len(words) <= REASON_LENGTH:
        raise Refused("hold_reason")
    if not now < until <= now + LONGEST_HOLD:
        raise Refused("hold_until")
    row = Hold(what=what, reason=words, placed_at=now, placed_by=account_id, until=until)
    session.add(row)
    session.flush()
    _note(session, row, "hold.placed", account_id, now)
    return row


def release_hold(session: Session, hold_id: int, *, account_id: int, now: datetime) -> Hold:
    """End a hold before its time. Safe to repeat; NotFound."""
    row = hold(session, hold_id)
    if row.released_at is None:
        row.released_at, row.released_by = now, account_id
        _note(session, row, "hold.released", account_id, now)
    return row


def hold(session: Session, hold_id: int) -> Hold:
    """The hold with this id, also when it has ended; NotFound."""
    row = session.get(Hold, hold_id)
    if row is None:
        raise NotFound
    return row


def holds(session: Session) -> list[Hold]:
    """Every hold that is remembered, also those that have ended, oldest first."""
    return list(session.exec(select(Hold).order_by(col(Hold.id))))


def held_classes(session: Session, *, now: datetime) -> dict[str, datetime]:
    """What is held now, and until when."""
    rows = select(Hold.what, func.max(Hold.until)).where(col(Hold.until) > now, col(Hold.released_at).is_(None))
    return dict(session.exec(rows.group_by(Hold.what)).all())


def forget_holds(session: Session, *, ended_before: datetime) -> int:
    """Delete the holds that ended before then; returns how many."""
    ended = (col(Hold.until) < ended_before) | (col(Hold.released_at) < ended_before)
    return session.execute(delete(Hold).where(ended)).rowcount  # type: ignore[attr-defined, no-any-return]


def _note(session: Session, row: Hold, act: str, account_id: int, now: datetime) -> None:
    audit.record(
        session,
        now=now,
        account_id=account_id,
        act=act,
        thing="hold",
        thing_id=row.id or 0,
        what=row.what,
        until=row.until.isoformat(),
    )
