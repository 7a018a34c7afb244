"""Reads of deliveries."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, select

from grannsamverkan.domain.deliveries.tables import Delivery
from grannsamverkan.foundation.database import UtcDateTime


def first_handed_over_at(session: Session, alert_id: int) -> datetime | None:
    """When a provider took over the alert's first copy; None before that, and once the copies are forgotten."""
    first = select(func.min(Delivery.handed_over_at, type_=UtcDateTime())).where(Delivery.alert_id == alert_id)
    return session.exec(first).one()
