"""Where the second SMS provider comes in: it signs nothing, so that what counts is an address made here."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan import settings
from grannsamverkan.app import create_app
from grannsamverkan.channels.elks_sms import token
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.people import StopEntry
from grannsamverkan.domain.receipts import Receipt
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.web import entrances
from tests.support.builders import a_phone, a_street, an_approved_alert, deliveries_of, states_of
from tests.support.recording_channel import RecordingChannel

BASE = "https://gs.hoor.example"
STATUS, REPLY = "/ingang/46elks/status", "/ingang/46elks/svar"
NAME = "s" + "1" * 32
STOP = {"direction": "incoming", "id": NAME, "from": a_phone(0), "to": "+46701740698", "message": "STOPP"}


def a_way(database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel, user: str) -> Runtime:
    chosen = settings.load(installation={"base_url": BASE}, keys=keys, sms={"second_username": user})
    return Runtime(chosen, database, clock, InlineEngine(), {ChannelKind.SMS: sms})


@pytest.fixture
def way(sqlite_database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel) -> Runtime:
    return a_way(sqlite_database, clock, keys, sms, "u1")


@pytest.fixture
def provider(way: Runtime, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(entrances, "_alarm", entrances.Alarm())
    app: Flask = create_app(way)
    return app.test_client()


def call(client: FlaskClient, path: str, asked: dict[str, str], form: dict[str, str]) -> tuple[int, str]:
    answer = client.post(f"{path}?{urlencode(asked)}", base_url=BASE, data=form)
    return answer.status_code, answer.get_data(as_text=True)


def made_here(way: Runtime, **asked: str) -> dict[str, str]:
    return {**asked, "k": token(way.settings.keys.web, asked)}


def test_a_receipt_at_an_address_of_ours_settles_its_copy(way: Runtime, provider: FlaskClient) -> None:
    alert_id = an_approved_alert(way, a_street(way, phones=1))
    drain(way)
    asked = made_here(way, d=str(deliveries_of(way, alert_id)[0].id))
    for status in ("sent", "delivered", "sent", "delivered"):
        assert call(provider, STATUS, asked, {"id": NAME, "status": status})[0] == 200
    assert states_of(way, alert_id) == [DeliveryState.DELIVERED]
    assert call(provider, STATUS, asked, {"id": NAME, "status": "grillad"})[0] == 200
    assert call(provider, STATUS, asked, {"id": "SM1", "status": "failed"})[0] == 200
    with way.database.read() as session:
        assert len(session.exec(select(Receipt)).all()) == 2


@pytest.mark.goal("S29")
def test_an_address_that_was_made_elsewhere_changes_nothing(way: Runtime, provider: FlaskClient) -> None:
    alert_id = an_approved_alert(way, a_street(way, phones=2))
    drain(way)
    first, second = (str(row.id) for row in deliveries_of(way, alert_id))
    right = made_here(way, d=first)
    for asked in (
        {"d": first},
        {"d": first, "k": ""},
        {"d": first, "k": "å" * 40},
        {"d": second, "k": right["k"]},
        {"m": first, "k": right["k"]},
        {**right, "x": "1"},
        {"d": first, "k": made_here(way)["k"]},
        {"d": first, "k": token("another", {"d": first})},
    ):
        assert call(provider, STATUS, asked, {"id": NAME, "status": "failed"})[0] == 403, asked
        assert call(provider, REPLY, asked, STOP)[0] == 403, asked
    assert states_of(way, alert_id) == [DeliveryState.HANDED_OVER] * 2
    with way.database.read() as session:
        assert session.exec(select(StopEntry)).all() == []


def test_stopp_by_the_second_number_stops_all_and_is_answered(way: Runtime, provider: FlaskClient) -> None:
    network_id = a_street(way, phones=2)
    status, text = call(provider, REPLY, made_here(way), STOP)
    assert (status, "Grannsamverkan" in text) == (200, True)
    assert call(provider, REPLY, made_here(way), STOP) == (200, "")  # the same again
    alert_id = an_approved_alert(way, network_id)
    drain(way)
    assert len(deliveries_of(way, alert_id)) == 1
    assert call(provider, REPLY, made_here(way), {"message": "STOPP"})[0] == 400


@pytest.mark.goal("S38")
def test_an_address_made_with_the_key_of_before_counts_while_that_is_named(way: Runtime) -> None:
    old = way.settings.keys.web
    asked = made_here(way)
    for also, code in (("", 403), (old, 200)):
        changed = way.settings.keys.model_copy(update={"web": new_key(), "web_also": also})
        renewed = replace(way, settings=way.settings.model_copy(update={"keys": changed}))
        assert call(create_app(renewed).test_client(), REPLY, asked, STOP)[0] == code


def test_without_a_second_provider_its_entrances_are_shut(
    sqlite_database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel
) -> None:
    way = a_way(sqlite_database, clock, keys, sms, "")
    assert call(create_app(way).test_client(), REPLY, made_here(way), STOP)[0] == 403
