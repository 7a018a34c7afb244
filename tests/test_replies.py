"""Replies, mail reports and stop links: what they change, what is answered, and that a STOPP always wins."""

import random
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan import flow, replies
from grannsamverkan.domain import people, receipts, targeting
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.people import ContactAddress, Person, StopEntry
from grannsamverkan.domain.receipts import ReplyRow
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind, Copy, ProviderReceipt, Rejected, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    a_mailbox,
    a_neighbour,
    a_network,
    a_phone,
    a_started_alert,
    a_street,
    an_approved_alert,
    deliveries_of,
    states_of,
)
from tests.support.recording_channel import RecordingChannel

SMS, EMAIL = ChannelKind.SMS, ChannelKind.EMAIL
_ids = iter(range(1_000_000))


def reply(runtime: Runtime, body: str, sender: str = a_phone(0)) -> str:
    return replies.take_reply(runtime, provider_id=f"SM{next(_ids)}", sender=sender, body=body)


def is_stopped(runtime: Runtime, phone: str = a_phone(0)) -> bool:
    with runtime.database.read() as session:
        return people.stopped_since(session, SMS, people.lookup_of(session, SMS, phone)) is not None


def copies(runtime: Runtime, network_id: int) -> int:
    """How many SMS a warning to the network would send now."""
    with runtime.database.write() as session:
        alert = a_started_alert(session, network_id)
        return targeting.reach(session, alert, now=runtime.clock.now()).copies.get(SMS, 0)


def test_stopp_takes_the_number_off_and_is_answered(runtime: Runtime) -> None:
    network_id = a_street(runtime, phones=2)
    text = reply(runtime, "Stopp!")
    assert text.startswith("Grannsamverkan Höör: Nu får du inga fler sms")
    assert is_stopped(runtime)
    assert copies(runtime, network_id) == 1
    with runtime.database.read() as session:
        assert session.exec(select(StopEntry.source)).all() == ["reply"]


def test_the_same_message_again_changes_nothing_and_is_not_answered(runtime: Runtime, clock: SetClock) -> None:
    a_street(runtime, phones=1)
    first = replies.take_reply(runtime, provider_id="SM1", sender=a_phone(0), body="PAUS")
    clock.advance(timedelta(hours=2))
    assert first
    assert replies.take_reply(runtime, provider_id="SM1", sender=a_phone(0), body="PAUS") == ""
    with runtime.database.read() as session:
        assert len(session.exec(select(ReplyRow)).all()) == 1
        until = session.exec(select(Person.paused_until)).one()
    assert until == clock.now() - timedelta(hours=2) + replies.PAUSE


def test_start_undoes_a_stop_within_two_weeks(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=1)
    reply(runtime, "STOPP")
    clock.advance(timedelta(days=14))
    assert "Välkommen tillbaka" in reply(runtime, "START")
    assert not is_stopped(runtime)
    assert copies(runtime, network_id) == 1


def test_start_after_two_weeks_lets_nobody_in(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=1)
    reply(runtime, "STOPP")
    clock.advance(timedelta(days=14, seconds=1))
    assert "Ingen läser svar hit" in reply(runtime, "START")
    assert is_stopped(runtime)
    assert copies(runtime, network_id) == 0


def test_start_right_after_a_stop_is_answered_too(runtime: Runtime) -> None:
    a_street(runtime, phones=1)
    assert "inga fler sms" in reply(runtime, "STOPP")
    assert "Välkommen tillbaka" in reply(runtime, "START")


def test_a_pause_lasts_two_weeks_and_start_ends_it(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=2)
    assert "Paus i 14 dagar" in reply(runtime, "paus")
    assert copies(runtime, network_id) == 1
    clock.advance(timedelta(hours=2))
    assert "Välkommen tillbaka" in reply(runtime, "START")
    assert copies(runtime, network_id) == 2
    reply(runtime, "PAUS")
    clock.advance(timedelta(days=14))
    assert copies(runtime, network_id) == 2


def test_who_has_stopped_cannot_pause_into_getting_sms_again(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=1)
    reply(runtime, "STOPP")
    assert "Ingen läser svar hit" in reply(runtime, "PAUS")
    clock.advance(timedelta(days=20))
    assert copies(runtime, network_id) == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [("HJÄLP", "Kommun och polis"), ("Test", "räksmörgås RÄKSMÖRGÅS"), ("Vem är det?", "Ingen läser svar hit")],
)
def test_questions_are_answered_once_an_hour(runtime: Runtime, clock: SetClock, body: str, words: str) -> None:
    a_street(runtime, phones=2)
    assert words in reply(runtime, body)
    assert reply(runtime, body) == ""
    assert words in reply(runtime, body, a_phone(1))
    clock.advance(timedelta(minutes=61))
    assert words in reply(runtime, body)


def test_a_stop_is_answered_however_lately_something_else_was(runtime: Runtime) -> None:
    a_street(runtime, phones=1)
    assert reply(runtime, "TEST")
    assert "inga fler sms" in reply(runtime, "STOPP")


def test_two_machines_that_say_stop_to_each_other_fall_silent(runtime: Runtime) -> None:
    a_street(runtime, phones=1)
    assert [bool(reply(runtime, "STOPP")) for _ in range(4)] == [True, False, False, False]


def test_an_unknown_number_is_answered_and_stopped_for_later(runtime: Runtime) -> None:
    a_street(runtime, phones=1)
    assert reply(runtime, "STOPP", a_phone(40)).startswith("Grannsamverkan: Nu får du inga fler")
    assert is_stopped(runtime, a_phone(40))
    assert "Ingen läser" in reply(runtime, "START", a_phone(41))


@pytest.mark.parametrize("sender", ["Banken", "71700", "", "+", "+46", "whatsapp:+46701740605", "+46701740605\n"])
def test_what_is_no_phone_gets_no_answer(runtime: Runtime, sender: str) -> None:
    assert reply(runtime, "STOPP", sender) == ""


def test_a_long_text_that_mentions_stopping_is_for_the_office_and_without_its_words(runtime: Runtime) -> None:
    a_street(runtime, phones=1)
    body = "Hej, jag har flyttat till Eslöv och vill inte ha fler sms, kan ni avsluta det?"
    assert "Svara STOPP" in reply(runtime, body)
    assert not is_stopped(runtime)
    with runtime.database.read() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.act == "reply.mentions_stop")).one()
        row = session.exec(select(ReplyRow)).one()
    assert (entry.thing_id, entry.municipality_code, entry.facts) == (str(row.id), "1267", {})
    assert row.reply == "other"


def test_a_stop_reaches_what_already_waits(runtime: Runtime, sms: RecordingChannel) -> None:
    network_id = a_street(runtime, phones=3)
    alert_id = an_approved_alert(runtime, network_id)
    flow.fan_out(runtime, alert_id=alert_id)
    reply(runtime, "STOPP", a_phone(1))
    assert states_of(runtime, alert_id).count(DeliveryState.STOPPED) == 1
    drain(runtime)
    assert sorted(sms.addresses) == [a_phone(0), a_phone(2)]


def test_a_pause_reaches_what_already_waits(runtime: Runtime, sms: RecordingChannel) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    flow.fan_out(runtime, alert_id=alert_id)
    reply(runtime, "PAUS", a_phone(1))
    drain(runtime)
    assert sorted(sms.addresses) == [a_phone(0), a_phone(2)]


def test_the_answer_to_a_stop_waits_for_the_call_under_way(runtime: Runtime, sms: RecordingChannel) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    done_at: list[float] = []

    def call(_copies: Sequence[Copy]) -> None:
        thread.start()
        time.sleep(0.3)
        done_at.append(time.monotonic())

    answered_at: list[float] = []

    def stop() -> None:
        reply(runtime, "STOPP")
        answered_at.append(time.monotonic())

    thread = threading.Thread(target=stop)
    sms.before_send = call
    drain(runtime)
    thread.join(10)
    assert states_of(runtime, alert_id) == [DeliveryState.HANDED_OVER]
    assert answered_at[0] >= done_at[0]


def test_a_call_that_never_ends_does_not_hold_the_answer_for_ever(
    runtime: Runtime, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "LONGEST_WAIT_S", 0.2)
    an_approved_alert(runtime, a_street(runtime, phones=1))
    texts: list[str] = []
    sms.before_send = lambda copies: texts.append(reply(runtime, "STOPP"))
    began = time.monotonic()
    drain(runtime)
    assert texts
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_nothing_is_handed_over_after_a_stop_was_answered(runtime: Runtime, sms: RecordingChannel) -> None:
    """The race, 200 times: neighbours say stop while the warning goes out to them, in groups of four."""
    phones = [f"+4600{number:08d}" for number in range(200)]  # of no numbering plan
    alert_id = an_approved_alert(runtime, _street_of(runtime, phones))
    flow.fan_out(runtime, alert_id=alert_id)  # else a stop may come before there is a copy to stop
    handed_at: dict[str, float] = {}
    answered_at: dict[str, float] = {}

    def hand_over(going: Sequence[Copy]) -> None:
        time.sleep(random.random() * 0.01)
        handed_at.update((copy.address, time.monotonic()) for copy in going)

    def stop(mine: Sequence[str]) -> None:
        for phone in mine:
            reply(runtime, "STOPP", phone)
            answered_at[phone] = time.monotonic()

    sms.before_send = hand_over
    chosen = random.sample(phones, len(phones))
    threads = [threading.Thread(target=stop, args=(chosen[part::4],)) for part in range(4)]
    sender = threading.Thread(target=drain, args=(runtime,))
    for thread in (sender, *threads):
        thread.start()
    for thread in (sender, *threads):
        thread.join(60)
    late = [phone for phone, at in handed_at.items() if at > answered_at[phone]]
    assert len(answered_at) == 200
    assert late == []
    assert 0 < len(handed_at) < 200, "no race: all were sent, or none"
    states = states_of(runtime, alert_id)
    assert states.count(DeliveryState.HANDED_OVER) == len(handed_at)
    assert states.count(DeliveryState.STOPPED) == 200 - len(handed_at)


def _street_of(runtime: Runtime, phones: list[str]) -> int:
    with runtime.database.write() as session:
        network = a_network(session)
        for phone in phones:
            a_neighbour(session, network, sms=phone)
        return network.id or 0


def test_the_same_message_twice_at_once_is_noted_once(runtime: Runtime) -> None:
    a_street(runtime, phones=1)
    answers: list[str] = []
    gate = threading.Barrier(8)

    def take() -> None:
        gate.wait(5)
        answers.append(replies.take_reply(runtime, provider_id="SMsame", sender=a_phone(0), body="STOPP"))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(map(bool, answers)) == [False] * 7 + [True]


def test_a_stop_said_to_the_provider_is_one_to_us(runtime: Runtime, sms: RecordingChannel) -> None:
    network_id = a_street(runtime, phones=2)
    sms.results[a_phone(1)] = [Rejected("21610")]
    alert_id = an_approved_alert(runtime, network_id)
    drain(runtime)
    assert is_stopped(runtime, a_phone(1))
    assert not is_stopped(runtime, a_phone(0))
    assert sorted(row.code or "" for row in deliveries_of(runtime, alert_id)) == ["", "21610"]
    assert copies(runtime, network_id) == 1
    with runtime.database.read() as session:
        assert session.exec(select(StopEntry.source)).all() == ["provider"]
        assert session.exec(select(ContactAddress.dead_since)).all() == [None, None]


def test_a_stop_said_to_the_provider_is_heeded_from_a_receipt_too(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    drain(runtime)
    row = deliveries_of(runtime, alert_id)[0]
    said = ProviderReceipt(row.id or 0, row.provider_id or "", "undelivered", Said.FAILED, "21610")
    with runtime.database.write() as session:
        assert receipts.take(session, said, now=runtime.clock.now())
    assert is_stopped(runtime)


# ----------------------------------------------------------------------------------------------- email


def report(delivery_id: int, action: str = "delivered", status: str = "2.0.0") -> bytes:
    return (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Original-Envelope-Id: {delivery_id}\r\n\r\nFinal-Recipient: rfc822;x@post.example\r\n"
        f"Action: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


def test_a_mail_report_settles_its_copy_once(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, mailboxes=1))
    drain(runtime)
    row_id = deliveries_of(runtime, alert_id)[0].id or 0
    assert replies.take_mail_report(runtime, report(row_id))
    assert states_of(runtime, alert_id) == [DeliveryState.DELIVERED]
    assert not replies.take_mail_report(runtime, report(row_id))
    assert not replies.take_mail_report(runtime, report(row_id + 99))
    assert not replies.take_mail_report(runtime, b"Subject: Hej\r\n\r\nHej")


def token_of(runtime: Runtime, mailbox: str) -> str:
    with runtime.database.read() as session:
        return people.stop_token(runtime.database.vault, people.lookup_of(session, EMAIL, mailbox))


def test_a_link_stops_email_and_nothing_else(runtime: Runtime, email: RecordingChannel, sms: RecordingChannel) -> None:
    network_id = a_street(runtime, phones=1, mailboxes=2)
    token = token_of(runtime, a_mailbox(1))
    assert replies.is_stop_link(runtime, token)
    assert [replies.stop_by_link(runtime, token) for _ in range(2)] == [True, True]
    an_approved_alert(runtime, network_id)
    drain(runtime)
    assert (email.addresses, sms.addresses) == ([a_mailbox(0)], [a_phone(0)])


@pytest.mark.parametrize("wrong", ["", "x", "å", "A" * 30, "A" * 400, "../..", "%00"])
def test_a_made_up_link_stops_nothing(runtime: Runtime, wrong: str) -> None:
    a_street(runtime, mailboxes=1)
    assert not replies.is_stop_link(runtime, wrong)
    assert not replies.stop_by_link(runtime, wrong)
    with runtime.database.read() as session:
        assert session.exec(select(StopEntry)).all() == []


def test_a_link_with_one_sign_changed_is_no_link(runtime: Runtime) -> None:
    token = token_of(runtime, a_mailbox(0))
    for at in range(len(token) - 1):  # the last sign has bits to spare, and names the same address
        other = "A" if token[at] != "A" else "B"
        assert not replies.is_stop_link(runtime, token[:at] + other + token[at + 1 :])
