"""A network with two streets, and lists to bring into it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session

from grannsamverkan.domain import networks
from grannsamverkan.domain.membership import lists
from grannsamverkan.domain.membership.lists import Decision, Outcome, Plan
from grannsamverkan.domain.networks import Shows, UnitKind
from grannsamverkan.foundation.database import Database
from tests.support.builders import NOW, a_network, a_phone

HEAD = ("Namn", "Gata", "Mobil", "E-post", "Medgivande datum", "Medgivande källa")
YES = ("2024-05-03", "blankett i pärm")
NO = ("", "")
KEEP = timedelta(days=30)


def anna(number: int, *, agreed: bool = True, street: str = "Nybyvägen") -> tuple[str, ...]:
    """Somebody at their own number, with one of the numbers kept for fiction."""
    said = YES if agreed else NO
    return (f"Anna {number}", f"{street} {number + 1}", a_phone(number), f"anna{number}@post.example", *said)


@dataclass
class Home:
    """The network that lists are brought to, and its database."""

    database: Database
    network_id: int

    def bring(self, *rows: tuple[str, ...], now: datetime = NOW) -> int:
        """The id of a list with these rows below its headings."""
        lines = list(enumerate([HEAD, *rows], 1))
        with self.database.write() as session:
            network = networks.network(session, self.network_id)
            return lists.stage(session, network, lines, account_id=1, now=now).id or 0

    def plan(self, import_id: int, now: datetime = NOW) -> Plan:
        with self.database.read() as session:
            return lists.plan_of(session, lists.member_import(session, self.network_id, import_id), now=now)[0]

    def outcomes(self, import_id: int) -> list[str]:
        return [row.outcome.value for row in self.plan(import_id).rows]

    def take_in(self, import_id: int, now: datetime = NOW, **decided: Any) -> list[int] | None:
        """Yes to the plan as it is, with rows that have problems left out."""
        plan = self.plan(import_id, now) if "seen" not in decided else None
        decision = {
            "seen": plan.digest if plan else "",
            "left_out": plan.count(Outcome.PROBLEM) if plan else 0,
            "shows": Shows.NAME,
            "source": "villaföreningen",
            **decided,
        }
        with self.database.write() as session:
            return lists.apply(session, self.network_id, import_id, Decision(**decision), keep=KEEP, now=now)[1]

    def undo(self, import_id: int, now: datetime = NOW, warned: frozenset[int] = frozenset()) -> lists.Undone | None:
        with self.database.write() as session:
            undone = lists.undo(session, self.network_id, import_id, warned=warned, now=now)
            for address in undone.addresses if undone else ():
                session.refresh(address)
        return undone

    def act(self, act: Callable[[Session], Any]) -> Any:
        with self.database.write() as session:
            return act(session)


@pytest.fixture
def home(database: Database) -> Home:
    """On both databases."""
    return a_home(database)


@pytest.fixture
def sqlite_home(sqlite_database: Database) -> Home:
    """For what no database can change."""
    return a_home(sqlite_database)


def a_home(database: Database) -> Home:
    with database.write() as session:
        network = a_network(session)
        for street in ("Nybyvägen", "Östra gatan"):
            networks.add_unit(session, network, UnitKind.STREET, street)
        return Home(database, network.id or 0)


def contents(database: Database, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as stored."""
    tables = sorted(set(inspect(database.engine).get_table_names()) - set(without))
    with database.read() as session:
        return {
            table: sorted(
                (tuple(_plain(cell) for cell in row) for row in session.execute(text(f'SELECT * FROM "{table}"'))),
                key=repr,
            )
            for table in tables
        }


def _plain(cell: Any) -> Any:
    return bytes(cell) if isinstance(cell, memoryview) else cell
