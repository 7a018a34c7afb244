"""What the parts of the town are built on: one transaction, one clock, and what has been built so far."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from grannsamverkan.demo.town.plan import MunicipalityPlan, NetworkPlan
from grannsamverkan.domain.networks import ContactPerson, Household, Unit, WatchNetwork
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.swedish import in_sweden


@dataclass
class Home:
    """A household of the town with the person who lives there, how they are reached, and their number for the phone
    and the mailbox. `left`: they have moved away again."""

    household: Household
    person: Person
    unit: Unit
    way: str
    number: int
    left: bool = False


@dataclass
class Grown:
    """A network that has been built, with what belongs to it."""

    plan: NetworkPlan
    municipality: MunicipalityPlan
    network: WatchNetwork
    units: list[Unit] = field(default_factory=list)  # where households live: streets and stairwells
    homes: list[Home] = field(default_factory=list)
    roles: list[ContactPerson] = field(default_factory=list)  # also those that have ended

    @property
    def id(self) -> int:
        return self.network.id or 0

    @property
    def living(self) -> list[Home]:
        return [home for home in self.homes if not home.left]

    @property
    def open_roles(self) -> list[ContactPerson]:
        return [role for role in self.roles if role.until is None]


@dataclass
class Ground:
    """The transaction in which the town is built; `desks` are the coordinators' accounts by municipality.

    `numbers` are the next phones and mailboxes; `old_numbers` phones that nobody answers any more.
    """

    session: Session
    now: datetime
    desks: dict[str, int] = field(default_factory=dict)
    police_id: int = 0
    old_numbers: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def write(self, rows: Iterable[SQLModel]) -> None:
        """Insert rows whose numbers nobody needs to know, all of a table at once."""
        by_table: dict[type[SQLModel], list[dict[str, Any]]] = {}
        for row in rows:
            by_table.setdefault(type(row), []).append(row.model_dump(exclude={"id"}))
        for table, values in by_table.items():
            self.session.connection().execute(insert(table), values)

    def days_ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def evening(self, days: int, hour: int = 18) -> datetime:
        """That many days ago (negative: ahead) at a whole hour in Sweden."""
        day = in_sweden(self.now).date() - timedelta(days=days)
        return datetime.combine(day, time(hour), STOCKHOLM).astimezone(UTC)
