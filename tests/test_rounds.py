"""The rounds of a living network: the month's duties, the yearly check step by step, and vacancies; on any clock."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from grannsamverkan import rounds
from grannsamverkan.domain import audit, duties, lifecycle, membership, networks, people, places
from grannsamverkan.domain.duties import Answers, CheckOutcome, Task, TaskKind, YearlyCheck
from grannsamverkan.domain.lifecycle import RestReason
from grannsamverkan.domain.membership import ImportedRow
from grannsamverkan.domain.networks import ContactRole, Household, NetworkState, WatchNetwork
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from grannsamverkan.jobs.timetable import TIMETABLE
from grannsamverkan.runtime import Runtime
from tests.domain.membership.lists.conftest import a_home, anna
from tests.support.at_once import at_once
from tests.support.builders import HOOR, NOW, a_household, a_mailbox, a_network, a_person, a_phone
from tests.support.recording_channel import RecordingChannel

DAY = timedelta(days=1)
APRIL = datetime(2026, 4, 1, 8, tzinfo=UTC)  # ten o'clock in Sweden


def a_living_network(session: Session, name: str = "Nyby", *, number: int = 0, sms: bool = False) -> WatchNetwork:
    """Active since March, with a lead who has a mailbox (or only a phone) and a contact person beside them."""
    network = a_network(session, name)
    lead = a_person(session, sms=a_phone(number)) if sms else a_person(session, email=a_mailbox(number))
    networks.add_contact_person(session, network, lead.id or 0, ContactRole.LEAD, now=NOW)
    other = a_person(session, email=a_mailbox(number + 20))
    networks.add_contact_person(session, network, other.id or 0, ContactRole.CONTACT_PERSON, now=NOW)
    return network


def check_of(runtime: Runtime, network_id: int) -> YearlyCheck:
    with runtime.database.read() as session:
        return duties.checks_of(session, network_id)[0]


def told(runtime: Runtime, kind: NoticeKind = NoticeKind.YEARLY_CHECK) -> list[tuple[str, str]]:
    """(key, what is said) of every notice of a kind."""
    with runtime.database.read() as session:
        rows = session.exec(select(Notice).where(Notice.kind == kind).order_by(col(Notice.id)))
        return [(row.key.partition(":")[0], row.body) for row in rows]


def walk(runtime: Runtime, clock: SetClock, days: int) -> None:
    """The clock of every day, ten o'clock in Sweden."""
    for _ in range(days):
        clock.advance(DAY)
        rounds.keep_checks(runtime)


@pytest.fixture
def network_id(runtime: Runtime, clock: SetClock) -> int:
    """A network that has been asked on 1 April."""
    with runtime.database.write() as session:
        found = a_living_network(session).id or 0
    clock.advance(APRIL - clock.now())
    assert rounds.keep_checks(runtime)["asked"] == 1
    return found


# ------------------------------------------------------------------------------------------------ the month


def test_the_months_duties_are_told_once_by_mail_with_a_link(
    runtime: Runtime, email: RecordingChannel, clock: SetClock
) -> None:
    with runtime.database.write() as session:
        a_living_network(session)
    assert [rounds.plan_duties(runtime) for _ in range(3)] == [2, 0, 0]
    (_, body), _ = told(runtime, NoticeKind.DUTIES)
    assert body.startswith("Hej! Du har 3 saker att göra i mars för Nyby.")
    token = re.findall(r"https://gs\.hoor\.example/uppgifter/(\S+)", body)[0]
    with runtime.database.read() as session:
        assert duties.read_duties_token(session, token, today=clock.now().date()).role is ContactRole.LEAD
    drain(runtime)
    assert sorted(email.addresses) == [a_mailbox(0), a_mailbox(20)]


def test_at_night_nobody_is_told_of_anything(runtime: Runtime, clock: SetClock) -> None:
    with runtime.database.write() as session:
        a_living_network(session)
    clock.advance(APRIL.replace(hour=3) - clock.now())
    assert rounds.plan_duties(runtime) == 0
    assert sum(rounds.keep_checks(runtime).values()) == 0
    clock.advance(timedelta(hours=3))
    assert rounds.plan_duties(runtime) == 2
    assert rounds.keep_checks(runtime)["asked"] == 1


# ------------------------------------------------------------------------------------------------ asked


def test_the_lead_is_asked_once_a_year_by_mail_with_a_link(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    walk(runtime, clock, 3)
    ((key, body),) = told(runtime)
    assert key == "asked"
    assert body.startswith("Dags att svara på årets fyra frågor om Nyby senast fredag 1 maj.")
    assert "/uppgifter/" in body
    check = check_of(runtime, network_id)
    assert (check.year, check.due_on) == (2026, date(2026, 5, 1))
    with runtime.database.read() as session:
        assert [row.act for row in audit.history(session, "network", network_id)] == ["check.asked"]


def test_by_sms_there_is_no_link(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    with runtime.database.write() as session:
        a_living_network(session, sms=True)
    clock.advance(APRIL - clock.now())
    rounds.keep_checks(runtime)
    drain(runtime)
    assert sms.addresses == [a_phone(0)]
    assert "http" not in sms.wordings[0].text
    assert "uppgifter" not in sms.wordings[0].text


def test_without_a_lead_every_contact_person_is_asked_and_without_them_the_deputies(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_living_network(session)
        lead, other = networks.contact_persons(session, network.id or 0)
        deputy = networks.add_contact_person(session, network, a_person(session).id or 0, ContactRole.DEPUTY, now=NOW)
        asked = [duties.whom_to_ask(session, network.id or 0)]
        for role in (lead, other):
            role.until = NOW
            session.flush()
            asked.append(duties.whom_to_ask(session, network.id or 0))
    assert [[role.id for role in roles] for roles in asked] == [[lead.id], [other.id], [deputy.id]]


def test_two_clocks_at_once_have_one_effect(runtime: Runtime, clock: SetClock) -> None:
    with runtime.database.write() as session:
        ids = [a_living_network(session, f"Nät {number}", number=number).id or 0 for number in range(4)]
    clock.advance(APRIL - clock.now())

    def act() -> dict[str, int]:
        return rounds.keep_checks(runtime)

    for days, key, number in ((0, "asked", 4), (10, "reminded", 4), (20, "warned", 4), (14, "passed_on", 4)):
        clock.advance(days * DAY)
        assert sum(one[key] for one in at_once(act, 4)) == number, key
    keys = [key for key, _ in told(runtime)]
    assert (keys.count("asked"), keys.count("reminder 1"), keys.count("warning")) == (4, 4, 4)
    with runtime.database.read() as session:
        tasks = session.exec(select(Task)).all()
        assert sorted(task.network_id for task in tasks) == sorted(ids)
        assert {task.kind for task in tasks} == {TaskKind.DECIDE_DORMANCY}


@pytest.mark.parametrize(
    ("begins", "asked"),
    [
        (APRIL - DAY, 0),
        (APRIL, 1),
        (APRIL + 60 * DAY, 1),  # the clock stood still for two months
        (APRIL + 91 * DAY, 1),
        (APRIL + 93 * DAY, 0),  # too late for this year
        (APRIL.replace(year=2027), 1),
    ],
)
def test_a_missed_beginning_is_made_up_for_unless_it_is_too_long_ago(
    runtime: Runtime, clock: SetClock, begins: datetime, asked: int
) -> None:
    with runtime.database.write() as session:
        a_living_network(session)
    clock.advance(begins - clock.now())
    assert rounds.keep_checks(runtime)["asked"] == asked


def test_who_has_just_begun_rests_or_has_ended_is_not_asked(runtime: Runtime, clock: SetClock) -> None:
    with runtime.database.write() as session:
        a_network(session, "Ny", now=APRIL)
        for name, state in (("Vilar", NetworkState.DORMANT), ("Slut", NetworkState.ENDED)):
            a_network(session, name, state=state)
    clock.advance(APRIL + 2 * DAY - clock.now())
    assert rounds.keep_checks(runtime)["asked"] == 0


def test_the_municipality_chooses_the_month_and_the_days(runtime: Runtime, clock: SetClock) -> None:
    with runtime.database.write() as session:
        a_living_network(session)
        chosen = places.Rules(check_month=10, check_answer_days=20, check_reminders=0, check_warning_days=7)
        places.set_rules(session, HOOR, chosen)
    clock.advance(datetime(2026, 9, 30, 10, tzinfo=UTC) - clock.now())
    assert rounds.keep_checks(runtime)["asked"] == 0
    walk(runtime, clock, 28)
    assert [key for key, _ in told(runtime)] == ["asked", "warning"]
    with runtime.database.read() as session:
        assert session.exec(select(Task.kind)).all() == [TaskKind.DECIDE_DORMANCY]


# ------------------------------------------------------------------------------------------------ not answered


def test_day_by_day_without_an_answer(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    """Asked on 1 April, reminded on the 11th and 21st, warned on 1 May; from 15 May somebody is to decide."""
    days: dict[str, int] = {}
    for day in range(1, 60):
        walk(runtime, clock, 1)
        for key, _ in told(runtime):
            days.setdefault(key, day)
        if "task" not in days and check_of(runtime, network_id).passed_on_at is not None:
            days["task"] = day
    assert days == {"asked": 1, "reminder 1": 10, "reminder 2": 20, "warning": 30, "task": 44}
    assert len(told(runtime)) == 4
    warning = told(runtime)[3][1]
    assert "Svara före fredag 15 maj. Annars tar kommunen ställning till om området ska vila." in warning
    with runtime.database.read() as session:
        (task,) = duties.waiting(session, [network_id])
        assert (task.kind, task.contact_person_id, task.round) == (TaskKind.DECIDE_DORMANCY, None, "check-2026")
        assert networks.state_of(session, network_id) is NetworkState.ACTIVE
        acts = [row.act for row in audit.history(session, "network", network_id)]
        assert acts == ["check.passed_on", "check.warned", "check.reminded", "check.reminded", "check.asked"]


def test_days_that_were_missed_bring_one_reminder_and_never_skip_the_warning(
    runtime: Runtime, network_id: int, clock: SetClock
) -> None:
    clock.advance(25 * DAY)
    assert rounds.keep_checks(runtime)["reminded"] == 1
    clock.advance(75 * DAY)
    assert rounds.keep_checks(runtime) == {"asked": 0, "reminded": 0, "warned": 1, "passed_on": 0}
    walk(runtime, clock, 13)
    assert check_of(runtime, network_id).passed_on_at is None
    walk(runtime, clock, 1)
    assert check_of(runtime, network_id).passed_on_at is not None
    assert [key for key, _ in told(runtime)] == ["asked", "reminder 2", "warning"]


def test_the_warning_waits_for_a_lead_who_pauses(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    walk(runtime, clock, 28)
    with runtime.database.write() as session:
        lead = duties.whom_to_ask(session, network_id)[0]
        people.pause_person(session, lead.person_id, until=clock.now() + 14 * DAY)
    walk(runtime, clock, 13)
    assert check_of(runtime, network_id).warned_at is None
    walk(runtime, clock, 1)
    assert [key for key, _ in told(runtime)][-1] == "warning"
    walk(runtime, clock, 13)
    assert check_of(runtime, network_id).passed_on_at is None
    walk(runtime, clock, 1)
    assert check_of(runtime, network_id).passed_on_at is not None


def test_a_lead_whose_mailbox_is_dead_hears_by_phone(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    with runtime.database.write() as session:
        network = a_network(session)
        lead = a_person(session, sms=a_phone(0), email=a_mailbox(0))
        networks.add_contact_person(session, network, lead.id or 0, ContactRole.LEAD, now=NOW)
        box = session.exec(select(ContactAddress).where(ContactAddress.channel == ChannelKind.EMAIL)).one()
        people.mark_dead(session, [box.id or 0], code="5.1.1", now=NOW)
    clock.advance(APRIL - clock.now())
    rounds.keep_checks(runtime)
    drain(runtime)
    assert sms.addresses == [a_phone(0)]


def test_a_network_that_rests_meanwhile_is_left_in_peace(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    with runtime.database.write() as session:
        network = networks.network(session, network_id)
        lifecycle.rest(session, network, RestReason.PAUSED, account_id=1, now=clock.now())
        duties.note_rest(session, network_id, account_id=1, now=clock.now())
    walk(runtime, clock, 60)
    assert [key for key, _ in told(runtime)] == ["asked"]
    assert check_of(runtime, network_id).outcome is CheckOutcome.DORMANT


def test_a_decision_nobody_needs_any_more_is_taken_off_the_list(
    runtime: Runtime, network_id: int, clock: SetClock
) -> None:
    walk(runtime, clock, 50)
    with runtime.database.write() as session:
        network = networks.network(session, network_id)
        networks.enter_state(session, network, NetworkState.ENDED, now=clock.now(), reason="merged")
    assert rounds.keep_vacancies(runtime) == 1
    with runtime.database.read() as session:
        assert duties.waiting(session, [network_id]) == []


# ------------------------------------------------------------------------------------------------ answered


def answer(runtime: Runtime, network_id: int, *, no: str = "") -> list[Task]:
    names = ("list_in_order", "contacts_in_order", "signs_in_order", "meeting_held")
    with runtime.database.write() as session:
        check = duties.open_check(session, network_id) or duties.checks_of(session, network_id)[0]
        role = duties.whom_to_ask(session, network_id)[0]
        given = Answers(**{name: name != no for name in names})
        return duties.answer_check(session, check, given, role, account_id=7, now=runtime.clock.now())


def test_four_yes_and_it_is_quiet_until_next_year(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    clock.advance(5 * DAY)
    assert answer(runtime, network_id) == []
    check = check_of(runtime, network_id)
    assert (check.outcome, check.answered_by, check.answered_at) == (CheckOutcome.FINE, 7, clock.now())
    walk(runtime, clock, 80)
    assert len(told(runtime)) == 1
    with pytest.raises(Conflict):
        answer(runtime, network_id)
    clock.advance(APRIL.replace(year=2027) - clock.now())
    assert rounds.keep_checks(runtime)["asked"] == 1
    with runtime.database.read() as session:
        assert [check.year for check in duties.checks_of(session, network_id)] == [2027, 2026]


@pytest.mark.parametrize(
    ("no", "kind"),
    [
        ("list_in_order", TaskKind.LIST_CHECK),
        ("contacts_in_order", TaskKind.FILL_VACANCY),
        ("signs_in_order", TaskKind.SIGNS_CHECK),
        ("meeting_held", TaskKind.YEARLY_MEETING),
    ],
)
def test_a_no_opens_the_task_that_mends_it(
    runtime: Runtime, network_id: int, clock: SetClock, no: str, kind: TaskKind
) -> None:
    (task,) = answer(runtime, network_id, no=no)
    assert task.kind is kind
    with runtime.database.read() as session:
        lead = duties.whom_to_ask(session, network_id)[0]
        assert task.contact_person_id == (None if kind is TaskKind.FILL_VACANCY else lead.id)
        assert check_of(runtime, network_id).outcome is None
    rounds.keep_vacancies(runtime)
    with runtime.database.read() as session:
        kept = session.get(Task, task.id)
        assert kept is not None
        assert kept.closed_at is None  # they have a contact person and still say that one is missing
    walk(runtime, clock, 60)
    assert len(told(runtime)) == 1


def test_two_answers_at_once_are_one(runtime: Runtime, network_id: int) -> None:
    def act() -> bool:
        try:
            answer(runtime, network_id, no="list_in_order")
        except Conflict:
            return False
        return True

    assert sorted(at_once(act, 4)) == [False, False, False, True]


def test_a_late_answer_takes_the_decision_off_the_list(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    walk(runtime, clock, 50)
    answer(runtime, network_id)
    with runtime.database.read() as session:
        assert duties.waiting(session, [network_id]) == []
        network = networks.network(session, network_id)
        with pytest.raises(Conflict):
            duties.decide(session, network, keeps=False, account_id=1, now=clock.now())


def test_a_person_decides_and_may_change_their_mind(runtime: Runtime, network_id: int, clock: SetClock) -> None:
    walk(runtime, clock, 50)
    outcomes, states = [], []
    for keeps in (False, False, True, False, True, True):
        with runtime.database.write() as session:
            network = networks.network(session, network_id)
            outcomes.append(duties.decide(session, network, keeps=keeps, account_id=3, now=clock.now()))
            states.append(networks.state_of(session, network_id))
            assert duties.waiting(session, [network_id]) == []
    kept, rests = (CheckOutcome.KEPT, NetworkState.ACTIVE), (CheckOutcome.DORMANT, NetworkState.DORMANT)
    assert list(zip(outcomes, states, strict=True)) == [rests, rests, kept, rests, kept, kept]
    with runtime.database.read() as session:
        assert lifecycle.history(session, network_id)[1].reason == RestReason.CHECK_UNANSWERED


def test_nothing_to_decide_where_nothing_was_asked_or_another_reason_holds(runtime: Runtime, network_id: int) -> None:
    with runtime.database.write() as session:
        other = a_network(session, "Söder")
        with pytest.raises(NotFound):
            duties.decide(session, other, keeps=True, account_id=1, now=NOW)
        network = networks.network(session, network_id)
        lifecycle.rest(session, network, RestReason.PAUSED, account_id=1, now=runtime.clock.now())
        with pytest.raises(Refused):
            duties.decide(session, network, keeps=True, account_id=1, now=runtime.clock.now())


# ------------------------------------------------------------------------------------------------ vacancies


def test_what_a_vanished_contact_person_leaves_goes_to_the_next_who_is_told_once(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_living_network(session)
        lead, _ = networks.contact_persons(session, network.id or 0)
    rounds.plan_duties(runtime)
    with runtime.database.write() as session:
        networks.end_roles_of(session, lead.person_id, because="left", now=NOW)
    assert [rounds.keep_vacancies(runtime) for _ in range(2)] == [1, 0]
    ((_, body),) = told(runtime, NoticeKind.INVITATION)
    assert body.startswith("Ett kontaktombud i Nyby har slutat.")


def test_nothing_is_left_to_do_in_a_network_that_has_ended(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_living_network(session)
        duties.note_newcomer(session, network.id or 0, None, "Hus 7", key="", due_on=NOW.date(), now=NOW)
    rounds.plan_duties(runtime)
    assert rounds.keep_vacancies(runtime) == 0
    with runtime.database.write() as session:
        networks.enter_state(session, network, NetworkState.ENDED, now=NOW, reason="wish")
    assert [rounds.keep_vacancies(runtime) for _ in range(2)] == [7, 0]
    with runtime.database.read() as session:
        assert {(task.closed_because, task.label) for task in session.exec(select(Task))} == {("not_active", None)}


def test_a_household_that_nothing_reaches_any_more_is_asked_once(runtime: Runtime) -> None:
    """Its contact person gets a task without the address; it closes by itself when the household is reached again."""
    with runtime.database.write() as session:
        network = a_living_network(session)
        person = a_person(session, sms=a_phone(5), email=a_mailbox(5))
        assigned = networks.assign_to_fewest(session, a_household(session, network, person), now=NOW)
        assert assigned is not None
        rows = people.addresses_of(session, person.id or 0)
        people.mark_dead(session, [rows[0].id or 0], code="5.1.1", now=NOW)
    assert rounds.ask_the_lost(runtime) == 0  # the other still reaches them
    with runtime.database.write() as session:
        people.mark_dead(session, [rows[1].id or 0], code="30005", now=NOW)
    assert [rounds.ask_the_lost(runtime) for _ in range(3)] == [1, 0, 0]
    with runtime.database.write() as session:
        task = session.exec(select(Task).where(Task.kind == TaskKind.ASK_AGAIN)).one()
        assert (task.contact_person_id, task.label, task.closed_at) == (assigned.id, None, None)
        people.add_address(session, person, ChannelKind.SMS, a_phone(6), now=NOW)
    assert [rounds.ask_the_lost(runtime) for _ in range(2)] == [1, 0]
    with runtime.database.read() as session:
        assert session.exec(select(Task.closed_because).where(Task.kind == TaskKind.ASK_AGAIN)).one() == "reached"


def test_who_has_stopped_is_not_asked(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_living_network(session)
        person = a_person(session, email=a_mailbox(5))
        networks.assign_to_fewest(session, a_household(session, network, person), now=NOW)
        (address,) = people.addresses_of(session, person.id or 0)
        people.mark_dead(session, [address.id or 0], code="5.1.1", now=NOW)
        people.stop(session, ChannelKind.EMAIL, address.lookup, source="link", now=NOW)
    assert rounds.ask_the_lost(runtime) == 0


def test_the_rounds_are_on_the_timetable() -> None:
    assert {"plan_duties", "keep_checks", "keep_vacancies", "ask_the_lost"} <= {entry.name for entry in TIMETABLE}


def test_members_from_a_list_are_welcomed_when_it_can_no_longer_be_taken_back(
    runtime: Runtime, clock: SetClock
) -> None:
    """Once, in the daytime, and only those who are still there; after that nothing says that they came by a list."""
    home = a_home(runtime.database)
    with_stop = (*anna(3)[:3], "", *anna(3)[4:])
    made = home.take_in(home.bring(anna(0), anna(1), anna(2, agreed=False), with_stop)) or []
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(3))
        people.stop(session, ChannelKind.SMS, lookup, source="reply", now=clock.now())
        membership.leave(session, session.get_one(Household, made[1]), now=clock.now())
    clock.advance(DAY - timedelta(seconds=1))
    assert rounds.welcome_imported(runtime) == 0
    clock.advance(timedelta(hours=9))  # in the evening
    assert rounds.welcome_imported(runtime) == 0
    clock.advance(timedelta(hours=11))
    assert rounds.welcome_imported(runtime) == 3
    assert rounds.welcome_imported(runtime) == 0
    with runtime.database.read() as session:
        told = session.exec(select(Notice)).all()
        assert {(row.kind, row.about) for row in told} == {(NoticeKind.WELCOME, f"household:{made[0]}")}
        assert len(told) == 2
        assert [row.has_consent for row in session.exec(select(ImportedRow).where(ImportedRow.number > 0))] == [False]
