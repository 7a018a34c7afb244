"""Builds the demo town in an empty database, through the same actions as the web pages."""

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.demo.cast import ACCOUNTS, NETWORKS, DemoNetwork, mailbox, phone
from grannsamverkan.domain import accounts, networks, people, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft
from grannsamverkan.domain.networks import ContactRole, Household, NetworkKind, Unit, UnitKind, WatchNetwork
from grannsamverkan.domain.people import GivenBy, Person
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

SERVED = {"1267": "hoor", "1266": "horby", "1285": "eslov"}

# Whoever tries the demo wants to see it happen, at whatever hour that is.
RULES = Rules(warning_hold_s=0, quiet_from=0, quiet_to=0)

# How the households of a network are reached, in turn: by what, and what is special about them.
WAYS = (
    *("sms", "sms", "both", "email", "sms", "sms", "paper", "sms"),
    *("email", "both", "sms", "paused", "sms", "old", "sms"),
)

# The phones of those who have changed number: the provider answers that nobody is there.
OLD_NUMBER_ERROR = 30005


@dataclass(frozen=True)
class Town:
    """What was built; `old_numbers` are phones that the SMS stand-in should report as unknown."""

    networks: dict[str, int]
    households: int
    people: int
    old_numbers: list[str]


def build_town(runtime: Runtime) -> Town:
    """The whole town in one transaction, in a database that has its tables.

    Refused when the database serves anybody already: an address in the environment must not lead a demo to a real one.
    """
    now = runtime.clock.now()
    with runtime.database.write() as session:
        if places.served(session):
            raise Refused("database_in_use")
        for code, mail_name in SERVED.items():
            places.serve(session, code, mail_name=mail_name, now=now - timedelta(days=400))
            places.set_rules(session, code, RULES)
        builder = _Builder(session, now)
        built = {plan.name: builder.network(plan) for plan in NETWORKS}
        _add_accounts(session, builder, now)
        return Town(
            networks={name: network.id or 0 for name, network in built.items()},
            households=builder.households,
            people=builder.people,
            old_numbers=builder.old_numbers,
        )


class _Builder:
    """Keeps count of numbers and mailboxes while the town grows."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.households = self.people = 0
        self.old_numbers: list[str] = []
        self.contacts: dict[str, Person] = {}
        self._numbers = itertools.count()
        self._ways = itertools.cycle(WAYS)

    def network(self, plan: DemoNetwork) -> WatchNetwork:
        since = self.now - timedelta(days=300)
        network = networks.add_network(
            self.session,
            plan.municipality_code,
            plan.name,
            plan.kind,
            now=since,
            state=plan.state,
            dwellings=plan.dwellings,
            area=_area_around(plan.centre),
        )
        units = list(_add_units(self.session, network, plan))
        rows = [self._household(plan, network, units[i % len(units)], i + 1, since) for i in range(plan.households)]
        self._contact_persons(plan, network, rows, since)
        return network

    def _household(
        self, plan: DemoNetwork, network: WatchNetwork, unit: Unit, place: int, since: datetime
    ) -> tuple[Household, Person]:
        self.households += 1
        label = f"{unit.name} {place}" if plan.kind is NetworkKind.VILLA else f"{unit.name}, lägenhet {1000 + place}"
        household = networks.add_household(self.session, network, now=since, unit=unit, label=label)
        person = self._person(plan.municipality_code, next(self._ways) if place > 2 else "both")
        networks.join(self.session, household, person.id or 0, now=since)
        return household, person

    def _person(self, municipality_code: str, way: str) -> Person:
        self.people += 1
        person = people.add_person(self.session, municipality_code, now=self.now)
        number = next(self._numbers)
        if way in {"sms", "both", "paused", "old"}:
            self._reach(person, ChannelKind.SMS, phone(number))
        if way in {"email", "both"}:
            self._reach(person, ChannelKind.EMAIL, mailbox(number))
        if way == "paused":
            person.paused_until = self.now + timedelta(days=14)
        if way == "old":
            self.old_numbers.append(phone(number))
        return person

    def _reach(self, person: Person, channel: ChannelKind, address: str) -> None:
        people.add_address(self.session, person, channel, address, now=self.now)
        people.consent(self.session, person, channel, given_by=GivenBy.SELF, now=self.now)

    def _contact_persons(
        self, plan: DemoNetwork, network: WatchNetwork, rows: list[tuple[Household, Person]], since: datetime
    ) -> None:
        """The first household's person leads, the second is the deputy; the rest is shared between them."""
        (_, first), (_, second) = rows[0], rows[1]
        first.name, second.name = f"Ombudet i {plan.name}", f"Ersättaren i {plan.name}"
        self.contacts[plan.name] = first
        networks.add_contact_person(self.session, network, first.id or 0, ContactRole.LEAD, now=since)
        lead = networks.add_contact_person(self.session, network, first.id or 0, ContactRole.CONTACT_PERSON, now=since)
        deputy = networks.add_contact_person(self.session, network, second.id or 0, ContactRole.DEPUTY, now=since)
        half = math.ceil(len(rows) / 2)
        networks.assign_households(self.session, lead, [row.id or 0 for row, _ in rows[:half]], now=since)
        networks.assign_households(self.session, deputy, [row.id or 0 for row, _ in rows[half:]], now=since)


def _add_units(session: Session, network: WatchNetwork, plan: DemoNetwork) -> Iterator[Unit]:
    for text in plan.units:
        name, *stairwells = text.split("|")
        if not stairwells:
            yield networks.add_unit(session, network, UnitKind.STREET, name)
            continue
        building = networks.add_unit(session, network, UnitKind.BUILDING, name)
        for stairwell in stairwells:
            yield networks.add_unit(session, network, UnitKind.STAIRWELL, stairwell, parent=building)


def _area_around(centre: tuple[float, float]) -> str:
    """A seven-cornered area about 1.2 km across, as GeoJSON."""
    lon, lat = centre
    corners = [
        [
            round(lon + 0.0105 * radius * math.cos(turn * math.tau / 7), 5),
            round(lat + 0.0055 * radius * math.sin(turn * math.tau / 7), 5),
        ]
        for turn, radius in enumerate((1.0, 0.85, 1.1, 0.9, 1.05, 0.8, 0.95))
    ]
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def _add_accounts(session: Session, builder: _Builder, now: datetime) -> None:
    police_area = places.municipality(session, "1267").local_police_area_id
    for account in ACCOUNTS:
        person = builder.contacts.get(account.network or "")
        accounts.add_account(
            session,
            AccountDraft(
                sign_in_name=account.sign_in.sign_in_name,
                password=account.sign_in.password,
                role=account.role,
                municipality_code=account.municipality_code,
                local_police_area_id=police_area if account.role is accounts.Role.POLICE else None,
                person_id=person.id if person else None,
            ),
            now,
            passwords=CHEAP,
        )
