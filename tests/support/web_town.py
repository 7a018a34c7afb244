"""A made-up town for the pages: Höör and Eslöv served, networks in every state, one account of each kind."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from grannsamverkan import schema, settings
from grannsamverkan.app import create_app
from grannsamverkan.domain import accounts, networks, people, places
from grannsamverkan.domain.accounts import CHEAP, STRONG, AccountDraft, Role
from grannsamverkan.domain.networks import ContactRole, NetworkKind, NetworkState
from grannsamverkan.foundation.clock import Clock, SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault, new_key
from grannsamverkan.notify import send_notices
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings
from tests.support.builders import AT_ONCE
from tests.support.made_up_phones import MadeUpPhones

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PASSWORD = "en lampa i varje fönster"
HOOR, ESLOV, HORBY = "1267", "1285", "1266"
CALLED = "localhost:4711"  # the host of other systems that may be called; nobody is there
NETWORKS = (
    ("Nyby", NetworkKind.VILLA, NetworkState.ACTIVE, 168, (13.50, 55.96)),
    ("Tjörnarp", NetworkKind.VILLA, NetworkState.ACTIVE, 140, (13.62, 56.00)),
    ("Kvarteret Linden", NetworkKind.APARTMENT, NetworkState.START_MEETING, 41, (13.54, 55.935)),
    ("Sätofta", NetworkKind.VILLA, NetworkState.ACTIVE, None, (13.56, 55.90)),
    ("Norra Rörum", NetworkKind.VILLA, NetworkState.DORMANT, 60, (13.50, 56.02)),
)
HOUSEHOLDS = {"Nyby": 24, "Tjörnarp": 8, "Sätofta": 2}


@dataclass(frozen=True)
class MadeUpSignIn:
    """What a demo's button signs in as."""

    sign_in_name: str
    words: str
    password: str = PASSWORD


DEMO_SIGN_INS = (MadeUpSignIn("polis", "Polis i Eslöv"), MadeUpSignIn("kontakt", "Kontaktombud i Nyby"))


class NoEngine:
    """An engine for pages that send nothing."""

    def enqueue(self, session: Any, step: Any, **ids: int) -> None:
        assert step is send_notices, "no page here sends a warning"

    def is_ticking(self, within_s: float) -> bool:
        return True

    def has_sender(self, within_s: float) -> bool:
        return True


@dataclass
class Town:
    """The application, its rows and its clock, which a test may move."""

    app: Flask
    runtime: Runtime
    clock: Clock
    account_ids: dict[str, int] = field(default_factory=dict)
    network_ids: dict[str, int] = field(default_factory=dict)

    def visitor(self) -> FlaskClient:
        """A browser that nobody has signed in on."""
        return self.app.test_client()

    def signed_in(self, name: str) -> FlaskClient:
        """A browser on which this account has signed in, through the page."""
        client = self.visitor()
        if name == "granne":
            return self._visiting(client)
        answer = client.post("/logga-in", data={"name": name, "password": PASSWORD, "csrf_token": token(client)})
        assert answer.status_code == 303, answer.status_code
        return client

    def _visiting(self, client: FlaskClient) -> FlaskClient:
        """A browser on which a new neighbour is on their own page."""
        with self.runtime.database.write() as rows:
            person = people.add_person(rows, HOOR, now=NOW)
            visit = accounts.open_session(rows, None, {}, self.clock.now(), accounts.VISIT, person_id=person.id)
        client.set_cookie("grannsamverkan", visit)
        return client


def token(client: FlaskClient, path: str = "/logga-in") -> str:
    """The form token on a page, as its form would send it."""
    page = client.get(path).get_data(as_text=True)
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def made_up_settings(folder: Path, **web: Any) -> Settings:
    mode = web.pop("mode", "demo")
    base_url = web.pop("base_url", "http://localhost:8000")
    called = web.pop("called", CALLED)
    return settings.load(
        installation={"mode": mode, "base_url": base_url},
        database={"url": str(folder / "town.db")},
        keys=_keys(),
        web=web,
        sms={"base_url": "http://127.0.0.1:1"},
        email={"host": "127.0.0.1"},
        webhooks={"hosts": called},
    )


def build(folder: Path, clock: Clock | None = None, **web: Any) -> Town:
    """A fresh town in this folder; keywords are settings of the web section, or `mode`, `base_url` and `called`."""
    chosen = made_up_settings(folder, **web)
    filled = _filled(chosen.installation.mode)
    shutil.copy(filled.file, chosen.database.url)
    town = _open(chosen, clock or SetClock(NOW))
    town.account_ids.update(filled.account_ids)
    town.network_ids.update(filled.network_ids)
    return town


def _open(chosen: Settings, clock: Clock) -> Town:
    database = Database(chosen.database.url, Vault(chosen.keys.data, chosen.keys.lookup))
    runtime = Runtime(chosen, database, clock, NoEngine())
    town = Town(create_app(runtime, DEMO_SIGN_INS, MadeUpPhones()), runtime, clock)
    town.app.testing = False  # errors are answered as they are for visitors
    return town


@cache
def _keys() -> dict[str, str]:
    """The keys of all towns of this process: the rows of one are read in the others."""
    return {"data": new_key(), "lookup": new_key(), "web": new_key()}


@dataclass(frozen=True)
class _Filled:
    """A town's rows in a file to be copied: migrating and filling one takes longer than most tests."""

    file: Path
    account_ids: dict[str, int]
    network_ids: dict[str, int]
    folder: TemporaryDirectory[str]  # there as long as the process


@cache
def _filled(mode: str) -> _Filled:
    folder = TemporaryDirectory()
    chosen = made_up_settings(Path(folder.name), mode=mode)
    database = Database(chosen.database.url, Vault(chosen.keys.data, chosen.keys.lookup))
    schema.upgrade(database)
    database.close()
    town = _open(chosen, SetClock(NOW))
    _fill(town)
    with town.runtime.database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    town.runtime.close()
    return _Filled(Path(chosen.database.url.removeprefix("sqlite:///")), town.account_ids, town.network_ids, folder)


def _fill(town: Town) -> None:
    with town.runtime.database.write() as session:
        for code, mail_name in ((HOOR, "hoor"), (ESLOV, "eslov")):
            places.serve(session, code, mail_name=mail_name, now=NOW)
            places.set_rules(session, code, AT_ONCE)
        for name, kind, state, dwellings, spot in NETWORKS:
            row = networks.add_network(
                session, HOOR, name, kind, now=NOW, state=state, dwellings=dwellings, area=_square(*spot)
            )
            town.network_ids[name] = row.id or 0
            for number in range(HOUSEHOLDS.get(name, 0)):
                networks.add_household(session, row, now=NOW, label=f"Hus {number}")
        elsewhere = networks.add_network(
            session, ESLOV, "Marieholm", NetworkKind.VILLA, now=NOW, state=NetworkState.ACTIVE, dwellings=50
        )
        town.network_ids["Marieholm"] = elsewhere.id or 0
        _accounts(session, town)


def _accounts(session: Any, town: Town) -> None:
    police_area = places.municipality(session, HOOR).local_police_area_id
    drafts: list[tuple[str, Role, dict[str, Any]]] = [
        ("polis", Role.POLICE, {"local_police_area_id": police_area}),
        ("samordnare", Role.COORDINATOR, {"municipality_code": HOOR}),
        ("samordnare-eslov", Role.COORDINATOR, {"municipality_code": ESLOV}),
        ("administrator", Role.ADMINISTRATOR, {}),
        ("kontakt", Role.CONTACT_PERSON, {"person_id": _contact(session, town, "Nyby", ContactRole.CONTACT_PERSON)}),
        ("kontakt-eslov", Role.CONTACT_PERSON, {"person_id": _contact(session, town, "Marieholm", ContactRole.LEAD)}),
        ("huvud", Role.LEAD_CONTACT_PERSON, {"person_id": _contact(session, town, "Tjörnarp", ContactRole.LEAD)}),
    ]
    passwords = CHEAP if town.runtime.settings.is_demo else STRONG
    for name, role, place in drafts:
        draft = AccountDraft(name, PASSWORD, role, **place)
        town.account_ids[name] = accounts.add_account(session, draft, NOW, passwords=passwords).id or 0


def _contact(session: Any, town: Town, network_name: str, role: ContactRole) -> int:
    network = networks.network(session, town.network_ids[network_name])
    person = people.add_person(session, network.municipality_code, now=NOW)
    networks.add_contact_person(session, network, person.id or 0, role, now=NOW)
    return person.id or 0


def _square(longitude: float, latitude: float, side: float = 0.015) -> str:
    corners = [(0.0, 0.0), (side, 0.0), (side, side / 2), (0.0, side / 2), (0.0, 0.0)]
    ring = [[longitude + across, latitude + up] for across, up in corners]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})
