"""A knock at the door stands beside what the copies say: the best known counts, whatever came first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from grannsamverkan import flow
from grannsamverkan.domain import alerts, receipts
from grannsamverkan.domain.deliveries import Batch, Delivery, DeliveryState
from grannsamverkan.domain.receipts import VisitKind
from grannsamverkan.domain.targeting import Audience
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.domain.receipts.test_ledger import two_networks
from tests.support.builders import NOW, a_phone, a_street, an_approved_alert, copies_by_address

S = DeliveryState
TOLD, SLIP = VisitKind.TOLD, VisitKind.SLIP
SAID = {
    "sending": (Said.ON_ITS_WAY, None),
    "sent": (Said.ON_ITS_WAY, None),
    "delivered": (Said.DELIVERED, None),
    "undelivered": (Said.FAILED, "30003"),
}


def outcomes(session: Session, alert_id: int, homes: list[int]) -> dict[int, str | None]:
    return {home: receipts.outcome_of(session, alert_id, home) for home in homes}


def homes_of(session: Session, alert_id: int) -> list[int]:
    rows = select(Audience.household_id).where(Audience.alert_id == alert_id).order_by(col(Audience.household_id))
    return list(session.exec(rows))


def say(session: Session, copy: Delivery, status: str) -> None:
    said, code = SAID[status]
    receipts.take(session, ProviderReceipt(copy.id or 0, "", status, said, code), now=NOW)


# ------------------------------------------------------------------------------------------- one after the other


@pytest.fixture
def alert_id(runtime: Runtime) -> int:
    """To three homes: the first copy failed, the second is unanswered, the third arrived."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    copies = copies_by_address(runtime, alert_id)
    with runtime.database.write() as session:
        say(session, copies[a_phone(0)], "undelivered")
        say(session, copies[a_phone(2)], "delivered")
    return alert_id


def test_a_visit_proves_and_can_be_taken_back(runtime: Runtime, alert_id: int) -> None:
    with runtime.database.write() as session:
        home = homes_of(session, alert_id)[0]
        (row,) = receipts.not_reached(session, alert_id)
        assert (row.household_id, row.outcome, row.visited) == (home, "failed", None)
        for kind, outcome in ((SLIP, "slip"), (TOLD, "told")):
            assert receipts.visit(session, alert_id, home, kind, account_id=1, now=NOW)
            assert not receipts.visit(session, alert_id, home, kind, account_id=2, now=NOW)
            counted = receipts.ledger(session, alert_id)
            assert (counted.households[outcome], counted.households["failed"], counted.addressed) == (1, 0, 3)
            (row,) = receipts.not_reached(session, alert_id)
            assert (row.outcome, row.visited, row.visited_at) == ("failed", kind, NOW)
            assert receipts.left_to_visit(session, alert_id, [home]) == 0
        assert receipts.proved(receipts.ledger(session, alert_id).households) == 2
        assert not receipts.visit(session, alert_id, home, SLIP, account_id=1, now=NOW)  # they have heard it already
        assert receipts.undo_visit(session, alert_id, home)
        assert not receipts.undo_visit(session, alert_id, home)
        assert receipts.ledger(session, alert_id).households["failed"] == 1
        assert receipts.left_to_visit(session, alert_id, [home]) == 1


@pytest.mark.parametrize(
    ("kind", "status", "outcome", "is_listed"),
    [
        (TOLD, "delivered", "delivered", False),
        (TOLD, "sent", "told", True),
        (TOLD, "undelivered", "told", True),
        (SLIP, "delivered", "delivered", False),
        (SLIP, "undelivered", "slip", True),
    ],
)
def test_a_receipt_after_the_visit_spoils_nothing(
    runtime: Runtime, alert_id: int, kind: VisitKind, status: str, outcome: str, is_listed: bool
) -> None:
    copy = copies_by_address(runtime, alert_id)[a_phone(1)]
    with runtime.database.write() as session:
        home = homes_of(session, alert_id)[1]
        receipts.leave_unknown(session, [copy.id or 0], now=NOW)
        receipts.visit(session, alert_id, home, kind, account_id=1, now=NOW)
        say(session, copy, status)
        assert receipts.outcome_of(session, alert_id, home) == outcome
        assert (home in {row.household_id for row in receipts.not_reached(session, alert_id)}) is is_listed


def test_after_closing_a_visit_is_counted_in_the_tally(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id)
        assert receipts.close(session, alert, now=NOW, settle_by=NOW, kronor_per_part=0.5)
        home = homes_of(session, alert_id)[0]
        receipts.visit(session, alert_id, home, TOLD, account_id=1, now=NOW)
        households = receipts.frozen(alert.tally or {}).households
        assert (households["told"], households["failed"], sum(households.values())) == (1, 0, 3)
        measured = (alert.tally or {})["times"]
        assert measured  # how soon it went is not forgotten for it
        receipts.undo_visit(session, alert_id, home)
        households = receipts.frozen(alert.tally or {}).households
        assert (households["told"], households["failed"], sum(households.values())) == (0, 1, 3)
        assert (alert.tally or {})["times"] == measured


def test_closing_waits_for_a_visit_that_is_being_noted(runtime: Runtime, alert_id: int) -> None:
    def close() -> bool:
        with runtime.database.write() as session:
            return receipts.close(session, alerts.alert(session, alert_id), now=NOW, settle_by=NOW, kronor_per_part=0.5)

    with ThreadPoolExecutor(1) as pool:
        with runtime.database.write() as session:
            receipts.visit(session, alert_id, homes_of(session, alert_id)[0], TOLD, account_id=1, now=NOW)
            closing = pool.submit(close)
            assert not wait([closing], timeout=0.3).done
        assert closing.result(timeout=30)
    with runtime.database.read() as session:
        assert (alerts.alert(session, alert_id).tally or {})["households"]["told"] == 1


def test_whom_the_alert_was_not_for_is_not_visited(runtime: Runtime) -> None:
    alert_id, homes = two_networks(runtime)
    paused = list(homes)[5]
    with runtime.database.write() as session:
        for home in (paused, 4711):
            with pytest.raises(NotFound):
                receipts.visit(session, alert_id, home, TOLD, account_id=1, now=NOW)
        assert not receipts.undo_visit(session, alert_id, 4711)


# ---------------------------------------------------------------------------------------------- in every order


@dataclass
class Model:
    """What is known of each home from all that has been said so far."""

    addresses: dict[int, set[str]]
    paused: int
    heard: dict[str, set[str]] = field(default_factory=dict)
    visits: dict[int, VisitKind] = field(default_factory=dict)

    def proved(self) -> set[int]:
        arrived = {address for address, said in self.heard.items() if "delivered" in said}
        told = {home for home, kind in self.visits.items() if kind is TOLD}
        return told | {home for home, addresses in self.addresses.items() if addresses & arrived}

    def visit(self, home: int, kind: VisitKind) -> None:
        if self.visits.get(home) is not TOLD:
            self.visits[home] = kind


ADDRESSES = st.sampled_from(range(3))
HOMES = st.sampled_from(range(5))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), ADDRESSES, st.just("")),
        st.tuples(st.just("say"), ADDRESSES, st.sampled_from(sorted(SAID))),
        st.tuples(st.just("lose"), ADDRESSES, st.just("")),
        st.tuples(st.just("visit"), HOMES, st.sampled_from(["told", "slip"])),
        st.tuples(st.just("undo"), HOMES, st.just("")),
        st.tuples(st.just("close"), st.just(0), st.just("")),
    ),
    max_size=25,
)


def _proved(each: dict[int, str | None]) -> set[int]:
    return {home for home, outcome in each.items() if outcome in ("delivered", "told")}


def test_in_every_order_the_ledger_sums_and_no_receipt_takes_proof_away(runtime: Runtime) -> None:
    alert_id, addresses = two_networks(runtime)
    copies = copies_by_address(runtime, alert_id)
    phones, homes = [a_phone(number) for number in range(3)], list(addresses)

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(STEPS)
    def hold(steps: list[tuple[str, int, str]]) -> None:
        model = Model(addresses, paused=homes[5])
        with runtime.database.write() as session:
            for batch in session.exec(select(Batch).where(Batch.alert_id == alert_id)):
                batch.done_at = NOW
            for act, place, what in steps:
                before = proved(session)
                _do(session, model, act, place, what)
                if act in ("send", "say", "lose", "close"):
                    assert before <= proved(session), (act, place, what)
                _holds(session, model)
            session.rollback()

    def proved(session: Session) -> set[int]:
        return {
            home for home, outcome in outcomes(session, alert_id, homes).items() if outcome in ("delivered", "told")
        }

    def _do(session: Session, model: Model, act: str, place: int, what: str) -> None:
        has_changed = False
        row = session.get(Delivery, copies[phones[place % 3]].id, populate_existing=True)
        alert = alerts.alert(session, alert_id)
        assert row is not None
        if act == "send" and row.state == S.QUEUED:
            row.state = S.HANDED_OVER
        elif act == "say" and row.state != S.QUEUED:
            say(session, row, what)
            model.heard.setdefault(phones[place], set()).add(what)
        elif act == "lose":
            receipts.leave_unknown(session, [row.id or 0], now=NOW)
        elif act == "visit":
            has_changed = receipts.visit(session, alert_id, homes[place], VisitKind(what), account_id=1, now=NOW)
            model.visit(homes[place], VisitKind(what))
        elif act == "undo":
            has_changed = receipts.undo_visit(session, alert_id, homes[place])
            assert has_changed is (homes[place] in model.visits)
            model.visits.pop(homes[place], None)
        elif act == "close":
            receipts.close(session, alert, now=NOW, settle_by=NOW, kronor_per_part=0.5)
        session.flush()
        if has_changed and alert.tally is not None:
            assert receipts.frozen(alert.tally) == receipts.ledger(session, alert_id)

    def _holds(session: Session, model: Model) -> None:
        counted, each = receipts.ledger(session, alert_id), outcomes(session, alert_id, homes)
        assert counted.addressed == len(homes) == 6
        assert [sum(network.values()) for network in counted.networks.values()] == [3, 3]
        assert {outcome: number for outcome, number in counted.households.items() if number} == Counter(each.values())
        assert _proved(each) == model.proved()
        assert each[model.paused] == "resting"
        listed = receipts.not_reached(session, alert_id)
        left = {row.household_id for row in listed if row.visited is None}
        assert counted.to_knock == len(listed)
        assert left == {home for home, outcome in each.items() if outcome in receipts.TO_VISIT}
        assert receipts.left_to_visit(session, alert_id, homes) == len(left)
        tally = alerts.alert(session, alert_id).tally
        assert tally is None or sum(tally["households"].values()) == 6

    hold()


def test_visits_are_forgotten_with_the_copies(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id)
        home = homes_of(session, alert_id)[0]
        receipts.visit(session, alert_id, home, TOLD, account_id=1, now=NOW)
        receipts.close(session, alert, now=clock.now(), settle_by=clock.now(), kronor_per_part=0.5)
    with runtime.database.write() as session:
        assert receipts.forget_copies(session, closed_before=clock.now()) == 0
        later = clock.now().replace(year=clock.now().year + 1)
        receipts.forget_copies(session, closed_before=later)
        assert session.exec(select(receipts.Visit)).all() == []
        assert receipts.frozen(alerts.alert(session, alert_id).tally or {}).households["told"] == 1
        with pytest.raises(NotFound):
            receipts.visit(session, alert_id, home, TOLD, account_id=1, now=NOW)
    assert flow.close_alerts(runtime) == 0
