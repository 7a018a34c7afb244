"""Two networks become one, or one becomes two: people and parts move, the past stays as it was.

A household's time in the old network ends and its time in the new one begins, so that counts of any past day are what
they were. What other rooms keep for a network follows afterwards, by the ids in `Moved`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain import networks
from grannsamverkan.domain.lifecycle.meetings import planned_meetings
from grannsamverkan.domain.lifecycle.tables import ActionPoint, Interest, Meeting, MeetingState, PointState
from grannsamverkan.domain.lifecycle.transitions import EndReason, end
from grannsamverkan.domain.networks import (
    ContactPerson,
    Household,
    HouseholdMember,
    NetworkState,
    Unit,
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.foundation.errors import Refused


@dataclass(frozen=True)
class Moved:
    """What went from one network to another, new ids by old ones. `is_whole`: all of it, and the old one has ended."""

    from_id: int
    into_id: int
    is_whole: bool
    units: dict[int, int] = field(default_factory=dict)
    roles: dict[int, int] = field(default_factory=dict)
    households: dict[int, int] = field(default_factory=dict)

    def takes(self, unit_id: int | None) -> bool:
        """Whether what belongs to this part (None: to the whole network) goes along."""
        return self.is_whole or unit_id in self.units

    def unit(self, unit_id: int | None) -> int | None:
        """The part's id in the new network."""
        return self.units.get(unit_id or 0)


def merge(session: Session, network: WatchNetwork, into: WatchNetwork, *, account_id: int, now: datetime) -> Moved:
    """Everything of `network` goes on in `into`, and `network` ends.

    Raises:
        Refused: merge_itself, merge_kinds: villas and apartments, or two municipalities; has_ended.
    """
    assert network.id is not None
    assert into.id is not None
    if network.id == into.id:
        raise Refused("merge_itself")
    if network.kind is not into.kind or network.municipality_code != into.municipality_code:
        raise Refused("merge_kinds")
    for network_id in sorted((network.id, into.id)):
        networks.network(session, network_id, to_change=True)
        if networks.state_of(session, network_id) is NetworkState.ENDED:
            raise Refused("has_ended")
    moved = Moved(network.id, into.id, is_whole=True)
    _move(session, moved, into, networks.units(session, network.id), now)
    session.execute(update(Interest).where(col(Interest.network_id) == network.id).values(network_id=into.id))
    planned = (col(Meeting.network_id) == network.id, col(Meeting.state) == MeetingState.PLANNED)
    session.execute(update(Meeting).where(*planned).values(network_id=into.id))
    still_open = col(ActionPoint.state).in_([PointState.OPEN, PointState.STARTED])
    session.execute(
        update(ActionPoint).where(col(ActionPoint.network_id) == network.id, still_open).values(network_id=into.id)
    )
    is_counted = network.dwellings is not None and into.dwellings is not None
    into.dwellings = (network.dwellings or 0) + (into.dwellings or 0) if is_counted else None
    codes = {*networks.postcodes(session, network.id), *networks.postcodes(session, into.id)}
    networks.set_postcodes(session, into, codes)
    network.merged_into_id = into.id
    end(session, network, EndReason.MERGED, account_id=account_id, now=now)
    return moved


def split(
    session: Session, network: WatchNetwork, name: str, unit_ids: Iterable[int], *, account_id: int, now: datetime
) -> Moved:
    """These parts, with their households and contact persons, become a network of their own in the same state. In the
    old one they are out of use. Where some of them are not counted, both networks have to be counted anew.

    Raises:
        Refused: split_nothing, split_everything; network_name_taken; has_ended.
    """
    assert network.id is not None
    networks.network(session, network.id, to_change=True)
    state = networks.state_of(session, network.id)
    if state is NetworkState.ENDED:
        raise Refused("has_ended")
    all_units = networks.units(session, network.id)
    chosen_ids = networks.units_within(session, network.id, unit_ids)
    chosen = [unit for unit in all_units if unit.id in chosen_ids]
    if not chosen:
        raise Refused("split_nothing")
    if len(chosen) == len(all_units):
        raise Refused("split_everything")
    dwellings = networks.dwellings_of(chosen)
    fresh = networks.add_network(
        session,
        network.municipality_code,
        name,
        network.kind,
        now=now,
        state=state,
        dwellings=dwellings,
        account_id=account_id,
    )
    fresh.lead_sees_households, fresh.has_member_list = network.lead_sees_households, network.has_member_list
    fresh.via_contact_person = network.via_contact_person
    networks.set_postcodes(session, fresh, networks.postcodes(session, network.id))
    is_counted = network.dwellings is not None and dwellings is not None
    network.dwellings = max(0, (network.dwellings or 0) - (dwellings or 0)) if is_counted else None
    moved = Moved(network.id, fresh.id or 0, is_whole=False)
    _move(session, moved, fresh, chosen, now)
    for unit in sorted(chosen, key=lambda unit: unit.parent_id is None):
        networks.retire_unit(session, unit, now=now)
    _copy_meetings(session, moved, now)
    return moved


def _copy_meetings(session: Session, moved: Moved, now: datetime) -> None:
    """A planned meeting is for both networks from now on: whoever was invited is told of changes by their own."""
    for row in planned_meetings(session, moved.from_id):
        session.add(
            Meeting(
                network_id=moved.into_id,
                kind=row.kind,
                starts_at=row.starts_at,
                minutes=row.minutes,
                place=row.place,
                uid=secrets.token_urlsafe(18),
                invited_at=row.invited_at,
                made_at=now,
                changed_at=now,
            )
        )
    session.flush()


def _move(session: Session, moved: Moved, into: WatchNetwork, units: list[Unit], now: datetime) -> None:
    made = _copy_units(session, into, units)
    moved.units.update({unit.id or 0: made[unit.id].id or 0 for unit in units})
    roles = _move_roles(session, moved, into, made, now)
    moved.roles.update({old: role.id or 0 for old, role in roles.items()})
    for old in networks.living_households(session, moved.from_id):
        if moved.takes(old.unit_id):
            fresh = _move_household(session, old, into, made, roles, now, is_whole=moved.is_whole)
            moved.households[old.id or 0] = fresh.id or 0


def _copy_units(session: Session, into: WatchNetwork, units: list[Unit]) -> dict[int | None, Unit]:
    """New parts in the other network, under new names where the old ones are taken; and, uncounted, the buildings of
    stairwells that move without the rest."""
    taken = {unit.name for unit in networks.units(session, into.id or 0) if unit.parent_id is None}
    made: dict[int | None, Unit] = {}
    for unit in sorted(units, key=lambda unit: unit.parent_id is not None):
        parent = made.get(unit.parent_id)
        if unit.kind is UnitKind.STAIRWELL and parent is None:
            parent = _copied(session, into, _parent_of(session, unit), None, taken)
            parent.dwellings = None
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
    session: Session, moved: Moved, into: WatchNetwork, made: dict[int | None, Unit], now: datetime
) -> dict[int, ContactPerson]:
    """The contact persons of what moves carry on in the new network; by their old role's id."""
    found: dict[int, ContactPerson] = {}
    for role in networks.contact_persons(session, moved.from_id):
        if not moved.takes(role.unit_id):
            continue
        unit = made.get(role.unit_id) if role.unit_id is not None else None
        found[role.id or 0] = networks.add_contact_person(session, into, role.person_id, role.role, now=now, unit=unit)
        role.until, role.ended_because = now, networks.CARRIED_ON
    session.flush()
    return found


def _move_household(
    session: Session,
    old: Household,
    into: WatchNetwork,
    made: dict[int | None, Unit],
    roles: dict[int, ContactPerson],
    now: datetime,
    *,
    is_whole: bool,
) -> Household:
    """What it shows its own contact person goes along. What it shows its neighbours does so only where these are still
    the same people, fewer of them."""
    fresh = networks.add_household(
        session,
        into,
        now=now,
        unit=made.get(old.unit_id) if old.unit_id is not None else None,
        label=old.label,
        shows=old.shows,
        joined_by=old.joined_by,
        landline=old.landline,
    )
    if not is_whole:
        fresh.to_neighbours = old.to_neighbours
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
