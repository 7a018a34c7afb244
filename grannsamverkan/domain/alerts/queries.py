"""Reads of alerts."""

from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.tables import Alert, AlertState, AlertTarget
from grannsamverkan.domain.networks import Unit, WatchNetwork
from grannsamverkan.foundation.errors import NotFound

PUBLISHED = (AlertState.APPROVED, AlertState.SENDING, AlertState.CLOSED)


def alert(session: Session, alert_id: int) -> Alert:
    """The alert; NotFound."""
    found = session.get(Alert, alert_id)
    if found is None:
        raise NotFound
    return found


def published(session: Session, number: int) -> Alert:
    """The approved alert with this number; NotFound for a number that is only reserved, or was never given."""
    found = session.exec(select(Alert).where(Alert.number == number, col(Alert.state).in_(PUBLISHED))).first()
    if found is None:
        raise NotFound
    return found


def latest(session: Session, municipality_codes: list[str], *, limit: int = 50) -> list[Alert]:
    """The municipalities' approved alerts, newest first."""
    rows = select(Alert).where(col(Alert.municipality_code).in_(municipality_codes), col(Alert.state).in_(PUBLISHED))
    return list(session.exec(rows.order_by(col(Alert.approved_at).desc()).limit(limit)))


def drafts_of(session: Session, account_id: int) -> list[Alert]:
    """The account's own unfinished drafts, newest first."""
    rows = select(Alert).where(
        Alert.author_account_id == account_id, col(Alert.state).in_((AlertState.DRAFT, AlertState.CHECKED))
    )
    return list(session.exec(rows.order_by(col(Alert.updated_at).desc())))


def to_release(session: Session, *, now: datetime) -> list[int]:
    """Approved alerts whose hold has ended and whose fan-out is not finished, oldest release first."""
    rows = select(Alert.id).where(
        col(Alert.state).in_((AlertState.APPROVED, AlertState.SENDING)),
        col(Alert.fanned_out_at).is_(None),
        col(Alert.release_at) <= now,
    )
    return [alert_id for alert_id in session.exec(rows.order_by(col(Alert.release_at))) if alert_id is not None]


def being_sent(session: Session) -> list[Alert]:
    """Alerts that are fanned out and not closed."""
    rows = select(Alert).where(Alert.state == AlertState.SENDING, col(Alert.fanned_out_at).is_not(None))
    return list(session.exec(rows))


def places_of(session: Session, alert_id: int) -> list[str]:
    """The names of where the alert goes, networks and units, in the order they were chosen."""
    rows = (
        select(WatchNetwork.name, Unit.name)
        .select_from(AlertTarget)
        .join(WatchNetwork, col(WatchNetwork.id) == col(AlertTarget.network_id))
        .outerjoin(Unit, col(Unit.id) == col(AlertTarget.unit_id))
        .where(AlertTarget.alert_id == alert_id)
        .order_by(WatchNetwork.sort_name, Unit.sort_name)
    )
    return [unit or network for network, unit in session.exec(rows)]


def networks_of(session: Session, alert_id: int) -> frozenset[int]:
    """The ids of the networks the alert touches."""
    return frozenset(session.exec(select(AlertTarget.network_id).where(AlertTarget.alert_id == alert_id)))
