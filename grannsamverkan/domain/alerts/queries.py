"""Reads of alerts."""

from datetime import datetime

from sqlalchemy import distinct, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.classes import BEGINS, AlertClass
from grannsamverkan.domain.alerts.tables import Alert, AlertState, AlertTarget
from grannsamverkan.domain.networks import Unit, WatchNetwork
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import sort_key

TO_SEND = (AlertState.APPROVED, AlertState.SENDING)
PUBLISHED = (AlertState.APPROVED, AlertState.SENDING, AlertState.CLOSED)


def alert(session: Session, alert_id: int, *, to_change: bool = False) -> Alert:
    """The alert; NotFound. `to_change` locks its row: two who change the same alert come one after the other."""
    found = session.get(Alert, alert_id, with_for_update=True if to_change else None)
    if found is None:
        raise NotFound
    return found


def published(session: Session, number: int) -> Alert:
    """The approved alert with this number; NotFound for a number that is only reserved, or was never given."""
    found = session.exec(select(Alert).where(Alert.number == number, col(Alert.state).in_(PUBLISHED))).first()
    if found is None:
        raise NotFound
    return found


def latest_facts(session: Session, first: Alert) -> Alert:
    """The message that tells best what happened: the newest correction in the story that `first` began, else itself."""
    rows = select(Alert).where(
        Alert.story_id == first.id,
        Alert.alert_class == AlertClass.CORRECTION,
        col(Alert.state).in_(PUBLISHED),
    )
    return session.exec(rows.order_by(col(Alert.approved_at).desc(), col(Alert.id).desc())).first() or first


def latest(session: Session, municipality_codes: list[str], *, limit: int = 50) -> list[Alert]:
    """The municipalities' approved alerts, newest first."""
    rows = select(Alert).where(col(Alert.municipality_code).in_(municipality_codes), col(Alert.state).in_(PUBLISHED))
    return list(session.exec(rows.order_by(col(Alert.approved_at).desc()).limit(limit)))


def latest_to(session: Session, network_ids: frozenset[int], *, limit: int = 50) -> list[Alert]:
    """The approved alerts that go to any of these networks, newest first."""
    meant = select(AlertTarget.alert_id).where(col(AlertTarget.network_id).in_(network_ids))
    rows = select(Alert).where(col(Alert.id).in_(meant), col(Alert.state).in_(PUBLISHED))
    return list(session.exec(rows.order_by(col(Alert.approved_at).desc()).limit(limit)))


def count_to(session: Session, network_id: int, *, since: datetime) -> int:
    """How many messages went to the network, or to a part of it, since then."""
    rows = (
        select(func.count(distinct(col(Alert.id))))
        .join(AlertTarget, col(AlertTarget.alert_id) == col(Alert.id))
        .where(AlertTarget.network_id == network_id, col(Alert.state).in_(PUBLISHED), col(Alert.approved_at) >= since)
    )
    return session.exec(rows).one()


def sent_between(session: Session, municipality_code: str, begin: datetime, end: datetime) -> int:
    """How many warnings the municipality was sent in a time; what followed them is not counted."""
    rows = select(func.count(col(Alert.id))).where(
        Alert.municipality_code == municipality_code,
        col(Alert.alert_class).in_(BEGINS),
        col(Alert.state).in_(PUBLISHED),
        col(Alert.approved_at) >= begin,
        col(Alert.approved_at) < end,
    )
    return session.exec(rows).one()


def last_warned(session: Session, network_ids: list[int]) -> dict[int, datetime]:
    """When each of these networks, or a part of it, was last sent a warning; without those that never were."""
    rows = (
        select(AlertTarget.network_id, func.max(Alert.approved_at, type_=UtcDateTime()))
        .join(Alert, col(Alert.id) == col(AlertTarget.alert_id))
        .where(
            col(AlertTarget.network_id).in_(network_ids),
            col(Alert.state).in_(PUBLISHED),
            col(Alert.alert_class).in_(BEGINS),
        )
        .group_by(col(AlertTarget.network_id))
    )
    return {network_id: when for network_id, when in session.exec(rows) if when is not None}


def drafts_of(session: Session, account_id: int) -> list[Alert]:
    """The account's own unfinished drafts, newest first."""
    rows = select(Alert).where(
        Alert.author_account_id == account_id, col(Alert.state).in_((AlertState.DRAFT, AlertState.CHECKED))
    )
    return list(session.exec(rows.order_by(col(Alert.updated_at).desc())))


def to_release(session: Session, *, now: datetime) -> list[int]:
    """Approved alerts whose hold has ended and whose fan-out is not finished, oldest release first."""
    rows = select(Alert.id).where(
        col(Alert.state).in_(TO_SEND),
        col(Alert.fanned_out_at).is_(None),
        col(Alert.release_at) <= now,
    )
    return [alert_id for alert_id in session.exec(rows.order_by(col(Alert.release_at))) if alert_id is not None]


def being_sent(session: Session) -> list[Alert]:
    """Alerts that are fanned out and not closed."""
    rows = select(Alert).where(Alert.state == AlertState.SENDING, col(Alert.fanned_out_at).is_not(None))
    return list(session.exec(rows))


def places_of(session: Session, alert_id: int) -> list[str]:
    """Names of where the alert goes, networks and units, in Swedish order; a stairwell's begins with its building."""
    building = aliased(Unit)
    rows = (
        select(WatchNetwork.name, Unit.name, building.name)
        .select_from(AlertTarget)
        .join(WatchNetwork, col(WatchNetwork.id) == col(AlertTarget.network_id))
        .outerjoin(Unit, col(Unit.id) == col(AlertTarget.unit_id))
        .outerjoin(building, col(building.id) == col(Unit.parent_id))
        .where(AlertTarget.alert_id == alert_id)
    )
    found = sorted(
        session.exec(rows), key=lambda row: [sort_key(name) for name in (row[0], row[2] or "", row[1] or "")]
    )
    return [" ".join(filter(None, (within, unit))) if unit else network for network, unit, within in found]


def networks_of(session: Session, alert_id: int) -> frozenset[int]:
    """The ids of the networks the alert touches."""
    return frozenset(session.exec(select(AlertTarget.network_id).where(AlertTarget.alert_id == alert_id)))
