"""How many copies a second a provider takes, shared by all senders of a database: a row says when the next may go."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from grannsamverkan.domain.deliveries.tables import Pace
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.ports import ChannelKind

# A group is no larger than what goes in this time, so that a more urgent one waits no longer.
GROUP_S = 0.25
MOST_URGENT_GROUP_S = 2.0  # no other waits for these


def group_of(most: int, per_s: float, *, is_most_urgent: bool = False) -> int:
    """Copies in a group: as many as the channel takes at once, or fewer where the provider is slow."""
    seconds = MOST_URGENT_GROUP_S if is_most_urgent else GROUP_S
    return max(1, min(most, int(per_s * seconds))) if per_s else most


def take_turn(
    session: Session, channel: ChannelKind, number: int, *, per_s: float, longest: timedelta, now: datetime
) -> datetime | None:
    """When `number` copies may go, and from then on the next ones later; None, and nothing taken, when that is longer
    away than `longest`. Safe to race: one after the other gets its place."""
    add_once(session, Pace(channel=channel, next_at=now))
    row = session.exec(select(Pace).where(Pace.channel == channel).with_for_update()).one()
    starts_at = max(row.next_at, now)
    if starts_at - now > longest:
        return None
    row.next_at = starts_at + timedelta(seconds=number / per_s)
    return starts_at
