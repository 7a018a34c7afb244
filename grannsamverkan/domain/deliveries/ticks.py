"""The acting clock leaves a sign of life, for processes that have no clock of their own."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain.deliveries.tables import ClockTick


def tick(session: Session, *, now: datetime, by: str) -> None:
    """The clock has looked for work."""
    session.merge(ClockTick(id=1, at=now, acted_by=by))


def last_tick_at(session: Session) -> datetime | None:
    """When a clock last looked for work; None before the first time."""
    row = session.get(ClockTick, 1)
    return row.at if row is not None else None
