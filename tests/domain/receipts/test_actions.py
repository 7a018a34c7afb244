import itertools
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlmodel import col, select

from grannsamverkan import flow
from grannsamverkan.domain import people, receipts
from grannsamverkan.domain.deliveries import Delivery, DeliveryState
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.domain.receipts import Receipt
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import a_phone, a_street, an_approved_alert, copies_by_address, deliveries_of

S = DeliveryState
SAID = {
    "queued": Said.ON_ITS_WAY,
    "sending": Said.ON_ITS_WAY,
    "sent": Said.ON_ITS_WAY,
    "delivered": Said.DELIVERED,
    "undelivered": Said.FAILED,
}


def said(row_id: int | None, status: str, code: str | None = None) -> ProviderReceipt:
    return ProviderReceipt(row_id or 0, f"SM{row_id}", status, SAID[status], code)


def state_of(runtime: Runtime, row_id: int | None) -> DeliveryState:
    with runtime.database.read() as session:
        row = session.get(Delivery, row_id)
        assert row is not None
        return S(row.state)


@pytest.fixture
def copies(runtime: Runtime) -> list[Delivery]:
    """Copies to 24 phones, all handed over."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=24))
    drain(runtime)
    return deliveries_of(runtime, alert_id)


def test_a_receipt_said_five_times_is_kept_once(runtime: Runtime, copies: list[Delivery]) -> None:
    taken = [flow.take_receipt(runtime, said(copies[0].id, "delivered")) for _ in range(5)]
    assert taken == [True, False, False, False, False]
    assert state_of(runtime, copies[0].id) is S.DELIVERED
    with runtime.database.read() as session:
        assert len(session.exec(select(Receipt)).all()) == 1


def test_a_receipt_said_twice_at_once_is_kept_once(runtime: Runtime, copies: list[Delivery]) -> None:
    """Two processes have each seen that it is new: the second is told that it was said before, and fails not."""
    receipt = said(copies[0].id, "delivered")
    with ThreadPoolExecutor(1) as other:
        with runtime.database.write() as session:
            assert receipts.take(session, receipt, now=runtime.clock.now())
            second = other.submit(flow.take_receipt, runtime, receipt)
            assert not wait([second], timeout=0.5).done  # it waits for what the first will have said
        assert second.result(10) is False
    assert state_of(runtime, copies[0].id) is S.DELIVERED
    with runtime.database.read() as session:
        assert len(session.exec(select(Receipt)).all()) == 1


@pytest.mark.parametrize(
    ("statuses", "end"),
    [
        (("queued", "sending", "sent", "delivered"), S.DELIVERED),
        (("queued", "sending", "sent", "undelivered"), S.FAILED),
    ],
)
def test_receipts_in_every_order_end_the_same(
    runtime: Runtime, copies: list[Delivery], statuses: tuple[str, ...], end: DeliveryState
) -> None:
    for row, order in zip(copies, itertools.permutations(statuses), strict=True):
        for status in order:
            assert flow.take_receipt(runtime, said(row.id, status))
        assert state_of(runtime, row.id) is end, order


def test_delivered_wins_over_undelivered_in_either_order(runtime: Runtime, copies: list[Delivery]) -> None:
    for row, order in zip(copies, itertools.permutations(("delivered", "undelivered")), strict=False):
        for status in order:
            flow.take_receipt(runtime, said(row.id, status))
        assert state_of(runtime, row.id) is S.DELIVERED


def test_a_receipt_about_nothing_of_ours_is_not_taken(runtime: Runtime) -> None:
    assert not flow.take_receipt(runtime, said(4711, "delivered"))


@pytest.mark.parametrize("settled", [S.UNKNOWN, S.EXPIRED, S.FAILED])
def test_a_late_receipt_still_tells_that_it_came(
    runtime: Runtime, copies: list[Delivery], clock: SetClock, settled: DeliveryState
) -> None:
    with runtime.database.write() as session:
        row = session.get(Delivery, copies[0].id)
        assert row is not None
        row.state, row.final_at = settled, clock.now()
    clock.advance(timedelta(days=3))
    assert flow.take_receipt(runtime, said(copies[0].id, "delivered"))
    with runtime.database.read() as session:
        row = session.get(Delivery, copies[0].id)
        assert row is not None
        assert (row.state, row.final_at) == (S.DELIVERED, clock.now())


def test_who_said_stop_stays_stopped(runtime: Runtime, copies: list[Delivery]) -> None:
    with runtime.database.write() as session:
        row = session.get(Delivery, copies[0].id)
        assert row is not None
        row.state = S.STOPPED
    flow.take_receipt(runtime, said(copies[0].id, "sent"))
    assert state_of(runtime, copies[0].id) is S.STOPPED


def test_a_dead_number_is_marked_dead_and_others_are_not(runtime: Runtime, clock: SetClock) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    rows = copies_by_address(runtime, alert_id)
    flow.take_receipt(runtime, said(rows[a_phone(0)].id, "undelivered", "30005"))
    flow.take_receipt(runtime, said(rows[a_phone(1)].id, "undelivered", "30003"))  # the phone is off
    with runtime.database.read() as session:
        dead = session.exec(select(ContactAddress).where(col(ContactAddress.dead_since).is_not(None))).all()
    assert [(row.value, row.dead_code, row.dead_since) for row in dead] == [(a_phone(0), "30005", clock.now())]


def test_only_sms_that_were_silent_long_enough_are_asked_about(
    runtime: Runtime, copies: list[Delivery], clock: SetClock
) -> None:
    flow.take_receipt(runtime, said(copies[0].id, "delivered"))
    with runtime.database.read() as session:
        assert receipts.silent(session, before=clock.now()) == []
        later = clock.now() + timedelta(microseconds=1)
        assert [row.delivery_id for row in receipts.silent(session, before=later)] == [c.id for c in copies[1:]]
        assert len(receipts.silent(session, before=later, limit=5)) == 5


def test_a_reply_is_noted_once(runtime: Runtime, clock: SetClock) -> None:
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(0))
        noted = [
            receipts.note_reply(
                session, provider_id="SM1", channel=ChannelKind.SMS, lookup=lookup, reply="stop", now=clock.now()
            )
            for _ in range(2)
        ]
        assert noted[0] is not None
        assert noted[1] is None
        hour_ago = clock.now() - timedelta(hours=1)
        assert not receipts.answered_lately(session, lookup, since=hour_ago)
        noted[0].answered_at = clock.now()
        session.flush()
        assert receipts.answered_lately(session, lookup, since=hour_ago)
        assert not receipts.answered_lately(session, lookup, since=clock.now() + timedelta(seconds=1))


def test_a_copy_inside_a_call_is_known(runtime: Runtime, copies: list[Delivery]) -> None:
    with runtime.database.write() as session:
        row = session.get(Delivery, copies[0].id)
        assert row is not None
        assert not receipts.being_called(session, row.lookup)
        row.state = S.CALLING
        session.flush()
        assert receipts.being_called(session, row.lookup)
