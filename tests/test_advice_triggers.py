"""Tips that wait for something to happen: a home that joins is told once, and after a burglary its neighbours are, when
somebody has said yes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from grannsamverkan import advice_round, flow, invariants
from grannsamverkan.domain import advice, alerts, networks, places
from grannsamverkan.domain.advice import FITTING, EntryState, PlanEntry, PlanRun
from grannsamverkan.domain.alerts import Alert, AlertClass, Method
from grannsamverkan.domain.networks import HouseholdMember
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    HOOR,
    a_draft,
    a_household,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    an_account,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

DAY = timedelta(days=1)
WELCOME = "3 dagar efter att någon har gått med kl 18"
EVENING = datetime(2026, 3, 4, 17, tzinfo=UTC)


def go_to(clock: SetClock, at: datetime) -> None:
    clock.advance(at - clock.now())


def run(runtime: Runtime) -> int:
    advice_round.propose_following(runtime)
    issued = advice_round.issue_due(runtime)
    drain(runtime)
    return issued


def an_entry(runtime: Runtime, words: str = WELCOME, key: str = "las-aven-hemma") -> int:
    with runtime.database.write() as session:
        known = session.exec(select(PlanEntry)).first()
        account_id = known.created_by if known else an_account(session, "kommun").id or 0
        now, rule = runtime.clock.now(), advice.read_rule(words)
        row = advice.add_entry(session, HOOR, key, rule, account_id=account_id, now=now)
        return row.id or 0


def approve(runtime: Runtime, entry_id: int) -> None:
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id, to_change=True)
        card = advice.card(session, HOOR, row.card_key)
        content = advice.content_of(row, card)
        advice.approve_entry(session, row, card, content=content, account_id=row.created_by, now=runtime.clock.now())


def joins(runtime: Runtime, network_id: int, number: int) -> int:
    """A home that joins now; its id."""
    with runtime.database.write() as session:
        network = networks.network(session, network_id)
        home = a_household(session, network, a_person(session, sms=a_phone(number)), now=runtime.clock.now())
        return home.id or 0


@pytest.fixture
def street(runtime: Runtime) -> int:
    with runtime.database.write() as session:
        network = a_network(session)
        a_neighbour(session, network, sms=a_phone(0))
        return network.id or 0


# ------------------------------------------------------------------------------------------------ those who join


def test_whoever_joins_after_the_approval_is_told_once(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    entry_id = an_entry(runtime)
    joins(runtime, street, 1)  # before anybody has approved
    clock.advance(timedelta(minutes=1))
    approve(runtime, entry_id)
    clock.advance(timedelta(minutes=1))
    joins(runtime, street, 2)
    joined_at = clock.now()
    for _hour in range(24 * 6):
        clock.advance(timedelta(hours=1))
        before = list(sms.addresses)
        run(runtime)
        if sms.addresses != before:
            assert sms.addresses == [a_phone(2)]
            assert timedelta(days=3) <= clock.now() - joined_at <= timedelta(days=4, hours=1)
    assert sms.addresses == [a_phone(2)]
    with runtime.database.read() as session:
        alert = session.exec(select(Alert)).one()
        assert alert.alert_class is AlertClass.ADVICE
        assert len(session.exec(select(PlanRun)).all()) == 1  # days without anybody leave no trace
    assert set(invariants.offences(runtime).values()) == {0}


def test_two_clocks_tell_a_newcomer_once(runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel) -> None:
    entry_id = an_entry(runtime)
    approve(runtime, entry_id)
    clock.advance(timedelta(minutes=1))
    joins(runtime, street, 1)
    go_to(clock, EVENING + 4 * DAY)
    other = replace(runtime, engine=InlineEngine())
    assert sum(advice_round._issue(one, entry_id) for one in (runtime, other)) == 1
    drain(runtime)
    assert sms.addresses == [a_phone(1)]


def test_a_week_away_is_made_up_for_and_a_pause_of_months_is_not(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    entry_id = an_entry(runtime)
    approve(runtime, entry_id)
    clock.advance(timedelta(minutes=1))
    joins(runtime, street, 1)
    clock.advance(7 * DAY)
    joins(runtime, street, 2)
    go_to(clock, EVENING + 8 * DAY)
    run(runtime)
    assert sms.addresses == [a_phone(1)]
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id)
        advice.pause(session, row, version=row.version)
    clock.advance(90 * DAY)
    joins(runtime, street, 3)
    with runtime.database.write() as session:
        row = advice.entry(session, entry_id)
        advice.resume(session, row, version=row.version, now=clock.now())
    clock.advance(5 * DAY)
    run(runtime)
    assert sms.addresses == [a_phone(1), a_phone(3)]


def test_whoever_moves_to_another_street_is_no_newcomer(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    entry_id = an_entry(runtime)
    approve(runtime, entry_id)
    clock.advance(timedelta(minutes=1))
    with runtime.database.write() as session:
        member = session.exec(select(HouseholdMember)).one()
        home = networks.add_household(session, networks.network(session, street), now=clock.now())
        networks.join(session, home, member.person_id, now=clock.now())
    clock.advance(6 * DAY)
    run(runtime)
    assert sms.addresses == []


def test_a_full_week_passes_a_newcomer_by(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    """Three in a row, and room for two a week."""
    set_rules(runtime, messages_a_week=1)
    for key, days in (("las-aven-hemma", 3), ("skriv-upp-och-ring", 4)):
        approve(runtime, an_entry(runtime, f"{days} dagar efter att någon har gått med kl 18", key))
    clock.advance(timedelta(minutes=1))
    joins(runtime, street, 1)
    for _day in range(10):
        clock.advance(DAY)
        run(runtime)
    assert sms.addresses == [a_phone(1)]


def test_at_most_three_and_the_preset_once(runtime: Runtime, street: int) -> None:
    with runtime.database.write() as session:
        account_id, now = an_account(session, "kommun").id or 0, runtime.clock.now()
        assert advice.add_welcome(session, HOOR, account_id=account_id, now=now) == 3
        assert advice.add_welcome(session, HOOR, account_id=account_id, now=now) == 0
        with pytest.raises(Refused, match="welcome_full"):
            advice.add_entry(session, HOOR, "hostlov", advice.read_rule(WELCOME), account_id=account_id, now=now)
        assert advice.add_preset(session, HOOR, account_id=account_id, now=now) == len(advice.PRESET)


# ---------------------------------------------------------------------------------------------- after a burglary


def a_warning(runtime: Runtime, network_id: int, method: Method = Method.TERRACE_DOOR) -> int:
    """A burglary that has been warned of; its id."""
    with runtime.database.write() as session:
        known = session.exec(select(Alert)).first()
        account_id = known.author_account_id if known else an_account(session, "polis").id or 0
        draft = a_draft(network_id, methods=(method,))
        row = alerts.start(
            session, draft, author_account_id=account_id, source=alerts.Source.POLICE, now=runtime.clock.now()
        )
        alert_id = row.id or 0
    content = flow.check_alert(runtime, alert_id=alert_id).content
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=account_id, content=content)
    clock = runtime.clock
    assert isinstance(clock, SetClock)
    clock.advance(timedelta(minutes=2))
    flow.release_due(runtime)
    drain(runtime)
    return alert_id


def proposals(runtime: Runtime) -> list[PlanEntry]:
    with runtime.database.read() as session:
        return advice.proposals(session, [HOOR])


@pytest.fixture
def wanted(runtime: Runtime, street: int) -> None:
    set_rules(runtime, advice_after_warning=places.YES, advice_after_warning_days=4)


@pytest.mark.usefixtures("wanted")
def test_after_a_burglary_its_neighbours_get_what_fits_when_somebody_says_yes(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    with runtime.database.write() as session:
        beside = a_network(session, "Annanby")
        a_neighbour(session, beside, sms=a_phone(7))
    warning = a_warning(runtime, street)
    joins(runtime, street, 8)  # came after the warning: it was not for them
    assert advice_round.propose_following(runtime) == 1
    assert advice_round.propose_following(runtime) == 0
    (row,) = proposals(runtime)
    assert (row.card_key, row.about_alert_id, row.state) == (FITTING["terrace_door"], warning, EntryState.DRAFT)
    sms.sent.clear()
    clock.advance(2 * DAY)
    assert run(runtime) == 0  # nobody has said yes
    approve(runtime, row.id or 0)
    go_to(clock, EVENING + 4 * DAY + timedelta(minutes=1))
    assert run(runtime) == 1
    assert sms.addresses == [a_phone(0)]
    with runtime.database.read() as session:
        assert advice.entry(session, row.id or 0).state is EntryState.ENDED
    assert set(invariants.offences(runtime).values()) == {0}


@pytest.mark.usefixtures("wanted")
def test_a_late_yes_goes_at_once_and_no_answer_ends_it(
    runtime: Runtime, street: int, clock: SetClock, sms: RecordingChannel
) -> None:
    a_warning(runtime, street)
    run(runtime)
    (row,) = proposals(runtime)
    sms.sent.clear()
    clock.advance(8 * DAY)
    approve(runtime, row.id or 0)
    assert run(runtime) == 1
    assert sms.addresses == [a_phone(0)]
    a_warning(runtime, street, Method.UNLOCKED_DOOR)
    run(runtime)
    (row,) = proposals(runtime)
    clock.advance(20 * DAY)
    run(runtime)
    assert proposals(runtime) == []
    with pytest.raises(Conflict):
        approve(runtime, row.id or 0)


@pytest.mark.usefixtures("wanted")
def test_a_municipality_chooses_what_fits(runtime: Runtime, street: int) -> None:
    with runtime.database.write() as session:
        assert advice.set_fitting(session, HOOR, "terrace_door", "larm-som-hors")
        assert not advice.set_fitting(session, HOOR, "terrace_door", "larm-som-hors")
        assert advice.set_fitting(session, HOOR, "unknown", None)
    a_warning(runtime, street)
    advice_round.propose_following(runtime)
    assert [row.card_key for row in proposals(runtime)] == ["larm-som-hors"]
    with runtime.database.write() as session:
        advice.set_fitting(session, HOOR, "terrace_door", None)
    a_warning(runtime, street)
    assert advice_round.propose_following(runtime) == 0


def test_nothing_is_proposed_unless_the_municipality_wants_it(runtime: Runtime, street: int) -> None:
    a_warning(runtime, street)
    assert advice_round.propose_following(runtime) == 0


def test_every_fitting_card_and_method_is_there() -> None:
    assert FITTING.keys() <= {one.value for one in Method}
    assert set(FITTING.values()) <= advice.shipped().keys()
    assert {key for key, _words in advice.WELCOME} <= advice.shipped().keys()
