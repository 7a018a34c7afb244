"""What a contact person may see of households: their own, and of each only what it shows. The one way to names and
addresses of members for anybody but themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from grannsamverkan.domain import networks, people
from grannsamverkan.domain.networks import (
    ContactRole,
    Household,
    HouseholdAssignment,
    HouseholdMember,
    Shows,
    WatchNetwork,
)
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import number_aware


@dataclass(frozen=True)
class SeenHousehold:
    """A household as its contact person sees it. `label` "" where it shows nothing; addresses only where it shows them.

    `channels` says how it is reached: SMS, mail, or (empty) by paper.
    """

    id: int
    unit_id: int | None
    unit_name: str
    label: str
    channels: frozenset[ChannelKind]
    addresses: tuple[str, ...]
    landline: str


def visible_ids(session: Session, viewer_person_id: int | None, network: WatchNetwork) -> frozenset[int]:
    """Ids of the households that are this person's to know: assigned to them, or in a part that they look after.

    The lead contact person sees all where the network has decided so. A deputy looks after nobody until households are
    assigned to them.
    """
    if viewer_person_id is None or network.id is None:
        return frozenset()
    roles = [role for role in networks.open_contact_roles(session, viewer_person_id) if role.network_id == network.id]
    if not roles:
        return frozenset()
    living = (Household.network_id == network.id, col(Household.left_at).is_(None))
    if network.lead_sees_households and any(role.role is ContactRole.LEAD for role in roles):
        return frozenset(row for row in session.exec(select(Household.id).where(*living)) if row is not None)
    parts = {role.unit_id for role in roles if role.unit_id is not None and role.role is not ContactRole.DEPUTY}
    units = networks.units_within(session, network.id, parts)
    assigned = select(HouseholdAssignment.household_id).where(
        col(HouseholdAssignment.contact_person_id).in_([role.id for role in roles]),
        col(HouseholdAssignment.until).is_(None),
    )
    theirs = col(Household.id).in_(assigned) | col(Household.unit_id).in_(units)
    return frozenset(row for row in session.exec(select(Household.id).where(*living, theirs)) if row is not None)


def visible_households(session: Session, viewer_person_id: int | None, network: WatchNetwork) -> list[SeenHousehold]:
    """Those households, in Swedish order of part and name, in a constant number of queries."""
    assert network.id is not None
    ids = visible_ids(session, viewer_person_id, network)
    if not ids:
        return []
    rows = session.exec(select(Household).where(col(Household.id).in_(ids))).all()
    names = networks.unit_names(session, [network.id])
    members = _members(session, ids)
    channels = people.open_channels(session, [person_id for people_ in members.values() for person_id in people_])
    addresses = _addresses(session, rows, members)
    seen = [_seen(row, names, members, channels, addresses) for row in rows]
    return sorted(seen, key=lambda one: (number_aware(one.unit_name), number_aware(one.label or "\uffff"), one.id))


def _seen(
    row: Household,
    names: dict[int, str],
    members: dict[int, list[int]],
    channels: dict[int, set[ChannelKind]],
    addresses: dict[int, list[str]],
) -> SeenHousehold:
    household_id = row.id or 0
    reached = {channel for person_id in members.get(household_id, ()) for channel in channels.get(person_id, ())}
    shows_contact = row.shows is Shows.CONTACT
    return SeenHousehold(
        id=household_id,
        unit_id=row.unit_id,
        unit_name=names.get(row.unit_id or 0, ""),
        label=(row.label or "") if row.shows is not Shows.NOTHING else "",
        channels=frozenset(reached),
        addresses=tuple(addresses.get(household_id, ())) if shows_contact else (),
        landline=(row.landline or "") if shows_contact else "",
    )


def _members(session: Session, household_ids: frozenset[int]) -> dict[int, list[int]]:
    rows = session.exec(
        select(HouseholdMember.household_id, HouseholdMember.person_id).where(
            col(HouseholdMember.household_id).in_(household_ids), col(HouseholdMember.until).is_(None)
        )
    )
    found: dict[int, list[int]] = {}
    for household_id, person_id in rows:
        found.setdefault(household_id, []).append(person_id)
    return found


def _addresses(session: Session, rows: Sequence[Household], members: dict[int, list[int]]) -> dict[int, list[str]]:
    """Confirmed addresses of the households that show them: nobody else's are even read."""
    shown = {
        person_id: row.id or 0
        for row in rows
        if row.shows is Shows.CONTACT
        for person_id in members.get(row.id or 0, ())
    }
    found: dict[int, list[str]] = {}
    known = session.exec(
        select(ContactAddress.person_id, ContactAddress.value).where(
            col(ContactAddress.person_id).in_(shown), col(ContactAddress.confirmed_at).is_not(None)
        )
    )
    for person_id, value in known:
        found.setdefault(shown[person_id], []).append(value)
    return found
