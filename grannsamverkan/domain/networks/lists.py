"""Reads for lists of many networks: always a constant number of queries, and only the columns that a list shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.tables import ContactPerson, ContactRole, Household, Unit, WatchNetwork
from grannsamverkan.foundation.database import Among


@dataclass(frozen=True)
class Part:
    """A street, a building or a stairwell of a network, as lists name it."""

    id: int
    name: str
    parent_id: int | None


def names(session: Session, network_ids: Iterable[int]) -> dict[int, str]:
    """What these networks are called."""
    rows = select(WatchNetwork.id, WatchNetwork.name).where(Among(col(WatchNetwork.id), network_ids))
    return {network_id: name for network_id, name in session.exec(rows) if network_id is not None}


def municipality_codes(session: Session, network_ids: Iterable[int]) -> set[str]:
    """Where these networks lie."""
    rows = select(WatchNetwork.municipality_code).where(Among(col(WatchNetwork.id), network_ids))
    return set(session.exec(rows))


def joined_between(session: Session, network_ids: Iterable[int], after: datetime, until: datetime) -> set[int]:
    """Those of these networks that a household joined after the one moment and not later than the other, and is in."""
    rows = select(Household.network_id).where(
        Among(col(Household.network_id), network_ids),
        col(Household.joined_at) > after,
        col(Household.joined_at) <= until,
        col(Household.left_at).is_(None),
    )
    return set(session.exec(rows.distinct()))


class Carrier(NamedTuple):
    """Who carries a contact role, of which network and, None for all of it, which part."""

    role_id: int
    network_id: int
    unit_id: int | None
    person_id: int
    role: ContactRole


def carriers(session: Session, network_ids: Iterable[int]) -> list[Carrier]:
    """Everybody who carries a contact role in one of these networks now."""
    of_all = (ContactPerson.id, ContactPerson.network_id, ContactPerson.unit_id, ContactPerson.person_id)
    rows = sa_select(*(col(one) for one in of_all), col(ContactPerson.role)).where(
        Among(col(ContactPerson.network_id), network_ids), col(ContactPerson.until).is_(None)
    )
    return [Carrier(*row) for row in session.execute(rows)]


def led_openly(session: Session, network_ids: Iterable[int]) -> set[int]:
    """Those of these networks whose lead contact person sees all households."""
    rows = select(WatchNetwork.id).where(
        Among(col(WatchNetwork.id), network_ids), col(WatchNetwork.lead_sees_households).is_(True)
    )
    return {network_id for network_id in session.exec(rows) if network_id is not None}


def parts_of(session: Session, network_ids: Iterable[int]) -> dict[int, list[Part]]:
    """The parts in use of each of these networks, in Swedish order; networks without any are left out."""
    rows = (
        select(Unit.network_id, Unit.id, Unit.name, Unit.parent_id)
        .where(Among(col(Unit.network_id), network_ids), col(Unit.retired_at).is_(None))
        .order_by(Unit.sort_name)
    )
    found: dict[int, list[Part]] = {}
    for network_id, unit_id, name, parent_id in session.exec(rows):
        found.setdefault(network_id, []).append(Part(unit_id or 0, name, parent_id))
    return found


def with_parts(session: Session, network_ids: Iterable[int]) -> set[int]:
    """Those of these networks that have parts in use."""
    rows = select(Unit.network_id).where(Among(col(Unit.network_id), network_ids), col(Unit.retired_at).is_(None))
    return set(session.exec(rows.distinct()))
