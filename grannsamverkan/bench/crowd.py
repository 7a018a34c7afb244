"""Three municipalities with made-up households in any number, written in bulk: where they live and whose they are.

Every number follows from a network's place in the row, so that each table can be written on its own, one after the
other, and the same size gives the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import SQLModel

from grannsamverkan.domain import people, places
from grannsamverkan.domain.networks import (
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
    UnitKind,
    WatchNetwork,
)
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Level, Person
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.runtime import Runtime

SERVED = {"1267": "hoor", "1266": "horby", "1285": "eslov"}
_CENTRES = {"1267": (13.53, 55.94), "1266": (13.70, 55.85), "1285": (13.35, 55.83)}
USUAL = 42  # households in a network, on average
_SHARES = (12, 22, 30, 36, 40, 44, 50, 58, 86, 42)  # how they differ, in turn
_PER_CONTACT = 14
_UNITS = 4  # streets, or stairwells in two buildings
_FIRST_FICTION, _FICTION = 46701740605, 90
_CHUNK = 5_000
# Everybody has every page, and a warning of today goes at once, at whatever hour that is, to however many.
_RULES = Rules(
    warning_hold_s=0,
    quiet_from=0,
    quiet_to=0,
    ongoing_by=places.EVERYBODY,
    two_persons_above=1_000_000,
    warnings_a_week=20,
)


@dataclass(frozen=True)
class Spot:
    """A network and where its rows begin: households and people `first`..`first + size - 1`, units, contact roles."""

    id: int
    code: str
    kind: NetworkKind
    state: NetworkState
    first: int
    size: int
    first_unit: int
    first_role: int

    @property
    def households(self) -> range:
        return range(self.first, self.first + self.size)

    @property
    def contacts(self) -> int:
        """Contact persons, apart from the lead and the deputy."""
        return max(1, self.size // _PER_CONTACT) if self.is_led else 0

    @property
    def is_led(self) -> bool:
        return self.size >= 3 and self.id % 40 != 7

    @property
    def roles(self) -> int:
        return self.contacts + 2 if self.is_led else 0

    @property
    def leaf_units(self) -> range:
        return range(self.first_unit + (2 if self.kind is NetworkKind.APARTMENT else 0), self.first_unit + self.units)

    @property
    def units(self) -> int:
        return _UNITS + (2 if self.kind is NetworkKind.APARTMENT else 0)


@dataclass(frozen=True)
class Life:
    """What the life of the networks is made of: all of them, the coordinators' accounts by municipality, the police's,
    and all accounts. `busy` times as much happens in each as usual."""

    found: list[Spot]
    now: datetime
    desks: dict[str, int]
    police_id: int
    accounts: list[int]
    busy: int = 1

    @property
    def meetings(self) -> int:
        """Of a network: the start meeting, and yearly ones."""
        return 1 + self.busy

    def first_meeting(self, one: Spot) -> int:
        """The number of the network's start meeting; its first yearly one comes after it."""
        return self.meetings * one.id

    def viewer(self, turn: int) -> int:
        """The account that looked, at the network's look number `turn`."""
        return self.accounts[turn % min(self.busy, len(self.accounts))]

    @property
    def living(self) -> list[Spot]:
        """Those with households."""
        return [one for one in self.found if one.size]


def spots(households: int, *, usual: int = USUAL) -> list[Spot]:
    """The networks that so many households live in, `usual` in each on average, spread over the municipalities."""
    number = max(len(SERVED), round(households / usual))
    sizes = _sizes(households, number)
    found, first, unit, role = [], 1, 1, 1
    for place, size in enumerate(sizes):
        spot = Spot(
            id=place + 1,
            code=list(SERVED)[place % len(SERVED)],
            kind=NetworkKind.APARTMENT if place % 5 in (2, 4) else NetworkKind.VILLA,
            state=NetworkState.ACTIVE if size else NetworkState.INTEREST,
            first=first,
            size=size,
            first_unit=unit,
            first_role=role,
        )
        found.append(spot)
        first, unit, role = first + size, unit + spot.units, role + spot.roles
    return found


def _sizes(households: int, number: int) -> list[int]:
    """One in twenty has nobody yet; the others differ as networks do."""
    shares = [0 if place % 20 == 19 else _SHARES[place % len(_SHARES)] for place in range(number)]
    sizes = [households * share // sum(shares) for share in shares]
    sizes[0] += households - sum(sizes)
    return sizes


def fill_places(runtime: Runtime, found: list[Spot]) -> None:
    """Municipalities, networks, people and who looks after whom.

    Refused when the database already serves a municipality: a benchmark must never look at real neighbours.
    """
    now = runtime.clock.now()
    with runtime.database.write() as session:
        if places.served(session):
            raise Refused("database_in_use")
        for code, mail_name in SERVED.items():
            places.serve(session, code, mail_name=mail_name, now=now - timedelta(days=900))
            places.set_rules(session, code, _RULES)
    write(runtime, WatchNetwork, _networks(found, now))
    write(runtime, NetworkStateSpan, _spans(found, now))
    write(runtime, NetworkPostcode, ({"network_id": one.id, "postcode": f"24{one.id % 1000:03}"} for one in found))
    write(runtime, Unit, _units(found))
    write(runtime, Person, _people(found, now))
    write(runtime, Household, _households(found, now))
    write(runtime, HouseholdMember, _members(found, now))
    write(runtime, ContactAddress, _addresses(runtime, found, now))
    write(runtime, Consent, _consents(found, now))
    write(runtime, ContactPerson, _roles(found, now))
    write(runtime, HouseholdAssignment, _assignments(found, now))


def write(runtime: Runtime, table: type[SQLModel], rows: Iterator[dict[str, Any]]) -> None:
    """Insert all of a table's rows, some thousands in a transaction."""
    while chunk := list(islice(rows, _CHUNK)):
        with runtime.database.write(durable=False) as session:
            session.connection().execute(insert(table), chunk)


def settle(runtime: Runtime) -> None:
    """PostgreSQL: the counters go on after the last row, and the planner learns what autovacuum would tell it."""
    if runtime.database.is_sqlite:
        return
    counted = [table for table in SQLModel.metadata.sorted_tables if "id" in table.c]
    with runtime.database.write() as session:
        for table in counted:
            serial = session.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}).scalar()
            if serial is not None:
                newest = f"SELECT setval('{serial}', COALESCE((SELECT MAX(id) FROM {table.name}), 0) + 1)"  # noqa: S608
                session.execute(text(newest))
        session.execute(text("ANALYZE"))


def phone(number: int) -> str:
    """The phone of household `number`: of the first ones those kept for fiction, then such as nobody has."""
    return f"+{_FIRST_FICTION + number}" if number < _FICTION else f"+4600{number:08d}"


def since(now: datetime, number: int) -> datetime:
    """When something happened: within the last two years."""
    return now - timedelta(days=40 + number * 7 % 690)


def _networks(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        name = f"{'Kvarteret' if one.kind is NetworkKind.APARTMENT else 'Området'} {one.id:04}"
        yield {
            "id": one.id,
            "municipality_code": one.code,
            "name": name,
            "sort_name": sort_key(name),
            "kind": one.kind,
            "area": _area(one),
            "dwellings": one.size * 3 // 2 or None,
            "lead_sees_households": True,
            "has_member_list": True,
            "created_at": now - timedelta(days=800),
        }


def _area(one: Spot) -> str:
    """A square of 400 metres; they stand in rows."""
    lon, lat = _CENTRES[one.code]
    west, south = round(lon + one.id // 3 % 20 * 0.008 - 0.08, 4), round(lat + one.id // 60 % 20 * 0.005 - 0.05, 4)
    ring = [[west, south], [west + 0.006, south], [west + 0.006, south + 0.0036], [west, south + 0.0036], [west, south]]
    return f'{{"type":"Polygon","coordinates":[{[[round(x, 4) for x in point] for point in ring]}]}}'


def _spans(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    way = (NetworkState.INTEREST, NetworkState.MAPPING, NetworkState.START_MEETING, NetworkState.TRAINING)
    for one in found:
        states = [*way, one.state] if one.size else [one.state]
        for place, state in enumerate(states):
            is_last = place == len(states) - 1
            begun = now - timedelta(days=800 - 30 * place)
            until = None if is_last else begun + timedelta(days=30)
            yield {"network_id": one.id, "state": state, "since": begun, "until": until, "account_id": None}


def _units(found: list[Spot]) -> Iterator[dict[str, Any]]:
    for one in found:
        buildings = list(range(one.first_unit, one.leaf_units.start))
        for unit_id in buildings:
            yield _unit(one, unit_id, None, UnitKind.BUILDING, f"Hus {unit_id - one.first_unit + 1}")
        for place, unit_id in enumerate(one.leaf_units):
            if buildings:
                yield _unit(one, unit_id, buildings[place % 2], UnitKind.STAIRWELL, f"Trappa {'ABCD'[place]}")
            else:
                yield _unit(one, unit_id, None, UnitKind.STREET, f"Gatan {one.id:04}-{place}")


def _unit(one: Spot, unit_id: int, parent_id: int | None, kind: UnitKind, name: str) -> dict[str, Any]:
    return {
        "id": unit_id,
        "network_id": one.id,
        "parent_id": parent_id,
        "kind": kind,
        "name": name,
        "sort_name": sort_key(name),
        "dwellings": one.size // _UNITS or None,
    }


def _people(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        for number in one.households:
            has_name = number - one.first < one.roles
            yield {
                "id": number,
                "municipality_code": one.code,
                "name": f"Grannen {number}" if has_name else None,
                "language": "sv",
                "level": Level.ALL,
                "created_at": since(now, number),
            }


def _households(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        units = one.leaf_units
        for number in one.households:
            yield {
                "id": number,
                "network_id": one.id,
                "unit_id": units[number % len(units)],
                "label": f"Gatan {number}",
                "shows": Shows.CONTACT if number % 4 == 0 else Shows.NAME,
                "to_neighbours": ToNeighbours.CONTACT if number % 4 == 0 else ToNeighbours.NAME,
                "joined_by": JoinedBy.SLIP,
                "joined_at": since(now, number),
            }


def _members(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        for number in one.households:
            yield {"household_id": number, "person_id": number, "since": since(now, number)}


def channels_of(number: int) -> tuple[ChannelKind, ...]:
    """Six of ten by SMS, two both ways, one by mail, one by paper."""
    turn = number % 10
    if turn in (2, 3):
        return (ChannelKind.SMS, ChannelKind.EMAIL)
    return () if turn == 9 else (ChannelKind.EMAIL,) if turn == 8 else (ChannelKind.SMS,)


def _addresses(runtime: Runtime, found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    vault = runtime.database.vault
    for one in found:
        for number in one.households:
            for channel in channels_of(number):
                value = phone(number - 1) if channel is ChannelKind.SMS else f"granne{number}@post.example"
                yield {
                    "person_id": number,
                    "channel": channel,
                    "value": value,
                    "lookup": vault.lookup(channel.name, value),
                    "created_at": since(now, number),
                    "confirmed_at": since(now, number),
                }


def _consents(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        for number in one.households:
            for channel in channels_of(number):
                yield {
                    "person_id": number,
                    "channel": channel,
                    "text_version": people.CONSENT_TEXT_VERSION,
                    "given_at": since(now, number),
                    "given_by": GivenBy.SELF,
                }


def _roles(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    """The first household's person leads, the next is deputy, and the contact persons follow."""
    for one in found:
        roles = (ContactRole.LEAD, ContactRole.DEPUTY, *[ContactRole.CONTACT_PERSON] * one.contacts)
        for place, role in enumerate(roles if one.is_led else ()):
            yield {
                "id": one.first_role + place,
                "network_id": one.id,
                "person_id": one.first + min(place, one.size - 1),
                "role": role,
                "since": now - timedelta(days=680),
            }


def _assignments(found: list[Spot], now: datetime) -> Iterator[dict[str, Any]]:
    for one in found:
        for number in one.households if one.contacts else ():
            carrier = one.first_role + 2 + number % one.contacts
            yield {"household_id": number, "contact_person_id": carrier, "since": since(now, number)}
