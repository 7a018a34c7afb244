"""The demo town behind the pages of a warning, with channels that only write down what they were given."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from grannsamverkan import flow, settings
from grannsamverkan.app import create_app
from grannsamverkan.demo.cast import SIGN_INS
from grannsamverkan.demo.town import build_town
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.foundation.clock import Clock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from tests.support.recording_channel import RecordingChannel
from tests.support.web_town import token

PASSWORDS = {account.sign_in_name: account.password for account in SIGN_INS}

# What a browser sends of the form when nothing but the area is chosen.
USUAL = {
    "vad": "burglary_home",
    "forsok": "nej",
    "bostad-burglary_home": "villa",
    "nar": "natt",
    "datum": "",
    "del": "unknown",
    "fri": "",
    "version": "0",
}
USUAL_ADVICE = ("lock", "light_outside", "see_to_neighbours")


@dataclass
class AlertTown:
    """The application over the demo town; nothing is sent until `drain`."""

    app: Flask
    runtime: Runtime
    networks: dict[str, int]
    sms: RecordingChannel
    email: RecordingChannel

    def signed_in(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        form = {"name": name, "password": PASSWORDS[name], "csrf_token": token(client)}
        assert client.post("/logga-in", data=form).status_code == 303
        return client

    def form(self, *places: str, **changes: str) -> "MultiDict[str, str]":
        """The form with these networks ticked ("Nyby", or "Nyby-3" for unit 3 of it)."""
        ticked = [self.place(place) for place in places]
        filled = MultiDict({**USUAL, **changes})
        filled.setlist("var", ticked)
        if "rad-burglary_home" not in changes:
            filled.setlist("rad-burglary_home", list(USUAL_ADVICE))
        return filled

    def active(self) -> tuple[str, ...]:
        """Names of the networks in Höör that are under way."""
        return tuple(name for name in ("Nyby", "Maglasäte", "Kvarteret Linden") if name in self.networks)

    def place(self, place: str) -> str:
        name, dash, unit = place.partition("-")
        return f"{self.networks[name]}{dash}{unit}"

    def write(self, client: FlaskClient, *places: str, **changes: str) -> int:
        """Fill in the form and go on to the check page; the alert's id."""
        form = self.form(*places, **changes)
        form["csrf_token"] = token(client)
        answer = client.post("/varningar/ny", data=form)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        found = re.search(r"/varningar/(\d+)/granska", answer.headers["Location"])
        assert found
        return int(found[1])

    def approval(self, client: FlaskClient, alert_id: int) -> dict[str, str]:
        """The form on the check page, ticked."""
        page = client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
        content = page.split('name="innehall"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
        return {"csrf_token": token(client, f"/varningar/{alert_id}/granska"), "innehall": content, "sant": "ja"}

    def send(self, client: FlaskClient, *places: str, **changes: str) -> int:
        """Write, check, approve and hand over; the alert's id."""
        alert_id = self.write(client, *places, **changes)
        answer = client.post(f"/varningar/{alert_id}/godkann", data=self.approval(client, alert_id))
        assert answer.headers["Location"] == f"/varningar/{alert_id}", answer.status_code
        drain(self.runtime)
        return alert_id

    def alert(self, alert_id: int) -> Alert:
        with self.runtime.database.read() as session:
            return alerts.alert(session, alert_id)


@dataclass(frozen=True)
class BuiltTown:
    """A demo town in a file, and the ids of its networks by name."""

    file: Path
    networks: dict[str, int]


def build_template(empty: Path, folder: Path, keys: dict[str, str], clock: Clock) -> BuiltTown:
    """Build the town once, over a copy of an empty database."""
    file = Path(shutil.copy(empty, folder / "town.db"))
    runtime, _, _ = _runtime(file, keys, clock)
    town = build_town(runtime)
    with runtime.database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    runtime.close()
    return BuiltTown(file, town.networks)


def open_alert_town(built: BuiltTown, folder: Path, keys: dict[str, str], clock: Clock) -> AlertTown:
    """A town of its own in this folder."""
    runtime, sms, email = _runtime(Path(shutil.copy(built.file, folder / "alerts.db")), keys, clock)
    app = create_app(runtime, SIGN_INS)
    app.testing = False
    return AlertTown(app, runtime, built.networks, sms, email)


def _runtime(file: Path, keys: dict[str, str], clock: Clock) -> tuple[Runtime, RecordingChannel, RecordingChannel]:
    chosen = settings.load(
        installation={"mode": "demo", "base_url": "http://localhost:8000"},
        database={"url": str(file)},
        keys=keys,
        sms={"base_url": "http://127.0.0.1:1"},
        email={"host": "127.0.0.1", "domain": "gs.hoor.example"},
    )
    sms = RecordingChannel(ChannelKind.SMS, can_ask=True)
    email = RecordingChannel(ChannelKind.EMAIL, can_ask=False)
    database = Database(chosen.database.url, Vault(keys["data"], keys["lookup"]))
    channels = {ChannelKind.SMS: sms, ChannelKind.EMAIL: email}
    return Runtime(chosen, database, clock, InlineEngine(), channels), sms, email


def receive(town: AlertTown, *, lost: int = 0) -> None:
    """The provider reports what became of every SMS so far: the first `lost` are to numbers that nobody has."""
    for place, copy in enumerate(town.sms.sent):
        is_lost = place < lost
        receipt = ProviderReceipt(
            delivery_id=copy.delivery_id,
            provider_id="",
            status="undelivered" if is_lost else "delivered",
            said=Said.FAILED if is_lost else Said.DELIVERED,
            code="30005" if is_lost else None,
        )
        flow.take_receipt(town.runtime, receipt)
