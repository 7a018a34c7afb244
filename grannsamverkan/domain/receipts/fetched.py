"""Which mails of a mailbox have been read, so that none is taken twice."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain.receipts.tables import FetchedMail
from grannsamverkan.foundation.database import add_once


def was_fetched(session: Session, place: str, uid: int) -> bool | None:
    """Whether the mail was about one of our emails; None when it has not been read yet."""
    chosen = select(FetchedMail.is_ours).where(FetchedMail.place == place, FetchedMail.uid == uid)
    return session.exec(chosen).one_or_none()


def note_fetched(session: Session, place: str, uid: int, *, is_ours: bool, now: datetime) -> None:
    """Safe to race: of two who have read it, one writes."""
    add_once(session, FetchedMail(place=place, uid=uid, is_ours=is_ours, read_at=now))


def forget_fetched(session: Session, *, before: datetime) -> int:
    """Delete what says that a mail was read before then."""
    return session.execute(delete(FetchedMail).where(col(FetchedMail.read_at) < before)).rowcount  # type: ignore[attr-defined, no-any-return]
