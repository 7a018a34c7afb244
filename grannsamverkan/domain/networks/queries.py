"""Reads of networks: cards for lists, counts as of a date, coverage by contact persons."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, func, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from grannsamverkan.domain.networks.tables import (
    ContactPerson,
    ContactRole,
    Household,
    HouseholdAssignment,
    HouseholdMember,
    NetworkKind,
    NetworkPostcode,
    NetworkState,
    NetworkStateSpan,
    Unit,
    WatchNetwork,
)
from grannsamverkan.domain.people import Consent, ContactAddress
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ChannelKind


@dataclass(frozen=True)
class NetworkCard:
    """A network as lists show it. `dwellings` None: not counted yet."""

    id: int
    municipality_code: str
    name: str
    kind: NetworkKind
    state: NetworkState
    households: int
    dwellings: int | None
    contact_persons: int
    area: str | None


@dataclass(frozen=True)
class NetworkCounts:
    """Active networks and joined households of one kind at one time."""

    kind: NetworkKind
    networks: int
    households: int


@dataclass(frozen=True)
class Coverage:
    """How a network's households are shared among its contact persons.

    `too_many` are contact persons with more households than the local guidance; `unassigned` households have none.
    """

    households_of: dict[int, int]
    too_many: list[int]
    unassigned: int
    has_deputy: bool
    has_lead: bool


def network(session: Session, network_id: int, *, to_change: bool = False, to_join: bool = False) -> WatchNetwork:
    """The network; NotFound.

    `to_change` locks its row: two who change its state, its name or its parts come one after the other. `to_join` keeps
    such a change away meanwhile; any number may join at the same time.
    """
    lock = {"key_share": True} if to_change else {"read": True} if to_join else None
    if lock is not None:
        session.flush()  # the row is read anew, and what was changed in memory would be lost
    found = session.get(WatchNetwork, network_id, with_for_update=lock)
    if found is None:
        raise NotFound
    return found


def successor(session: Session, network_id: int) -> WatchNetwork:
    """What the network has become a part of, however often; itself, when it has not. NotFound."""
    found, seen = network(session, network_id), {network_id}
    while found.merged_into_id is not None and found.merged_into_id not in seen:
        seen.add(found.merged_into_id)
        found = network(session, found.merged_into_id)
    return found


def living_households(session: Session, network_id: int) -> list[Household]:
    """The network's joined households."""
    rows = select(Household).where(Household.network_id == network_id, col(Household.left_at).is_(None))
    return list(session.exec(rows.order_by(col(Household.id))))


def members(session: Session, network_id: int) -> list[int]:
    """The people of the network's joined households."""
    rows = (
        select(HouseholdMember.person_id)
        .join(Household, col(Household.id) == col(HouseholdMember.household_id))
        .where(
            Household.network_id == network_id,
            col(Household.left_at).is_(None),
            col(HouseholdMember.until).is_(None),
        )
    )
    return list(session.exec(rows))


def people_of(session: Session, household_ids: Iterable[int]) -> list[int]:
    """Who lives in these households, each once."""
    rows = select(HouseholdMember.person_id).where(
        col(HouseholdMember.household_id).in_(list(household_ids)), col(HouseholdMember.until).is_(None)
    )
    return sorted(set(session.exec(rows)))


def people_by_household(session: Session, household_ids: Iterable[int]) -> dict[int, int]:
    """The household of everybody who lives in one of these."""
    rows = select(HouseholdMember.person_id, HouseholdMember.household_id).where(
        col(HouseholdMember.household_id).in_(list(household_ids)), col(HouseholdMember.until).is_(None)
    )
    return dict(session.exec(rows).all())


def reached_count(session: Session, network_id: int, person_ids: list[int]) -> int:
    """Households of the network in which one of these people lives."""
    rows = (
        select(func.count(distinct(col(Household.id))))
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .where(
            Household.network_id == network_id,
            col(Household.left_at).is_(None),
            col(HouseholdMember.until).is_(None),
            col(HouseholdMember.person_id).in_(person_ids),
        )
    )
    return session.exec(rows).one()


def networks_of_people(session: Session, person_ids: list[int]) -> dict[int, str]:
    """The network in which each of these people carries a role."""
    rows = session.exec(
        select(ContactPerson.person_id, WatchNetwork.name)
        .join(WatchNetwork, col(WatchNetwork.id) == col(ContactPerson.network_id))
        .where(col(ContactPerson.person_id).in_(person_ids), col(ContactPerson.until).is_(None))
    )
    return dict(rows.all())


@dataclass(frozen=True)
class ChannelReach:
    """Households by how they can be reached: a phone (and perhaps a mailbox too), a mailbox alone, or paper."""

    sms: int
    email_only: int
    paper: int

    @property
    def percent(self) -> int:
        """Those with a phone or a mailbox, of all."""
        total = self.sms + self.email_only + self.paper
        return 100 * (self.sms + self.email_only) // total if total else 0


def reach_together(each: Iterable[ChannelReach]) -> ChannelReach:
    """How the households of several networks can be reached."""
    found = list(each)
    return ChannelReach(
        sum(one.sms for one in found), sum(one.email_only for one in found), sum(one.paper for one in found)
    )


def reach_by_network(session: Session, joined: dict[int, int]) -> dict[int, ChannelReach]:
    """How the households of each network of `joined` (its households) can be reached; without those that have none."""
    living = {network_id: number for network_id, number in joined.items() if number}
    home = distinct(col(Household.id))
    counted = session.exec(
        select(
            Household.network_id,
            func.count(home).filter(col(ContactAddress.channel) == ChannelKind.SMS),
            func.count(home),
        )
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .join(ContactAddress, col(ContactAddress.person_id) == col(HouseholdMember.person_id))
        .join(
            Consent,
            (col(Consent.person_id) == col(ContactAddress.person_id))
            & (col(Consent.channel) == col(ContactAddress.channel)),
        )
        .where(
            Among(col(Household.network_id), living),
            col(Household.left_at).is_(None),
            col(HouseholdMember.until).is_(None),
            col(ContactAddress.confirmed_at).is_not(None),
            col(ContactAddress.dead_since).is_(None),
            col(Consent.withdrawn_at).is_(None),
        )
        .group_by(col(Household.network_id))
    )
    reached = {network_id: (by_sms, by_any) for network_id, by_sms, by_any in counted}
    found = {}
    for network_id, number in living.items():
        by_sms, by_any = reached.get(network_id, (0, 0))
        found[network_id] = ChannelReach(by_sms, by_any - by_sms, number - by_any)
    return found


def joined_count(session: Session, network_id: int) -> int:
    """Joined households of the network."""
    return session.exec(
        select(func.count(col(Household.id))).where(
            Household.network_id == network_id, col(Household.left_at).is_(None)
        )
    ).one()


def open_span(session: Session, network_id: int) -> NetworkStateSpan | None:
    """The state the network is in now, and since when; None before its first."""
    rows = select(NetworkStateSpan).where(
        NetworkStateSpan.network_id == network_id, col(NetworkStateSpan.until).is_(None)
    )
    return session.exec(rows).first()


def state_of(session: Session, network_id: int) -> NetworkState:
    """The state the network is in now; NotFound."""
    found = open_span(session, network_id)
    if found is None:
        raise NotFound
    return found.state


def postcodes(session: Session, network_id: int) -> list[str]:
    """The postcodes the network lies in."""
    rows = select(NetworkPostcode.postcode).where(NetworkPostcode.network_id == network_id)
    return sorted(session.exec(rows))


def active_since(session: Session, network_id: int) -> datetime | None:
    """When the network became active, of the time it is active now; None when it is not."""
    rows = select(NetworkStateSpan.since).where(
        NetworkStateSpan.network_id == network_id,
        NetworkStateSpan.state == NetworkState.ACTIVE,
        col(NetworkStateSpan.until).is_(None),
    )
    return session.exec(rows).first()


def units(session: Session, network_id: int) -> list[Unit]:
    """The network's streets, or its buildings and stairwells, that are in use; in Swedish order."""
    rows = select(Unit).where(Unit.network_id == network_id, col(Unit.retired_at).is_(None)).order_by(Unit.sort_name)
    return list(session.exec(rows))


def unit_of(session: Session, network_id: int, unit_id: int | None) -> Unit | None:
    """The network's unit with this id; None for none, NotFound for another network's."""
    if unit_id is None:
        return None
    row = session.get(Unit, unit_id)
    if row is None or row.network_id != network_id:
        raise NotFound
    return row


def names_within(session: Session, municipality_codes: Collection[str]) -> frozenset[str]:
    """What is called by name in these municipalities: networks, streets, buildings, stairwells with their building."""
    codes = list(municipality_codes)
    networks = select(WatchNetwork.name).where(col(WatchNetwork.municipality_code).in_(codes))
    parent = aliased(Unit)
    units = (
        select(Unit.name, parent.name)
        .join(WatchNetwork, col(WatchNetwork.id) == col(Unit.network_id))
        .join(parent, col(parent.id) == col(Unit.parent_id), isouter=True)
        .where(col(WatchNetwork.municipality_code).in_(codes))
    )
    named = {name for part, whole in session.exec(units) for name in (part, f"{whole} {part}" if whole else part)}
    return frozenset(named.union(session.exec(networks)))


def leaf_units(session: Session, network_id: int) -> list[Unit]:
    """Where a household lives: streets and stairwells, and buildings that have none; in Swedish order."""
    found = units(session, network_id)
    parents = {unit.parent_id for unit in found}
    names = {unit.id: unit.sort_name for unit in found}
    leaves = [unit for unit in found if unit.id not in parents]
    return sorted(leaves, key=lambda unit: (names.get(unit.parent_id, ""), unit.sort_name))


def cards(session: Session, municipality_codes: list[str], network_ids: list[int] | None = None) -> list[NetworkCard]:
    """The networks of the municipalities (only `network_ids` of them, if given), in Swedish order."""
    households = (
        select(func.count(col(Household.id)))
        .where(col(Household.network_id) == col(WatchNetwork.id), col(Household.left_at).is_(None))
        .correlate(WatchNetwork)
        .scalar_subquery()
    )
    contacts = (
        select(func.count(distinct(col(ContactPerson.person_id))))
        .where(col(ContactPerson.network_id) == col(WatchNetwork.id), col(ContactPerson.until).is_(None))
        .correlate(WatchNetwork)
        .scalar_subquery()
    )
    rows = (
        sa_select(  # columns, not the object: pages list hundreds, and need no change to any
            col(WatchNetwork.id),
            col(WatchNetwork.municipality_code),
            col(WatchNetwork.name),
            col(WatchNetwork.kind),
            col(NetworkStateSpan.state),
            households,
            col(WatchNetwork.dwellings),
            contacts,
            col(WatchNetwork.area),
        )
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(WatchNetwork.id))
        .where(col(NetworkStateSpan.until).is_(None), col(WatchNetwork.municipality_code).in_(municipality_codes))
        .order_by(col(WatchNetwork.sort_name))
    )
    if network_ids is not None:
        rows = rows.where(Among(col(WatchNetwork.id), network_ids))
    return [NetworkCard(*row) for row in session.execute(rows)]


def _held_at(since: Mapped[datetime], until: Mapped[datetime | None], at: datetime) -> ColumnElement[bool]:
    return (since <= at) & or_(until.is_(None), until > at)


def active_on(
    session: Session, at: datetime, municipality_codes: list[str], *, kind: NetworkKind | None = None
) -> list[int]:
    """Ids of the networks, of this kind only, that were active at `at`."""
    rows = (
        select(WatchNetwork.id)
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(WatchNetwork.id))
        .where(
            col(WatchNetwork.municipality_code).in_(municipality_codes),
            col(NetworkStateSpan.state) == NetworkState.ACTIVE,
            _held_at(col(NetworkStateSpan.since), col(NetworkStateSpan.until), at),
        )
    )
    if kind is not None:
        rows = rows.where(WatchNetwork.kind == kind)
    return [network_id for network_id in session.exec(rows) if network_id is not None]


def counts(session: Session, at: datetime, municipality_codes: list[str]) -> list[NetworkCounts]:
    """Active networks and their joined households at `at`, one row for each kind."""
    active = active_on(session, at, municipality_codes)
    kinds = dict(
        session.exec(select(WatchNetwork.id, WatchNetwork.kind).where(Among(col(WatchNetwork.id), active))).all()
    )
    joined = session.exec(
        select(Household.network_id, func.count(col(Household.id)))
        .where(Among(col(Household.network_id), active), _held_at(col(Household.joined_at), col(Household.left_at), at))
        .group_by(col(Household.network_id))
    )
    households: Counter[NetworkKind] = Counter()
    for network_id, number in joined:
        households[NetworkKind(kinds[network_id])] += number
    networks = Counter(NetworkKind(kind) for kind in kinds.values())
    return [NetworkCounts(kind, networks[kind], households[kind]) for kind in NetworkKind]


def open_contact_roles(session: Session, person_id: int) -> list[ContactPerson]:
    """The contact roles that the person carries now."""
    rows = select(ContactPerson).where(ContactPerson.person_id == person_id, col(ContactPerson.until).is_(None))
    return list(session.exec(rows))


def contact_persons(session: Session, network_id: int) -> list[ContactPerson]:
    """Those who carry a contact role in the network now."""
    rows = select(ContactPerson).where(ContactPerson.network_id == network_id, col(ContactPerson.until).is_(None))
    return list(session.exec(rows))


def coverage(session: Session, network_id: int, *, guidance: int) -> Coverage:
    """How the households are shared; `guidance` is the local number of households per contact person."""
    now_open = col(HouseholdAssignment.until).is_(None)
    shares = session.exec(
        select(HouseholdAssignment.contact_person_id, func.count(col(HouseholdAssignment.id)))
        .join(Household, col(Household.id) == col(HouseholdAssignment.household_id))
        .where(Household.network_id == network_id, col(Household.left_at).is_(None), now_open)
        .group_by(col(HouseholdAssignment.contact_person_id))
    ).all()
    households_of = dict(shares)
    total = session.exec(
        select(func.count(col(Household.id))).where(
            Household.network_id == network_id, col(Household.left_at).is_(None)
        )
    ).one()
    roles = {row.role for row in contact_persons(session, network_id)}
    return Coverage(
        households_of=households_of,
        too_many=[person for person, number in households_of.items() if number > guidance],
        unassigned=total - sum(households_of.values()),
        has_deputy=ContactRole.DEPUTY in roles,
        has_lead=ContactRole.LEAD in roles,
    )
