"""A message of which a third is refused for one reason is paused, and a person lets it go on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan import flow, status
from grannsamverkan.domain import alerts, audit, deliveries, notices
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.alerts import AlertClass, AlertPause
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.notices import Notice
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ProviderReceipt, Rejected, Said, TryAgain
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import (
    HOOR,
    a_mailbox,
    a_person,
    a_phone,
    a_started_alert,
    a_street,
    an_account,
    an_approved_alert,
    batches_of,
    deliveries_of,
    states_of,
)
from tests.support.recording_channel import RecordingChannel

WAITING = {DeliveryState.QUEUED, DeliveryState.LEASED}
BLOCKED = "30007"


@pytest.fixture
def street(runtime: Runtime) -> int:
    """Of ninety phones; a batch is twenty of them."""
    return a_street(runtime, phones=90)


def refused(sms: RecordingChannel, *codes: str, of_20: int = 15) -> None:
    """So many of twenty phones are refused, with these codes in turn. Copies lie in no order: fifteen are a third of
    any batch, and two of each code of none."""
    numbers = [number for number in range(90) if number % 20 < of_20]
    for place, number in enumerate(numbers):
        sms.results[a_phone(number)] = [Rejected(codes[place % len(codes)])]


def pause_of(runtime: Runtime, alert_id: int) -> AlertPause | None:
    with runtime.database.read() as session:
        return alerts.pause_of(session, alert_id)


def of_alerts(sms: RecordingChannel) -> int:
    return sum(len(copies) for wording, copies in sms.calls if wording.number)


def test_a_third_refused_pauses_the_rest_until_somebody_lets_it_go_on(
    runtime: Runtime, sms: RecordingChannel, street: int
) -> None:
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    pause = pause_of(runtime, alert_id)
    assert pause is not None
    assert (pause.code, pause.answered) == (BLOCKED, 60)
    assert pause.refused == states_of(runtime, alert_id).count(DeliveryState.FAILED) >= 20
    assert of_alerts(sms) == 60
    assert sum(state in WAITING for state in states_of(runtime, alert_id)) == 30
    with runtime.database.write() as session:
        account_id = an_account(session, role=Role.COORDINATOR, name="samordnare", municipality_code=HOOR).id or 0
    assert flow.go_on(runtime, alert_id=alert_id, account_id=account_id)
    assert not flow.go_on(runtime, alert_id=alert_id, account_id=account_id)
    drain(runtime)
    assert of_alerts(sms) == 90
    assert set(states_of(runtime, alert_id)) == {DeliveryState.HANDED_OVER, DeliveryState.FAILED}
    assert pause_of(runtime, alert_id) is None  # though most of the rest was refused too
    with runtime.database.read() as session:
        acts = [row.act for row in audit.history(session, "alert", alert_id)]
    assert acts == ["alert.went_on", "alert.paused", "alert.approved"]


@pytest.mark.parametrize("alert_class", alerts.NEVER_PAUSED)
def test_where_seconds_count_nothing_is_paused(runtime: Runtime, street: int, alert_class: AlertClass) -> None:
    with runtime.database.write() as session:
        alert = a_started_alert(session, street)
        alert.alert_class = alert_class
        assert not alerts.may_pause(session, alert)
        alert.alert_class = AlertClass.WARNING
        assert alerts.may_pause(session, alert)


def test_what_is_going_on_reaches_whom_it_can(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street, alert_class=AlertClass.ONGOING, called_112=True)
    drain(runtime)
    assert (of_alerts(sms), pause_of(runtime, alert_id)) == (90, None)


def test_a_large_batch_of_what_is_going_on_goes_in_one(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    """Where nothing is paused, refusals hold up nobody either: the rest does not wait for another try."""
    large = runtime.settings.engine.model_copy(update={"batch_size": 500})
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"engine": large}))
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street, alert_class=AlertClass.ONGOING, called_112=True)
    flow.fan_out(runtime, alert_id=alert_id)
    flow.send_batch(runtime, batch_id=batches_of(runtime, alert_id)[0].id or 0)
    assert of_alerts(sms) == 90


def test_many_reasons_are_none(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    refused(sms, "21211", "30005", of_20=4)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    assert (of_alerts(sms), pause_of(runtime, alert_id)) == (90, None)


def test_a_few_refusals_at_the_beginning_are_no_third(runtime: Runtime, sms: RecordingChannel) -> None:
    for number in range(16):
        sms.results[a_phone(number)] = [Rejected(BLOCKED)]
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=49))
    drain(runtime)
    assert (of_alerts(sms), pause_of(runtime, alert_id)) == (49, None)


def test_receipts_tell_of_refusals_too(runtime: Runtime, sms: RecordingChannel, street: int, clock: SetClock) -> None:
    for number in range(
        87, 90
    ):  # fewer than a group: after a group of nothing else the rest of its batch would wait too
        sms.results[a_phone(number)] = [TryAgain("20429")]
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    assert flow.watch_refusals(runtime) == 0
    gone = [row.id or 0 for row in deliveries_of(runtime, alert_id) if row.state == DeliveryState.HANDED_OVER]
    for delivery_id in gone[:30]:
        receipt = ProviderReceipt(delivery_id, f"SM{delivery_id}", "undelivered", Said.FAILED, BLOCKED)
        flow.take_receipt(runtime, receipt)
    assert flow.watch_refusals(runtime) == 1
    assert flow.watch_refusals(runtime) == 0
    clock.advance(timedelta(minutes=30))
    before = of_alerts(sms)
    drain(runtime)
    assert of_alerts(sms) == before


def test_it_is_told_once_to_those_who_answer_for_it(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    with runtime.database.write() as session:
        person = a_person(session, sms=a_phone(92), email=a_mailbox(92))
        an_account(session, role=Role.COORDINATOR, name="samordnare", municipality_code=HOOR, person_id=person.id)
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    with runtime.database.write() as session:
        deliveries.tick(session, now=runtime.clock.now(), by="test")
        told = session.exec(select(Notice).where(Notice.kind == notices.NoticeKind.APPROVAL)).all()
    assert len(told) == 2
    (words,) = [
        wording.text for wording, copies in sms.calls if not wording.number and copies[0].address == a_phone(92)
    ]
    pause = pause_of(runtime, alert_id)
    assert pause is not None
    assert f"är pausat: {pause.refused} av 60 avvisades av samma skäl." in words
    assert status.look(runtime)["alarms"] == ["paused"]


def test_stopping_ends_the_alarm(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    with runtime.database.write() as session:
        deliveries.tick(session, now=runtime.clock.now(), by="test")
        account_id = an_account(session, role=Role.COORDINATOR, name="samordnare", municipality_code=HOOR).id or 0
    flow.stop_alert(runtime, alert_id=alert_id, account_id=account_id)
    assert status.look(runtime)["alarms"] == []
    drain(runtime)
    assert of_alerts(sms) == 60
    assert states_of(runtime, alert_id).count(DeliveryState.STOPPED) == 30


def test_what_loses_its_validity_meanwhile_is_known_to_have(
    runtime: Runtime, sms: RecordingChannel, street: int, clock: SetClock
) -> None:
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    clock.advance(timedelta(hours=5))
    drain(runtime)
    assert states_of(runtime, alert_id).count(DeliveryState.EXPIRED) == 30
    assert of_alerts(sms) == 60


def test_two_who_see_it_at_once_pause_it_once(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    refused(sms, BLOCKED)
    alert_id = an_approved_alert(runtime, street)
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        for place, row in enumerate(deliveries_of(runtime, alert_id)[:60]):
            kept = session.get_one(deliveries.Delivery, row.id)
            kept.state = DeliveryState.HANDED_OVER if place % 3 else DeliveryState.FAILED
            kept.code = None if place % 3 else BLOCKED
    assert sorted(at_once(lambda: flow.pause_refused(runtime, alert_id=alert_id), 4)) == [False, False, False, True]


def test_a_draft_has_nothing_to_go_on_with(runtime: Runtime, street: int) -> None:
    with runtime.database.write() as session:
        alert = a_started_alert(session, street)
        alert_id, account_id = alert.id or 0, alert.author_account_id
    with pytest.raises(NotFound):
        flow.go_on(runtime, alert_id=alert_id, account_id=account_id)
