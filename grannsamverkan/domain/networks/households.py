"""A network's households as its contact persons know them, and how many there are in each of its parts."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.queries import units
from grannsamverkan.domain.networks.tables import (
    ContactPerson,
    ContactRole,
    Household,
    HouseholdAssignment,
    HouseholdMember,
    Unit,
)
from grannsamverkan.domain.people import open_channels
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import number_aware


@dataclass(frozen=True)
class KnownHousehold:
    """A joined household: its label, by which channels it has chosen to be reached, and whose to inform it is.

    `contact_person_id` None: nobody's; `person_id` is that contact person as a person.
    """

    id: int
    label: str
    unit_name: str
    channels: frozenset[ChannelKind]
    contact_person_id: int | None
    person_id: int | None
    role: ContactRole | None


def households(session: Session, network_id: int) -> list[KnownHousehold]:
    """The network's joined households in Swedish order of their labels. For its contact persons' eyes only."""
    rows = session.exec(
        select(Household, Unit.name, ContactPerson)
        .outerjoin(Unit, col(Unit.id) == col(Household.unit_id))
        .outerjoin(
            HouseholdAssignment,
            (col(HouseholdAssignment.household_id) == col(Household.id)) & col(HouseholdAssignment.until).is_(None),
        )
        .outerjoin(ContactPerson, col(ContactPerson.id) == col(HouseholdAssignment.contact_person_id))
        .where(Household.network_id == network_id, col(Household.left_at).is_(None))
    ).all()
    channels = _channels(session, network_id)
    found = [
        KnownHousehold(
            id=row.id or 0,
            label=row.label or "",
            unit_name=unit_name or "",
            channels=frozenset(channels.get(row.id or 0, ())),
            contact_person_id=contact.id if contact else None,
            person_id=contact.person_id if contact else None,
            role=contact.role if contact else None,
        )
        for row, unit_name, contact in rows
    ]
    return sorted(found, key=lambda one: (number_aware(one.label or one.unit_name), one.id))


def households_by_unit(session: Session, network_ids: list[int]) -> dict[int, int]:
    """Joined households in each unit of these networks; a building counts those of its stairwells too."""
    counted = session.exec(
        select(Unit.id, Unit.parent_id, func.count(col(Household.id)))
        .join(Household, col(Household.unit_id) == col(Unit.id))
        .where(Among(col(Unit.network_id), network_ids), col(Household.left_at).is_(None))
        .group_by(col(Unit.id), col(Unit.parent_id))
    )
    found: Counter[int] = Counter()
    for unit_id, parent_id, number in counted:
        for one in (unit_id, parent_id):
            if one is not None:
                found[one] += number
    return dict(found)


def unit_names(session: Session, network_ids: list[int]) -> dict[int, str]:
    """The name of every unit of these networks, also of those out of use; a stairwell's begins with its building, since
    every house has an A."""
    building = aliased(Unit)
    rows = (
        select(Unit.id, Unit.name, building.name)
        .outerjoin(building, col(building.id) == col(Unit.parent_id))
        .where(Among(col(Unit.network_id), network_ids))
    )
    return {unit_id: f"{within} {name}" if within else name for unit_id, name, within in session.exec(rows) if unit_id}


def current_unit_names(session: Session, network_id: int) -> list[tuple[int, str]]:
    """(unit, name) of every part in use, in Swedish order of their whole names: to choose from."""
    names = unit_names(session, [network_id])
    return sorted(
        ((unit.id or 0, names[unit.id or 0]) for unit in units(session, network_id)),
        key=lambda one: number_aware(one[1]),
    )


def unit_parents(session: Session, network_ids: list[int]) -> dict[int, int | None]:
    """The building of every stairwell of these networks; None for what stands by itself."""
    rows = session.exec(select(Unit.id, Unit.parent_id).where(Among(col(Unit.network_id), network_ids)))
    return {unit_id: parent_id for unit_id, parent_id in rows if unit_id is not None}


def _channels(session: Session, network_id: int) -> dict[int, set[ChannelKind]]:
    members = session.exec(
        select(HouseholdMember.household_id, HouseholdMember.person_id)
        .join(Household, col(Household.id) == col(HouseholdMember.household_id))
        .where(Household.network_id == network_id, col(HouseholdMember.until).is_(None))
    ).all()
    open_to = open_channels(session, [person_id for _, person_id in members])
    found: dict[int, set[ChannelKind]] = {}
    for household_id, person_id in members:
        found.setdefault(household_id, set()).update(open_to.get(person_id, ()))
    return found
