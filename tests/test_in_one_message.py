"""One message, several things: tips of one day, and one that a full week kept away, go in the message of another; and
what is known of that is known of all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from grannsamverkan import advice_round, flow, invariants
from grannsamverkan.domain import deliveries, people, receipts, targeting
from grannsamverkan.domain.advice import AdviceGiven
from grannsamverkan.domain.alerts import Alert, AlertState, sms_in_one
from grannsamverkan.domain.deliveries import Delivery, DeliveryState
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Result, Said, TryAgain, Unsure
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, a_mailbox, a_neighbour, a_network, a_phone, an_approved_alert, set_rules
from tests.support.recording_channel import RecordingChannel
from tests.test_advice_round import an_entry, go_to, run

NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)  # the second Tuesday of March, 12.00 in Sweden
AT_NOON, AT_SIX = "andra tisdagen i mars kl 12", "andra tisdagen i mars kl 18"


@pytest.fixture
def places_of_both_kinds(runtime: Runtime) -> tuple[int, int]:
    """A villa street where one has a phone and one a phone and a mailbox, and a building where one has a phone."""
    with runtime.database.write() as session:
        street = a_network(session)
        house = a_network(session, "Storken", kind=NetworkKind.APARTMENT)
        a_neighbour(session, street, sms=a_phone(0))
        a_neighbour(session, street, sms=a_phone(1), email=a_mailbox(1))
        a_neighbour(session, house, sms=a_phone(2))
        return street.id or 0, house.id or 0


def tips(runtime: Runtime) -> list[Alert]:
    with runtime.database.read() as session:
        return list(session.exec(select(Alert).order_by(Alert.id)))  # type: ignore[arg-type]


def copies(runtime: Runtime, alert: Alert) -> list[Delivery]:
    with runtime.database.read() as session:
        return list(session.exec(select(Delivery).where(Delivery.alert_id == alert.id).order_by(Delivery.id)))  # type: ignore[arg-type]


def told(runtime: Runtime, alert: Alert) -> dict[str, int]:
    with runtime.database.read() as session:
        return {name: number for name, number in receipts.ledger(session, alert.id or 0).households.items() if number}


def is_whole(runtime: Runtime) -> bool:
    return set(invariants.offences(runtime).values()) == {0}


def test_two_tips_of_one_day_are_one_message_to_whom_both_are_for(
    runtime: Runtime,
    places_of_both_kinds: tuple[int, int],
    clock: SetClock,
    sms: RecordingChannel,
    email: RecordingChannel,
) -> None:
    """The first goes to all, the second to villas only: they get both at noon, the building gets the one."""
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, AT_SIX, key="ljus-pa-baksidan", kind=NetworkKind.VILLA)
    go_to(clock, NOON)
    assert run(runtime) == 2
    go_to(clock, NOON + timedelta(hours=7))
    assert run(runtime) == 0
    assert sorted(sms.addresses) == [a_phone(0), a_phone(1), a_phone(2)]
    assert email.addresses == [a_mailbox(1)]
    first, second = tips(runtime)
    assert second.carried_by == first.id
    both = sms_in_one([first.sms_text or "", second.sms_text or ""])
    assert both.count("Grannsamverkan Höör: ") == 1
    assert f"Nr {first.number:04d}" in both
    assert both.endswith(f"Nr {second.number:04d}")
    said = {copy.address: wording for wording, group in sms.calls for copy in group}
    assert (said[a_phone(0)].text, said[a_phone(0)].also) == (both, (second.number,))
    assert (said[a_phone(2)].text, said[a_phone(2)].also) == (first.sms_text, ())
    letter = email.wordings[0].mail.decode()
    assert "2 r=C3=A5d p=C3=A5 en g=C3=A5ng" in letter or "2 råd" in letter
    assert [copy.state for copy in copies(runtime, second)] == [DeliveryState.CARRIED] * 3
    assert told(runtime, second) == {"handed_over": 2}
    assert [copy.parts for copy in copies(runtime, second)] == [None] * 3
    by_sms = [copy.parts for copy in copies(runtime, first) if copy.channel == ChannelKind.SMS]
    assert sorted(by_sms, key=str) == sorted([parts_of(both).parts] * 2 + [parts_of(first.sms_text or "").parts])
    assert is_whole(runtime)
    with runtime.database.read() as session:
        given = targeting.given_since(session, HOOR, NOON - timedelta(days=1))
    assert sorted((one.card_key, one.kind.value, one.households, one.by_sms, one.by_email) for one in given) == [
        ("las-cykeln", "apartment", 1, 1, 0),
        ("las-cykeln", "villa", 2, 2, 1),
        ("ljus-pa-baksidan", "villa", 2, 2, 1),
    ]


def test_a_receipt_for_the_message_proves_all_that_was_in_it(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock
) -> None:
    """And its failing is the failing of all; the tip that was carried is closed when that is known, or too late."""
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, AT_NOON, key="ljus-pa-baksidan", kind=NetworkKind.VILLA)
    go_to(clock, NOON)
    run(runtime)
    first, second = tips(runtime)
    flow.close_alerts(runtime)
    assert {alert.state for alert in tips(runtime)} == {AlertState.SENDING}
    of_first = copies(runtime, first)
    with runtime.database.read() as session:
        lost = people.lookup_of(session, ChannelKind.SMS, a_phone(1))
        kept = people.lookup_of(session, ChannelKind.SMS, a_phone(0))
    for copy in of_first:
        said = Said.FAILED if copy.lookup == lost else Said.DELIVERED
        flow.take_receipt(runtime, ProviderReceipt(copy.id or 0, f"SM{copy.id}", said.value, said))
    assert told(runtime, first) == {"delivered": 3}
    assert told(runtime, second) == {"delivered": 2}
    with runtime.database.read() as session:
        measured = receipts.times(session, second).proven
        known = [row.state for row in deliveries.sent_to(session, [kept])]
    assert {channel: ladder.copies for channel, ladder in measured.items()} == {
        ChannelKind.SMS: 1,
        ChannelKind.EMAIL: 1,
    }
    assert known == [DeliveryState.DELIVERED, DeliveryState.DELIVERED]
    flow.close_alerts(runtime)
    assert [alert.state for alert in tips(runtime)] == [AlertState.CLOSED, AlertState.CLOSED]


def test_they_count_as_one_message_in_the_week(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    """Where two a week are enough, another still goes three days later; after that the week is full."""
    for key in ("las-cykeln", "inventarielista", "stang-fonstren"):
        an_entry(runtime, AT_NOON, key=key)
    an_entry(runtime, "den 13 mars 2026 kl 12", key="hjalp-over-jul")
    an_entry(runtime, "den 14 mars 2026 kl 12", key="tom-hallen")
    go_to(clock, NOON)
    assert run(runtime) == 3
    assert len(sms.sent) == 3
    go_to(clock, NOON + timedelta(days=3))
    run(runtime)
    assert len(sms.sent) == 6
    go_to(clock, NOON + timedelta(days=4))
    run(runtime)
    assert len(sms.sent) == 6
    assert told(runtime, tips(runtime)[-1]) == {"resting": 3}


def test_no_more_than_three_are_in_one(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    for key in ("las-cykeln", "inventarielista", "stang-fonstren", "hjalp-over-jul"):
        an_entry(runtime, AT_NOON, key=key)
    go_to(clock, NOON)
    assert run(runtime) == 4
    assert sorted(len(wording.also) for wording in sms.wordings) == [0, 2]


def test_what_a_full_week_kept_away_comes_with_the_next_tip(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    """Those who had it before do not get it again, and its closed tally knows whom it has reached since."""
    street, _house = places_of_both_kinds
    set_rules(runtime, messages_a_week=1)
    go_to(clock, NOON - timedelta(days=1))
    an_approved_alert(runtime, street)
    clock.advance(timedelta(minutes=2))
    drain(runtime)
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, "den 20 mars 2026 kl 12", key="tom-hallen")
    go_to(clock, NOON)
    run(runtime)
    tip = tips(runtime)[-1]
    assert told(runtime, tip) == {"handed_over": 1, "resting": 2}
    go_to(clock, NOON + timedelta(days=3))
    flow.close_alerts(runtime)
    sms.calls.clear()
    go_to(clock, NOON + timedelta(days=10))
    run(runtime)
    said = {copy.address: wording.also for wording, group in sms.calls for copy in group}
    assert said == {a_phone(0): (tip.number,), a_phone(1): (tip.number,), a_phone(2): ()}
    assert told(runtime, tip) == {"handed_over": 3}
    assert is_whole(runtime)
    with runtime.database.read() as session:
        assert len(session.exec(select(AdviceGiven).where(AdviceGiven.card_key == "las-cykeln")).all()) == 3
    go_to(clock, NOON + timedelta(days=12))
    flow.close_alerts(runtime)
    with runtime.database.read() as session:
        tally = session.get_one(Alert, tip.id).tally
    assert tally is not None
    assert tally["households"]["handed_over"] == 3


def test_it_does_not_come_when_it_is_of_no_use_any_more(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    set_rules(runtime, messages_a_week=1)
    go_to(clock, NOON - timedelta(days=1))
    an_approved_alert(runtime, places_of_both_kinds[0])
    clock.advance(timedelta(minutes=2))
    drain(runtime)
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, "den 25 mars 2026 kl 12", key="tom-hallen")
    go_to(clock, NOON)
    run(runtime)
    go_to(clock, NOON + timedelta(days=15))
    run(runtime)
    assert {wording.also for wording in sms.wordings} == {()}


def test_when_the_carrier_is_stopped_the_others_go_by_themselves(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    """The provider is away; meanwhile somebody stops the first tip."""
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, AT_NOON, key="ljus-pa-baksidan", kind=NetworkKind.VILLA)
    go_to(clock, NOON)
    for number in range(3):
        sms.results[a_phone(number)] = [TryAgain("503")] * 2
    advice_round.issue_due(runtime)
    drain(runtime)
    first, second = tips(runtime)
    sms.results.clear()
    flow.stop_alert(runtime, alert_id=first.id or 0, account_id=first.approved_by or 0)
    sms.calls.clear()
    clock.advance(timedelta(minutes=10))
    drain(runtime)
    assert sorted(copy.address for _w, group in sms.calls for copy in group) == [a_phone(0), a_phone(1)]
    assert {wording.text for wording, _group in sms.calls} == {second.sms_text}
    assert {copy.carried_by for copy in copies(runtime, second) if copy.channel == ChannelKind.SMS} == {None}
    assert is_whole(runtime)


def test_a_stopped_tip_is_taken_out_of_the_messages_that_wait(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, AT_NOON, key="ljus-pa-baksidan", kind=NetworkKind.VILLA)
    go_to(clock, NOON)
    for number in range(3):
        sms.results[a_phone(number)] = [TryAgain("503")] * 2
    advice_round.issue_due(runtime)
    drain(runtime)
    first, second = tips(runtime)
    sms.results.clear()
    sms.calls.clear()
    flow.stop_alert(runtime, alert_id=second.id or 0, account_id=first.approved_by or 0)
    clock.advance(timedelta(minutes=10))
    drain(runtime)
    assert {(wording.text, wording.also) for wording, _group in sms.calls} == {(first.sms_text, ())}
    assert told(runtime, second).keys() <= {"kept_back", "handed_over", "unknown"}
    assert is_whole(runtime)


@pytest.mark.parametrize(
    ("answer", "state"), [(Unsure("gone"), DeliveryState.UNKNOWN), (TryAgain("451"), DeliveryState.STOPPED)]
)
def test_a_tip_that_is_stopped_inside_a_call_without_answer_is_in_no_later_one(
    runtime: Runtime,
    places_of_both_kinds: tuple[int, int],
    clock: SetClock,
    email: RecordingChannel,
    answer: Result,
    state: DeliveryState,
) -> None:
    """The relay goes away with a mail in hand: it goes again with the tip that was not stopped, and with that alone."""
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, AT_NOON, key="ljus-pa-baksidan", kind=NetworkKind.VILLA)
    go_to(clock, NOON)
    email.results[a_mailbox(1)] = [answer]
    stops: list[object] = []

    def stop_the_second(_copies: object) -> None:
        first, second = tips(runtime)
        if not stops:
            stops.append(flow.stop_alert(runtime, alert_id=second.id or 0, account_id=first.approved_by or 0))
            clock.advance(timedelta(seconds=1))

    email.before_send = stop_the_second
    run(runtime)
    clock.advance(timedelta(minutes=10))
    drain(runtime)
    _first, second = tips(runtime)
    assert [wording.also for wording, _group in email.calls] == [(second.number,), ()]
    assert [copy.state for copy in copies(runtime, second) if copy.channel == ChannelKind.EMAIL] == [state]
    assert is_whole(runtime)


def test_nobody_is_kept_waiting_for_a_carrier_that_is_stopped_before_it_goes(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    """Both are due at night, and wait for the morning; the first is stopped before that."""
    set_rules(runtime, quiet_from=21, quiet_to=7)
    an_entry(runtime, "andra tisdagen i mars kl 4", key="las-cykeln")
    an_entry(runtime, "andra tisdagen i mars kl 4", key="ljus-pa-baksidan", kind=NetworkKind.VILLA)
    go_to(clock, datetime(2026, 3, 10, 3, tzinfo=UTC))
    assert run(runtime) == 2
    first, second = tips(runtime)
    flow.stop_alert(runtime, alert_id=first.id or 0, account_id=first.approved_by or 0)
    go_to(clock, datetime(2026, 3, 10, 6, 1, tzinfo=UTC))
    drain(runtime)
    assert sorted(sms.addresses) == [a_phone(0), a_phone(1)]
    assert {wording.text for wording in sms.wordings} == {second.sms_text}


def test_who_reads_english_gets_both_in_english(
    runtime: Runtime, places_of_both_kinds: tuple[int, int], clock: SetClock, sms: RecordingChannel
) -> None:
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(0))
        for person in people.owners(session, ChannelKind.SMS, lookup):
            person.language = "en"
    an_entry(runtime, AT_NOON, key="las-cykeln")
    an_entry(runtime, AT_NOON, key="ljus-pa-baksidan")
    go_to(clock, NOON)
    run(runtime)
    said = {copy.address: wording.text for wording, group in sms.calls for copy in group}
    assert said[a_phone(0)] != said[a_phone(1)]
    assert said[a_phone(0)].count("Nr ") == 2
