"""Tasks: opened once whoever opens them together, passed on with their role, and seen by those they are for."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from grannsamverkan.domain import duties, networks
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.domain.networks import ContactPerson, ContactRole, NetworkKind, NetworkState, UnitKind, WatchNetwork
from grannsamverkan.foundation.database import Database
from tests.support.at_once import at_once
from tests.support.builders import HOOR, NOW, a_network, a_person

DUE = date(2026, 3, 31)
DAY = timedelta(days=1)


def a_role(
    session: Session, network: WatchNetwork, role: ContactRole = ContactRole.CONTACT_PERSON, *, unit: str = ""
) -> ContactPerson:
    found = next((one for one in networks.units(session, network.id or 0) if one.name == unit), None)
    return networks.add_contact_person(session, network, a_person(session).id or 0, role, now=NOW, unit=found)


def a_house(session: Session) -> WatchNetwork:
    """Apartments with the stairwells A, B and C."""
    network = a_network(session, "Linden", kind=NetworkKind.APARTMENT)
    house = networks.add_unit(session, network, UnitKind.BUILDING, "Hus 1")
    for name in "ABC":
        networks.add_unit(session, network, UnitKind.STAIRWELL, name, parent=house)
    return network


def unit_id(session: Session, network: WatchNetwork, name: str) -> int:
    return next(one.id or 0 for one in networks.units(session, network.id or 0) if one.name == name)


def opened(
    session: Session,
    network_id: int,
    kind: TaskKind = TaskKind.FILL_VACANCY,
    *,
    contact_person_id: int | None = None,
    unit_id: int | None = None,
) -> Task:
    return duties.open_task(
        session,
        network_id,
        kind,
        round="2026-03",
        due_on=DUE,
        now=NOW,
        contact_person_id=contact_person_id,
        unit_id=unit_id,
    )


@pytest.mark.parametrize("column", [None, "contact_person_id", "unit_id"])
def test_the_same_task_opened_by_many_at_once_is_one(database: Database, column: str | None) -> None:
    """Also where it is for nobody in particular, or for a part: empty columns are all different to a database."""
    with database.write() as session:
        network = a_house(session)
        network_id = network.id or 0
        role, unit = a_role(session, network).id or 0, unit_id(session, network, "A")
    contact, part = role if column == "contact_person_id" else None, unit if column == "unit_id" else None

    def act() -> int:
        with database.write() as session:
            return opened(session, network_id, contact_person_id=contact, unit_id=part).id or 0

    assert len(set(at_once(act, 8))) == 1
    with database.read() as session:
        assert len(session.exec(select(Task)).all()) == 1


def test_the_same_kind_for_others_and_in_another_round_is_another_task(database: Database) -> None:
    with database.write() as session:
        network = a_house(session)
        first, second = a_role(session, network), a_role(session, network)
        ids = {
            opened(session, network.id or 0).id,
            opened(session, network.id or 0, contact_person_id=first.id or 0).id,
            opened(session, network.id or 0, contact_person_id=second.id or 0).id,
            opened(session, network.id or 0, unit_id=unit_id(session, network, "A")).id,
            opened(session, network.id or 0, kind=TaskKind.INFORM).id,
        }
        assert len(ids) == 5


def test_two_clocks_at_once_plan_the_month_once(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        for _ in range(5):
            a_role(session, network)

    def act() -> int:
        with database.write() as session:
            return len(duties.plan_month(session, NOW.date(), now=NOW))

    assert sum(at_once(act, 4)) >= 5
    with database.read() as session:
        assert len(session.exec(select(Task)).all()) == 5 * 3  # inform, list and, in March, signs


def test_whoever_carries_two_roles_has_the_month_once_and_deputies_only_where_nobody_leads(database: Database) -> None:
    with database.write() as session:
        network, other = a_network(session), a_network(session, "Söder")
        person = a_person(session).id or 0
        for role in (ContactRole.LEAD, ContactRole.CONTACT_PERSON):
            networks.add_contact_person(session, network, person, role, now=NOW)
        a_role(session, network, ContactRole.DEPUTY)
        alone = a_role(session, other, ContactRole.DEPUTY)
        a_role(session, a_network(session, "Väster", state=NetworkState.DORMANT))
        told = duties.plan_month(session, NOW.date(), now=NOW)
        assert [(role.network_id, role.person_id) for role in told] == [
            (network.id, person),
            (other.id, alone.person_id),
        ]
        assert duties.plan_month(session, NOW.date() + DAY, now=NOW) == []


def test_what_comes_every_month_does_not_pile_up(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        role = a_role(session, network)
        check = duties.open_task(
            session,
            network.id or 0,
            TaskKind.LIST_CHECK,
            round="check-2026",
            due_on=DUE,
            now=NOW,
            contact_person_id=role.id,
        )
        for month in (3, 4, 5):
            assert len(duties.plan_month(session, date(2026, month, 1), now=NOW)) == 1
        open_ones = duties.tasks_of(session, role.person_id, month_begins=date(2026, 5, 1))
        assert sorted((task.kind, task.round) for task in open_ones) == [
            (TaskKind.INFORM, "2026-05"),
            (TaskKind.LIST_CHECK, "2026-05"),
            (TaskKind.LIST_CHECK, "check-2026"),
            (TaskKind.SIGNS_CHECK, "2026-03"),
        ]
        assert check.closed_at is None
        lapsed = session.exec(select(Task).where(Task.closed_because == "lapsed")).all()
        assert sorted(task.round for task in lapsed) == ["2026-03", "2026-03", "2026-04", "2026-04"]


def test_what_is_closed_can_be_opened_again_and_stays_listed_this_month(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        role = a_role(session, network)
        duties.plan_month(session, NOW.date(), now=NOW)
        first = duties.tasks_of(session, role.person_id, month_begins=date(2026, 3, 1))[0]
        duties.close_task(first, account_id=7, now=NOW)
        duties.close_task(first, account_id=8, now=NOW + DAY)
        assert (first.closed_by, first.closed_at) == (7, NOW)
        assert first in duties.tasks_of(session, role.person_id, month_begins=date(2026, 3, 1))
        assert first not in duties.tasks_of(session, role.person_id, month_begins=date(2026, 4, 1))
        duties.open_again(first)
        assert first in duties.tasks_of(session, role.person_id, month_begins=date(2026, 4, 1))


def test_tasks_go_with_the_role_to_whoever_follows_and_are_not_doubled(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        first, deputy = a_role(session, network), a_role(session, network, ContactRole.DEPUTY)
        duties.plan_month(session, NOW.date(), now=NOW)
        opened(session, network.id or 0, kind=TaskKind.INFORM, contact_person_id=deputy.id or 0)
        successor = networks.end_role(session, first, because="wish", now=NOW)
        assert successor is not None
        assert successor.id == deputy.id
        assert duties.pass_on(session, first, successor, now=NOW) == 2
        theirs = duties.tasks_of(session, deputy.person_id, month_begins=date(2026, 3, 1))
        assert sorted(task.kind for task in theirs) == [TaskKind.INFORM, TaskKind.LIST_CHECK, TaskKind.SIGNS_CHECK]
        doubled = session.exec(select(Task).where(Task.closed_because == "passed_on")).one()
        assert doubled.kind is TaskKind.INFORM


def test_tasks_that_nobody_could_take_wait_for_the_next(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        first = a_role(session, network)
        duties.plan_month(session, NOW.date(), now=NOW)
        assert networks.end_role(session, first, because="died", now=NOW) is None
        assert duties.pass_on_orphans(session, now=NOW) == []
        fresh = a_role(session, network)
        assert [(old.id, new.id) for old, new in duties.pass_on_orphans(session, now=NOW)] == [(first.id, fresh.id)]
        assert duties.pass_on_orphans(session, now=NOW) == []
        assert len(duties.tasks_of(session, fresh.person_id, month_begins=date(2026, 3, 1))) == 3


# ------------------------------------------------------------------------------------------------ vacancies


def vacancies(session: Session) -> list[Task]:
    return [task for task in duties.waiting(session, range(1, 99)) if task.kind is TaskKind.FILL_VACANCY]


def test_a_network_that_loses_its_last_contact_person_becomes_a_task_until_somebody_is_found(
    database: Database,
) -> None:
    with database.write() as session:
        network = a_network(session)
        a_network(session, "Vilar", state=NetworkState.DORMANT)
        role = a_role(session, network)
        assert duties.keep_vacancies(session, due_on=DUE, now=NOW) == (0, 0)
        networks.end_roles_of(session, role.person_id, because="left", now=NOW)
        assert duties.keep_vacancies(session, due_on=DUE, now=NOW) == (1, 0)
        assert duties.keep_vacancies(session, due_on=DUE, now=NOW + DAY) == (0, 0)
        assert [task.network_id for task in vacancies(session)] == [network.id]
        a_role(session, network)
        assert duties.keep_vacancies(session, due_on=DUE, now=NOW) == (0, 1)
        assert vacancies(session) == []


def test_vacant_again_on_the_same_day_is_a_vacancy_again(database: Database) -> None:
    with database.write() as session:
        network_id = a_network(session).id or 0
        for _ in range(2):
            duties.open_vacancy(session, network_id, due_on=DUE, now=NOW)
            assert len(vacancies(session)) == 1
            duties.close_open(session, network_id, TaskKind.FILL_VACANCY, account_id=1, now=NOW, because="filled")
            assert vacancies(session) == []


def test_two_clocks_at_once_make_one_vacancy(database: Database) -> None:
    with database.write() as session:
        a_network(session)

    def act() -> tuple[int, int]:
        with database.write() as session:
            return duties.keep_vacancies(session, due_on=DUE, now=NOW)

    at_once(act, 6)
    with database.read() as session:
        assert len(session.exec(select(Task)).all()) == 1


# ------------------------------------------------------------------------------------------------ newcomers


def a_newcomer(session: Session, network: WatchNetwork, unit: str, label: str, key: str = "") -> Task:
    part = networks.unit_of(session, network.id or 0, unit_id(session, network, unit) if unit else None)
    return duties.note_newcomer(session, network.id or 0, part, label, key=key, due_on=DUE, now=NOW)


def seen(session: Session, network: WatchNetwork, role: ContactPerson) -> set[str | None]:
    return {task.label for task in duties.newcomers_for(session, network.id or 0, role.person_id)}


def test_newcomers_are_for_those_who_look_after_their_part(database: Database) -> None:
    with database.write() as session:
        network = a_house(session)
        in_a, in_b = a_role(session, network, unit="A"), a_role(session, network, ContactRole.DEPUTY, unit="B")
        spare = a_role(session, network, ContactRole.DEPUTY, unit="A")
        a_newcomer(session, network, "A", "1101")
        a_newcomer(session, network, "B", "1201")
        a_newcomer(session, network, "C", "1301")  # nobody's part, so everybody's
        a_newcomer(session, network, "", "vet inte")
        assert seen(session, network, in_a) == {"1101", "1301", "vet inte"}
        assert seen(session, network, in_b) == {"1201"}  # B has nobody else
        assert seen(session, network, spare) == set()
        everything = {"1101", "1201", "1301", "vet inte"}
        assert seen(session, network, a_role(session, network, unit="Hus 1")) == everything
        assert seen(session, network, a_role(session, network)) == everything
        assert seen(session, network, a_role(session, network, ContactRole.LEAD, unit="A")) == everything
        other = a_role(session, a_network(session, "Söder"))
        assert seen(session, network, other) == set()
        networks.end_role(session, in_a, because="wish", now=NOW)
        assert seen(session, network, in_a) == set()
        assert seen(session, network, in_b) == set()  # by now others look after the whole network


def test_where_there_are_only_deputies_they_go(database: Database) -> None:
    with database.write() as session:
        network = a_house(session)
        in_a, for_all = (a_role(session, network, ContactRole.DEPUTY, unit=unit) for unit in ("A", ""))
        for unit, label in (("A", "1101"), ("B", "1201"), ("", "vet inte")):
            a_newcomer(session, network, unit, label)
        assert seen(session, network, in_a) == {"1101"}
        assert seen(session, network, for_all) == {"1101", "1201", "vet inte"}


def test_two_newcomers_in_the_same_second_are_two_and_one_form_sent_twice_is_one(database: Database) -> None:
    with database.write() as session:
        network = a_house(session)
        a_newcomer(session, network, "A", "1101")
        a_newcomer(session, network, "A", "1102")
        key = duties.form_key()
        for _ in range(2):
            a_newcomer(session, network, "A", "1103", key)
        a_newcomer(session, network, "A", "1104", "nonsense " * 9)
        assert len(session.exec(select(Task)).all()) == 4


def test_a_label_goes_when_its_task_is_closed_or_too_old(database: Database) -> None:
    with database.write() as session:
        network = a_house(session)
        visited, forgotten = a_newcomer(session, network, "A", "1101"), a_newcomer(session, network, "B", "1201")
        duties.close_task(visited, account_id=1, now=NOW)
        assert duties.forget_newcomers(session, HOOR, made_before=NOW, now=NOW + 60 * DAY) == 0
        assert duties.forget_newcomers(session, HOOR, made_before=NOW + DAY, now=NOW + 61 * DAY) == 1
        assert (visited.label, forgotten.label, forgotten.closed_because) == (None, None, "too_old")
    with database.read() as session:
        assert set(session.exec(select(col(Task.label)))) == {None}


# ------------------------------------------------------------------------------------------------ silence


def test_whoever_has_closed_nothing_for_months_is_silent(database: Database) -> None:
    with database.write() as session:
        network = a_network(session)
        quiet, busy, idle = (a_role(session, network) for _ in range(3))
        for role in (quiet, busy):
            for month in (3, 4, 5, 6, 7):
                made = NOW.replace(month=month)
                task = duties.open_task(
                    session,
                    network.id or 0,
                    TaskKind.INFORM,
                    round=f"2026-{month:02}",
                    due_on=made.date(),
                    now=made,
                    contact_person_id=role.id,
                )
                if month == 3 or (role is busy and month == 6):
                    duties.close_task(task, account_id=1, now=made + DAY)
        later = NOW.replace(month=8)
        session.flush()
        found = duties.silent_since(session, [network.id or 0], before=later - 120 * DAY)
        assert found == {quiet.id: NOW + DAY}
        assert duties.silent_in(session, [network.id or 0], before=later - 120 * DAY) == {network.id: 1}
        assert idle.id not in found
        assert duties.silent_since(session, [network.id or 0], before=NOW) == {}
