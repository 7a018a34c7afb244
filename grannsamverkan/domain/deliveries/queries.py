"""Reads of deliveries."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.tables import Delivery
from grannsamverkan.foundation.database import UtcDateTime


def sent_to(session: Session, lookups: Iterable[bytes]) -> list[Delivery]:
    """Every copy for one of these addresses that is still known, newest first."""
    rows = select(Delivery).where(col(Delivery.lookup).in_(list(lookups))).order_by(col(Delivery.id).desc())
    return list(session.exec(rows))


def first_handed_over_at(session: Session, alert_id: int) -> datetime | None:
    """When a provider took over the alert's first copy; None before that, and once the copies are forgotten."""
    first = select(func.min(Delivery.handed_over_at, type_=UtcDateTime())).where(Delivery.alert_id == alert_id)
    return session.exec(first).one()
