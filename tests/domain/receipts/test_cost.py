"""What the SMS cost: the parts of the very text that was called with, once it is taken, at the price of the closing."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from grannsamverkan import flow, invariants
from grannsamverkan.domain import receipts
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.deliveries import Delivery
from grannsamverkan.domain.receipts import SmsCost, VisitKind
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind, Here, ProviderReceipt, Rejected, Said, Unsure
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, a_phone, a_street, an_approved_alert, copies_by_address, deliveries_of
from tests.support.recording_channel import RecordingChannel

PRICE = 0.52


def cost_of(runtime: Runtime, alert_id: int) -> SmsCost:
    with runtime.database.read() as session:
        return receipts.count_cost(session, alert_id, kronor_per_part=PRICE)


def tally_of(runtime: Runtime, alert_id: int) -> SmsCost:
    with runtime.database.read() as session:
        return receipts.frozen_cost(session.get_one(Alert, alert_id).tally or {})


def close(runtime: Runtime, clock: SetClock) -> None:
    clock.advance(timedelta(days=1))
    assert flow.close_alerts(runtime) == 1


def broken(runtime: Runtime) -> int:
    return invariants.offences(runtime)["I9_cost"]


def act(runtime: Runtime, statement: str, **given: object) -> None:
    with runtime.database.write() as session:
        session.execute(text(statement), given)


def test_each_sms_that_was_taken_has_the_parts_of_its_text(runtime: Runtime, sms: RecordingChannel) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3, mailboxes=2))
    sms.results[a_phone(1)] = [Rejected("21610")]
    drain(runtime)
    each = parts_of(sms.wordings[0].text).parts
    assert each > 0
    assert {row.parts for row in deliveries_of(runtime, alert_id) if row.channel == ChannelKind.SMS} == {each}
    assert {row.parts for row in deliveries_of(runtime, alert_id) if row.channel == ChannelKind.EMAIL} == {None}
    assert cost_of(runtime, alert_id) == SmsCost(2 * each, 0, PRICE)  # what was refused costs nothing
    assert broken(runtime) == 0


def test_what_turns_out_to_have_been_taken_costs_too(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    """By asking, and by a receipt that comes before anybody has asked."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    sms.results.update({a_phone(0): [Unsure("no_reply")], a_phone(1): [Unsure("no_reply")]})
    sms.answers[a_phone(0)] = [Here("SMfound")]
    drain(runtime)
    assert not cost_of(runtime, alert_id)
    row = copies_by_address(runtime, alert_id)[a_phone(1)]
    flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "SMsaid", "delivered", Said.DELIVERED))
    each = parts_of(sms.wordings[0].text).parts
    assert cost_of(runtime, alert_id).parts == each
    clock.advance(timedelta(seconds=31))
    drain(runtime)
    assert cost_of(runtime, alert_id).parts == 2 * each
    assert broken(runtime) == 0


def test_a_closed_alert_keeps_its_price_when_rows_and_prices_go(runtime: Runtime, clock: SetClock) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    counted = cost_of(runtime, alert_id)
    close(runtime, clock)
    assert tally_of(runtime, alert_id) == counted
    assert counted.kronor == pytest.approx(counted.parts * runtime.settings.sms.kronor_per_part)
    with runtime.database.read() as session:
        year = receipts.year_cost(session, HOOR, kronor_per_part=9.0, now=clock.now())
    assert (year.year, year.parts, year.kronor, year.uncounted) == (2026, counted.parts, counted.kronor, 0)
    act(runtime, "DELETE FROM delivery")
    assert tally_of(runtime, alert_id) == counted
    assert broken(runtime) == 0


def test_a_visit_leaves_what_it_cost(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    sms.results[a_phone(1)] = [Rejected("30003")]
    drain(runtime)
    close(runtime, clock)
    counted = tally_of(runtime, alert_id)
    with runtime.database.write() as session:
        home = session.execute(text("SELECT household_id FROM audience")).scalars().first()
        receipts.visit(session, alert_id, home or 0, VisitKind.TOLD, account_id=1, now=clock.now())
    assert tally_of(runtime, alert_id) == counted


def test_this_year_is_that_of_sweden_and_counts_what_is_under_way(runtime: Runtime, clock: SetClock) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    with runtime.database.read() as session:
        now = receipts.year_cost(session, HOOR, kronor_per_part=2.0, now=clock.now())
        later = receipts.year_cost(session, HOOR, kronor_per_part=2.0, now=clock.now() + timedelta(days=365))
    parts = cost_of(runtime, alert_id).parts
    assert (now.parts, now.kronor) == (parts, 2.0 * parts)
    assert (later.year, later.parts, later.kronor) == (2027, 0, 0)


def test_a_sum_that_is_not_its_rows_breaks_the_promise(runtime: Runtime, clock: SetClock) -> None:
    an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    close(runtime, clock)
    assert broken(runtime) == 0
    act(runtime, "UPDATE delivery SET parts = parts + 1")
    assert broken(runtime) == 1


def test_a_receipt_after_the_closing_breaks_nothing(runtime: Runtime, clock: SetClock) -> None:
    """Nobody could tell of it then: it was unknown, and is not in the sum."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    lost = deliveries_of(runtime, alert_id)[0]
    act(runtime, "UPDATE delivery SET state = 7, handed_over_at = NULL, provider_id = NULL WHERE id = :id", id=lost.id)
    close(runtime, clock)
    flow.take_receipt(runtime, ProviderReceipt(lost.id or 0, "SMlate", "delivered", Said.DELIVERED))
    assert cost_of(runtime, alert_id).parts == 2 * tally_of(runtime, alert_id).parts
    assert broken(runtime) == 0


def test_what_nobody_counted_is_said_and_breaks_the_promise_only_later(runtime: Runtime, clock: SetClock) -> None:
    """Copies from before the column, and those of a version that goes on beside this one, for a day."""
    street = a_street(runtime, phones=2)
    old = an_approved_alert(runtime, street)
    drain(runtime)
    act(runtime, "UPDATE delivery SET parts = NULL")
    assert cost_of(runtime, old) == SmsCost(0, 2, PRICE)
    clock.advance(timedelta(minutes=5))
    an_approved_alert(runtime, street)
    drain(runtime)
    assert broken(runtime) == 0
    with runtime.database.read() as session:
        year = receipts.year_cost(session, HOOR, kronor_per_part=PRICE, now=clock.now())
    assert year.uncounted == 1
    later = clock.now() + timedelta(days=1, seconds=1)
    with runtime.database.write() as session:
        session.execute(update(Delivery).where(col(Delivery.parts).is_(None)).values(called_at=later))
    assert broken(runtime) == 2


def test_a_tally_from_before_says_what_is_missing() -> None:
    copies = {"sms": {"delivered": 3, "handed_over": 1, "failed": 2}, "email": {"delivered": 5}}
    assert receipts.frozen_cost({"copies": copies}) == SmsCost(0, 4, 0.0)
    assert not receipts.frozen_cost({})
