"""Networks begin, grow, change state; households join and leave; contact persons take on and hand over."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks import queries
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
    ToNeighbours,
    Unit,
    WatchNetwork,
)
from grannsamverkan.domain.places import Municipality, outline
from grannsamverkan.foundation.drawn_area import read_drawn_area
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden, sort_key


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
    """A new network in `state`. `area` is GeoJSON. The name of one that has ended is free: that one is known by its
    last year from now on.

    Raises:
        Refused: network_name_taken; what read_drawn_area refuses.
    """
    _claim_name(session, municipality_code, name)
    network = WatchNetwork(
        municipality_code=municipality_code,
        name=name,
        sort_name=sort_key(name),
        kind=kind,
        dwellings=dwellings,
        created_at=now,
    )
    draw(network, area)
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
    queries.network(session, network.id, to_change=True)
    before = queries.open_span(session, network.id)
    if before is not None:
        if before.state is state:
            return
        before.until = now
        session.flush()
    session.add(NetworkStateSpan(network_id=network.id, state=state, since=now, account_id=account_id, reason=reason))
    session.flush()


def draw(network: WatchNetwork, area: str | None) -> None:
    """The network's boundary from GeoJSON, of which only the corners are kept; None: it has none.

    Raises:
        Refused: what read_drawn_area refuses.
    """
    near = outline(network.municipality_code)
    network.area = read_drawn_area(area, near=near).geojson() if area is not None else None


def rename(session: Session, network: WatchNetwork, name: str) -> None:
    """Another name, which may be that of one that has ended; Refused: network_name_taken."""
    if name != network.name:
        _claim_name(session, network.municipality_code, name, besides=network.id)
        network.name, network.sort_name = name, sort_key(name)
        session.flush()


def _claim_name(session: Session, municipality_code: str, name: str, *, besides: int | None = None) -> None:
    """Names are given one after the other in a municipality: of two who choose the same at once, one is told."""
    session.flush()
    session.get(Municipality, municipality_code, with_for_update={"key_share": True})
    holder = _named(session, municipality_code, name)
    if holder is None or holder.id == besides:
        return
    span = queries.open_span(session, holder.id or 0)
    if span is None or span.state is not NetworkState.ENDED:
        raise Refused("network_name_taken")
    _give_up_name(session, holder, in_sweden(span.since).year)


def _named(session: Session, municipality_code: str, name: str) -> WatchNetwork | None:
    same = select(WatchNetwork).where(
        WatchNetwork.municipality_code == municipality_code, WatchNetwork.sort_name == sort_key(name)
    )
    return session.exec(same).first()


def _give_up_name(session: Session, ended: WatchNetwork, year: int) -> None:
    """Old warnings and lists go on saying which of the two they mean."""
    former, number = f"{ended.name} (till {year})", 2
    while _named(session, ended.municipality_code, former) is not None:
        former, number = f"{ended.name} (till {year}, {number})", number + 1
    ended.name, ended.sort_name = former, sort_key(former)
    session.flush()


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
    household.to_neighbours = ToNeighbours.NOTHING
    for row in session.exec(
        select(HouseholdMember).where(
            HouseholdMember.household_id == household.id, col(HouseholdMember.until).is_(None)
        )
    ):
        row.until = now
    close_assignments(session, [household.id], now=now)


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
    """A person takes on a contact role in the network. Refused: network_ended, also when it ends at this moment."""
    assert network.id is not None
    queries.network(session, network.id, to_join=True)
    if queries.state_of(session, network.id) is NetworkState.ENDED:
        raise Refused("network_ended", municipality=network.municipality_code)
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
    ids = sorted(household_ids)
    close_assignments(session, ids, now=now)
    session.add_all(
        HouseholdAssignment(household_id=household_id, contact_person_id=contact_person.id, since=now)
        for household_id in ids
    )
    session.flush()


def close_assignments(session: Session, household_ids: Iterable[int], *, now: datetime) -> None:
    """Nobody has these households to inform. Their rows are locked: of two who give one away the last one counts."""
    ids = list(household_ids)
    locked = select(Household.id).where(col(Household.id).in_(ids)).order_by(col(Household.id))
    session.exec(locked.with_for_update(key_share=True)).all()
    closed = update(HouseholdAssignment).where(
        col(HouseholdAssignment.household_id).in_(ids), col(HouseholdAssignment.until).is_(None)
    )
    session.execute(closed.values(until=now))
