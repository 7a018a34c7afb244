"""What comes after a message is let go: taking it back, stopping what is unsent, following it up, putting it right."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlmodel import select

from grannsamverkan import flow, invariants
from grannsamverkan.deciding import Stop
from grannsamverkan.domain import alerts, audit, networks, people, receipts
from grannsamverkan.domain.alerts import AlertClass, AlertState, Told
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.networks import Household, HouseholdMember
from grannsamverkan.domain.people import ContactAddress, Level
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import (
    ChannelKind,
    Copy,
    NoAnswer,
    ProviderReceipt,
    Rejected,
    Said,
    TryAgain,
    Unsure,
)
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import (
    a_mailbox,
    a_neighbour,
    a_network,
    a_phone,
    a_sequel,
    a_started_alert,
    a_street,
    an_approved_alert,
    batches_of,
    deliveries_of,
    fates,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

S = DeliveryState
CORRECTION, FOLLOW_UP, ALL_CLEAR = AlertClass.CORRECTION, AlertClass.FOLLOW_UP, AlertClass.ALL_CLEAR
SMS = ChannelKind.SMS


def stop(runtime: Runtime, alert_id: int) -> Stop:
    with runtime.database.read() as session:
        author = alerts.alert(session, alert_id).author_account_id
    return flow.stop_alert(runtime, alert_id=alert_id, account_id=author)


def alert_of(runtime: Runtime, alert_id: int) -> alerts.Alert:
    with runtime.database.read() as session:
        return alerts.alert(session, alert_id)


def say_stop(runtime: Runtime, phone: str) -> None:
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, SMS, phone)
        people.stop(session, SMS, lookup, source="reply", now=runtime.clock.now())


def answered(runtime: Runtime, alert_id: int, said: Said = Said.DELIVERED, only: str = "") -> None:
    """Receipts for every copy, or for the one to this address."""
    wanted = fates(runtime, alert_id) if only else {}
    for row, address in zip(deliveries_of(runtime, alert_id), wanted or deliveries_of(runtime, alert_id), strict=True):
        if not only or address == only:
            flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "", said.value, said))


def none_broken(runtime: Runtime) -> bool:
    return not any(invariants.offences(runtime).values())


# ------------------------------------------------------------------------------------------ taking back and stopping


def test_within_the_hold_a_warning_is_taken_back_and_was_never_sent(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=3)
    set_rules(runtime, warning_hold_s=60)
    alert_id = an_approved_alert(runtime, street)
    clock.advance(timedelta(seconds=59, milliseconds=999))
    drain(runtime)
    assert stop(runtime, alert_id) is Stop.TAKEN_BACK
    assert stop(runtime, alert_id) is Stop.NOTHING_LEFT
    clock.advance(timedelta(minutes=1))
    drain(runtime)
    assert not sms.sent
    alert = alert_of(runtime, alert_id)
    assert (alert.state, alert.stopped_by) == (AlertState.DISCARDED, alert.author_account_id)
    with runtime.database.read() as session:
        assert [row.act for row in audit.history(session, "alert", alert_id)] == ["alert.stopped", "alert.approved"]
        with pytest.raises(NotFound):
            alerts.published(session, alert.number or 0)
    assert none_broken(runtime)


def test_a_draft_cannot_be_stopped(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.database.write() as session:
        alert_id = a_started_alert(session, a_network(session).id or 0).id or 0
    with pytest.raises(NotFound):
        stop(sqlite_runtime, alert_id)


def test_stopping_keeps_back_what_has_not_been_called(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    """In the middle of a batch: the group in hand goes, the next one does not."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=10))
    outcomes: list[Stop] = []

    def press_stop(copies: Sequence[Copy]) -> None:
        if len(sms.sent) == 4:
            outcomes.append(stop(runtime, alert_id))

    sms.before_send = press_stop
    drain(runtime)
    assert outcomes == [Stop.STOPPED]
    assert len(sms.sent) == 8
    states = [S(row.state) for row in deliveries_of(runtime, alert_id)]
    assert sorted(states) == [S.HANDED_OVER] * 8 + [S.STOPPED] * 2
    with runtime.database.read() as session:
        ledger = receipts.ledger(session, alert_id)
    assert (ledger.households["kept_back"], ledger.households["handed_over"], ledger.addressed) == (2, 8, 10)
    assert ledger.copies[SMS]["kept_back"] == 2
    assert all(batch.done_at for batch in batches_of(runtime, alert_id))
    assert stop(runtime, alert_id) is Stop.NOTHING_LEFT
    answered(runtime, alert_id)
    assert flow.close_alerts(runtime) == 1
    assert none_broken(runtime)


def test_stopping_between_two_slices_ends_the_fan_out(runtime: Runtime, sms: RecordingChannel) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=4))
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        alerts.begin_sending(session, alert)  # as after a first slice that took nobody
    assert stop(runtime, alert_id) is Stop.STOPPED
    drain(runtime)
    assert not sms.sent
    assert alert_of(runtime, alert_id).fanned_out_at is not None
    assert flow.close_alerts(runtime) == 1


def test_copies_that_wait_for_quiet_hours_are_kept_back_and_the_alert_closes(
    runtime: Runtime, sms: RecordingChannel
) -> None:
    street = a_street(runtime, phones=2)
    with runtime.database.write() as session:
        person = session.exec(select(ContactAddress.person_id)).first()
        people.choose_quiet_hours(session, person or 0, (12, 15))
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    assert len(sms.sent) == 1
    assert stop(runtime, alert_id) is Stop.STOPPED
    drain(runtime)
    assert all(batch.done_at for batch in batches_of(runtime, alert_id))


def test_what_the_provider_surely_did_not_take_is_not_tried_again_after_a_stop(
    runtime: Runtime, sms: RecordingChannel, email: RecordingChannel, clock: SetClock
) -> None:
    """And what it may have taken is unknown, and not sent again to find out."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3, mailboxes=1))
    sms.results[a_phone(0)] = [TryAgain("20429")]
    sms.results[a_phone(1)] = [Unsure("no_reply")]
    sms.answers[a_phone(1)] = [NoAnswer("x")] * 20
    email.results[a_mailbox(0)] = [Unsure("connection_lost")]
    drain(runtime)
    stop(runtime, alert_id)
    for _ in range(8):
        clock.advance(timedelta(minutes=2))
        drain(runtime)
    assert fates(runtime, alert_id) == {
        a_phone(0): S.STOPPED,
        a_phone(1): S.UNKNOWN,
        a_phone(2): S.HANDED_OVER,
        a_mailbox(0): S.UNKNOWN,
    }
    assert (len(sms.sent), len(email.sent)) == (3, 1)
    assert all(batch.done_at for batch in batches_of(runtime, alert_id))


def race(send: Callable[[], object], stopping: Callable[[], object], *, stop_first: bool) -> None:
    """Both in threads that start together, one of them a hair before the other."""
    acts = iter([stopping, send] if stop_first else [send, stopping])
    at_once(lambda: next(acts)(), 2)


def test_stop_against_send_has_one_winner_for_each_copy(runtime: Runtime, sms: RecordingChannel) -> None:
    """Both at the same time, again and again: what is kept back was never called, and what was called is not."""
    street = a_street(runtime, phones=24)
    rounds = 12
    for number in range(rounds):
        alert_id = an_approved_alert(runtime, street)
        flow.fan_out(runtime, alert_id=alert_id)
        already = len(sms.sent)
        race(lambda: drain(runtime), partial(stop, runtime, alert_id), stop_first=bool(number % 2))
        stopped_after = len(sms.sent)
        drain(runtime)
        assert len(sms.sent) == stopped_after
        called = {copy.delivery_id for copy in sms.sent[already:]}
        rows = deliveries_of(runtime, alert_id)
        assert {row.id for row in rows if row.state == S.STOPPED}.isdisjoint(called)
        assert {row.id for row in rows if row.state == S.HANDED_OVER} == called
        assert {S(row.state) for row in rows} <= {S.STOPPED, S.HANDED_OVER}
        assert deliveries_of(runtime, alert_id)
    assert none_broken(runtime)


# ---------------------------------------------------------------------------------------------------- corrections


def test_a_correction_goes_to_exactly_those_who_were_handed_the_mistake(
    runtime: Runtime, sms: RecordingChannel, email: RecordingChannel, clock: SetClock
) -> None:
    """Also where nobody can tell; not to those who have said stop since, and not to whoever moved in since."""
    street = a_street(runtime, phones=9, mailboxes=2)
    sms.results[a_phone(0)] = [Rejected("21211")]
    sms.results[a_phone(1)] = [Unsure("no_reply"), Unsure("no_reply")]
    sms.answers[a_phone(1)] = [NoAnswer("x")] * 20
    alert_id = an_approved_alert(runtime, street)
    for _ in range(12):
        drain(runtime)
        clock.advance(timedelta(minutes=3))
    assert fates(runtime, alert_id)[a_phone(1)] is S.UNKNOWN
    answered(runtime, alert_id, Said.FAILED, only=a_phone(2))
    say_stop(runtime, a_phone(3))
    with runtime.database.write() as session:
        network = networks.network(session, street)
        a_neighbour(session, network, sms=a_phone(50))
        person = session.exec(
            select(ContactAddress.person_id).where(ContactAddress.lookup == people.lookup_of(session, SMS, a_phone(4)))
        ).one()
        people.choose_level(session, person, Level.ONGOING)
    before = len(sms.sent), len(email.sent)
    correction = a_sequel(runtime, alert_id, CORRECTION, Told.NOT_TRUE)
    drain(runtime)
    told = sms.addresses[before[0] :]
    assert sorted(told) == sorted(a_phone(number) for number in (1, 2, 4, 5, 6, 7, 8))
    assert sorted(email.addresses[before[1] :]) == [a_mailbox(0), a_mailbox(1)]
    text = sms.wordings[-1].text
    assert f"RÄTTELSE av nr {alert_of(runtime, alert_id).number}." in text
    assert text.endswith(f"Nr {alert_of(runtime, correction).number}")
    assert none_broken(runtime)


def test_a_correction_stops_the_mistake_first_and_reaches_only_those_it_reached(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=12))
    made: list[int] = []

    def correct(copies: Sequence[Copy]) -> None:
        if len(sms.sent) == 4 and not made:
            made.append(a_sequel(runtime, alert_id, CORRECTION, Told.NOT_TRUE))
            # the second group of the mistake is inside its call: whom it reaches is not known yet
            assert not flow.fan_out(runtime, alert_id=made[0])

    sms.before_send = correct
    drain(runtime)
    mistaken = sms.addresses[:8]
    assert S(deliveries_of(runtime, alert_id)[-1].state) is S.STOPPED
    assert len(sms.sent) == 8  # none of the eight is answered yet: its correction must not come before it
    clock.advance(timedelta(seconds=119))
    drain(runtime)
    assert len(sms.sent) == 8
    clock.advance(timedelta(seconds=1))
    drain(runtime)
    assert sorted(sms.addresses[8:]) == sorted(mistaken)
    assert none_broken(runtime)


def test_whose_mistake_has_arrived_is_told_at_once(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    answered(runtime, alert_id, only=a_phone(1))
    a_sequel(runtime, alert_id, CORRECTION, Told.NOT_TRUE)
    drain(runtime)
    assert sms.addresses[3:] == [a_phone(1)]
    clock.advance(timedelta(seconds=120))
    drain(runtime)
    assert sorted(sms.addresses[3:]) == [a_phone(number) for number in range(3)]


def test_of_corrections_that_wait_for_the_morning_the_newest_goes(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=2)
    set_rules(runtime, quiet_from=21, quiet_to=7)
    clock.advance(datetime(2026, 3, 4, 19, 30, tzinfo=UTC) - clock.now())  # 20.30
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    clock.advance(datetime(2026, 3, 4, 20, 30, tzinfo=UTC) - clock.now())
    first = a_sequel(runtime, alert_id, CORRECTION, Told.PLACE, right_place="Tjörnarp")
    second = a_sequel(runtime, alert_id, CORRECTION, Told.NOT_TRUE)
    drain(runtime)
    assert len(sms.sent) == 2
    clock.advance(datetime(2026, 3, 5, 6, tzinfo=UTC) - clock.now())  # 07.00
    drain(runtime)
    assert len(sms.sent) == 4
    assert sms.wordings[-1].text == alert_of(runtime, second).sms_text
    assert alert_of(runtime, first).state is AlertState.DISCARDED
    assert none_broken(runtime)


def test_fifty_corrections_at_once_are_one(runtime: Runtime, sms: RecordingChannel) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    answered(runtime, alert_id)
    with runtime.database.write() as session:
        about = alerts.alert(session, alert_id)
        draft = alerts.SequelDraft(alert_class=CORRECTION, told=Told.NOT_TRUE)
        author = about.author_account_id
        row = alerts.start_sequel(
            session, about, draft, author_account_id=author, source=alerts.Source.POLICE, now=runtime.clock.now()
        )
        row_id = row.id or 0
    content = flow.check_alert(runtime, alert_id=row_id).content

    def approve() -> int:
        return flow.approve_alert(runtime, alert_id=row_id, approver_account_id=author, content=content).version

    assert set(at_once(approve, 50)) == {2}
    drain(runtime)
    assert sorted(sms.addresses[3:]) == [a_phone(number) for number in range(3)]


# -------------------------------------------------------------------------------------- follow-ups and the all-clear


@pytest.mark.parametrize(("alert_class", "told"), [(FOLLOW_UP, Told.NOTHING_MORE), (ALL_CLEAR, Told.OVER)])
def test_what_follows_goes_to_the_first_audience_without_those_who_have_left_or_stopped(
    runtime: Runtime, sms: RecordingChannel, alert_class: AlertClass, told: Told
) -> None:
    street = a_street(runtime, phones=5)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    answered(runtime, alert_id)
    say_stop(runtime, a_phone(1))
    with runtime.database.write() as session:
        network = networks.network(session, street)
        a_neighbour(session, network, sms=a_phone(50))
        lookup = people.lookup_of(session, SMS, a_phone(2))
        home = session.exec(
            select(Household)
            .join(HouseholdMember)
            .join(ContactAddress, ContactAddress.person_id == HouseholdMember.person_id)  # type: ignore[arg-type]
            .where(ContactAddress.lookup == lookup)
        ).one()
        networks.leave(session, home, now=runtime.clock.now())
        left = home.id
    sequel = a_sequel(runtime, alert_id, alert_class, told)
    drain(runtime)
    assert sorted(sms.addresses[5:]) == [a_phone(0), a_phone(3), a_phone(4)]
    with runtime.database.read() as session:
        audience = {
            row.household_id: row.left_out for row in session.exec(select(Audience).where(Audience.alert_id == sequel))
        }
    assert left not in audience
    assert sorted(audience.values(), key=str) == [None, None, None, "stopped"]


def test_the_all_clear_reaches_those_who_only_want_what_is_under_way_when_it_was(
    runtime: Runtime, sms: RecordingChannel
) -> None:
    street = a_street(runtime, phones=2)
    with runtime.database.write() as session:
        person = session.exec(select(ContactAddress.person_id)).first()
        people.choose_level(session, person or 0, Level.ONGOING)
    under_way = an_approved_alert(runtime, street, alert_class=AlertClass.ONGOING, called_112=True)
    drain(runtime)
    a_sequel(runtime, under_way, ALL_CLEAR, Told.OVER)
    drain(runtime)
    assert sorted(sms.addresses) == [a_phone(0)] * 2 + [a_phone(1)] * 2
    warning = an_approved_alert(runtime, street)
    drain(runtime)
    a_sequel(runtime, warning, ALL_CLEAR, Told.OVER)
    drain(runtime)
    assert sms.addresses[4:] == [a_phone(1)] * 2


def test_each_email_answers_the_first_one_to_the_same_mailbox(
    runtime: Runtime, email: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, mailboxes=2)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    clock.advance(timedelta(minutes=3))
    correction = a_sequel(runtime, alert_id, CORRECTION, Told.TIME, happened_on=date(2026, 3, 3))
    drain(runtime)
    clock.advance(timedelta(minutes=3))
    a_sequel(runtime, correction, FOLLOW_UP, Told.NOTHING_MORE)
    drain(runtime)
    number = alert_of(runtime, alert_id).number
    assert [b"\r\nReferences: " in wording.mail for wording in email.wordings] == [False, True, True]
    first = {copy.address: copy.key for copy in email.sent[:2]}
    for copy in email.sent[2:]:
        slots = {b"to": b"", b"key": copy.key.encode(), b"token": b"", b"first": copy.first_key.encode()}
        raw = email.wordings[-1].mail % slots
        assert f"\r\nReferences: <{number}.{first[copy.address]}@gs.hoor.example>\r\n".encode() in raw
        assert copy.key != copy.first_key
    assert len(email.sent) == 6


def test_a_warning_with_nothing_after_it_is_found_when_its_time_has_passed(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, phones=1)
    followed, forgotten = an_approved_alert(runtime, street), an_approved_alert(runtime, street)
    drain(runtime)
    clock.advance(timedelta(hours=1))
    a_sequel(runtime, followed, FOLLOW_UP, Told.NOTHING_MORE)
    drain(runtime)

    def waiting() -> list[int | None]:
        now = clock.now()
        with runtime.database.read() as session:
            rows = alerts.without_follow_up(
                session, ["1267"], sent_before=now - timedelta(days=7), sent_after=now - timedelta(days=30)
            )
            return [row.id for row in rows]

    clock.advance(timedelta(days=7, hours=-1, seconds=-1))
    assert waiting() == []
    clock.advance(timedelta(seconds=1))
    assert waiting() == [forgotten]
    clock.advance(timedelta(days=23))
    assert waiting() == []


def test_an_unsure_copy_of_a_mistake_counts_as_handed_over(
    runtime: Runtime, email: RecordingChannel, clock: SetClock
) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, mailboxes=2))
    email.results[a_mailbox(1)] = [Unsure("connection_lost")]
    drain(runtime)
    a_sequel(runtime, alert_id, CORRECTION, Told.NOT_TRUE)
    for _ in range(4):
        clock.advance(timedelta(minutes=1))
        drain(runtime)
    assert sorted(email.addresses[2:]) == [a_mailbox(0), a_mailbox(1)]
