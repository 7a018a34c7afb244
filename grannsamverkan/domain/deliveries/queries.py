"""Reads of deliveries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.states import DeliveryState
from grannsamverkan.domain.deliveries.tables import Delivery
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind


@dataclass(frozen=True)
class Sent:
    """A copy that went to somebody, or was to; what is known of one that another carried is what is known of that."""

    alert_id: int
    channel: ChannelKind
    state: DeliveryState
    handed_over_at: datetime | None


def sent_to(session: Session, lookups: Iterable[bytes]) -> list[Sent]:
    """Every copy for one of these addresses that is still known, newest first."""
    carrier = aliased(Delivery)
    rows = (
        select(Delivery, carrier)
        .outerjoin(carrier, col(carrier.id) == col(Delivery.carried_by))
        .where(col(Delivery.lookup).in_(list(lookups)))
        .order_by(col(Delivery.id).desc())
    )
    return [_sent(row, by or row) for row, by in session.execute(rows)]


def _sent(row: Delivery, by: Delivery) -> Sent:
    state = DeliveryState(by.state)
    known = DeliveryState.UNKNOWN if state is DeliveryState.CARRIED else state  # its carrier is forgotten
    return Sent(row.alert_id, ChannelKind(row.channel), known, by.handed_over_at)


def first_handed_over_at(session: Session, alert_id: int) -> datetime | None:
    """When a provider took over the alert's first copy; None before that, and once the copies are forgotten."""
    first = select(func.min(Delivery.handed_over_at, type_=UtcDateTime())).where(Delivery.alert_id == alert_id)
    return session.exec(first).one()
