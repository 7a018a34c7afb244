"""How much of what was handed over was refused for good, and with which code."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from grannsamverkan.domain.deliveries.states import DeliveryState
from grannsamverkan.domain.deliveries.tables import Delivery
from grannsamverkan.foundation.ports import ChannelKind

LEAST, ONE_IN = 50, 3
_ANSWERED = (DeliveryState.HANDED_OVER, DeliveryState.DELIVERED, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of `answered` copies on a channel `refused` were refused with this code."""

    channel: ChannelKind
    code: str
    refused: int
    answered: int


def are_many(came: Mapping[str, int], *, least: int = LEAST) -> bool:
    """Whether a third of at least so many copies were refused for one reason: counts by code, "" for what was taken."""
    answered = sum(came.values())
    refused = max((count for code, count in came.items() if code), default=0)
    return answered >= least and refused * ONE_IN >= answered


def refusals(session: Session, alert_id: int) -> Refusals | None:
    """The code that most copies of the alert on one channel were refused with, when they are many."""
    is_failed = case((col(Delivery.state) == DeliveryState.FAILED, col(Delivery.code)))
    rows = session.execute(
        sa_select(col(Delivery.channel), is_failed, func.count())
        .where(col(Delivery.alert_id) == alert_id, col(Delivery.state).in_(_ANSWERED))
        .group_by(col(Delivery.channel), is_failed)
    ).all()
    came = {kind: {code or "": count for channel, code, count in rows if channel == kind} for kind in ChannelKind}
    found = [
        Refusals(kind, code, count, sum(counts.values()))
        for kind, counts in came.items()
        if are_many(counts)
        for code, count in counts.items()
        if code
    ]
    return max(found, key=lambda one: one.refused, default=None)
