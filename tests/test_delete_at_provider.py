"""What has had its time at the SMS provider is deleted there: after its end, once, again until it is gone, or told."""

from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan import flow, replies, status, upkeep
from grannsamverkan.domain import deliveries, keeping, receipts
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.receipts import ReplyRow
from grannsamverkan.foundation.clock import SetClock, SystemClock
from grannsamverkan.foundation.ports import Deleting, ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from tests.support.builders import HOOR, NOW, a_phone, a_street, an_approved_alert, deliveries_of
from tests.support.recording_channel import RecordingChannel

DAY = timedelta(days=1)


def closed_alert(runtime: Runtime) -> int:
    """A warning that three phones and a mailbox have got."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3, mailboxes=1))
    drain(runtime)
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "", "delivered", Said.DELIVERED))
    assert flow.close_alerts(runtime) == 1
    return alert_id


def names_of(runtime: Runtime, alert_id: int) -> list[str]:
    return sorted(row.provider_id for row in deliveries_of(runtime, alert_id) if row.provider_id)


def deleted_there_at(runtime: Runtime, alert_id: int) -> object:
    with runtime.database.read() as session:
        return session.exec(select(Alert.deleted_there_at).where(Alert.id == alert_id)).one()


def told(runtime: Runtime) -> list[str]:
    with runtime.database.write() as session:
        deliveries.tick(session, now=runtime.clock.now(), by="test")
    alarms: list[str] = status.look(runtime)["alarms"]
    return alarms


@pytest.mark.goal("P6")
def test_copies_go_a_day_after_their_alert_was_closed_and_once(
    runtime: Runtime, clock: SetClock, sms: RecordingChannel, email: RecordingChannel
) -> None:
    alert_id = closed_alert(runtime)
    names = names_of(runtime, alert_id)
    assert len(names) == 3
    clock.advance(DAY)
    assert upkeep.delete_at_provider(runtime) == 0
    clock.advance(timedelta(seconds=1))
    assert upkeep.delete_at_provider(runtime) == 3
    assert sorted(sms.deleted) == names
    assert names_of(runtime, alert_id) == []
    assert deleted_there_at(runtime, alert_id) == clock.now()
    assert upkeep.delete_at_provider(runtime) == 0
    assert (len(sms.deleted), email.deleted) == (3, [])


@pytest.mark.goal("P6")
def test_an_open_alert_keeps_everything_there(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    clock.advance(20 * DAY)
    upkeep.delete_at_provider(runtime)
    assert sms.deleted == []


@pytest.mark.goal("P6")
def test_what_is_on_its_way_is_tried_again_until_it_is_gone_and_told_after_two_weeks(
    runtime: Runtime, clock: SetClock, sms: RecordingChannel
) -> None:
    alert_id = closed_alert(runtime)
    stuck = names_of(runtime, alert_id)[0]
    sms.deleting[stuck] = Deleting.LATER
    clock.advance(14 * DAY)
    assert upkeep.delete_at_provider(runtime) == 2
    assert names_of(runtime, alert_id) == [stuck]
    assert told(runtime) == []
    clock.advance(timedelta(seconds=1))
    assert told(runtime) == ["not_deleted"]
    assert upkeep.delete_at_provider(runtime) == 0
    del sms.deleting[stuck]
    assert upkeep.delete_at_provider(runtime) == 1
    assert told(runtime) == []


def test_those_that_cannot_go_yet_stand_in_nobodys_way(
    sqlite_runtime: Runtime, clock: SetClock, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert_id = closed_alert(sqlite_runtime)
    names = names_of(sqlite_runtime, alert_id)
    sms.deleting[names[0]] = Deleting.LATER
    monkeypatch.setattr(upkeep, "_DELETED_AT_ONCE", 1)
    clock.advance(2 * DAY)
    for _ in range(200):
        upkeep.delete_at_provider(sqlite_runtime)
        if names_of(sqlite_runtime, alert_id) == names[:1]:
            break
    assert names_of(sqlite_runtime, alert_id) == names[:1]


def test_what_a_provider_never_deletes_is_not_asked_for_again(
    sqlite_runtime: Runtime, clock: SetClock, sms: RecordingChannel
) -> None:
    alert_id = closed_alert(sqlite_runtime)
    sms.deleting = dict.fromkeys(names_of(sqlite_runtime, alert_id), Deleting.NEVER)
    clock.advance(2 * DAY)
    assert [upkeep.delete_at_provider(sqlite_runtime) for _ in range(2)] == [3, 0]
    assert len(sms.deleted) == 3


def test_where_there_is_no_sms_nothing_is_left(sqlite_runtime: Runtime, clock: SetClock) -> None:
    an_approved_alert(sqlite_runtime, a_street(sqlite_runtime, phones=0, mailboxes=2))
    drain(sqlite_runtime)
    clock.advance(DAY)
    flow.close_alerts(sqlite_runtime)
    clock.advance(15 * DAY)
    assert told(sqlite_runtime) == ["not_deleted"]
    by_mail = Runtime(sqlite_runtime.settings, sqlite_runtime.database, clock, sqlite_runtime.engine, {})
    assert upkeep.delete_at_provider(by_mail) == 0
    assert told(sqlite_runtime) == []


def test_what_is_held_stays_there_without_an_alarm(
    sqlite_runtime: Runtime, clock: SetClock, sms: RecordingChannel
) -> None:
    closed_alert(sqlite_runtime)
    with sqlite_runtime.database.write() as session:
        keeping.place_hold(session, "copies", reason="Ärende 7", until=NOW + 60 * DAY, account_id=1, now=NOW)
    clock.advance(20 * DAY)
    assert upkeep.delete_at_provider(sqlite_runtime) == 0
    assert told(sqlite_runtime) == []
    clock.advance(41 * DAY)
    assert upkeep.delete_at_provider(sqlite_runtime) == 3


@pytest.mark.goal("P6")
def test_messages_to_one_person_and_replies_go_too(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    a_street(runtime, phones=1)
    with runtime.database.write() as session:
        address_id = 1
        for number, state in enumerate((NoticeState.HANDED_OVER, NoticeState.QUEUED)):
            is_gone = state is NoticeState.HANDED_OVER
            session.add(
                Notice(
                    address_id=address_id,
                    channel=1,
                    kind=NoticeKind.CODE,
                    municipality_code=HOOR,
                    about="code",
                    key=str(number),
                    body="123456",
                    made_at=NOW,
                    next_at=NOW,
                    valid_until=NOW + DAY,
                    state=state,
                    settled_at=NOW if is_gone else None,
                    provider_id="SMnotice" if is_gone else None,
                )
            )
    replies.take_reply(runtime, provider_id="SMreply", sender=a_phone(0), body="STOPP")
    clock.advance(DAY + timedelta(seconds=1))
    assert upkeep.delete_at_provider(runtime) == 2
    assert sorted(sms.deleted) == ["SMnotice", "SMreply"]
    assert upkeep.delete_at_provider(runtime) == 0
    with runtime.database.read() as session:
        assert session.exec(select(ReplyRow.provider_id)).all() == ["SMreply"]  # by which a repeated one is known
    assert replies.take_reply(runtime, provider_id="SMreply", sender=a_phone(0), body="STOPP") is not None
    assert upkeep.delete_at_provider(runtime) == 0


@pytest.mark.goal("P6")
def test_with_the_providers_own_library_and_over_http(standin_runtime: Runtime, standins: Standins) -> None:
    runtime = standin_runtime
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    names = names_of(runtime, alert_id)
    assert len(names) == 2
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "", "delivered", Said.DELIVERED))
    flow.close_alerts(runtime)
    assert {sms["status"] for sms in standins.sms_messages()} == {"delivered"}
    tomorrow = SetClock(SystemClock().now() + 2 * DAY)
    later = Runtime(runtime.settings, runtime.database, tomorrow, runtime.engine, runtime.channels)
    assert upkeep.delete_at_provider(later) == 2
    channel = next(iter(runtime.channels.values()))
    assert channel.delete(names) == [Deleting.GONE, Deleting.GONE]  # deleted before
    assert [channel.follow_up(name, 1) for name in names] == [None, None]
    assert len(standins.sms_messages()) == 2  # phones keep what they have


def test_lies_there_since_is_the_same_question(sqlite_runtime: Runtime, clock: SetClock) -> None:
    closed_alert(sqlite_runtime)
    with sqlite_runtime.database.read() as session:
        for before, lies in ((NOW, False), (NOW + timedelta(seconds=1), True)):
            left = receipts.left_at_provider(session, before=before, held=(), limit=9)
            assert (bool(left), receipts.lies_there_since(session, before=before, held=())) == (lies, lies)
