"""The acting clock leaves a sign of life, for processes that have no clock of their own."""

from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.domain.deliveries.tables import ClockTick

# So far apart the clocks of two machines may be, and a clock be set, without anything having to be done about it.
CLOCKS_APART = timedelta(minutes=1)


def tick(session: Session, *, now: datetime, by: str) -> datetime | None:
    """The clock has looked for work. Returns where it was set back from, when it has been since the last tick."""
    last_at = last_tick_at(session)
    session.merge(ClockTick(id=1, at=now, acted_by=by))
    return last_at if last_at is not None and last_at > now + CLOCKS_APART else None


def last_tick_at(session: Session) -> datetime | None:
    """When a clock last looked for work; None before the first time."""
    row = session.get(ClockTick, 1)
    return row.at if row is not None else None
