"""Times to hand-over and to proof: right to the copy, frozen with the tally, and joined without being made shorter."""

import random
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from grannsamverkan import flow, upkeep
from grannsamverkan.domain import alerts, receipts
from grannsamverkan.domain.alerts import AlertClass, AlertState, Told
from grannsamverkan.domain.deliveries import Delivery, DeliveryState
from grannsamverkan.domain.receipts import Ladder, Times
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, NOW, a_sequel, a_street, an_approved_alert, deliveries_of

S = DeliveryState


def at_rank(values: list[float], percent: int) -> float:
    """The value that so many of a hundred are at most: counted on the fingers."""
    return sorted(values)[ceil(len(values) * percent / 100) - 1]


def measured(runtime: Runtime, alert_id: int) -> Times:
    with runtime.database.read() as session:
        return receipts.times(session, alerts.alert(session, alert_id))


def spread(runtime: Runtime, alert_id: int, *, proven: int | None = None) -> dict[ChannelKind, list[float]]:
    """Hands the copies over at times of chance, and proves the first `proven` of them ten seconds later."""
    told: dict[ChannelKind, list[float]] = {}
    rows, chance = deliveries_of(runtime, alert_id), random.Random(alert_id)
    with runtime.database.write() as session:
        for place, row in enumerate(rows):
            seconds = round(chance.expovariate(1 / 40), 1)
            at = NOW + timedelta(seconds=seconds)
            is_proven = proven is None or place < proven
            state, final_at = (S.DELIVERED, at + timedelta(seconds=10)) if is_proven else (S.HANDED_OVER, None)
            values = {"handed_over_at": at, "final_at": final_at, "state": int(state)}
            session.execute(update(Delivery).where(col(Delivery.id) == row.id).values(values))
            told.setdefault(ChannelKind(row.channel), []).append(seconds)
    return told


@pytest.mark.parametrize(("phones", "mailboxes"), [(1, 0), (7, 2), (20, 0), (60, 21)])
def test_half_and_nearly_all_are_those_of_the_copies(runtime: Runtime, phones: int, mailboxes: int) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=phones, mailboxes=mailboxes))
    flow.fan_out(runtime, alert_id=alert_id)
    told = spread(runtime, alert_id)
    found = measured(runtime, alert_id)
    assert found.handed_over.keys() == told.keys() == found.proven.keys()
    for channel, values in told.items():
        ladder = found.handed_over[channel]
        assert ladder.copies == len(values)
        assert ladder.within_s == tuple(at_rank(values, percent) for percent in range(5, 101, 5))
        assert (ladder.p50_s, ladder.p95_s) == (at_rank(values, 50), at_rank(values, 95))
        assert found.proven[channel].p95_s == pytest.approx(at_rank(values, 95) + 10)


def test_what_has_not_gone_or_is_not_proven_has_no_time(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=10))
    flow.fan_out(runtime, alert_id=alert_id)
    assert measured(runtime, alert_id) == Times({}, {})
    spread(runtime, alert_id, proven=4)
    found = measured(runtime, alert_id)
    assert (found.handed_over[ChannelKind.SMS].copies, found.proven[ChannelKind.SMS].copies) == (10, 4)


def test_a_hand_over_before_the_release_took_no_time(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        session.execute(update(Delivery).values(handed_over_at=NOW - timedelta(seconds=2), state=int(S.HANDED_OVER)))
    assert measured(runtime, alert_id).handed_over[ChannelKind.SMS].p95_s == 0


def closed(runtime: Runtime, network_id: int, *, proven_after: timedelta = timedelta(seconds=30)) -> int:
    """A warning that went to the network, was proven so much later and is closed."""
    assert isinstance(runtime.clock, SetClock)
    alert_id = an_approved_alert(runtime, network_id)
    runtime.clock.advance(timedelta(seconds=5))
    drain(runtime)
    runtime.clock.advance(proven_after)
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, ProviderReceipt(row.id or 0, f"SM{row.id}", "delivered", Said.DELIVERED))
    assert flow.close_alerts(runtime) == 1
    return alert_id


def test_they_are_frozen_with_the_tally_and_stay_when_the_copies_are_gone(runtime: Runtime, clock: SetClock) -> None:
    alert_id = closed(runtime, a_street(runtime, phones=8))
    before = measured(runtime, alert_id)
    assert before.handed_over == {ChannelKind.SMS: Ladder(8, (5.0,) * 20)}
    assert before.proven == {ChannelKind.SMS: Ladder(8, (35.0,) * 20)}
    clock.advance(timedelta(days=31))
    upkeep.forget(runtime)
    assert measured(runtime, alert_id) == Times({}, {})
    with runtime.database.read() as session:
        alert = alerts.alert(session, alert_id)
        assert alert.state is AlertState.CLOSED
        assert receipts.frozen_times(alert.tally or {}) == before
        assert receipts.frozen(alert.tally or {}).addressed == 8


def test_a_tally_from_before_they_were_kept_has_none() -> None:
    assert receipts.frozen_times({"households": {}}) == Times({}, {})


# ------------------------------------------------------------------------------------------------------- joined


def ladder_of(values: list[float]) -> Ladder:
    return Ladder(len(values), tuple(at_rank(values, percent) for percent in range(5, 101, 5)))


VALUES = st.lists(st.integers(0, 10_000).map(float), min_size=1, max_size=60)


def test_none_joined_are_none() -> None:
    assert receipts.joined([]) is None


@given(VALUES)
def test_one_joined_is_itself(values: list[float]) -> None:
    assert receipts.joined([ladder_of(values)]) == ladder_of(values)


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_joined_is_never_told_sooner_than_it_was(several: list[list[float]]) -> None:
    found = receipts.joined(ladder_of(values) for values in several)
    every = [value for values in several for value in values]
    assert found is not None
    assert found.copies == len(every)
    assert list(found.within_s) == sorted(found.within_s)
    assert len(found.within_s) == 20
    assert found.p50_s >= at_rank(every, 50)
    assert found.p95_s >= at_rank(every, 95)
    assert found.within_s[-1] == max(every)


# ------------------------------------------------------------------------------------------------- month by month


def test_months_are_counted_from_the_tallies(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=10, mailboxes=0)
    closed(runtime, network_id)
    clock.advance(timedelta(days=1))
    closed(runtime, network_id, proven_after=timedelta(seconds=90))
    clock.advance(timedelta(days=40))
    upkeep.forget(runtime)
    with runtime.database.read() as session:
        found = receipts.months(session, HOOR, now=clock.now())
        assert receipts.months(session, "1285", now=clock.now())[1].warnings == 0
    assert [one.first.isoformat() for one in found[:3]] == ["2026-04-01", "2026-03-01", "2026-02-01"]
    assert len(found) == 12
    march = found[1]
    assert (march.warnings, march.addressed, march.proved) == (2, 20, 20)
    assert march.to_hand_over == Ladder(20, (5.0,) * 20)
    assert march.to_proof is not None
    assert (march.to_proof.copies, march.to_proof.p50_s, march.to_proof.p95_s) == (20, 35.0, 95.0)
    assert (found[0].warnings, found[0].to_hand_over) == (0, None)


def test_a_month_begins_and_ends_by_the_clock_in_sweden(runtime: Runtime, clock: SetClock) -> None:
    clock.advance(datetime(2026, 3, 31, 22, 30, tzinfo=UTC) - clock.now())  # half past midnight, the first of April
    closed(runtime, a_street(runtime, phones=6))
    with runtime.database.read() as session:
        found = receipts.months(session, HOOR, now=clock.now())
    assert (found[0].first.month, found[0].warnings) == (4, 1)


def test_what_follows_a_warning_and_what_is_not_closed_is_not_counted(runtime: Runtime, clock: SetClock) -> None:
    network_id = a_street(runtime, phones=6)
    first = closed(runtime, network_id)
    a_sequel(runtime, first, AlertClass.FOLLOW_UP, Told.SAME)
    drain(runtime)
    clock.advance(timedelta(hours=12))
    assert flow.close_alerts(runtime) == 1
    an_approved_alert(runtime, network_id)
    drain(runtime)
    with runtime.database.read() as session:
        assert receipts.months(session, HOOR, now=clock.now())[0].warnings == 1
