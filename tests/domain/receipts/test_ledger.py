"""The ledger always sums to the homes an alert was for, whatever became of each copy."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import select

from grannsamverkan import flow
from grannsamverkan.domain import networks, receipts
from grannsamverkan.domain.deliveries import Delivery, DeliveryState
from grannsamverkan.domain.receipts import OUTCOMES
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    a_household,
    a_mailbox,
    a_network,
    a_person,
    a_phone,
    an_approved_alert,
    copies_by_address,
)

S = DeliveryState
OUTCOME = {
    S.QUEUED: "queued",
    S.LEASED: "queued",
    S.CALLING: "queued",
    S.HANDED_OVER: "handed_over",
    S.DELIVERED: "delivered",
    S.FAILED: "failed",
    S.EXPIRED: "failed",
    S.UNKNOWN: "unknown",
    S.STOPPED: "resting",
    S.CARRIED: "unknown",  # by a copy that is forgotten
}
BEST_FIRST = ("delivered", "handed_over", "queued", "unknown", "failed", "resting")


def two_networks(runtime: Runtime) -> tuple[int, dict[int, set[str]]]:
    """An alert to two networks with a member in both, a shared phone, one on paper, one paused.

    Returns the alert, and the addresses by which each household is to be reached.
    """
    with runtime.database.write() as session:
        nyby, linden = a_network(session, "Nyby"), a_network(session, "Maglasäte")
        everywhere = a_person(session, sms=a_phone(0), email=a_mailbox(0))
        paused = a_person(session, sms=a_phone(9))
        paused.paused_until = runtime.clock.now() + timedelta(days=1)
        both = a_person(session, sms=a_phone(1)), a_person(session, sms=a_phone(2))
        homes = [
            (a_household(session, nyby, everywhere, label="Hus 1"), {a_phone(0), a_mailbox(0)}),
            (a_household(session, linden, everywhere, label="Hus 2"), {a_phone(0), a_mailbox(0)}),
            (a_household(session, nyby, *both, label="Hus 3"), {a_phone(1), a_phone(2)}),
            (a_household(session, linden, a_person(session, sms=a_phone(2)), label="Hus 4"), {a_phone(2)}),
            (a_household(session, nyby, a_person(session), label="Pappershuset"), set()),
            (a_household(session, linden, paused, label="Hus 6"), set()),
        ]
        expected = {home.id or 0: addresses for home, addresses in homes}
        ids = (nyby.id or 0, linden.id or 0)
    alert_id = an_approved_alert(runtime, *ids)
    flow.fan_out(runtime, alert_id=alert_id)
    return alert_id, expected


def test_each_home_counts_by_the_best_that_is_known(runtime: Runtime) -> None:
    alert_id, homes = two_networks(runtime)
    copies = copies_by_address(runtime, alert_id)
    assert set(copies) == {a_phone(0), a_phone(1), a_phone(2), a_mailbox(0)}
    first = min(homes)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.fixed_dictionaries({address: st.sampled_from(S) for address in copies}))
    def agree(states: dict[str, DeliveryState]) -> None:
        with runtime.database.read() as session:  # never committed
            for address, state in states.items():
                row = session.get(Delivery, copies[address].id)
                assert row is not None
                row.state = state
            session.flush()
            ledger = receipts.ledger(session, alert_id)
            model = [best(home, addresses, states) for home, addresses in homes.items()]
            assert ledger.households == {outcome: Counter(model)[outcome] for outcome in OUTCOMES}
            assert ledger.addressed == 6
            assert sum(sum(network.values()) for network in ledger.networks.values()) == 6
            assert [sum(network.values()) for network in ledger.networks.values()] == [3, 3]
            assert sum(sum(counts.values()) for counts in ledger.copies.values()) == 4
            assert receipts.frozen(ledger.as_json()) == ledger
            listed = {row.household_id: row.outcome for row in receipts.not_reached(session, alert_id)}
            to_visit = ("unknown", "failed", "paper")
            assert listed == {home: o for home, o in zip(homes, model, strict=True) if o in to_visit}
            assert ledger.to_knock == len(listed)
            session.rollback()

    def best(home: int, addresses: set[str], states: dict[str, DeliveryState]) -> str:
        if not addresses:
            return "paper" if home == first + 4 else "resting"
        known = {OUTCOME[states[address]] for address in addresses}
        return next(outcome for outcome in BEST_FIRST if outcome in known)

    agree()


def test_the_list_of_those_not_reached_says_where_and_why(runtime: Runtime) -> None:
    alert_id, homes = two_networks(runtime)
    drain(runtime)
    copies = copies_by_address(runtime, alert_id)
    with runtime.database.write() as session:
        row = session.get(Delivery, copies[a_phone(2)].id)
        assert row is not None
        row.state, row.code = S.FAILED, "30005"
        session.flush()
        rows = receipts.not_reached(session, alert_id, labels_of=frozenset(homes))
        nyby = rows[0].network_id
        assert [(r.network_name, r.label, r.outcome, r.code) for r in rows] == [
            ("Nyby", "Pappershuset", "paper", "paper"),
            ("Maglasäte", "Hus 4", "failed", "30005"),
        ]
        assert [r.label for r in receipts.not_reached(session, alert_id)] == ["", ""]
        theirs = receipts.not_reached(session, alert_id, labels_of=frozenset({list(homes)[4]}))
        assert [r.label for r in theirs] == ["Pappershuset", ""]
        session.exec(update(networks.Household).values(shows=networks.Shows.NOTHING))
        assert [r.label for r in receipts.not_reached(session, alert_id, labels_of=frozenset(homes))] == ["", ""]
        only = receipts.not_reached(session, alert_id, network_ids=frozenset({nyby}))
        assert [r.household_id for r in only] == [list(homes)[4]]
        assert receipts.not_reached(session, alert_id, network_ids=frozenset()) == []


def test_a_home_that_leaves_stays_in_the_ledger_without_its_label(runtime: Runtime) -> None:
    alert_id, homes = two_networks(runtime)
    with runtime.database.write() as session:
        home = session.exec(select(networks.Household).where(networks.Household.id == list(homes)[4])).one()
        networks.leave(session, home, now=runtime.clock.now())
    with runtime.database.read() as session:
        assert receipts.ledger(session, alert_id).addressed == 6
        (row,) = receipts.not_reached(session, alert_id, labels_of=frozenset(homes))
        assert row.label == ""
