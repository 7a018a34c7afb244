"""The acting clock leaves signs of life: for processes that have no clock of their own, and for whoever watches from
outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.domain.deliveries.tables import ClockTick, Heartbeat

# So far apart the clocks of two machines may be, and a clock be set, without anything having to be done about it.
CLOCKS_APART = timedelta(minutes=1)
UNHEARD_LONG = timedelta(minutes=5)  # from then on it is an alarm


def tick(session: Session, *, now: datetime, by: str) -> datetime | None:
    """The clock has looked for work. Returns where it was set back from, when it has been since the last tick."""
    last_at = last_tick_at(session)
    session.merge(ClockTick(id=1, at=now, acted_by=by))
    return last_at if last_at is not None and last_at > now + CLOCKS_APART else None


def last_tick_at(session: Session) -> datetime | None:
    """When a clock last looked for work; None before the first time."""
    row = session.get(ClockTick, 1)
    return row.at if row is not None else None


@dataclass(frozen=True)
class HeartbeatWord:
    """When another party was last called so that it hears us, and when it last did: None before the first time."""

    tried_at: datetime | None = None
    taken_at: datetime | None = None

    def is_lost(self, now: datetime) -> bool:
        """One that is far ahead was heard before the clock was set back."""
        return self.taken_at is None or abs(now - self.taken_at) >= UNHEARD_LONG


def note_heartbeat(session: Session, *, now: datetime, is_taken: bool) -> None:
    """The other party is about to be called, or has heard us."""
    row = session.get(Heartbeat, 1) or Heartbeat()
    if is_taken:
        row.taken_at = now
    else:
        row.tried_at = now
    session.add(row)


def heartbeat(session: Session) -> HeartbeatWord:
    """How it goes with the heartbeat."""
    row = session.get(Heartbeat, 1)
    return HeartbeatWord() if row is None else HeartbeatWord(row.tried_at, row.taken_at)
