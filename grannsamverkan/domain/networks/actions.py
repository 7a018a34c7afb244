"""Networks begin, grow, change state; households join and leave; contact persons take on and hand over."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.tables import (
    ContactPerson,
    ContactRole,
    Household,
    HouseholdAssignment,
    HouseholdMember,
    JoinedBy,
    NetworkKind,
    NetworkPostcode,
    NetworkState,
    NetworkStateSpan,
    Shows,
    Unit,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.geometry import read_area
from grannsamverkan.foundation.swedish import sort_key

# what a unit may stand in: a stairwell in a building, streets and buildings directly in their network
_PARENT = {UnitKind.STREET: None, UnitKind.BUILDING: None, UnitKind.STAIRWELL: UnitKind.BUILDING}
_UNITS_OF = {
    NetworkKind.VILLA: {UnitKind.STREET},
    NetworkKind.APARTMENT: {UnitKind.BUILDING, UnitKind.STAIRWELL},
}


def add_network(
    session: Session,
    municipality_code: str,
    name: str,
    kind: NetworkKind,
    *,
    now: datetime,
    state: NetworkState = NetworkState.INTEREST,
    dwellings: int | None = None,
    area: str | None = None,
    account_id: int | None = None,
) -> WatchNetwork:
    """A new network in `state`. `area` is GeoJSON.

    Raises:
        Refused: network_name_taken; what read_area refuses.
    """
    if area is not None:
        read_area(area)
    _refuse_taken_name(session, municipality_code, name)
    network = WatchNetwork(
        municipality_code=municipality_code,
        name=name,
        sort_name=sort_key(name),
        kind=kind,
        dwellings=dwellings,
        area=area,
        created_at=now,
    )
    session.add(network)
    session.flush()
    enter_state(session, network, state, now=now, account_id=account_id)
    return network


def enter_state(
    session: Session,
    network: WatchNetwork,
    state: NetworkState,
    *,
    now: datetime,
    account_id: int | None = None,
    reason: str | None = None,
) -> None:
    """The network is in `state` from now on; the span before it is closed, never overwritten."""
    assert network.id is not None
    open_span = select(NetworkStateSpan).where(
        NetworkStateSpan.network_id == network.id, col(NetworkStateSpan.until).is_(None)
    )
    before = session.exec(open_span).first()
    if before is not None:
        if before.state is state:
            return
        before.until = now
        session.flush()
    session.add(NetworkStateSpan(network_id=network.id, state=state, since=now, account_id=account_id, reason=reason))
    session.flush()


def rename(session: Session, network: WatchNetwork, name: str) -> None:
    """Another name; Refused: network_name_taken."""
    if name != network.name:
        _refuse_taken_name(session, network.municipality_code, name)
        network.name, network.sort_name = name, sort_key(name)


def _refuse_taken_name(session: Session, municipality_code: str, name: str) -> None:
    same = select(WatchNetwork.id).where(WatchNetwork.municipality_code == municipality_code, WatchNetwork.name == name)
    if session.exec(same).first() is not None:
        raise Refused("network_name_taken")


def set_postcodes(session: Session, network: WatchNetwork, postcodes: Iterable[str]) -> None:
    """The postcodes the network lies in, instead of those before; five digits each.

    Raises:
        Refused: postcode.
    """
    assert network.id is not None
    wanted = set(postcodes)
    if any(len(code) != 5 or not code.isdecimal() for code in wanted):
        raise Refused("postcode")
    session.execute(delete(NetworkPostcode).where(col(NetworkPostcode.network_id) == network.id))
    session.add_all(NetworkPostcode(network_id=network.id, postcode=code) for code in sorted(wanted))
    session.flush()


def rename_unit(unit: Unit, name: str, dwellings: int | None) -> None:
    """Another name and count of dwellings."""
    unit.name, unit.sort_name, unit.dwellings = name, sort_key(name), dwellings


def remove_unit(session: Session, unit: Unit) -> None:
    """Take away a part that nobody lives in; Refused: unit_in_use (households, parts, contact_persons)."""
    counts = [
        session.exec(select(func.count()).select_from(table).where(*which)).one()
        for table, which in (
            (Household, (col(Household.unit_id) == unit.id, col(Household.left_at).is_(None))),
            (Unit, (col(Unit.parent_id) == unit.id,)),
            (ContactPerson, (col(ContactPerson.unit_id) == unit.id, col(ContactPerson.until).is_(None))),
        )
    ]
    if any(counts):
        raise Refused("unit_in_use", households=counts[0], parts=counts[1], contact_persons=counts[2])
    session.delete(unit)
    session.flush()


def move_households(session: Session, unit: Unit, into: Unit) -> int:
    """Everybody who lives in one part is counted in another of the same network; returns how many."""
    rows = session.exec(select(Household).where(Household.unit_id == unit.id, col(Household.left_at).is_(None))).all()
    for row in rows:
        row.unit_id = into.id
    return len(rows)


def add_unit(session: Session, network: WatchNetwork, kind: UnitKind, name: str, *, parent: Unit | None = None) -> Unit:
    """A street, a building, or a stairwell in a building. Refused when the network's kind has no such unit."""
    if kind not in _UNITS_OF[network.kind] or (parent.kind if parent else None) != _PARENT[kind]:
        raise Refused("unit_does_not_fit", unit=kind, network=network.kind)
    assert network.id is not None
    unit = Unit(
        network_id=network.id, parent_id=parent.id if parent else None, kind=kind, name=name, sort_name=sort_key(name)
    )
    session.add(unit)
    session.flush()
    return unit


def add_household(
    session: Session,
    network: WatchNetwork,
    *,
    now: datetime,
    unit: Unit | None = None,
    label: str | None = None,
    shows: Shows = Shows.NAME,
    joined_by: JoinedBy | None = None,
    landline: str | None = None,
) -> Household:
    """A household joins the network."""
    assert network.id is not None
    household = Household(
        network_id=network.id,
        unit_id=unit.id if unit else None,
        label=label,
        landline=landline,
        shows=shows,
        joined_by=joined_by,
        joined_at=now,
    )
    session.add(household)
    session.flush()
    return household


def join(session: Session, household: Household, person_id: int, *, now: datetime) -> HouseholdMember:
    """A person belongs to the household from now on."""
    assert household.id is not None
    member = HouseholdMember(household_id=household.id, person_id=person_id, since=now)
    session.add(member)
    return member


def leave(session: Session, household: Household, *, now: datetime) -> None:
    """The household leaves: its row stays for the count, its label and its people's place in it end."""
    assert household.id is not None
    household.left_at, household.label, household.landline = now, None, None
    for row in session.exec(
        select(HouseholdMember).where(
            HouseholdMember.household_id == household.id, col(HouseholdMember.until).is_(None)
        )
    ):
        row.until = now
    _close_assignments(session, [household.id], now)


def move_out(session: Session, household: Household, person_id: int, *, now: datetime) -> None:
    """A person leaves the household; with the last of its people it leaves the network."""
    living = (HouseholdMember.household_id == household.id, col(HouseholdMember.until).is_(None))
    rows = session.exec(select(HouseholdMember).where(*living)).all()
    if all(row.person_id == person_id for row in rows):
        leave(session, household, now=now)
        return
    for row in rows:
        if row.person_id == person_id:
            row.until = now


def add_contact_person(
    session: Session,
    network: WatchNetwork,
    person_id: int,
    role: ContactRole,
    *,
    now: datetime,
    unit: Unit | None = None,
) -> ContactPerson:
    """A person takes on a contact role in the network."""
    assert network.id is not None
    row = ContactPerson(
        network_id=network.id, unit_id=unit.id if unit else None, person_id=person_id, role=role, since=now
    )
    session.add(row)
    session.flush()
    return row


def assign_households(
    session: Session, contact_person: ContactPerson, household_ids: Iterable[int], *, now: datetime
) -> None:
    """These households are the contact person's to inform from now on; who had them before no longer does."""
    assert contact_person.id is not None
    ids = list(household_ids)
    _close_assignments(session, ids, now)
    session.add_all(
        HouseholdAssignment(household_id=household_id, contact_person_id=contact_person.id, since=now)
        for household_id in ids
    )
    session.flush()


def _close_assignments(session: Session, household_ids: list[int], now: datetime) -> None:
    rows = select(HouseholdAssignment).where(
        col(HouseholdAssignment.household_id).in_(household_ids), col(HouseholdAssignment.until).is_(None)
    )
    for row in session.exec(rows):
        row.until = now
