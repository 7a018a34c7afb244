"""In which minutes a warning could have gone: the clock's own count, an hour in a row.

A minute that nobody noted counts as one in which none could: a clock that is dead cannot write that it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.tables import AvailableHour
from grannsamverkan.foundation.database import add_once

COUNTED = timedelta(days=30)
_KEPT = timedelta(days=400)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Availability:
    """Of the whole minutes since then, thirty days of them at the most: in how many a warning could have gone, in how
    many the clock saw that none could, and how many no clock has seen."""

    since: datetime
    able: int
    unable: int
    unseen: int

    @property
    def lost(self) -> int:
        return self.unable + self.unseen

    @property
    def is_month(self) -> bool:
        """Whether it has been counted for that long."""
        return self.able + self.lost == COUNTED // _MINUTE

    @property
    def percent(self) -> float:
        """Two decimals, rounded down: a hundred is said of what is whole."""
        return self.able * 10_000 // (self.able + self.lost) / 100


def is_noted_able(session: Session, *, now: datetime) -> bool:
    """Whether this minute is known for one in which a warning could go."""
    able = session.exec(select(AvailableHour.able).where(AvailableHour.hour == _hour(now))).first()
    return able is not None and bool(able & _bit(now))


def note_minute(session: Session, *, is_able: bool, now: datetime) -> None:
    """What the clock has seen in this minute. Safe to repeat and to race: a minute counts once, and as one in which a
    warning could go when that was so at any time in it."""
    add_once(session, AvailableHour(hour=_hour(now)))
    seen = col(AvailableHour.able if is_able else AvailableHour.unable)
    this_hour = update(AvailableHour).where(col(AvailableHour.hour) == _hour(now))
    session.execute(this_hour.values({seen: seen.bitwise_or(_bit(now))}))


def availability(session: Session, *, now: datetime) -> Availability | None:
    """The last thirty days, or as long as it has been counted, up to the minute that is not over yet; None before the
    first one is."""
    until = _minute(now)
    begun = _begun(session, until)
    if begun is None or begun >= until:
        return None
    since = max(begun, until - COUNTED)
    columns = (AvailableHour.hour, AvailableHour.able, AvailableHour.unable)
    hours = select(*columns).where(AvailableHour.hour >= _hour(since), AvailableHour.hour < until)
    able = unable = 0
    for hour, could, could_not in session.exec(hours):
        within = _bits_before(until - hour) & ~_bits_before(since - hour)
        able += (could & within).bit_count()
        unable += (could_not & ~could & within).bit_count()
    return Availability(since, able, unable, (until - since) // _MINUTE - able - unable)


def forget_minutes(session: Session, *, now: datetime) -> int:
    """Delete the days that are older than anybody asks for; returns how many hours."""
    before = (now - _KEPT).replace(hour=0, minute=0, second=0, microsecond=0)
    gone = session.execute(delete(AvailableHour).where(col(AvailableHour.hour) < before))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def _begun(session: Session, until: datetime) -> datetime | None:
    """The first minute that is known; not of a time long past, in which a machine's clock may have woken."""
    known = select(AvailableHour).where(AvailableHour.hour >= _hour(until - _KEPT))
    first = session.exec(known.order_by(col(AvailableHour.hour)).limit(1)).first()
    if first is None:
        return None
    seen = first.able | first.unable
    return first.hour + _MINUTE * ((seen & -seen).bit_length() - 1)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _bit(at: datetime) -> int:
    return 1 << at.minute


def _bits_before(into: timedelta) -> int:
    """The minutes of an hour up to so long into it."""
    return (1 << min(max(into // _MINUTE, 0), 60)) - 1
