"""When an event is no longer listed. Absence from one answer proves nothing: answers may be old, short or shifted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain.police.parsing import ListedEvent
from grannsamverkan.domain.police.tables import PoliceEvent

FULL_ANSWER = 500  # events; the API never lists more
NEWEST_WITHIN = timedelta(days=1)
ANSWERS_IN_A_ROW = 3
# The list is not cut off at a time: a few events stay days longer than their neighbours. What is older than the
# twentieth oldest may have left at the list's end.
STRAGGLERS = 20
MOST_AT_ONCE = 25  # missing events beyond which the answer, not the events, is to be doubted


def count_withdrawn(session: Session, listed: Sequence[ListedEvent], seen_at: datetime) -> int:
    """Note which events a full answer lacks, and mark those that several in a row have lacked; returns how many.

    Safe to repeat: an answer counts once, and only after the event was last seen.
    """
    times = sorted(event.published_at for event in listed)
    if not is_full(times, seen_at):
        return 0
    missing = _missing(session, {event.id for event in listed}, times[STRAGGLERS], seen_at)
    if len(missing) > MOST_AT_ONCE:
        return 0
    return sum(_miss(event, seen_at) for event in missing)


def is_full(times: Sequence[datetime], seen_at: datetime) -> bool:
    """As long as answers are, and up to date. `times` are the publications, oldest first."""
    up_to_now = [time for time in times if time <= seen_at]
    return len(times) >= FULL_ANSWER and bool(up_to_now) and seen_at - up_to_now[-1] < NEWEST_WITHIN


def _missing(session: Session, listed: set[int], edge: datetime, seen_at: datetime) -> list[PoliceEvent]:
    in_window = select(PoliceEvent).where(
        col(PoliceEvent.published_at) > edge,
        col(PoliceEvent.published_at) < seen_at,
        col(PoliceEvent.last_seen) < seen_at,
        col(PoliceEvent.withdrawn_at).is_(None),
    )
    events = (event for event in session.exec(in_window) if event.id not in listed)
    return [event for event in events if event.missed_at is None or event.missed_at < seen_at]


def _miss(event: PoliceEvent, seen_at: datetime) -> bool:
    event.missed_in += 1
    event.missed_at = seen_at
    if event.missed_in >= ANSWERS_IN_A_ROW:
        event.withdrawn_at = seen_at
    return event.withdrawn_at is not None
