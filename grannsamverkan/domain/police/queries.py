"""Reads of the police's events: background for people, never a source that sends by itself."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from grannsamverkan.domain import places
from grannsamverkan.domain.police.tables import PlaceCertainty, PoliceEvent, PoliceEventVersion, PoliceFeedState
from grannsamverkan.foundation.errors import NotFound


def recent_in(
    session: Session, municipality_code: str, *, since: datetime, limit: int, whole_county: bool = False
) -> list[PoliceEvent]:
    """Events of a municipality published since then, newest first; NotFound for an unknown code.

    Without those no longer listed and those published twice. With `whole_county` also events of its county that name
    no municipality; `place_certainty` on each says how coarse it is. A point on a map is nowhere known.
    """
    municipality = places.municipality(session, municipality_code)
    area: ColumnElement[bool] = col(PoliceEvent.municipality_code) == municipality.code
    if whole_county:
        county_only = col(PoliceEvent.place_certainty) == PlaceCertainty.COUNTY
        area = or_(area, and_(county_only, col(PoliceEvent.county_code) == municipality.county_code))
    rows = (
        select(PoliceEvent)
        .where(area, col(PoliceEvent.published_at) >= since, col(PoliceEvent.same_as_id).is_(None))
        .where(col(PoliceEvent.withdrawn_at).is_(None))
        .order_by(col(PoliceEvent.published_at).desc(), col(PoliceEvent.id).desc())
        .limit(limit)
    )
    return list(session.exec(rows))


def undecided(session: Session, county_code: str, *, since: datetime, limit: int) -> list[PoliceEvent]:
    """Events whose place and title disagree, newest first; also those whose county is not clear either."""
    in_county = or_(col(PoliceEvent.county_code) == county_code, col(PoliceEvent.county_code).is_(None))
    rows = (
        select(PoliceEvent)
        .where(col(PoliceEvent.place_certainty) == PlaceCertainty.CONFLICT, in_county)
        .where(col(PoliceEvent.published_at) >= since, col(PoliceEvent.withdrawn_at).is_(None))
        .order_by(col(PoliceEvent.published_at).desc(), col(PoliceEvent.id).desc())
        .limit(limit)
    )
    return list(session.exec(rows))


def event(session: Session, event_id: int) -> PoliceEvent:
    """The event with the police's id, as it was last told; NotFound."""
    found = session.get(PoliceEvent, event_id)
    if found is None:
        raise NotFound
    return found


def versions(session: Session, event_id: int) -> list[PoliceEventVersion]:
    """Everything that has been said under this id, in the order it was seen; a `reused` one begins another event."""
    rows = (
        select(PoliceEventVersion)
        .where(PoliceEventVersion.event_id == event_id)
        .order_by(col(PoliceEventVersion.seen_at), col(PoliceEventVersion.version))
    )
    return list(session.exec(rows))


def versions_of(session: Session, event_ids: Iterable[int]) -> dict[int, list[PoliceEventVersion]]:
    """The same of many events; without those that have only been said once."""
    rows = (
        select(PoliceEventVersion)
        .where(col(PoliceEventVersion.event_id).in_(set(event_ids)))
        .order_by(col(PoliceEventVersion.seen_at), col(PoliceEventVersion.version))
    )
    found: dict[int, list[PoliceEventVersion]] = {}
    for row in session.exec(rows):
        found.setdefault(row.event_id, []).append(row)
    return {event_id: said for event_id, said in found.items() if len(said) > 1}


def feed_state(session: Session, *, to_change: bool = False) -> PoliceFeedState:
    """What the feed has to remember; a new one, not yet stored, before the first call.

    With `to_change` nobody else can change it before this transaction ends.
    """
    return session.get(PoliceFeedState, 1, with_for_update=to_change or None) or PoliceFeedState()
