"""The SMS stand-in, as the real client sees it."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from grannsamverkan.standins.launch import Standins, count

ANNA, BO, SENDER = "+46701740605", "+46701740606", "+46701740699"


def send(client: Client, to: str = ANNA, body: str = "Inbrott på Åsgatan. Nr 2314", **more: Any) -> Any:
    return client.messages.create(to=to, from_=SENDER, body=body, **more)


def test_a_message_is_accepted_logged_and_shown(client: Client, standins: Standins) -> None:
    before = count(standins.sms_log)
    sent = send(client)
    assert (sent.status, sent.to, sent.from_, sent.body) == ("queued", ANNA, SENDER, "Inbrott på Åsgatan. Nr 2314")
    assert sent.sid.startswith("SM")
    assert len(sent.sid) == 34
    assert sent.error_code is None
    assert abs(datetime.now(UTC) - sent.date_created) < timedelta(seconds=5)
    assert count(standins.sms_log).accepted == before.accepted + 1
    last = standins.sms_log.read_text().splitlines()[-1]
    assert f'"key": "{ANNA} 2314"' in last
    assert sent.sid in last
    shown = standins.sms_messages()
    assert [(m["to"], m["from"], m["body"], m["direction"]) for m in shown] == [
        (ANNA, SENDER, "Inbrott på Åsgatan. Nr 2314", "outbound-api")
    ]


def test_fetch_tells_the_state(client: Client) -> None:
    sid = send(client).sid
    time.sleep(0.1)
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == ("delivered", None)
    assert fetched.date_sent is not None
    with pytest.raises(TwilioRestException) as caught:
        client.messages("SM" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_list_goes_through_all_pages_newest_first(client: Client) -> None:
    sids = [send(client, body=f"Hej. Nr {n}").sid for n in range(7)]
    send(client, to=BO)
    since = datetime.now(UTC) - timedelta(minutes=1)
    found = client.messages.list(to=ANNA, date_sent_after=since, page_size=3)
    assert [message.sid for message in found] == sids[::-1]
    assert client.messages.list(to=ANNA, date_sent_after=datetime.now(UTC) + timedelta(minutes=1)) == []
    assert client.messages.list(to=ANNA, date_sent_before=since) == []
    assert len(client.messages.list(date_sent=datetime.now(UTC).date())) == 8
    assert len(client.messages.list(to=ANNA, limit=2)) == 2


@pytest.mark.parametrize(("code", "status"), [(21211, 400), (21610, 400), (21614, 400), (20429, 429), (500, 500)])
def test_a_number_is_refused_as_asked_and_so_often(client: Client, standins: Standins, code: int, status: int) -> None:
    before = count(standins.sms_log).accepted
    standins.behave_sms({"numbers": {ANNA: {"error": code, "times": 1}}})
    with pytest.raises(TwilioRestException) as caught:
        send(client)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert count(standins.sms_log).accepted == before
    assert send(client).status == "queued"


def test_too_many_requests_names_a_time(standins: Standins) -> None:
    standins.behave_sms({"numbers": {ANNA: {"error": 20429}}, "retry_after_s": 7})
    url = f"{standins.sms_url}/2010-04-01/Accounts/{standins.account_sid}/Messages.json"
    form = {"To": ANNA, "From": SENDER, "Body": "Hej"}
    answer = requests.post(url, form, auth=(standins.account_sid, standins.auth_token), timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (429, "7", 20429)


def test_a_wrong_token_is_refused(client: Client, standins: Standins) -> None:
    stranger = Client(standins.account_sid, "f" * 32)
    stranger.api.base_url = standins.sms_url
    with pytest.raises(TwilioRestException) as caught:
        send(stranger)
    assert (caught.value.status, caught.value.code) == (401, 20003)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": SENDER, "Body": "Hej"}, 21604),
        ({"To": "0701740605", "From": SENDER, "Body": "Hej"}, 21211),
        ({"To": ANNA, "From": SENDER}, 21602),
        ({"To": ANNA, "Body": "Hej"}, 21603),
        ({"To": ANNA, "From": SENDER, "Body": "h" * 1601}, 21617),
    ],
)
def test_an_incomplete_message_is_refused(standins: Standins, form: dict[str, str], code: int) -> None:
    url = f"{standins.sms_url}/2010-04-01/Accounts/{standins.account_sid}/Messages.json"
    answer = requests.post(url, form, auth=(standins.account_sid, standins.auth_token), timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_lost_answer_was_accepted_all_the_same(client: Client, standins: Standins) -> None:
    before = count(standins.sms_log).accepted
    standins.behave_sms({"numbers": {ANNA: {"lose_answer": True, "times": 1}}})
    with pytest.raises(requests.ConnectionError):
        send(client)
    assert count(standins.sms_log).accepted == before + 1
    assert [m.body for m in client.messages.list(to=ANNA)] == ["Inbrott på Åsgatan. Nr 2314"]


def test_a_hang_is_neither_answered_nor_accepted(client: Client, standins: Standins) -> None:
    before = count(standins.sms_log).accepted
    standins.behave_sms({"numbers": {ANNA: {"hang": True}}})
    impatient = Client(standins.account_sid, standins.auth_token, http_client=TwilioHttpClient(timeout=0.2))
    impatient.api.base_url = standins.sms_url
    with pytest.raises(requests.ReadTimeout):
        send(impatient)
    assert count(standins.sms_log).accepted == before
    assert send(client, to=BO).status == "queued"


def test_each_third_is_refused(client: Client, standins: Standins) -> None:
    standins.behave_sms({"every": {"error_500": 3}})
    fates = []
    for _ in range(6):
        try:
            fates.append(send(client).status)
        except TwilioRestException as refused:
            fates.append(refused.status)
    assert fates == ["queued", "queued", 500] * 2


def test_latency_holds_up_nobody_else(client: Client, standins: Standins) -> None:
    standins.behave_sms({"latency_ms": 150})
    started_s = time.monotonic()
    send(client)
    assert time.monotonic() - started_s >= 0.15
    assert requests.get(f"{standins.sms_url}/_health", timeout=5).elapsed < timedelta(milliseconds=100)


def test_a_reset_holds_back_no_answer(client: Client, standins: Standins) -> None:
    standins.behave_sms({"latency_ms": 200})
    resetting = threading.Timer(0.05, standins.reset)
    resetting.start()
    assert send(client).status == "queued"
    resetting.join()
    assert standins.sms_messages() == []


def test_the_list_can_be_made_to_fail(client: Client, standins: Standins) -> None:
    send(client)
    standins.behave_sms({"list": {"error": 500, "times": 1}})
    with pytest.raises(Exception, match="Unable to fetch page"):
        client.messages.list(to=ANNA)
    assert len(client.messages.list(to=ANNA)) == 1


def test_receipts_are_signed_and_in_order(client: Client, standins: Standins, receiver: Any) -> None:
    url = f"{receiver.url}/sms/receipt?delivery=17"
    sid = send(client, status_callback=url).sid
    taken = receiver.wait_for(2)
    assert [post.form["MessageStatus"] for post in taken] == ["sent", "delivered"]
    for post in taken:
        assert (post.path, post.form["MessageSid"], post.form["To"]) == ("/sms/receipt?delivery=17", sid, ANNA)
        assert "ErrorCode" not in post.form
        signature = post.headers["X-Twilio-Signature"]
        assert RequestValidator(standins.auth_token).validate(url, post.form, signature)
        assert not RequestValidator("f" * 32).validate(url, post.form, signature)


@pytest.mark.parametrize(("outcome", "code"), [("undelivered", 30005), ("failed", 30006)])
def test_a_failure_is_reported_with_its_code(
    client: Client, standins: Standins, receiver: Any, outcome: str, code: int
) -> None:
    standins.behave_sms({"numbers": {ANNA: {outcome: code}}})
    sid = send(client, status_callback=receiver.url).sid
    last = receiver.wait_for(2)[-1].form
    assert (last["MessageStatus"], last["ErrorCode"]) == (outcome, str(code))
    fetched = client.messages(sid).fetch()
    assert (fetched.status, fetched.error_code) == (outcome, code)


def test_receipts_can_be_left_out_or_turned_round(client: Client, standins: Standins, receiver: Any) -> None:
    standins.behave_sms({"callbacks": []})
    silent = send(client, status_callback=receiver.url).sid
    standins.behave_sms({"callbacks": ["delivered", "sent", "delivered"]})
    turned = send(client, status_callback=receiver.url).sid
    taken = receiver.wait_for(3)
    assert [(p.form["MessageSid"], p.form["MessageStatus"]) for p in taken] == [
        (turned, "delivered"), (turned, "sent"), (turned, "delivered"),
    ]  # fmt: skip
    assert client.messages(silent).fetch().status == "delivered"


def test_no_receipt_goes_to_another_machine(client: Client, standins: Standins) -> None:
    send(client, status_callback="http://192.0.2.1/receipt")
    time.sleep(0.1)
    health = requests.get(f"{standins.sms_url}/_health", timeout=5).json()
    assert (health["accepted"], health["receipts_given_up"]) == (1, health["receipts_given_up"])
    assert [m["status"] for m in standins.sms_messages()] == ["delivered"]


def test_a_phone_answers(standins: Standins, receiver: Any) -> None:
    url = f"{receiver.url}/sms/in"
    standins.behave_sms({"inbound_url": url})
    assert standins.send_from_phone(ANNA, SENDER, "STOPP & hej då") == 204
    taken = receiver.wait_for(1)[0]
    assert (taken.form["From"], taken.form["To"], taken.form["Body"]) == (ANNA, SENDER, "STOPP & hej då")
    assert taken.form["NumMedia"] == "0"
    signature = taken.headers["X-Twilio-Signature"]
    assert RequestValidator(standins.auth_token).validate(url, taken.form, signature)
    assert [m["direction"] for m in standins.sms_messages(to=ANNA)] == ["inbound"]
    receiver.stop()
    assert standins.send_from_phone(ANNA, SENDER, "Hej") is None


def test_what_the_product_answers_a_phone_with_arrives_there(standins: Standins, receiver: Any) -> None:
    accepted = count(standins.sms_log)
    receiver.body = "<?xml version='1.0'?><Response><Message>Räv &amp; &lt;gås&gt;\nNr 1</Message></Response>".encode()
    standins.behave_sms({"inbound_url": f"{receiver.url}/sms/in"})
    assert standins.send_from_phone(ANNA, SENDER, "TEST") == 200
    shown = [(m["direction"], m["from"], m["to"], m["body"], m["status"]) for m in standins.sms_messages(to=ANNA)]
    assert shown == [
        ("inbound", ANNA, SENDER, "TEST", "received"),
        ("outbound-reply", SENDER, ANNA, "Räv & <gås>\nNr 1", "delivered"),
    ]
    assert count(standins.sms_log) == accepted  # an answer is no create


@pytest.mark.parametrize(
    "body", ["<Response/>", "<Response></Response>", "<Response><Message> </Message></Response>", "<Message/>Hej"]
)
def test_an_answer_without_a_message_sends_none(standins: Standins, receiver: Any, body: str) -> None:
    receiver.body = body.encode()
    standins.behave_sms({"inbound_url": f"{receiver.url}/sms/in"})
    assert standins.send_from_phone(ANNA, SENDER, "TEST") == 200
    assert [m["direction"] for m in standins.sms_messages(to=ANNA)] == ["inbound"]


def test_a_refusal_is_no_answer(standins: Standins, receiver: Any) -> None:
    receiver.body, receiver.answers = b"<Response><Message>Nej</Message></Response>", [403]
    standins.behave_sms({"inbound_url": f"{receiver.url}/sms/in"})
    assert standins.send_from_phone(ANNA, SENDER, "TEST") == 403
    assert [m["direction"] for m in standins.sms_messages(to=ANNA)] == ["inbound"]


def test_messages_are_shown_from_an_index_on(client: Client, standins: Standins) -> None:
    for n in range(3):
        send(client, body=f"Nr {n}")
    first = standins.sms_messages()[0]["index"]
    assert [m["body"] for m in standins.sms_messages(after=first)] == ["Nr 1", "Nr 2"]
    assert standins.sms_messages(after=first + 2) == []
    assert standins.sms_messages(to=BO) == []


def test_an_unknown_switch_is_refused(standins: Standins) -> None:
    with pytest.raises(ValueError, match="latency_s"):
        standins.behave_sms({"latency_s": 1})


def test_keys_hold_the_last_number(client: Client, standins: Standins, log_lines: Callable[[Path, str], int]) -> None:
    send(client, body="Rättar Nr 9001. Nr 9002")
    send(client, body="Ingen märkning alls")
    assert log_lines(standins.sms_log, f'"{ANNA} 9002"') == 1
    assert log_lines(standins.sms_log, f'"{ANNA} 9001"') == 0
    assert log_lines(standins.sms_log, f'"{ANNA} -"') >= 1
