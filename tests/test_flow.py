"""The way, step by step, on both databases, with channels that answer as a test says."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlmodel import select

from grannsamverkan import flow
from grannsamverkan.domain import alerts, audit, deliveries, networks, people, receipts
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.deliveries import DeliveryState, may_move
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, NotFound
from grannsamverkan.foundation.ports import (
    ChannelKind,
    Copy,
    Here,
    NoAnswer,
    NotHere,
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
    a_household,
    a_mailbox,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    a_started_alert,
    a_street,
    an_approved_alert,
    batches_of,
    copies_by_address,
    deliveries_of,
    fates,
    states_of,
)
from tests.support.recording_channel import RecordingChannel

S = DeliveryState


def alert_of(runtime: Runtime, alert_id: int) -> Alert:
    with runtime.database.read() as session:
        return alerts.alert(session, alert_id)


def delivered(row_id: int) -> ProviderReceipt:
    return ProviderReceipt(row_id, "", "delivered", Said.DELIVERED)


# ------------------------------------------------------------------------------------------------ the straight way


def test_a_warning_reaches_every_neighbour_once(
    runtime: Runtime, sms: RecordingChannel, email: RecordingChannel
) -> None:
    street = a_street(runtime, phones=9, mailboxes=3)
    alert_id = an_approved_alert(runtime, street)
    assert drain(runtime) == 2
    assert sorted(sms.addresses) == sorted(a_phone(number) for number in range(9))
    assert sorted(email.addresses) == [a_mailbox(number) for number in range(3)]
    assert set(states_of(runtime, alert_id)) == {S.HANDED_OVER}
    alert = alert_of(runtime, alert_id)
    assert {wording.text for wording in sms.wordings} == {alert.sms_text}
    assert sms.wordings[0].text.endswith(f"Nr {alert.number}")
    assert all(row.handed_over_at == runtime.clock.now() for row in deliveries_of(runtime, alert_id))
    assert drain(runtime) == 0
    assert len(sms.sent) == 9


def test_what_was_looked_at_is_what_goes_out(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=1)
    with runtime.database.write() as session:
        draft = a_started_alert(session, street)
        alert_id, author = draft.id or 0, draft.author_account_id
    checked = flow.check_alert(runtime, alert_id=alert_id)
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author, content=checked.content)
    drain(runtime)
    assert sms.wordings[0].text == checked.worded.sms.text
    assert checked.reach.copies == {ChannelKind.SMS: 1}
    assert checked.cost_kronor == pytest.approx(checked.worded.sms.parts * 0.52)
    assert checked.finish_s[ChannelKind.SMS] == pytest.approx(1 / 20)


def test_an_approval_of_other_words_is_refused(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=1)
    with runtime.database.write() as session:
        alert_id = a_started_alert(session, street).id or 0
    flow.check_alert(runtime, alert_id=alert_id)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=1, content="other words")
    assert drain(runtime) == 0
    assert not sms.sent


def test_a_double_click_sends_once_and_is_one_act(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=2)
    with runtime.database.write() as session:
        draft = a_started_alert(session, street)
        alert_id, author = draft.id or 0, draft.author_account_id
    content = flow.check_alert(runtime, alert_id=alert_id).content
    for _ in range(3):
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author, content=content)
        drain(runtime)
    assert len(sms.sent) == 2
    with runtime.database.read() as session:
        assert [row.act for row in audit.history(session, "alert", alert_id)] == ["alert.approved"]


def test_fifty_approvals_at_once_have_one_effect(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=3)
    with runtime.database.write() as session:
        draft = a_started_alert(session, street)
        alert_id, author = draft.id or 0, draft.author_account_id
    content = flow.check_alert(runtime, alert_id=alert_id).content

    def approve() -> Alert:
        return flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author, content=content)

    at_once(approve, 50)
    drain(runtime)
    assert len(sms.sent) == 3
    with runtime.database.read() as session:
        assert len(audit.history(session, "alert", alert_id)) == 1
        assert alerts.alert(session, alert_id).version == 2


def test_two_who_look_at_a_draft_at_once_see_one_number(runtime: Runtime) -> None:
    street = a_street(runtime, phones=1)
    with runtime.database.write() as session:
        alert_id = a_started_alert(session, street).id or 0
    numbers = at_once(lambda: flow.check_alert(runtime, alert_id=alert_id).alert.number, 8)
    assert len(set(numbers)) == 1


@pytest.mark.postgres
def test_two_fan_outs_at_once_make_one_set_of_batches(postgres_runtime: Runtime, sms: RecordingChannel) -> None:
    """Two processes that both believe to be the sender, on a database where writers really meet."""
    street = a_street(postgres_runtime, phones=60)
    alert_id = an_approved_alert(postgres_runtime, street)
    at_once(lambda: flow.fan_out(postgres_runtime, alert_id=alert_id), 6)
    batches = batches_of(postgres_runtime, alert_id)
    assert len(batches) == 3
    assert all(before.last_id < after.first_id for before, after in pairwise(batches))
    drain(postgres_runtime)
    assert len(sms.sent) == 60


def test_nothing_goes_out_before_its_release(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    with runtime.database.write() as session:
        alerts.alert(session, alert_id).release_at = clock.now() + timedelta(seconds=30)
    assert drain(runtime) == 0
    clock.advance(timedelta(seconds=29))
    flow.fan_out(runtime, alert_id=alert_id)
    assert not deliveries_of(runtime, alert_id)
    clock.advance(timedelta(seconds=1))
    drain(runtime)
    assert len(sms.sent) == 1


def test_who_joins_before_the_release_is_warned(runtime: Runtime, sms: RecordingChannel) -> None:
    """The audience is that of the release, not of the approval."""
    street = a_street(runtime, phones=1)
    an_approved_alert(runtime, street)
    with runtime.database.write() as session:
        a_neighbour(session, networks.network(session, street), sms=a_phone(40))
    drain(runtime)
    assert a_phone(40) in sms.addresses


def test_a_fan_out_goes_on_where_it_was_cut_off(
    runtime: Runtime, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = a_street(runtime, phones=7)
    alert_id = an_approved_alert(runtime, street)
    monkeypatch.setattr(flow, "FIRST_SLICE", 2)
    monkeypatch.setattr(flow, "LARGEST_SLICE", 3)
    assert flow._fan_out_slice(runtime, alert_id, 2)
    assert len(deliveries_of(runtime, alert_id)) == 2
    assert alert_of(runtime, alert_id).fanned_out_at is None
    drain(runtime)
    assert sorted(sms.addresses) == [a_phone(number) for number in range(7)]
    assert [batch.last_id - batch.first_id + 1 for batch in batches_of(runtime, alert_id)] == [2, 2, 2, 1]


def test_an_unknown_alert_is_not_found(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        flow.check_alert(runtime, alert_id=4711)
    flow.send_batch(runtime, batch_id=4711)


# ----------------------------------------------------------------------------------------- what a provider may answer


@pytest.mark.goal("P22")
def test_a_refusal_is_final_and_marks_the_number_dead(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=3)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(1)] = [Rejected("21614")]
    sms.results[a_phone(2)] = [Rejected("30007")]
    drain(runtime)
    copies = copies_by_address(runtime, alert_id)
    assert [(copies[a_phone(number)].state, copies[a_phone(number)].code) for number in range(3)] == [
        (S.HANDED_OVER, None),
        (S.FAILED, "21614"),
        (S.FAILED, "30007"),
    ]
    with runtime.database.read() as session:
        dead = session.exec(select(ContactAddress).order_by(ContactAddress.id)).all()  # type: ignore[arg-type]
        assert [row.dead_code for row in dead] == [None, "21614", None]


def test_try_again_comes_back_after_a_pause_that_grows(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(0)] = [TryAgain("20429")] * 3
    waits = []
    for _ in range(3):
        drain(runtime)
        (batch,) = batches_of(runtime, alert_id)
        waits.append((batch.not_before - clock.now()).total_seconds())
        assert states_of(runtime, alert_id) == [S.QUEUED]
        clock.advance(timedelta(seconds=waits[-1]) - timedelta(microseconds=1))
        assert drain(runtime) == 0
        clock.advance(timedelta(microseconds=1))
    assert all(least <= wait <= least * 1.25 for least, wait in zip((1, 5, 15), waits, strict=True)), waits
    drain(runtime)
    assert states_of(runtime, alert_id) == [S.HANDED_OVER]
    assert len(sms.sent) == 4
    with runtime.database.read() as session:  # the provider surely took none of the three: nobody can have got two
        assert receipts.ledger(session, alert_id).again[ChannelKind.SMS] == 0


def test_a_batch_that_gets_on_is_not_kept_waiting_longer_each_time(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    """As by a relay that takes so many a connection: a minute's pause would be its neighbours' loss."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=5))
    for number in range(5):
        sms.results[a_phone(number)] = [TryAgain("421")] * number
    for _ in range(4):
        drain(runtime)
        (batch,) = batches_of(runtime, alert_id)
        wait_s = (batch.not_before - clock.now()).total_seconds()
        assert (batch.tries, 1 <= wait_s <= 1.25) == (1, True)
        clock.advance(timedelta(seconds=wait_s))
    drain(runtime)
    assert states_of(runtime, alert_id) == [S.HANDED_OVER] * 5


def test_a_provider_is_given_the_time_it_asks_for(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(0)] = [TryAgain("20429", 90.0)]
    drain(runtime)
    (batch,) = batches_of(runtime, alert_id)
    assert 90 <= (batch.not_before - clock.now()).total_seconds() <= 90 * 1.25


def test_a_provider_that_is_away_hears_one_group_only(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=12)
    an_approved_alert(runtime, street)
    for number in range(12):
        sms.results[a_phone(number)] = [TryAgain("no_connection")]
    drain(runtime)
    assert len(sms.sent) == sms.group


# ------------------------------------------------------------------------------------------------- unsure, and asked


def test_an_unsure_sms_is_asked_for_and_never_resent_when_it_is_there(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=2)
    alert_id = an_approved_alert(runtime, street)
    called_at = clock.now()
    sms.results[a_phone(0)] = [Unsure("no_reply")]
    sms.answers[a_phone(0)] = [Here("SMfound")]
    drain(runtime)
    assert fates(runtime, alert_id) == {a_phone(0): S.CALLING, a_phone(1): S.HANDED_OVER}
    assert not sms.asked  # the provider's list may not be complete yet
    clock.advance(timedelta(seconds=30))
    drain(runtime)
    assert [(copy.address, since) for copy, since in sms.asked] == [(a_phone(0), called_at)]
    assert states_of(runtime, alert_id) == [S.HANDED_OVER, S.HANDED_OVER]
    assert copies_by_address(runtime, alert_id)[a_phone(0)].provider_id == "SMfound"
    assert sms.addresses.count(a_phone(0)) == 1


def test_an_unsure_sms_that_is_not_there_is_resent_once_asked(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(0)] = [Unsure("no_reply")]
    sms.answers[a_phone(0)] = [NotHere()]
    drain(runtime)
    clock.advance(timedelta(seconds=31))
    drain(runtime)
    assert sms.addresses == [a_phone(0)] * 2
    assert states_of(runtime, alert_id) == [S.HANDED_OVER]


def test_without_an_answer_a_warning_is_resent_once_and_then_unknown(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(0)] = [Unsure("no_reply"), Unsure("no_reply")]
    sms.answers[a_phone(0)] = [NoAnswer("TwilioException")] * 20
    for _ in range(15):
        drain(runtime)
        clock.advance(timedelta(minutes=6))
    assert sms.addresses == [a_phone(0)] * 2
    assert states_of(runtime, alert_id) == [S.UNKNOWN]
    assert all(batch.done_at for batch in batches_of(runtime, alert_id))


def test_a_try_that_was_surely_not_taken_leaves_the_one_resend(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(0)] = [TryAgain("20429"), Unsure("no_reply"), Unsure("no_reply")]
    sms.answers[a_phone(0)] = [NoAnswer("TwilioException")] * 20
    for _ in range(15):
        drain(runtime)
        clock.advance(timedelta(minutes=6))
    assert sms.addresses == [a_phone(0)] * 3
    assert states_of(runtime, alert_id) == [S.UNKNOWN]


def test_an_unsure_email_goes_again_with_the_same_key(
    runtime: Runtime, email: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, mailboxes=2)
    alert_id = an_approved_alert(runtime, street)
    email.results[a_mailbox(1)] = [Unsure("connection_lost")]
    drain(runtime)
    clock.advance(timedelta(seconds=2))
    drain(runtime)
    again = [copy for copy in email.sent if copy.address == a_mailbox(1)]
    assert len(again) == 2
    assert again[0] == again[1]
    assert b"Message-ID: <%d.%%(key)b@gs.hoor.example>" % email.wordings[0].number in email.wordings[0].mail
    assert states_of(runtime, alert_id) == [S.HANDED_OVER, S.HANDED_OVER]
    assert not email.asked


def test_what_a_dead_sender_left_in_flight_is_asked_for_first(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    """The sender dies after the provider has taken a group over, and before it could write that down."""
    street = a_street(runtime, phones=6)
    alert_id = an_approved_alert(runtime, street)

    def die(_copies: Sequence[Copy]) -> None:
        raise KeyboardInterrupt

    sms.after_send = die
    with pytest.raises(KeyboardInterrupt):
        drain(runtime)
    assert len(sms.sent) == 4
    sms.after_send = lambda copies: None
    for address in sms.addresses:
        sms.answers[address] = [Here(f"SMfound{address[-2:]}")]
    with runtime.database.write() as session:
        assert deliveries.free_orphans(session) == 1
    drain(runtime)
    clock.advance(timedelta(seconds=31))
    drain(runtime)
    assert sorted(sms.addresses) == [a_phone(number) for number in range(6)]
    assert len(sms.asked) == 4
    assert set(states_of(runtime, alert_id)) == {S.HANDED_OVER}


def test_an_address_that_went_while_its_copy_was_in_flight_is_not_asked_for_as_everybody(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    sms.results[a_phone(0)] = [Unsure("no_reply")]
    drain(runtime)
    with runtime.database.write() as session:
        session.delete(session.exec(select(ContactAddress)).one())
    sms.answers[""] = [NoAnswer("address_gone")] * 9
    for _ in range(9):
        clock.advance(timedelta(minutes=6))
        drain(runtime)
    assert len(sms.sent) == 1
    assert states_of(runtime, alert_id) == [S.STOPPED]


# --------------------------------------------------------------------------------------------- what may not go out


def test_a_stop_between_fan_out_and_hand_over_is_heeded(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=2)
    alert_id = an_approved_alert(runtime, street)
    flow.fan_out(runtime, alert_id=alert_id)
    say_stop(runtime, a_phone(0))
    drain(runtime)
    assert sms.addresses == [a_phone(1)]
    assert fates(runtime, alert_id) == {a_phone(0): S.STOPPED, a_phone(1): S.HANDED_OVER}


def say_stop(runtime: Runtime, phone: str) -> None:
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, phone)
        people.stop(session, ChannelKind.SMS, lookup, source="reply", now=runtime.clock.now())


def test_a_stop_in_the_middle_of_a_batch_is_heeded_by_the_next_group(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=6)
    alert_id = an_approved_alert(runtime, street)
    flow.fan_out(runtime, alert_id=alert_id)
    last = list(copies_by_address(runtime, alert_id))[-1]
    sms.before_send = lambda copies: say_stop(runtime, last) if len(copies) == sms.group else None
    drain(runtime)
    assert sorted([*sms.addresses, last]) == [a_phone(number) for number in range(6)]
    assert fates(runtime, alert_id)[last] is S.STOPPED


def test_a_removed_address_is_not_sent_to(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=2)
    alert_id = an_approved_alert(runtime, street)
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        session.delete(session.exec(select(ContactAddress).order_by(ContactAddress.id)).first())  # type: ignore[arg-type]
    drain(runtime)
    assert sms.addresses == [a_phone(1)]
    gone = copies_by_address(runtime, alert_id)[a_phone(0)]
    assert (gone.state, gone.code, gone.final_at) == (S.STOPPED, "address_gone", runtime.clock.now())


def test_a_warning_is_not_sent_after_its_validity(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    street = a_street(runtime, phones=2)
    alert_id = an_approved_alert(runtime, street)
    clock.advance(timedelta(hours=4))
    drain(runtime)
    assert not sms.sent
    assert states_of(runtime, alert_id) == [S.EXPIRED, S.EXPIRED]
    assert all(batch.done_at for batch in batches_of(runtime, alert_id))


def test_a_provider_is_told_how_long_the_warning_holds(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=1)
    an_approved_alert(runtime, street)
    clock.advance(timedelta(hours=3, minutes=50))
    drain(runtime)
    assert sms.wordings[0].valid_for_s == 600


def test_a_lost_lease_ends_the_step_without_a_second_copy(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    """While a worker is inside a call its lease runs out and another takes the batch: the first may change nothing."""
    street = a_street(runtime, phones=6)
    alert_id = an_approved_alert(runtime, street)
    flow.fan_out(runtime, alert_id=alert_id)
    (batch,) = batches_of(runtime, alert_id)

    def freeze(_copies: Sequence[Copy]) -> None:
        sms.before_send = lambda copies: None
        clock.advance(timedelta(seconds=121))
        with runtime.database.write() as session:
            assert deliveries.claim(session, batch.id or 0, owner="another", now=clock.now(), lease_s=120)

    sms.before_send = freeze
    flow.send_batch(runtime, batch_id=batch.id or 0)
    assert len(sms.sent) == 4
    assert states_of(runtime, alert_id) == [S.CALLING] * 4 + [S.QUEUED] * 2
    (held,) = batches_of(runtime, alert_id)
    assert held.owner == "another"


def test_one_bad_batch_does_not_hold_up_the_others(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    """A message that makes the channel itself fail keeps its own batch, for as long as the warning holds."""
    street = a_street(runtime, phones=30)
    alert_id = an_approved_alert(runtime, street)
    flow.fan_out(runtime, alert_id=alert_id)
    first, second = batches_of(runtime, alert_id)
    bad = next(iter(copies_by_address(runtime, alert_id)))

    def choke(copies: Sequence[Copy]) -> None:
        if any(copy.address == bad for copy in copies):
            raise UnicodeError

    sms.before_send = choke
    with pytest.raises(UnicodeError):
        flow.send_batch(runtime, batch_id=first.id or 0)
    flow.send_batch(runtime, batch_id=second.id or 0)
    assert len(sms.sent) == 10
    for _ in range(3):
        clock.advance(timedelta(minutes=3))
        sms.before_send = lambda copies: None
        drain(runtime)
    assert sorted(sms.addresses) == sorted(a_phone(number) for number in range(30))
    assert set(states_of(runtime, alert_id)) == {S.HANDED_OVER}


# ------------------------------------------------------------------------------------------------ what came of it


def test_a_receipt_before_our_own_commit_is_kept(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)

    def call_back(copies: Sequence[Copy]) -> None:
        assert all(flow.take_receipt(runtime, delivered(copy.delivery_id)) for copy in copies)

    sms.after_send = call_back
    drain(runtime)
    (row,) = deliveries_of(runtime, alert_id)
    assert row.state == S.DELIVERED
    assert row.handed_over_at is not None
    assert all(batch.done_at for batch in batches_of(runtime, alert_id))


def test_a_provider_that_answers_slowly_is_asked_on_another_time(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "_ASKS_FOR_S", 0.0)
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    clock.advance(timedelta(seconds=601))
    assert [flow.ask_the_silent(runtime) for _ in range(4)] == [1, 1, 1, 0]
    assert states_of(runtime, alert_id) == [S.UNKNOWN] * 3


def test_the_silent_are_asked_once_and_then_unknown(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    street = a_street(runtime, phones=3, mailboxes=1)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    rows = {row.id or 0: row for row in deliveries_of(runtime, alert_id) if row.channel == ChannelKind.SMS}
    first, second, _third = rows
    sms.receipts = {
        first: delivered(first),
        second: ProviderReceipt(second, "", "undelivered", Said.FAILED, "30005"),
    }
    assert flow.ask_the_silent(runtime) == 0
    clock.advance(timedelta(seconds=601))
    assert flow.ask_the_silent(runtime) == 3
    assert flow.ask_the_silent(runtime) == 0
    assert len(sms.followed_up) == 3
    states = [row.state for row in deliveries_of(runtime, alert_id) if row.channel == ChannelKind.SMS]
    assert states == [S.DELIVERED, S.FAILED, S.UNKNOWN]
    with runtime.database.read() as session:
        ledger = receipts.ledger(session, alert_id)
    assert ledger.addressed == 4
    assert ledger.households["handed_over"] == 1  # the email, which is silent by nature


def test_an_alert_is_closed_once_nothing_can_change(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, phones=2)
    alert_id = an_approved_alert(runtime, street)
    assert flow.close_alerts(runtime) == 0
    drain(runtime)
    assert flow.close_alerts(runtime) == 0
    for row in deliveries_of(runtime, alert_id):
        assert flow.take_receipt(runtime, delivered(row.id or 0))
    assert flow.close_alerts(runtime) == 1
    assert flow.close_alerts(runtime) == 0
    alert = alert_of(runtime, alert_id)
    assert (alert.state, alert.closed_at) == (AlertState.CLOSED, clock.now())
    with runtime.database.read() as session:
        assert receipts.frozen(alert.tally or {}) == receipts.ledger(session, alert_id)


def test_an_alert_with_silent_email_is_closed_when_the_wait_is_over(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, mailboxes=1)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    clock.advance(timedelta(hours=4, seconds=599))
    assert flow.close_alerts(runtime) == 0
    clock.advance(timedelta(seconds=1))
    assert flow.close_alerts(runtime) == 1
    tally = alert_of(runtime, alert_id).tally or {}
    assert tally["households"]["handed_over"] == 1


def test_an_alert_to_nobody_with_an_address_is_closed_at_once(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_network(session)
        a_household(session, network, a_person(session))
        network_id = network.id or 0
    alert_id = an_approved_alert(runtime, network_id)
    assert drain(runtime) == 0
    assert flow.close_alerts(runtime) == 1
    tally = alert_of(runtime, alert_id).tally or {}
    assert tally["households"]["paper"] == 1


# ------------------------------------------------------------------------------------------------------ the states


def test_every_move_on_the_way_is_in_the_table_of_moves(
    sqlite_runtime: Runtime, sms: RecordingChannel, email: RecordingChannel, clock: SetClock
) -> None:
    """The database itself writes down each change of state, whoever makes it."""
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        session.execute(text("CREATE TABLE moves (before INTEGER, after INTEGER)"))
        session.execute(
            text(
                "CREATE TRIGGER note_moves AFTER UPDATE OF state ON delivery WHEN OLD.state <> NEW.state "
                "BEGIN INSERT INTO moves VALUES (OLD.state, NEW.state); END"
            )
        )
    street = a_street(runtime, phones=9, mailboxes=3)
    alert_id = an_approved_alert(runtime, street)
    sms.results.update({a_phone(0): [Rejected("21211")], a_phone(1): [TryAgain("20429")]})
    for number in (2, 3, 4):
        sms.results[a_phone(number)] = [Unsure("no_reply"), Unsure("no_reply")]
    sms.answers.update({a_phone(2): [Here("SM2")], a_phone(3): [NotHere()], a_phone(4): [NoAnswer("x")] * 20})
    email.results[a_mailbox(0)] = [Unsure("connection_lost")]
    flow.fan_out(runtime, alert_id=alert_id)
    say_stop(runtime, a_phone(8))
    for _ in range(20):
        drain(runtime)
        clock.advance(timedelta(minutes=6))
    flow.ask_the_silent(runtime)
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, delivered(row.id or 0))
    with runtime.database.read() as session:
        moves = {(S(before), S(after)) for before, after in session.execute(text("SELECT before, after FROM moves"))}
    assert len(moves) >= 10
    assert {move for move in moves if not may_move(*move)} == set()
