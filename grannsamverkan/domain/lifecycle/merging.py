"""Two networks become one, or one becomes two: people and parts move, the past stays as it was.

A household's time in the old network ends and its time in the new one begins, so that counts of any past day are what
they were.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain import networks
from grannsamverkan.domain.lifecycle.tables import ActionPoint, Interest, Meeting, MeetingState, PointState
from grannsamverkan.domain.lifecycle.transitions import EndReason, end
from grannsamverkan.domain.networks import (
    ContactPerson,
    Household,
    HouseholdMember,
    NetworkPostcode,
    NetworkState,
    Unit,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.foundation.errors import Refused


def merge(
    session: Session, network: WatchNetwork, into: WatchNetwork, *, account_id: int, now: datetime
) -> dict[int, int]:
    """Everything of `network` goes on in `into`, and `network` ends. Returns old household ids by new ones.

    Raises:
        Refused: merge_itself, merge_kinds: villas and apartments, or two municipalities; has_ended.
    """
    assert network.id is not None
    assert into.id is not None
    if network.id == into.id:
        raise Refused("merge_itself")
    if network.kind is not into.kind or network.municipality_code != into.municipality_code:
        raise Refused("merge_kinds")
    if NetworkState.ENDED in (networks.state_of(session, network.id), networks.state_of(session, into.id)):
        raise Refused("has_ended")
    moved = _move(session, network.id, into, networks.units(session, network.id), now, everything=True)
    for table in (Interest,):
        session.execute(update(table).where(col(table.network_id) == network.id).values(network_id=into.id))
    planned = (col(Meeting.network_id) == network.id, col(Meeting.state) == MeetingState.PLANNED)
    session.execute(update(Meeting).where(*planned).values(network_id=into.id))
    still_open = col(ActionPoint.state).in_([PointState.OPEN, PointState.STARTED])
    session.execute(
        update(ActionPoint).where(col(ActionPoint.network_id) == network.id, still_open).values(network_id=into.id)
    )
    if network.dwellings is not None or into.dwellings is not None:
        into.dwellings = (network.dwellings or 0) + (into.dwellings or 0)
    codes = set(session.exec(select(NetworkPostcode.postcode).where(NetworkPostcode.network_id == into.id)))
    for row in session.exec(select(NetworkPostcode).where(NetworkPostcode.network_id == network.id)).all():
        if row.postcode not in codes:
            session.add(NetworkPostcode(network_id=into.id, postcode=row.postcode))
    network.merged_into_id = into.id
    end(session, network, EndReason.MERGED, account_id=account_id, now=now)
    return moved


def split(
    session: Session, network: WatchNetwork, name: str, unit_ids: Iterable[int], *, account_id: int, now: datetime
) -> WatchNetwork:
    """These parts, with their households and contact persons, become a network of their own in the same state.

    Raises:
        Refused: split_nothing, split_everything; network_name_taken.
    """
    assert network.id is not None
    all_units = networks.units(session, network.id)
    chosen_ids = networks.units_within(session, network.id, unit_ids)
    chosen = [unit for unit in all_units if unit.id in chosen_ids]
    if not chosen:
        raise Refused("split_nothing")
    if len(chosen) == len(all_units):
        raise Refused("split_everything")
    state = networks.state_of(session, network.id)
    counted = [unit.dwellings for unit in chosen if unit.dwellings is not None]
    fresh = networks.add_network(
        session,
        network.municipality_code,
        name,
        network.kind,
        now=now,
        state=state,
        dwellings=sum(counted) if counted else None,
        account_id=account_id,
    )
    if counted and network.dwellings is not None:
        network.dwellings = max(0, network.dwellings - sum(counted))
    _move(session, network.id, fresh, chosen, now, everything=False)
    return fresh


def _move(
    session: Session, from_id: int, into: WatchNetwork, units: list[Unit], now: datetime, *, everything: bool
) -> dict[int, int]:
    new_units = _copy_units(session, into, units)
    session.flush()
    roles = _move_roles(session, from_id, into, new_units, now, everything)
    households = session.exec(
        select(Household).where(Household.network_id == from_id, col(Household.left_at).is_(None))
    ).all()
    moved: dict[int, int] = {}
    for old in households:
        if everything or old.unit_id in new_units:
            fresh = _move_household(session, old, into, new_units, roles, now)
            moved[fresh.id or 0] = old.id or 0
    return moved


def _copy_units(session: Session, into: WatchNetwork, units: list[Unit]) -> dict[int | None, Unit]:
    """New parts in the other network, under new names where the old ones are taken."""
    taken = {unit.name for unit in networks.units(session, into.id or 0) if unit.parent_id is None}
    made: dict[int | None, Unit] = {}
    for unit in sorted(units, key=lambda unit: unit.parent_id is not None):
        parent = made.get(unit.parent_id)
        if unit.kind is UnitKind.STAIRWELL and parent is None:
            parent = _copied(session, into, _parent_of(session, unit), None, taken)
            made[unit.parent_id] = parent
        made[unit.id] = _copied(session, into, unit, parent, taken if parent is None else set())
    return made


def _copied(session: Session, into: WatchNetwork, unit: Unit, parent: Unit | None, taken: set[str]) -> Unit:
    name, number = unit.name, 2
    while name in taken:
        name, number = f"{unit.name} ({number})", number + 1
    taken.add(name)
    fresh = networks.add_unit(session, into, unit.kind, name, parent=parent)
    fresh.dwellings = unit.dwellings
    return fresh


def _parent_of(session: Session, unit: Unit) -> Unit:
    parent = session.get(Unit, unit.parent_id)
    assert parent is not None
    return parent


def _move_roles(
    session: Session,
    from_id: int,
    into: WatchNetwork,
    new_units: dict[int | None, Unit],
    now: datetime,
    everything: bool,
) -> dict[int, ContactPerson]:
    """The contact persons of the parts that move carry on in the new network; by their old role's id."""
    found: dict[int, ContactPerson] = {}
    for role in networks.contact_persons(session, from_id):
        if not everything and role.unit_id not in new_units:
            continue
        unit = new_units.get(role.unit_id) if role.unit_id is not None else None
        found[role.id or 0] = networks.add_contact_person(session, into, role.person_id, role.role, now=now, unit=unit)
        role.until, role.ended_because = now, "moved"
    session.flush()
    return found


def _move_household(
    session: Session,
    old: Household,
    into: WatchNetwork,
    new_units: dict[int | None, Unit],
    roles: dict[int, ContactPerson],
    now: datetime,
) -> Household:
    fresh = networks.add_household(
        session,
        into,
        now=now,
        unit=new_units.get(old.unit_id) if old.unit_id is not None else None,
        label=old.label,
        shows=old.shows,
        joined_by=old.joined_by,
        landline=old.landline,
    )
    members = select(HouseholdMember).where(
        HouseholdMember.household_id == old.id, col(HouseholdMember.until).is_(None)
    )
    for member in session.exec(members).all():
        networks.join(session, fresh, member.person_id, now=now)
    carrier = networks.assigned_to(session, old.id or 0)
    networks.leave(session, old, now=now)
    session.flush()
    if carrier in roles:
        networks.assign_households(session, roles[carrier], [fresh.id or 0], now=now)
    return fresh
