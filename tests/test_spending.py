"""A budget in kronor for SMS: asked about before anything is let go, and never in the middle of it."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import pytest
from sqlmodel import col, select

from grannsamverkan import advice_round, flow, invariants, upkeep
from grannsamverkan.deciding import Checked, hold_money, spending_at
from grannsamverkan.domain import advice, alerts, audit, networks, places, receipts
from grannsamverkan.domain.accounts import Role
from grannsamverkan.domain.advice import PlanRun, RunState
from grannsamverkan.domain.alerts import Alert, AlertClass, AlertState, ReasonKind, Told
from grannsamverkan.domain.notices import Notice, words
from grannsamverkan.foundation.clock import STOCKHOLM, SetClock
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import Copy
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import (
    HOOR,
    HORBY,
    a_household,
    a_mailbox,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    a_sequel,
    a_started_alert,
    a_street,
    an_account,
    batches_of,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

WHY = {ReasonKind.OVER_BUDGET: "Tre inbrott samma natt."}
OVER = "alert.over_sms_budget"


def at_price(runtime: Runtime, kronor: float) -> Runtime:
    """The same installation, whose provider has changed its price."""
    sms = runtime.settings.sms.model_copy(update={"kronor_per_part": kronor})
    return replace(runtime, settings=runtime.settings.model_copy(update={"sms": sms}))


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    """A part costs a krona."""
    return at_price(runtime, 1.0)


def budget(runtime: Runtime, kronor: int, code: str = HOOR, **changes: Any) -> None:
    set_rules(runtime, code, sms_kronor_a_year=kronor, **changes)


def a_checked_alert(runtime: Runtime, *network_ids: int, **changes: Any) -> Checked:
    with runtime.database.write() as session:
        alert_id = a_started_alert(session, *network_ids, **changes).id or 0
    return flow.check_alert(runtime, alert_id=alert_id)


def approve(runtime: Runtime, checked: Checked, reasons: dict[ReasonKind, str] | None = None) -> int:
    alert = checked.alert
    flow.approve_alert(
        runtime,
        alert_id=alert.id or 0,
        approver_account_id=alert.author_account_id,
        content=checked.content,
        reasons=reasons or {},
    )
    return alert.id or 0


def spent_in(runtime: Runtime) -> float:
    """The kronor that Höör's SMS have cost this year."""
    with runtime.database.read() as session:
        price, now = runtime.settings.sms.kronor_per_part, runtime.clock.now()
        return receipts.year_cost(session, HOOR, kronor_per_part=price, now=now).kronor


def booked(runtime: Runtime, code: str = HOOR, year: int = 2026) -> float:
    with runtime.database.read() as session:
        return receipts.booked_kronor(session, code, year, kronor_per_part=runtime.settings.sms.kronor_per_part)


def state_of(runtime: Runtime, alert_id: int) -> AlertState:
    with runtime.database.read() as session:
        return alerts.alert(session, alert_id).state


def acts(runtime: Runtime, alert_id: int) -> list[str]:
    with runtime.database.read() as session:
        return [row.act for row in audit.history(session, "alert", alert_id)]


def reasons_of(runtime: Runtime, alert_id: int) -> dict[ReasonKind, str]:
    with runtime.database.read() as session:
        return alerts.reasons_of(session, alert_id)


# ------------------------------------------------------------------------------------------------ before it is let go


def test_without_a_budget_nobody_is_asked(runtime: Runtime) -> None:
    checked = a_checked_alert(runtime, a_street(runtime, phones=4))
    assert (checked.spending, checked.asks_why) == (None, False)
    assert OVER not in acts(runtime, approve(runtime, checked))


def test_what_is_let_go_is_booked_at_once_and_counted_when_it_is_sent(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    street = a_street(runtime, phones=4, mailboxes=2)
    budget(runtime, 100)
    checked = a_checked_alert(runtime, street)
    cost = checked.cost_kronor
    assert checked.spending is not None
    assert (checked.spending.left, cost) == (100, checked.weighed.sms_parts)
    approve(runtime, checked)
    assert (spent_in(runtime), booked(runtime)) == (0, cost)
    drain(runtime)
    assert len(sms.sent) == 4
    assert (spent_in(runtime), booked(runtime)) == (cost, cost)
    clock.advance(timedelta(days=1))
    assert flow.close_alerts(runtime) == 1
    assert (spent_in(runtime), booked(runtime)) == (cost, cost)
    again = a_checked_alert(runtime, street).spending
    assert again is not None
    assert again.left == 100 - cost


def test_what_costs_more_than_is_left_wants_a_reason_that_is_kept_and_audited(
    runtime: Runtime, sms: RecordingChannel
) -> None:
    street = a_street(runtime, phones=4)
    checked = a_checked_alert(runtime, street)
    budget(runtime, checked.weighed.sms_parts - 1)
    with pytest.raises(Refused, match="over_sms_budget"):
        approve(runtime, checked)
    with pytest.raises(Refused, match="over_sms_budget"):
        approve(runtime, checked, {ReasonKind.OVER_BUDGET: "  "})
    drain(runtime)
    assert (sms.sent, booked(runtime)) == ([], 0)
    alert_id = approve(runtime, checked, WHY)
    drain(runtime)
    assert len(sms.sent) == 4
    assert reasons_of(runtime, alert_id) == WHY
    assert acts(runtime, alert_id)[:2] == ["alert.approved", OVER]


def test_the_very_last_kronor_may_be_used_and_no_reason_is_kept_that_nobody_needs(runtime: Runtime) -> None:
    checked = a_checked_alert(runtime, a_street(runtime, phones=4))
    budget(runtime, checked.weighed.sms_parts)
    alert_id = approve(runtime, checked, WHY)
    assert reasons_of(runtime, alert_id) == {}
    assert OVER not in acts(runtime, alert_id)


def test_emails_cost_nothing_and_go_when_all_is_spent(runtime: Runtime, email: RecordingChannel) -> None:
    street = a_street(runtime, phones=4)
    with runtime.database.write() as session:
        by_mail = a_network(session, "Maglasäte")
        a_neighbour(session, by_mail, email=a_mailbox(0))
        by_mail_id = by_mail.id or 0
    budget(runtime, 1)
    approve(runtime, a_checked_alert(runtime, street), WHY)
    approve(runtime, a_checked_alert(runtime, by_mail_id))
    drain(runtime)
    assert email.addresses == [a_mailbox(0)]


def test_what_must_not_wait_is_never_asked_and_still_audited(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=4)
    budget(runtime, 1)
    ongoing = a_checked_alert(runtime, street, alert_class=AlertClass.ONGOING)
    assert (ongoing.over_sms_budget, ongoing.asks_why) == (True, False)
    alert_id = approve(runtime, ongoing)
    assert OVER in acts(runtime, alert_id)
    drain(runtime)
    assert len(sms.sent) == 4
    correction_id = a_sequel(runtime, alert_id, AlertClass.CORRECTION, Told.PLACE, right_place="Sätofta")
    assert OVER in acts(runtime, correction_id)


def test_what_must_not_wait_waits_for_nobody_who_counts_money(runtime: Runtime, sms: RecordingChannel) -> None:
    """A tip to everybody is being booked, say, and its transaction takes seconds. (SQLite has one writer anyhow.)"""
    street = a_street(runtime, phones=4)
    budget(runtime, 1)
    ongoing = a_checked_alert(runtime, street, alert_class=AlertClass.ONGOING)
    if runtime.database.is_sqlite:
        approve(runtime, ongoing)
    else:
        with runtime.database.write() as session, ThreadPoolExecutor(1) as other:
            hold_money(session, [HOOR])
            other.submit(approve, runtime, ongoing).result(10)
    drain(runtime)
    assert len(sms.sent) == 4


def test_an_emergency_has_said_why(runtime: Runtime, sms: RecordingChannel) -> None:
    """One who goes alone where two are needed is not asked a second thing."""
    street = a_street(runtime, phones=4)
    budget(runtime, 1, two_persons_above=3)
    checked = a_checked_alert(runtime, street)
    alert_id = approve(runtime, checked, {ReasonKind.EMERGENCY: "Ingen annan svarar."})
    drain(runtime)
    assert len(sms.sent) == 4
    assert {"alert.broken_glass", OVER} <= set(acts(runtime, alert_id))


def test_who_asks_a_second_person_says_why_and_that_one_need_not(runtime: Runtime) -> None:
    street = a_street(runtime, phones=4)
    budget(runtime, 1, two_persons_above=3)
    checked, colleague = a_checked_alert(runtime, street), 0
    with runtime.database.write() as session:
        colleague = an_account(session, "kollega").id or 0
    alert_id = checked.alert.id or 0
    asking: dict[str, Any] = {"alert_id": alert_id, "account_id": checked.alert.author_account_id}
    with pytest.raises(Refused, match="over_sms_budget"):
        flow.ask_for_approval(runtime, content=checked.content, **asking)
    flow.ask_for_approval(runtime, content=checked.content, reasons=WHY, **asking)
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=colleague, content=checked.content)
    assert reasons_of(runtime, alert_id) == WHY


def test_two_who_want_the_last_kronor_get_them_once(
    runtime: Runtime, sms: RecordingChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked while there was room; one goes, the other is asked why, and then goes too."""
    streets = [a_street(runtime, phones=4)]
    with runtime.database.write() as session:
        other = a_network(session, "Maglasäte")
        for number in range(10, 14):
            a_neighbour(session, other, sms=a_phone(number))
        streets.append(other.id or 0)
    waiting = [a_checked_alert(runtime, street) for street in streets]
    budget(runtime, max(one.weighed.sms_parts for one in waiting))
    turn, taken = Lock(), iter(list(waiting))
    count = receipts.booked_kronor

    def counted_slowly(*given: Any, **named: Any) -> float:
        """Whoever may count meanwhile finds the same kronor."""
        found = count(*given, **named)
        time.sleep(0.5)
        return found

    def want() -> Checked | None:
        with turn:
            mine = next(taken)
        try:
            approve(runtime, mine)
        except Refused:
            return mine
        return None

    with monkeypatch.context() as slowly:
        slowly.setattr(receipts, "booked_kronor", counted_slowly)
        refused = [one for one in at_once(want, 2) if one is not None]
    assert len(refused) == 1
    with pytest.raises(Refused, match="over_sms_budget"):
        approve(runtime, refused[0])
    drain(runtime)
    assert len(sms.sent) == 4
    approve(runtime, refused[0], WHY)
    drain(runtime)
    assert len(sms.sent) == 8
    assert len(set(sms.addresses)) == 8


# ----------------------------------------------------------------------------------- once it is let go, it goes whole


def test_a_budget_that_ends_and_a_price_that_jumps_in_the_middle_cut_nothing_off(
    runtime: Runtime, sms: RecordingChannel
) -> None:
    """The budget is taken down to a krona and the part costs fifty when the first of three batches is on its way."""
    street = a_street(runtime, phones=50)
    budget(runtime, 1000)
    alert_id = approve(runtime, a_checked_alert(runtime, street))
    flow.fan_out(runtime, alert_id=alert_id)
    dear = at_price(runtime, 50.0)

    def ends(copies: Sequence[Copy]) -> None:
        if not sms.sent:
            budget(runtime, 1)

    sms.before_send = ends
    batches = batches_of(runtime, alert_id)
    assert len(batches) > 1
    flow.send_batch(runtime, batch_id=batches[0].id or 0)
    assert 0 < len(sms.sent) < 50
    drain(dear)
    assert (len(sms.sent), len(set(sms.addresses))) == (50, 50)
    with pytest.raises(Refused, match="over_sms_budget"):  # the next one is asked, before it starts
        approve(dear, a_checked_alert(dear, street))
    assert not any(invariants.offences(dear).values())


def test_a_price_that_jumps_changes_what_is_to_come_and_never_what_is_frozen(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, phones=4)
    budget(runtime, 1000)
    approve(runtime, a_checked_alert(runtime, street))
    drain(runtime)
    clock.advance(timedelta(days=1))
    flow.close_alerts(runtime)
    frozen, dear = booked(runtime), at_price(runtime, 3.0)
    assert booked(dear) == frozen
    checked = a_checked_alert(dear, street)
    assert checked.cost_kronor == 3 * checked.weighed.sms_parts
    approve(dear, checked)
    assert booked(dear) == frozen + checked.cost_kronor


def test_what_is_taken_back_or_stopped_gives_back_what_has_not_gone(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=30)
    budget(runtime, 1000)
    taken_back, stopped = (a_checked_alert(runtime, street) for _ in range(2))
    alert_id, author_id = approve(runtime, taken_back), taken_back.alert.author_account_id
    flow.stop_alert(runtime, alert_id=alert_id, account_id=author_id)
    assert booked(runtime) == 0
    alert_id = approve(runtime, stopped)
    flow.fan_out(runtime, alert_id=alert_id)
    flow.send_batch(runtime, batch_id=batches_of(runtime, alert_id)[0].id or 0)
    assert 0 < len(sms.sent) < 30
    flow.stop_alert(runtime, alert_id=alert_id, account_id=author_id)
    drain(runtime)
    assert booked(runtime) == spent_in(runtime) == len(sms.sent) * stopped.weighed.sms_parts / 30


def test_the_year_is_that_in_which_it_goes(runtime: Runtime, clock: SetClock) -> None:
    """Written on the last evening of the year, for the first morning of the next."""
    street = a_street(runtime, phones=4)
    budget(runtime, 1)
    clock.advance(datetime(2026, 12, 31, 20, tzinfo=UTC) - clock.now())
    checked = a_checked_alert(runtime, street, happened_on=datetime(2026, 12, 30, tzinfo=STOCKHOLM).date())
    morning = datetime(2027, 1, 1, 9, tzinfo=STOCKHOLM)
    with runtime.database.write() as session:
        row = alerts.alert(session, checked.alert.id or 0, to_change=True)
        alerts.plan(session, row, morning, version=row.version, account_id=row.author_account_id, now=clock.now())
    checked = flow.check_alert(runtime, alert_id=checked.alert.id or 0)
    assert checked.spending is not None
    assert checked.spending.year == 2027
    approve(runtime, checked, WHY)
    assert (booked(runtime), booked(runtime, year=2027)) == (0, checked.cost_kronor)


def test_written_together_each_is_paid_by_its_own_municipality(runtime: Runtime) -> None:
    """The reason is kept where the budget is spent, and only there."""
    here = a_street(runtime, phones=4)
    with runtime.database.write() as session:
        there = a_network(session, "Fulltofta", municipality_code=HORBY)
        a_neighbour(session, there, sms=a_phone(40))
        there_id = there.id or 0
    budget(runtime, 1)
    budget(runtime, 1000, HORBY)
    mine = a_checked_alert(runtime, here)
    theirs = a_checked_alert(runtime, there_id)
    contents = {one.alert.id or 0: one.content for one in (mine, theirs)}
    together: dict[str, Any] = {"contents": contents, "approver_account_id": mine.alert.author_account_id}
    with pytest.raises(Refused, match="over_sms_budget"):
        flow.approve_together(runtime, **together)
    assert state_of(runtime, theirs.alert.id or 0) is AlertState.CHECKED
    flow.approve_together(runtime, reasons=WHY, **together)
    assert reasons_of(runtime, mine.alert.id or 0) == WHY
    assert reasons_of(runtime, theirs.alert.id or 0) == {}
    assert booked(runtime, HORBY) == theirs.cost_kronor


# -------------------------------------------------------------------------------------------------- tips on their day


def an_entry(runtime: Runtime, words: str, key: str) -> int:
    with runtime.database.write() as session:
        account_id, now = an_account(session, "kommun", Role.COORDINATOR).id or 0, runtime.clock.now()
        row = advice.add_entry(session, HOOR, key, advice.read_rule(words), account_id=account_id, now=now)
        card = advice.card(session, HOOR, key)
        content = advice.content_of(row, card)
        advice.approve_entry(session, row, card, content=content, account_id=account_id, now=now)
        return row.id or 0


def tips_on(runtime: Runtime, clock: SetClock, at: datetime) -> int:
    clock.advance(at - clock.now())
    issued = advice_round.issue_due(runtime)
    drain(runtime)
    return issued


def told(runtime: Runtime) -> list[str]:
    """The notices about the budget: which mark, of which budget."""
    with runtime.database.read() as session:
        rows = session.exec(select(Notice.key).where(col(Notice.about).like("budget:%")).order_by(col(Notice.id)))
        return [key.rpartition(":")[0] for key in rows]


def a_coordinator(runtime: Runtime, name: str = "samordnare", role: Role = Role.COORDINATOR, number: int = 50) -> None:
    with runtime.database.write() as session:
        an_account(session, name, role).person_id = a_person(session, email=a_mailbox(number)).id


DUE = datetime(2026, 3, 10, 17, tzinfo=UTC)  # the second Tuesday of March, 18.00 in Sweden


def test_a_planned_tip_that_costs_more_than_is_left_waits_for_a_person(
    runtime: Runtime, clock: SetClock, sms: RecordingChannel, email: RecordingChannel
) -> None:
    """To nobody, also not by mail: whether somebody gets a tip must not hang on which channel they have chosen."""
    a_street(runtime, phones=4, mailboxes=2)
    a_coordinator(runtime)
    budget(runtime, 3)
    entry_id = an_entry(runtime, "andra tisdagen i mars kl 18", "las-cykeln")
    assert tips_on(runtime, clock, DUE) == 0
    assert (sms.sent, [one for one in email.addresses if one != a_mailbox(50)]) == ([], [])
    with runtime.database.read() as session:
        assert session.exec(select(Alert)).all() == []
        (run,) = advice.runs(session, [entry_id])
    assert (run.state, run.alert_id) == (RunState.MISSED, None)
    assert told(runtime) == ["held:3"]
    assert booked(runtime) == 0
    with runtime.database.read() as session:
        entry = advice.entry(session, entry_id)
        content = advice.content_of(entry, advice.card(session, HOOR, entry.card_key))
        account_id = entry.created_by
    alert_id = advice_round.send_missed(runtime, entry_id, DUE, account_id=account_id, content=content)
    drain(runtime)
    assert alert_id is not None
    assert len(sms.sent) == 4
    assert acts(runtime, alert_id)[:2] == [OVER, "alert.approved"]
    assert (spent_in(runtime), booked(runtime)) == (4, 4)


def test_a_planned_tip_with_room_is_booked_as_it_goes(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    a_street(runtime, phones=4, mailboxes=2)
    budget(runtime, 4)
    an_entry(runtime, "andra tisdagen i mars kl 18", "las-cykeln")
    clock.advance(DUE - clock.now())
    assert advice_round.issue_due(runtime) == 1
    assert (spent_in(runtime), booked(runtime)) == (0, 4)
    drain(runtime)
    assert len(sms.sent) == 4
    assert told(runtime) == []


def test_who_joins_is_welcomed_when_there_is_money_again(
    runtime: Runtime, clock: SetClock, sms: RecordingChannel
) -> None:
    street = a_street(runtime, phones=2)
    budget(runtime, 1)
    approve(runtime, a_checked_alert(runtime, street), WHY)
    drain(runtime)
    entry_id = an_entry(runtime, "3 dagar efter att någon har gått med kl 18", "las-aven-hemma")
    clock.advance(timedelta(minutes=1))
    with runtime.database.write() as session:
        network = networks.network(session, street)
        a_household(session, network, a_person(session, sms=a_phone(30)), now=clock.now())
    for days in (3, 4):
        assert tips_on(runtime, clock, datetime(2026, 3, 4 + days, 17, tzinfo=UTC)) == 0
    with runtime.database.read() as session:
        assert session.exec(select(PlanRun).where(PlanRun.entry_id == entry_id)).all() == []
    assert a_phone(30) not in sms.addresses
    budget(runtime, 1000)
    assert tips_on(runtime, clock, datetime(2026, 3, 9, 17, tzinfo=UTC)) == 1
    assert sms.addresses.count(a_phone(30)) == 1


# --------------------------------------------------------------------------------------------------- who is told of it


def test_who_sets_the_budget_is_told_at_four_fifths_and_at_the_end_once_each(
    runtime: Runtime, clock: SetClock, email: RecordingChannel
) -> None:
    street = a_street(runtime, phones=10)
    a_coordinator(runtime)
    a_coordinator(runtime, "polis-2", Role.POLICE, 51)  # who cannot set it
    cost = a_checked_alert(runtime, street).weighed.sms_parts
    budget(runtime, 2 * cost)
    assert upkeep.watch_spending(runtime) == 0
    approve(runtime, a_checked_alert(runtime, street))
    assert upkeep.watch_spending(runtime) == 0  # half of it
    budget(runtime, cost * 5 // 4)
    assert [upkeep.watch_spending(runtime) for _ in range(2)] == [1, 0]
    approve(runtime, a_checked_alert(runtime, street), WHY)
    assert [upkeep.watch_spending(runtime) for _ in range(2)] == [1, 0]
    drain(runtime)
    assert told(runtime) == [f"almost:{cost * 5 // 4}", f"spent:{cost * 5 // 4}"]
    assert email.addresses.count(a_mailbox(50)) == 2
    assert a_mailbox(51) not in email.addresses
    budget(runtime, 2 * cost)  # somebody has found more: that is told of anew
    assert upkeep.watch_spending(runtime) == 1
    clock.advance(timedelta(days=365))
    assert upkeep.watch_spending(runtime) == 0


def test_a_price_that_jumps_can_end_a_budget_too(runtime: Runtime) -> None:
    street = a_street(runtime, phones=10)
    a_coordinator(runtime)
    checked = a_checked_alert(runtime, street)
    budget(runtime, 2 * checked.weighed.sms_parts)
    approve(runtime, checked)
    assert upkeep.watch_spending(runtime) == 0
    dear = at_price(runtime, 2.0)
    assert [upkeep.watch_spending(dear) for _ in range(2)] == [1, 0]
    assert told(dear) == [f"spent:{2 * checked.weighed.sms_parts}"]  # not almost, after that


def test_two_clocks_tell_it_once(runtime: Runtime) -> None:
    street = a_street(runtime, phones=4)
    a_coordinator(runtime)
    budget(runtime, 1)
    approve(runtime, a_checked_alert(runtime, street), WHY)
    assert sum(at_once(lambda: upkeep.watch_spending(runtime), 2)) == 1
    assert len(told(runtime)) == 1


@pytest.mark.parametrize("told_of", [words.budget_almost_spent, words.budget_spent, words.advice_held_back])
def test_what_is_told_fits_in_one_sms(told_of: Callable[..., words.Words]) -> None:
    said = told_of(
        f"Grannsamverkan {places.longest_name()}", year=2026, kronor=100_000, page="https://gs.example/varningar"
    )
    assert parts_of(said.sms).parts == 1
    assert "100000 kronor" in said.mail


def test_numbers_of_a_year_are_kronor_and_ore(runtime: Runtime) -> None:
    """Thirds of a krona add up to what they are: no reason for a rounding."""
    street = a_street(runtime, phones=3)
    cheap = at_price(runtime, 0.1)
    parts = a_checked_alert(cheap, street).weighed.sms_parts
    budget(cheap, parts)
    for _ in range(10):
        approve(cheap, a_checked_alert(cheap, street))
    with cheap.database.read() as session:
        spent = spending_at(cheap, session, HOOR, at=cheap.clock.now())
    assert spent is not None
    assert spent.mark is receipts.SpendingMark.SPENT
    assert spent.holds(0)
    assert not spent.holds(0.1)
