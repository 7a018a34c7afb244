"""That these rows are a restored copy, and that somebody has let it go."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain.keeping.tables import RestoredCopy


def restored_copy(session: Session) -> RestoredCopy | None:
    """The latest restoring of these rows; None when they are the original."""
    return session.exec(select(RestoredCopy).order_by(col(RestoredCopy.id).desc()).limit(1)).first()


def note_restored(session: Session, *, taken_at: datetime, now: datetime) -> None:
    """Hold the rows, in the transaction that brings them."""
    session.add(RestoredCopy(taken_at=taken_at, restored_at=now))
    session.flush()


def open_copy(copy: RestoredCopy, held: dict[str, Any], *, now: datetime) -> None:
    """A person has let the copy go."""
    copy.held, copy.let_go_at = held, now
