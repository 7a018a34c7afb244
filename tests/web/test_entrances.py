"""Providers' entrances: only what is signed counts, and what is signed counts once."""

import base64
import hashlib
import hmac
import itertools
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan import settings, wiring
from grannsamverkan.app import create_app
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.people import StopEntry
from grannsamverkan.domain.receipts import Receipt
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind, Copy
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.web import entrances
from tests.support.builders import (
    NOW,
    a_neighbour,
    a_network,
    a_phone,
    a_street,
    an_approved_alert,
    deliveries_of,
    states_of,
)
from tests.support.recording_channel import RecordingChannel

TOKEN, REPORT_KEY, BASE = "t" * 32, "r" * 64, "https://gs.hoor.example"


@pytest.fixture
def way(
    sqlite_database: Database, clock: SetClock, keys: dict[str, str], sms: RecordingChannel, email: RecordingChannel
) -> Runtime:
    chosen = settings.load(
        installation={"base_url": BASE},
        keys=keys,
        sms={"auth_token": TOKEN, "second_username": "u1"},
        email={"domain": "gs.hoor.example", "report_key": REPORT_KEY},
    )
    return Runtime(chosen, sqlite_database, clock, InlineEngine(), {ChannelKind.SMS: sms, ChannelKind.EMAIL: email})


@pytest.fixture
def app(way: Runtime) -> Flask:
    return create_app(way)


@pytest.fixture
def provider(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(entrances, "_alarm", entrances.Alarm())
    return app.test_client()


def sign(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """The provider's signature, written down anew from its documentation."""
    said = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode()


def call(client: FlaskClient, path: str, form: dict[str, str], signature: str | None = None, **headers: str) -> int:
    signed = sign(BASE + path, form) if signature is None else signature
    answer = client.post(path, base_url=BASE, data=form, headers={"X-Twilio-Signature": signed, **headers})
    return int(answer.status_code)


def receipt(status: str, **more: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "MessageStatus": status, "To": a_phone(0), "AccountSid": "AC1", **more}


def a_sent_copy(way: Runtime) -> tuple[int, int]:
    """(alert, delivery) of a warning handed over to one phone."""
    alert_id = an_approved_alert(way, a_street(way, phones=1))
    drain(way)
    return alert_id, deliveries_of(way, alert_id)[0].id or 0


def test_the_entrances_lie_where_the_providers_are_told(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert {wiring.STATUS_PATH, wiring.INBOUND_PATH, wiring.REPORT_PATH} <= rules
    assert {wiring.SECOND_STATUS_PATH, wiring.SECOND_INBOUND_PATH} <= rules


def test_a_true_receipt_settles_its_copy(way: Runtime, provider: FlaskClient) -> None:
    alert_id, row_id = a_sent_copy(way)
    assert call(provider, f"/ingang/twilio/status?d={row_id}", receipt("delivered")) == 200
    assert states_of(way, alert_id) == [DeliveryState.DELIVERED]


@pytest.mark.goal("S38")
def test_a_receipt_signed_with_the_token_of_before_counts_while_that_is_named(way: Runtime) -> None:
    alert_id, row_id = a_sent_copy(way)
    path = f"/ingang/twilio/status?d={row_id}"
    for also, code in (("", 403), (f"{'x' * 32} {TOKEN}", 200)):
        sms = way.settings.sms.model_copy(update={"auth_token": "n" * 32, "auth_token_also": also})
        renewed = replace(way, settings=way.settings.model_copy(update={"sms": sms}))
        assert call(create_app(renewed).test_client(), path, receipt("delivered")) == code
    assert states_of(way, alert_id) == [DeliveryState.DELIVERED]


@pytest.mark.goal("S29")
def test_the_same_receipt_five_times_is_kept_once(way: Runtime, provider: FlaskClient) -> None:
    _, row_id = a_sent_copy(way)
    path = f"/ingang/twilio/status?d={row_id}"
    assert [call(provider, path, receipt("delivered")) for _ in range(5)] == [200] * 5
    with way.database.read() as session:
        assert len(session.exec(select(Receipt)).all()) == 1


def test_receipts_in_any_order_end_the_same(way: Runtime, provider: FlaskClient) -> None:
    for number, order in enumerate(itertools.permutations(("queued", "sending", "sent", "delivered"))):
        with way.database.write() as session:  # each to a household of its own: nobody gets so many warnings a week
            network = a_network(session, f"Gata {number}")
            a_neighbour(session, network, sms=a_phone(number))
            network_id = network.id or 0
        alert_id = an_approved_alert(way, network_id)
        drain(way)
        path = f"/ingang/twilio/status?d={deliveries_of(way, alert_id)[0].id}"
        assert [call(provider, path, receipt(status)) for status in order] == [200] * 4
        assert states_of(way, alert_id) == [DeliveryState.DELIVERED], order


def test_a_receipt_that_comes_before_our_own_commit_is_not_lost(
    way: Runtime, provider: FlaskClient, sms: RecordingChannel
) -> None:
    alert_id = an_approved_alert(way, a_street(way, phones=1))

    def call_back(copies: Sequence[Copy]) -> None:
        for copy in copies:
            assert call(provider, f"/ingang/twilio/status?d={copy.delivery_id}", receipt("delivered")) == 200

    sms.after_send = call_back
    drain(way)
    assert states_of(way, alert_id) == [DeliveryState.DELIVERED]
    assert deliveries_of(way, alert_id)[0].provider_id


def test_receipts_that_cannot_be_written_keep_no_more_than_half_of_the_threads(
    way: Runtime, provider: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database takes no writes, who asks for a page must not wait behind receipts."""
    alert_id, row_id = a_sent_copy(way)
    path = f"/ingang/twilio/status?d={row_id}"
    places = entrances._places(way.settings.web.threads // 2)
    for _ in range(way.settings.web.threads // 2):
        assert places.acquire(timeout=0)
    monkeypatch.setattr(entrances, "_LONGEST_WAIT_S", 0.0)
    assert call(provider, path, receipt("delivered")) == 503
    for _ in range(way.settings.web.threads // 2):
        places.release()
    assert call(provider, path, receipt("delivered")) == 200
    assert states_of(way, alert_id) == [DeliveryState.DELIVERED]


@pytest.mark.parametrize("query", ["?d=999999", "?d=", "?d=x", "", "?e=1", "?d=-1", "?d=99999999999999999999999"])
def test_what_is_true_and_about_nothing_is_taken_and_forgotten(way: Runtime, provider: FlaskClient, query: str) -> None:
    a_sent_copy(way)
    assert call(provider, f"/ingang/twilio/status{query}", receipt("delivered")) == 200
    assert call(provider, f"/ingang/twilio/status{query}", receipt("grillad")) == 200
    with way.database.read() as session:
        assert session.exec(select(Receipt)).all() == []


def forgeries(path: str, form: dict[str, str]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Calls that are not the provider's, beginning from one that is."""
    right = sign(BASE + path, form)
    yield path, form, ""
    yield path, form, "å"
    yield path, form, right[:-2]
    yield path, form, right.swapcase()
    yield path, form, sign(BASE + path, form, "wrong")
    yield path, form, sign(BASE + path, form, "")
    yield path, form, sign("https://annan.example" + path, form)
    yield path, form, sign(f"http://gs.hoor.example{path}", form)
    yield path + ("&" if "?" in path else "?") + "x=1", form, right
    yield path, {**form, "Extra": "1"}, right
    yield path, {}, right
    for name in form:
        yield path, {**form, name: form[name] + "1"}, right
        yield path, {key: value for key, value in form.items() if key != name}, right


@pytest.mark.goal("S29")
def test_forged_and_altered_calls_change_nothing(
    way: Runtime, provider: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    alert_id, row_id = a_sent_copy(way)
    tried = 0
    for _ in range(20):
        for path, form, signature in forgeries(f"/ingang/twilio/status?d={row_id}", receipt("delivered")):
            assert call(provider, path, form, signature) == 403, (path, form, signature)
            tried += 1
        inbound = {"MessageSid": "SM7", "From": a_phone(0), "To": "+46701740699", "Body": "STOPP"}
        for path, form, signature in forgeries("/ingang/twilio/svar", inbound):
            assert call(provider, path, form, signature) == 403, (path, form, signature)
            tried += 1
    assert tried >= 700
    assert states_of(way, alert_id) == [DeliveryState.HANDED_OVER]
    with way.database.read() as session:
        assert session.exec(select(Receipt)).all() == []
        assert session.exec(select(StopEntry)).all() == []
    logged = "".join(capsys.readouterr())
    assert logged.count("unsigned_calls_refused") == 1  # one alarm, however many come
    assert "1740605" not in logged


def test_headers_about_where_we_are_do_not_make_a_signature_hold(way: Runtime, provider: FlaskClient) -> None:
    _, row_id = a_sent_copy(way)
    path, form = f"/ingang/twilio/status?d={row_id}", receipt("delivered")
    forged = sign(f"https://annan.example{path}", form)
    hosts = {"X-Forwarded-Host": "annan.example", "X-Forwarded-Proto": "https", "X-Original-URL": "/"}
    assert call(provider, path, form, forged, **hosts) == 403
    assert call(provider, path, form, None, **hosts) == 200


@pytest.mark.parametrize("path", ["/ingang/twilio/status?d=1", "/ingang/twilio/svar", "/ingang/epost"])
def test_without_keys_every_call_is_refused(sqlite_database: Database, keys: dict[str, str], path: str) -> None:
    chosen = settings.load(installation={"base_url": BASE}, keys=keys)
    client = create_app(Runtime(chosen, sqlite_database, SetClock(NOW), InlineEngine())).test_client()
    body = b"Hej"
    headers = {
        "X-Twilio-Signature": sign(BASE + path, {}, ""),
        "X-Report-Signature": f"sha256={hmac.new(b'', body, hashlib.sha256).hexdigest()}",
    }
    data = body if path.endswith("epost") else {}
    assert client.post(path, base_url=BASE, data=data, headers=headers).status_code == 403


def test_a_reply_is_answered_in_twiml(way: Runtime, provider: FlaskClient) -> None:
    a_street(way, phones=1)
    form = {"MessageSid": "SM7", "From": a_phone(0), "To": "+46701740699", "Body": "räv & <gås>", "NumMedia": "0"}
    path = "/ingang/twilio/svar"
    signed = {"X-Twilio-Signature": sign(BASE + path, form)}
    answer = provider.post(path, base_url=BASE, data=form, headers=signed)
    assert answer.mimetype == "text/xml"
    root = ET.fromstring(answer.data)
    assert root.tag == "Response"
    assert (root.findtext("Message") or "").startswith("Grannsamverkan Höör: Ingen läser svar hit.")
    again = provider.post(path, base_url=BASE, data=form, headers=signed)
    assert (again.status_code, len(ET.fromstring(again.data))) == (200, 0)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_twiml_carries_any_text() -> None:
    text = "Räv & gås <b> ]]> \"x\" 'y' &amp;"
    assert ET.fromstring(entrances.twiml(text).encode()).findtext("Message") == text


def test_a_reply_without_a_name_of_its_own_is_no_reply(provider: FlaskClient) -> None:
    assert call(provider, "/ingang/twilio/svar", {"From": a_phone(0), "Body": "STOPP"}) == 400


def test_too_large_a_form_is_refused(provider: FlaskClient) -> None:
    form = {"MessageSid": "SM7", "From": a_phone(0), "Body": "x" * entrances.LARGEST_FORM}
    assert call(provider, "/ingang/twilio/svar", form) == 403


# --------------------------------------------------------------------------------------------- email


def post_report(client: FlaskClient, body: bytes, signature: str | None = None) -> int:
    right = f"sha256={hmac.new(REPORT_KEY.encode(), body, hashlib.sha256).hexdigest()}"
    headers = {"X-Report-Signature": right if signature is None else signature, "Content-Type": "message/rfc822"}
    return int(client.post("/ingang/epost", base_url=BASE, data=body, headers=headers).status_code)


def a_report(delivery_id: int) -> bytes:
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Original-Envelope-Id: {delivery_id}\r\n\r\nFinal-Recipient: rfc822;x@post.example\r\n"
        "Action: delivered\r\nStatus: 2.0.0\r\n\r\n--b--\r\n"
    ).encode()


def test_a_signed_report_settles_its_mail(way: Runtime, provider: FlaskClient) -> None:
    alert_id = an_approved_alert(way, a_street(way, mailboxes=1))
    drain(way)
    body = a_report(deliveries_of(way, alert_id)[0].id or 0)
    for wrong in ("", "sha256=", "sha256=" + "0" * 64, "å", hashlib.sha256(body).hexdigest()):
        assert post_report(provider, body, wrong) == 403
    assert states_of(way, alert_id) == [DeliveryState.HANDED_OVER]
    assert [post_report(provider, body) for _ in range(2)] == [200, 200]
    assert states_of(way, alert_id) == [DeliveryState.DELIVERED]


def test_a_signed_mail_that_is_no_report_is_taken_and_forgotten(provider: FlaskClient) -> None:
    assert post_report(provider, b"Subject: Hej\r\n\r\nHej") == 200
    assert post_report(provider, b"\xff\x00") == 200
    assert post_report(provider, urlencode({"a": "b"}).encode()) == 200


def test_too_large_a_report_is_refused(provider: FlaskClient) -> None:
    assert post_report(provider, b"x" * (entrances.LARGEST_REPORT + 1)) == 403


def test_real_bounces_are_read_without_fault(provider: FlaskClient) -> None:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    for file in sorted(Path(folder, "email").rglob("*.eml"))[:80]:
        raw = file.read_bytes()
        if len(raw) <= entrances.LARGEST_REPORT:
            assert post_report(provider, raw) == 200, file.name


@pytest.mark.goal("S38")
@pytest.mark.parametrize("path", ["/ingang/twilio/svar", "/ingang/epost"])
def test_while_a_secret_is_changed_the_one_of_before_is_still_believed(
    sqlite_database: Database, keys: dict[str, str], path: str
) -> None:
    sms = {"auth_token": "ny", "auth_token_also": "gammal"}
    email = {"report_key": "ny", "report_key_also": "gammal"}
    chosen = settings.load(installation={"base_url": BASE}, keys=keys, sms=sms, email=email)
    client = create_app(Runtime(chosen, sqlite_database, SetClock(NOW), InlineEngine())).test_client()
    body = b"Hej"
    statuses = []
    for key in ("ny", "gammal", "annan", ""):
        headers = {
            "X-Twilio-Signature": sign(BASE + path, {}, key),
            "X-Report-Signature": f"sha256={hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}",
        }
        data = body if path.endswith("epost") else {}
        statuses.append(client.post(path, base_url=BASE, data=data, headers=headers).status_code != 403)
    assert statuses == [True, True, False, False]
