"""Reads of alerts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import ColumnElement, distinct, exists, func, inspect, or_
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from grannsamverkan.domain.alerts.catalogue import BURGLARIES
from grannsamverkan.domain.alerts.classes import BEGINS, NOTHING_HAPPENED, AlertClass
from grannsamverkan.domain.alerts.tables import Alert, AlertState, AlertTarget, AlertTranslation, PostedDraft
from grannsamverkan.domain.networks import Unit, WatchNetwork
from grannsamverkan.foundation.database import Among, UtcDateTime
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import sort_key

TO_SEND = (AlertState.APPROVED, AlertState.SENDING)
PUBLISHED = (AlertState.APPROVED, AlertState.SENDING, AlertState.CLOSED)


_MAIL_TEXT, _MAIL_HTML = inspect(Alert).attrs.mail_text.class_attribute, inspect(Alert).attrs.mail_html.class_attribute


def listed() -> SelectOfScalar[Alert]:
    """Alerts without the text of their emails: a list shows headlines, and fifty mails are half a megabyte to fetch.
    Who reads the text all the same gets it, one alert at a time."""
    return select(Alert).options(defer(_MAIL_TEXT), defer(_MAIL_HTML))


def alert(session: Session, alert_id: int, *, to_change: bool = False) -> Alert:
    """The alert; NotFound. `to_change` locks its row: two who change the same alert come one after the other.

    A sender that writes its batch twice in a transaction looks at the alert by the foreign key; it must not wait for
    whoever has the alert and waits for the batch.
    """
    found = session.get(Alert, alert_id, with_for_update={"key_share": True} if to_change else None)
    if found is None:
        raise NotFound
    return found


def translations(session: Session, alert_id: int) -> list[AlertTranslation]:
    """The alert's frozen words in other languages; none before it is approved."""
    return list(session.exec(select(AlertTranslation).where(AlertTranslation.alert_id == alert_id)))


def translations_of_all(session: Session, alert_ids: Iterable[int], language: str) -> dict[int, AlertTranslation]:
    """Those of these alerts' frozen words that are in this language, by alert."""
    rows = select(AlertTranslation).where(
        col(AlertTranslation.alert_id).in_(list(alert_ids)), AlertTranslation.language == language
    )
    return {row.alert_id: row for row in session.exec(rows)}


def numbers_of(session: Session, alert_ids: Iterable[int]) -> dict[int, int]:
    """The numbers of these alerts."""
    wanted = set(alert_ids)
    if not wanted:
        return {}
    rows = select(Alert.id, Alert.number).where(col(Alert.id).in_(wanted), col(Alert.number).is_not(None))
    return {alert_id: number for alert_id, number in session.exec(rows) if alert_id is not None and number is not None}


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


def latest(session: Session, municipality_codes: list[str], *, limit: int = 50, with_all: bool = False) -> list[Alert]:
    """The municipalities' approved alerts, newest first."""
    rows = listed().where(col(Alert.municipality_code).in_(municipality_codes), *_listed(with_all))
    return list(session.exec(rows.order_by(col(Alert.approved_at).desc()).limit(limit)))


def latest_to(
    session: Session,
    network_ids: frozenset[int],
    *,
    before: Mapping[int, datetime] | None = None,
    limit: int = 50,
    with_all: bool = False,
) -> list[Alert]:
    """The approved alerts that go to any of these networks, newest first; and those to one of `before`, from before
    the time that stands there."""
    meant: list[ColumnElement[bool]] = [col(Alert.id).in_(_to(network_ids))]
    for network_id, until in (before or {}).items():
        meant.append(col(Alert.id).in_(_to([network_id])) & (col(Alert.approved_at) < until))
    rows = listed().where(or_(*meant), *_listed(with_all))
    return list(session.exec(rows.order_by(col(Alert.approved_at).desc()).limit(limit)))


def _listed(with_all: bool) -> list[ColumnElement[bool]]:
    is_sent = col(Alert.state).in_(PUBLISHED)
    return [is_sent] if with_all else [is_sent, col(Alert.alert_class).not_in(NOTHING_HAPPENED)]


def _to(network_ids: Iterable[int]) -> SelectOfScalar[int]:
    return select(AlertTarget.alert_id).where(Among(col(AlertTarget.network_id), network_ids))


def count_to(session: Session, network_id: int, *, since: datetime) -> int:
    """How many messages that something had happened went to the network, or to a part of it, since then."""
    rows = (
        select(func.count(distinct(col(Alert.id))))
        .join(AlertTarget, col(AlertTarget.alert_id) == col(Alert.id))
        .where(AlertTarget.network_id == network_id, *_listed(with_all=False), col(Alert.approved_at) >= since)
    )
    return session.exec(rows).one()


@dataclass(frozen=True)
class Sent:
    """The warnings of a time. `minutes` is the median from approval until the copies for all households were made; None
    where that has happened to none."""

    warnings: int
    minutes: int | None


def sent_between(session: Session, municipality_code: str, begin: datetime, end: datetime) -> Sent:
    """What the municipality was sent in a time; what followed the warnings is not counted."""
    rows = session.exec(
        select(Alert.approved_at, Alert.fanned_out_at).where(
            Alert.municipality_code == municipality_code,
            col(Alert.alert_class).in_(BEGINS),
            col(Alert.state).in_(PUBLISHED),
            col(Alert.approved_at) >= begin,
            col(Alert.approved_at) < end,
        )
    ).all()
    minutes = [
        (out - approved).total_seconds() / 60 for approved, out in rows if approved is not None and out is not None
    ]
    return Sent(len(rows), round(median(minutes)) if minutes else None)


def burglaries(session: Session, municipality_code: str, *, since: datetime) -> list[Alert]:
    """Warnings of burglaries that have gone since then, the oldest first, without the stopped and the corrected."""
    correction = aliased(Alert)
    corrected = select(correction.story_id).where(
        correction.alert_class == AlertClass.CORRECTION,
        col(correction.state).in_(PUBLISHED),
        col(correction.story_id).is_not(None),
    )
    rows = listed().where(
        Alert.municipality_code == municipality_code,
        col(Alert.alert_class).in_(BEGINS),
        col(Alert.kind).in_(BURGLARIES),
        col(Alert.state).in_((AlertState.SENDING, AlertState.CLOSED)),
        col(Alert.stopped_at).is_(None),
        col(Alert.fanned_out_at).is_not(None),
        col(Alert.release_at) >= since,
        col(Alert.id).not_in(corrected),
    )
    return list(session.exec(rows.order_by(col(Alert.release_at), col(Alert.id))))


def last_warned(session: Session, network_ids: list[int]) -> dict[int, datetime]:
    """When each of these networks, or a part of it, was last sent a warning; without those that never were."""
    rows = (
        select(AlertTarget.network_id, func.max(Alert.approved_at, type_=UtcDateTime()))
        .join(Alert, col(Alert.id) == col(AlertTarget.alert_id))
        .where(
            Among(col(AlertTarget.network_id), network_ids),
            col(Alert.state).in_(PUBLISHED),
            col(Alert.alert_class).in_(BEGINS),
        )
        .group_by(col(AlertTarget.network_id))
    )
    return {network_id: when for network_id, when in session.exec(rows) if when is not None}


def drafts_of(session: Session, account_id: int) -> list[Alert]:
    """The account's own unfinished drafts, newest first. What another system has posted is nobody's own."""
    rows = listed().where(
        Alert.author_account_id == account_id,
        col(Alert.state).in_((AlertState.DRAFT, AlertState.CHECKED)),
        ~exists().where(col(PostedDraft.alert_id) == col(Alert.id)),
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


def approved_and_waiting(session: Session, account_id: int) -> list[Alert]:
    """What this account has let go and nobody has been sent yet, such as what is planned for a later day."""
    rows = select(Alert).where(
        Alert.approved_by == account_id, Alert.state == AlertState.APPROVED, col(Alert.fanned_out_at).is_(None)
    )
    return list(session.exec(rows.order_by(col(Alert.release_at))))


def released_since(session: Session, *, now: datetime) -> datetime | None:
    """Since when the oldest alert is let go whose copies are not all made yet; None when there is none."""
    rows = select(func.min(col(Alert.release_at))).where(
        col(Alert.state).in_(TO_SEND), col(Alert.fanned_out_at).is_(None), col(Alert.release_at) <= now
    )
    return session.exec(rows).one()


def on_its_way(session: Session, network_ids: Iterable[int]) -> bool:
    """Whether an approved alert to one of these networks, or to a part of it, has not been fanned out yet."""
    rows = (
        select(Alert.id)
        .join(AlertTarget, col(AlertTarget.alert_id) == col(Alert.id))
        .where(
            Among(col(AlertTarget.network_id), network_ids),
            col(Alert.state).in_((AlertState.APPROVED, AlertState.SENDING)),
            col(Alert.fanned_out_at).is_(None),
        )
    )
    return session.exec(rows.limit(1)).first() is not None


def being_sent(session: Session) -> list[Alert]:
    """Alerts that are fanned out and not closed."""
    rows = select(Alert).where(Alert.state == AlertState.SENDING, col(Alert.fanned_out_at).is_not(None))
    return list(session.exec(rows))


def places_of(session: Session, alert_id: int) -> list[str]:
    """Names of where the alert goes, networks and units, in Swedish order; a stairwell's begins with its building."""
    return places_of_all(session, [alert_id]).get(alert_id, [])


def places_of_all(session: Session, alert_ids: Iterable[int]) -> dict[int, list[str]]:
    """The same of many alerts."""
    building = aliased(Unit)
    rows = (
        select(AlertTarget.alert_id, WatchNetwork.name, Unit.name, building.name)
        .select_from(AlertTarget)
        .join(WatchNetwork, col(WatchNetwork.id) == col(AlertTarget.network_id))
        .outerjoin(Unit, col(Unit.id) == col(AlertTarget.unit_id))
        .outerjoin(building, col(building.id) == col(Unit.parent_id))
        .where(col(AlertTarget.alert_id).in_(set(alert_ids)))
    )
    in_order = sorted(
        session.exec(rows), key=lambda row: [sort_key(name) for name in (row[1], row[3] or "", row[2] or "")]
    )
    found: dict[int, list[str]] = {}
    for alert_id, network, unit, within in in_order:
        found.setdefault(alert_id, []).append(" ".join(filter(None, (within, unit))) if unit else network)
    return found


def networks_of(session: Session, alert_id: int) -> frozenset[int]:
    """The ids of the networks the alert touches."""
    return networks_of_all(session, [alert_id]).get(alert_id, frozenset())


def networks_of_all(session: Session, alert_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The same of many alerts."""
    rows = select(AlertTarget.alert_id, AlertTarget.network_id).where(col(AlertTarget.alert_id).in_(set(alert_ids)))
    found: dict[int, set[int]] = {}
    for alert_id, network_id in session.exec(rows):
        found.setdefault(alert_id, set()).add(network_id)
    return {alert_id: frozenset(ids) for alert_id, ids in found.items()}
