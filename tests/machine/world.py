"""A small world behind the real doors: the pages, what comes back by SMS, the clock, and channels that write down.

What it says of the rows (`Facts`) is read with plain SQL, and not by the product's own queries, which are to be judged.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import text
from sqlmodel import col, select
from werkzeug.test import TestResponse

from grannsamverkan import settings
from grannsamverkan.app import create_app
from grannsamverkan.domain import accounts, networks, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.networks import NetworkKind, NetworkState, UnitKind
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeState
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind, Copy, Result, TryAgain, Wording
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from tests.support.builders import AT_ONCE, ESLOV, HOOR
from tests.support.recording_channel import RecordingChannel

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
STAFF = {"samordnare": HOOR, "samordnare-eslov": ESLOV, "polis": HOOR}
PASSWORD = "en lampa i varje fönster"
_FORM_SECRET = "0" * 40  # what Flask-WTF keeps in a session and signs into each form


@dataclass
class FalteringChannel(RecordingChannel):
    """A channel whose provider may be away for a while; nothing is lost, it waits. `kind_of` names a notice's kind."""

    is_away: bool = False
    kind_of: Callable[[int], str] = field(default=lambda notice_id: "")
    _handed_over: list[tuple[str, str]] = field(default_factory=list)

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        if self.is_away:
            return [TryAgain("unavailable") for _ in copies]
        results = super().send(wording, copies)
        for copy in copies:
            self._handed_over.append((copy.address, "alert" if wording.number else self.kind_of(copy.delivery_id)))
        return results

    def take_handed_over(self) -> list[tuple[str, str]]:
        """(address, "alert" or the kind of notice) of what was handed over since it was asked last."""
        taken, self._handed_over = self._handed_over, []
        return taken


@dataclass(frozen=True)
class Row:
    """A household as its row is: where it lies, and the contact role it was given to last."""

    network_id: int
    unit_id: int | None
    is_living: bool
    person_ids: frozenset[int]
    last_role_id: int | None


@dataclass(frozen=True)
class RoleRow:
    """A contact role as its row is."""

    network_id: int
    unit_id: int | None
    person_id: int
    role: str
    is_open: bool


@dataclass(frozen=True)
class Facts:
    """Where everything is."""

    households: dict[int, Row]
    roles: dict[int, RoleRow]
    parents: dict[int, int | None]
    unit_networks: dict[int, int]
    in_use: frozenset[int]  # parts that have not been split off
    lead_sees: frozenset[int]
    states: dict[int, str]
    municipalities: dict[int, str]

    def covers(self, role: RoleRow, unit_id: int | None) -> bool:
        """Whether the role is for this part, or for the building around it."""
        return role.unit_id is not None and unit_id is not None and role.unit_id in (unit_id, self.parents.get(unit_id))

    def units_of(self, network_id: int) -> list[int]:
        """Where a household of the network may live: streets and stairwells."""
        parents = set(self.parents.values())
        return sorted(
            unit_id
            for unit_id, of in self.unit_networks.items()
            if of == network_id and unit_id in self.in_use and unit_id not in parents
        )


class World:
    """The application over a fresh copy of an empty database."""

    def __init__(self, template: Path, folder: Path, keys: dict[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        chosen = settings.load(
            installation={"mode": "demo", "base_url": "http://localhost:8000"},
            database={"url": str(shutil.copy(template, folder / "world.db"))},
            keys=keys,
            sms={"base_url": "http://127.0.0.1:1"},
            email={"host": "127.0.0.1", "domain": "gs.hoor.example"},
            codes={
                "per_number_10min": 10_000,
                "per_number_day": 10_000,
                "per_visitor_hour": 10_000,
                "per_block_hour": 10_000,
                "per_day": 100_000,
            },
        )
        self.clock = SetClock(NOW)
        self.sms = FalteringChannel(ChannelKind.SMS, can_ask=True)
        self.email = FalteringChannel(ChannelKind.EMAIL, can_ask=False)
        self.database = Database(chosen.database.url, Vault(keys["data"], keys["lookup"]))
        channels = {ChannelKind.SMS: self.sms, ChannelKind.EMAIL: self.email}
        self.runtime = Runtime(chosen, self.database, self.clock, InlineEngine(), channels)
        self.app = create_app(self.runtime, ())
        self.app.testing = False
        self.sms.kind_of = self.email.kind_of = self._kind_of_notice
        self.account_ids: dict[str, int] = {}
        self._form_token = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token").dumps(_FORM_SECRET)
        self._fill()

    def close(self) -> None:
        self.runtime.close()

    def _fill(self) -> None:
        with self.database.write() as rows:
            for code, name in ((HOOR, "hoor"), (ESLOV, "eslov")):
                places.serve(rows, code, mail_name=name, now=NOW)
                places.set_rules(rows, code, AT_ONCE)  # what is let go is sent in the same act
            self.nyby = self._network(rows, HOOR, "Nyby", NetworkKind.VILLA, ["Nybyvägen", "Ekvägen"])
            self.rorum = self._network(rows, HOOR, "Rörum", NetworkKind.VILLA, ["Rörumsvägen"])
            self.linden = self._network(rows, HOOR, "Linden", NetworkKind.APARTMENT, ["A", "B"])
            self.marieholm = self._network(rows, ESLOV, "Marieholm", NetworkKind.VILLA, ["Storgatan"])
            area = places.municipality(rows, HOOR).local_police_area_id
            for name, code in STAFF.items():
                is_police = name == "polis"
                draft = AccountDraft(
                    name,
                    PASSWORD,
                    Role.POLICE if is_police else Role.COORDINATOR,
                    municipality_code=None if is_police else code,
                    local_police_area_id=area if is_police else None,
                )
                self.account_ids[name] = accounts.add_account(rows, draft, NOW, passwords=CHEAP).id or 0

    @staticmethod
    def _network(rows: Any, code: str, name: str, kind: NetworkKind, parts: list[str]) -> int:
        row = networks.add_network(rows, code, name, kind, now=NOW, state=NetworkState.ACTIVE, dwellings=40)
        if kind is NetworkKind.VILLA:
            for part in parts:
                networks.add_unit(rows, row, UnitKind.STREET, part)
        else:
            for number in (1, 2):
                building = networks.add_unit(rows, row, UnitKind.BUILDING, f"{name} {number}")
                for part in parts[: 3 - number]:
                    networks.add_unit(rows, row, UnitKind.STAIRWELL, part, parent=building)
        return row.id or 0

    # ------------------------------------------------------------------------------------------- browsers

    def visitor(self) -> FlaskClient:
        """A stranger's browser with a form open."""
        client = self.app.test_client()
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        client.set_cookie("formular", str(serializer.dumps({"csrf_token": _FORM_SECRET})))
        return client

    def signed_in(self, account_id: int) -> FlaskClient:
        """A browser on which this account has signed in."""
        client = self.app.test_client()
        with self.database.write(durable=False) as rows:
            session_id = accounts.open_session(
                rows, account_id, {"csrf_token": _FORM_SECRET}, self.clock.now(), accounts.SessionLimits()
            )
        client.set_cookie("grannsamverkan", session_id)
        return client

    def staff(self, name: str) -> FlaskClient:
        return self.signed_in(self.account_ids[name])

    def post(self, client: FlaskClient, path: str, form: Mapping[str, Any] | None = None) -> TestResponse:
        return client.post(path, data={"csrf_token": self._form_token, **(form or {})})

    def visit_token(self, client: FlaskClient) -> str:
        """The form token of a neighbour's visit, which began with a secret of its own."""
        page = client.get("/min-sida/radera").get_data(as_text=True)
        return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]

    def newest_code(self) -> str | None:
        """The six digits that were asked for last and have not gone out yet; None when there are none."""
        with self.database.read() as rows:
            waiting = select(Notice).where(Notice.kind == NoticeKind.CODE, Notice.state == NoticeState.QUEUED)
            row = rows.exec(waiting.order_by(col(Notice.id).desc())).first()
            return None if row is None else "".join(char for char in row.body[:20] if char.isdigit())[:6]

    def _kind_of_notice(self, notice_id: int) -> str:
        ((kind,),) = self.sql("SELECT kind FROM notice WHERE id = :id", id=notice_id)
        return str(kind)

    # ----------------------------------------------------------------------------------------- plain rows

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.database.engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def facts(self) -> Facts:
        members: dict[int, set[int]] = {}
        for household_id, person_id in self.sql(
            "SELECT household_id, person_id FROM household_member WHERE until IS NULL"
        ):
            members.setdefault(household_id, set()).add(person_id)
        last = dict(self.sql("SELECT household_id, contact_person_id FROM household_assignment ORDER BY id"))
        return Facts(
            households={
                row.id: Row(
                    row.network_id,
                    row.unit_id,
                    row.left_at is None,
                    frozenset(members.get(row.id, ())),
                    last.get(row.id),
                )
                for row in self.sql("SELECT id, network_id, unit_id, left_at FROM household")
            },
            roles={
                row.id: RoleRow(row.network_id, row.unit_id, row.person_id, row.role, row.until is None)
                for row in self.sql("SELECT id, network_id, unit_id, person_id, role, until FROM contact_person")
            },
            parents=dict(self.sql("SELECT id, parent_id FROM unit")),
            unit_networks=dict(self.sql("SELECT id, network_id FROM unit")),
            in_use=frozenset(row.id for row in self.sql("SELECT id FROM unit WHERE retired_at IS NULL")),
            lead_sees=frozenset(row.id for row in self.sql("SELECT id FROM watch_network WHERE lead_sees_households")),
            states=dict(self.sql("SELECT network_id, state FROM network_state_span WHERE until IS NULL")),
            municipalities=dict(self.sql("SELECT id, municipality_code FROM watch_network")),
        )

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)
