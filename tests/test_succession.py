"""A network merges, splits or ends: nothing of it is left under way, nobody is forgotten, and the past stays."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from grannsamverkan import flow, succession
from grannsamverkan.domain import accounts, alerts, duties, lifecycle, membership, networks, notices, people, signs
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.duties import TaskKind
from grannsamverkan.domain.lifecycle import EndReason, MeetingDraft, MeetingKind, MeetingState, Moved
from grannsamverkan.domain.membership import Choices, Enrolment, JoinRequest, Place, RequestState
from grannsamverkan.domain.networks import (
    ContactRole,
    Household,
    NetworkKind,
    NetworkState,
    Shows,
    ToNeighbours,
    Unit,
    UnitKind,
)
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.domain.signs import OrderReason, OrderState, OwnerKind, Wanted
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.web import reach
from tests.support.at_once import at_once
from tests.support.builders import HOOR, NOW, a_network, a_person, a_phone, a_started_alert, an_approved_alert

DAY = timedelta(days=1)
SOON = NOW + 7 * DAY


class Street:
    """A network of two streets, with everything under way that a network can have. Ids are those of before."""

    def __init__(self, session: Session, name: str = "Västra") -> None:
        self.network = a_network(session, name, dwellings=30)
        self.id = self.network.id or 0
        self.oak, self.birch = (
            networks.add_unit(session, self.network, UnitKind.STREET, street) for street in ("Ekvägen", "Björkvägen")
        )
        self.oak.dwellings, self.birch.dwellings = 12, 18
        self.contact = a_person(session, sms=a_phone(10))
        self.contact.name = "Åsa"
        self.role = networks.add_contact_person(
            session, self.network, self.contact.id or 0, ContactRole.CONTACT_PERSON, now=NOW, unit=self.oak
        )
        self.neighbours = [self._neighbour(session, number, unit) for number, unit in enumerate((self.oak, self.birch))]
        self._under_way(session)

    def _neighbour(self, session: Session, number: int, unit: Unit) -> Household:
        person = a_person(session, sms=a_phone(number))
        choices = Choices(Shows.NAME, f"Hus {number}")
        place = Place(self.id, unit.id)
        household = membership.let_in(session, person, place, choices, networks.JoinedBy.SLIP, now=NOW)
        household.to_neighbours = ToNeighbours.NAME
        return household

    def _under_way(self, session: Session) -> None:
        self.waiting = a_person(session, sms=a_phone(20))
        membership.ask_to_be_let_in(
            session, self.waiting, Place(self.id, self.oak.id), Choices(Shows.NAME, "Hus 9"), now=NOW
        )
        self.batch = membership.make_batch(session, self.network, self.oak, slips=5, days=90, account_id=1, now=NOW)
        self.whole_batch = membership.make_batch(session, self.network, None, slips=5, days=90, account_id=1, now=NOW)
        address = membership.begin(
            session, b"form", Place(self.id, self.oak.id), HOOR, ChannelKind.SMS, a_phone(21), now=NOW
        )
        membership.confirm(session, b"form", address.lookup, now=NOW)
        day = NOW.date()
        for kind, role_id, unit_id in (
            (TaskKind.INFORM, self.role.id, None),
            (TaskKind.NEWCOMER, None, self.oak.id),
            (TaskKind.NEWCOMER, None, self.birch.id),
            (TaskKind.FILL_VACANCY, None, None),
        ):
            duties.open_task(
                session,
                self.id,
                kind,
                round=duties.round_of(day),
                due_on=day,
                now=NOW,
                contact_person_id=role_id,
                unit_id=unit_id,
                label="Hus 4" if kind is TaskKind.NEWCOMER else None,
            )
        self.meeting = lifecycle.plan_meeting(
            session, self.network, MeetingDraft(MeetingKind.YEARLY, SOON, 90, "Skolan"), now=NOW
        )
        self.meeting.invited_at = NOW
        self._interest(session)
        self._signs(session)

    def _interest(self, session: Session) -> None:
        self.interested = a_person(session, sms=a_phone(22))
        row = lifecycle.tell_interest(
            session, HOOR, self.interested.id or 0, NetworkKind.VILLA, "Ekvägen", wants_to_help=True, now=NOW
        )
        row.confirmed_at = NOW
        lifecycle.put_to_network([row], self.id)

    def _signs(self, session: Session) -> None:
        owner = signs.add_owner(
            session, self.network, "Samfälligheten", OwnerKind.COMMUNITY_ASSOCIATION, contact="", approved_on=NOW.date()
        )
        place = signs.add_place(session, self.network, "Infarten", owner.id)
        place.put_up_on = NOW.date()
        for state in (OrderState.ASKED, OrderState.DELIVERED):
            wanted = Wanted(3, 0, OrderReason.NEW, (place.id or 0,), True, True, None)
            row = signs.ask_for(session, self.network, wanted, account_id=1, now=NOW)
            row.state = state


def visits(session: Session, network_id: int) -> list[duties.Task]:
    """Newcomers of the network who wait for a visit."""
    rows = select(duties.Task).where(
        duties.Task.network_id == network_id,
        duties.Task.kind == TaskKind.NEWCOMER,
        col(duties.Task.closed_at).is_(None),
    )
    return list(session.exec(rows))


def said_to(session: Session) -> dict[str, list[str]]:
    """The messages that wait, by phone; codes left out."""
    found: dict[str, list[str]] = {}
    rows = session.exec(
        select(ContactAddress, Notice).join(Notice, col(Notice.address_id) == col(ContactAddress.id))
    ).all()
    for address, notice in rows:
        if notice.kind is not notices.NoticeKind.CODE:
            found.setdefault(address.value, []).append(notice.body)
    return found


# -------------------------------------------------------------------------------------------------------------- merge


def merged(runtime: Runtime) -> tuple[Moved, int]:
    with runtime.database.write() as session:
        street, into = Street(session), a_network(session, "Nyby", dwellings=100)
        return succession.merge(runtime, session, street.network, into, account_id=1), into.id or 0


def test_everything_under_way_follows_into_the_other_network(runtime: Runtime) -> None:
    moved, into_id = merged(runtime)
    with runtime.database.read() as session:
        units = {name: unit_id for unit_id, name in networks.unit_names(session, [into_id]).items()}
        assert set(units) == {"Ekvägen", "Björkvägen"}
        (asked,) = membership.requests(session, [into_id])
        assert asked.unit_id == units["Ekvägen"]
        assert [
            (batch.unit_id, membership.is_usable(batch, NOW)) for batch in membership.batches(session, into_id)
        ] == [
            (None, True),
            (units["Ekvägen"], True),
        ]
        form = session.get(Enrolment, b"form")
        assert form is not None
        assert (form.network_id, form.unit_id) == (into_id, units["Ekvägen"])
        assert len(visits(session, into_id)) == 2
        (role,) = networks.contact_persons(session, into_id)
        (task,) = duties.tasks_of(session, role.person_id, month_begins=duties.month_begins(NOW.date()))
        assert (task.kind, task.network_id) == (TaskKind.INFORM, into_id)
        assert duties.waiting(session, [moved.from_id, into_id]) == []
        assert [row.uid for row in lifecycle.planned_meetings(session, into_id)]
        assert len(lifecycle.interested_in(session, into_id)) == 1
        assert [row.state for row in signs.orders(session, [into_id])] == [OrderState.ASKED]
        assert [row.state for row in signs.orders(session, [moved.from_id])] == [OrderState.DELIVERED]
        assert len(signs.places_of(session, into_id)) == 1
        assert len(signs.owners(session, into_id)) == 1
        into = networks.network(session, into_id)
        assert into.dwellings == 130
        said = said_to(session)
        assert set(said) == {a_phone(0), a_phone(1)}
        assert "heter nu Nyby" in said[a_phone(0)][0]


def test_what_a_household_showed_its_neighbours_is_not_shown_to_others(runtime: Runtime) -> None:
    _, into_id = merged(runtime)
    with runtime.database.read() as session:
        assert {row.to_neighbours for row in networks.living_households(session, into_id)} == {ToNeighbours.NOTHING}
        assert {row.shows for row in networks.living_households(session, into_id)} == {Shows.NAME}


def test_a_slip_and_a_form_of_the_old_network_lead_on(runtime: Runtime) -> None:
    moved, into_id = merged(runtime)
    with runtime.database.write() as session:
        assert membership.joinable(session, moved.from_id).id == into_id
        joined = membership.finish(session, b"form", Choices(), now=NOW)
        assert (joined.network_id, joined.outcome) == (into_id, membership.JoinOutcome.WAITING)
        batch = membership.batches(session, into_id)[1]
        place = Place(batch.network_id, batch.unit_id, batch.id)
        address = membership.begin(session, b"slip", place, HOOR, ChannelKind.SMS, a_phone(30), now=NOW)
        membership.confirm(session, b"slip", address.lookup, now=NOW)
        assert membership.finish(session, b"slip", Choices(), now=NOW).outcome is membership.JoinOutcome.JOINED


def test_whoever_waits_and_is_in_the_other_network_already_waits_no_more(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        street, into = Street(session), a_network(session, "Nyby")
        membership.let_in(session, street.waiting, Place(into.id or 0), Choices(), networks.JoinedBy.WEB, now=NOW)
        succession.merge(runtime, session, street.network, into, account_id=1)
        (asked,) = session.exec(select(JoinRequest)).all()
        assert (asked.state, asked.label) == (RequestState.WITHDRAWN, None)


@pytest.mark.parametrize(("one", "other"), [(None, 100), (30, None)])
def test_dwellings_that_were_not_counted_are_not_made_up(sqlite_runtime: Runtime, one: int, other: int) -> None:
    with sqlite_runtime.database.write() as session:
        network, into = a_network(session, "Västra", dwellings=one), a_network(session, "Nyby", dwellings=other)
        succession.merge(sqlite_runtime, session, network, into, account_id=1)
        assert into.dwellings is None


# -------------------------------------------------------------------------------------------------------------- split


def split(runtime: Runtime) -> tuple[Moved, Street]:
    with runtime.database.write() as session:
        street = Street(session)
        moved = succession.split(runtime, session, street.network, "Östra", [street.oak.id or 0], account_id=1)
        return moved, street


def test_what_belongs_to_a_part_follows_it_and_the_rest_stays(runtime: Runtime) -> None:
    moved, street = split(runtime)
    with runtime.database.read() as session:
        fresh, old = moved.into_id, moved.from_id
        assert [len(membership.requests(session, [one])) for one in (fresh, old)] == [1, 0]
        assert [membership.batches(session, one)[0].unit_id for one in (fresh, old)] == [
            moved.unit(street.oak.id),
            None,
        ]
        assert [len(visits(session, one)) for one in (fresh, old)] == [1, 1]
        assert [len(lifecycle.planned_meetings(session, one)) for one in (fresh, old)] == [1, 1]
        assert lifecycle.planned_meetings(session, fresh)[0].invited_at == NOW
        assert [len(lifecycle.interested_in(session, one)) for one in (fresh, old)] == [0, 1]
        assert [len(signs.owners(session, one)) for one in (fresh, old)] == [1, 1]
        assert [len(signs.places_of(session, one)) for one in (fresh, old)] == [0, 1]
        assert [networks.network(session, one).dwellings for one in (fresh, old)] == [12, 18]
        assert [unit.name for unit in networks.units(session, old)] == ["Björkvägen"]
        assert [row.to_neighbours for row in networks.living_households(session, fresh)] == [ToNeighbours.NAME]
        assert set(said_to(session)) == {a_phone(0)}


def test_a_building_and_its_stairwells_are_counted_once(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.database.write() as session:
        network = a_network(session, kind=NetworkKind.APARTMENT, dwellings=60)
        for name, own, parts in (("Hus 1", 20, (12, 8)), ("Hus 2", None, (9, 11)), ("Hus 3", 20, (None, 3))):
            building = networks.add_unit(session, network, UnitKind.BUILDING, name)
            building.dwellings = own
            for letter, number in zip("AB", parts, strict=True):
                networks.add_unit(session, network, UnitKind.STAIRWELL, letter, parent=building).dwellings = number
        units = {unit.name: unit.id or 0 for unit in networks.units(session, network.id or 0) if not unit.parent_id}
        chosen = [units["Hus 1"], units["Hus 2"]]
        moved = succession.split(sqlite_runtime, session, network, "Östra", chosen, account_id=1)
        assert networks.network(session, moved.into_id).dwellings == 40
        assert network.dwellings == 20


def test_parts_that_nobody_counted_leave_both_to_be_counted(sqlite_runtime: Runtime) -> None:
    with sqlite_runtime.database.write() as session:
        network = a_network(session, dwellings=60)
        first, second = (networks.add_unit(session, network, UnitKind.STREET, name) for name in ("Ek", "Al"))
        first.dwellings = 10
        networks.add_unit(session, network, UnitKind.STREET, "Asp")
        moved = succession.split(
            sqlite_runtime, session, network, "Östra", [first.id or 0, second.id or 0], account_id=1
        )
        assert networks.network(session, moved.into_id).dwellings is None
        assert network.dwellings is None


# ---------------------------------------------------------------------------------------------------------------- end


def ended(runtime: Runtime) -> Street:
    with runtime.database.write() as session:
        street = Street(session)
        training = lifecycle.plan_training(
            session, HOOR, starts_at=SOON, minutes=60, place="Polishuset", is_online=False, now=NOW
        )
        lifecycle.seat(session, training, [street.contact.id or 0], now=NOW)
        succession.end(runtime, session, street.network, EndReason.WISH, account_id=1)
        return street


def test_nothing_of_an_ended_network_is_left_under_way(runtime: Runtime) -> None:
    street = ended(runtime)
    with runtime.database.read() as session:
        assert networks.state_of(session, street.id) is NetworkState.ENDED
        assert networks.living_households(session, street.id) == []
        assert networks.contact_persons(session, street.id) == []
        assert membership.requests(session, [street.id]) == []
        assert not any(membership.is_usable(batch, NOW) for batch in membership.batches(session, street.id))
        assert visits(session, street.id) == duties.waiting(session, [street.id]) == []
        assert [row.label for row in session.exec(select(duties.Task))] == [None] * 4
        assert [row.state for row in lifecycle.meetings(session, street.id)] == [MeetingState.CANCELLED]
        assert {row.state for row in signs.orders(session, [street.id])} == {OrderState.DECLINED, OrderState.DELIVERED}
        assert signs.standing_signs(session, street.id) == 1
        assert lifecycle.interests(session, [HOOR], only_waiting=True)[0].network_id is None
        assert lifecycle.seats(session, lifecycle.trainings(session, [HOOR])[0]) == []


def test_everybody_concerned_is_told_once_and_all_of_it(runtime: Runtime) -> None:
    ended(runtime)
    with runtime.database.read() as session:
        said = said_to(session)
        assert {phone: len(texts) for phone, texts in said.items()} == dict.fromkeys(
            (a_phone(number) for number in (0, 1, 10, 20, 22)), 1
        )
        neighbour, contact, waiting, interested = (said[a_phone(number)][0] for number in (0, 10, 20, 22))
        assert "inga fler varningar" in neighbour
        assert "möten är inställda" in neighbour
        assert "raderade" in neighbour
        assert "Tack för allt" in contact
        assert "utbildningen är avbokad" in contact
        assert "raderade" not in contact  # the municipality keeps a contact person's name for a while
        assert "kan inte gå med" in waiting
        assert "raderade" in waiting
        assert "kvar din anmälan" in interested


def test_whoever_lives_elsewhere_too_is_told_but_not_erased(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        street, other = Street(session), a_network(session, "Nyby")
        (person_id,) = networks.people_of(session, [street.neighbours[0].id or 0])
        person = session.get(Person, person_id)
        assert person is not None
        membership.let_in(session, person, Place(other.id or 0), Choices(), networks.JoinedBy.WEB, now=NOW)
        succession.end(runtime, session, street.network, EndReason.WISH, account_id=1)
    with runtime.database.read() as session:
        (text,) = said_to(session)[a_phone(0)]
        assert "avslutad" in text
        assert "raderade" not in text
        assert people.confirmed_addresses(session, [person_id])


def test_nobody_is_told_over_a_channel_they_have_given_up(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        street = Street(session)
        (person_id,) = networks.people_of(session, [street.neighbours[0].id or 0])
        people.withdraw(session, person_id, ChannelKind.SMS, now=NOW)
        succession.end(runtime, session, street.network, EndReason.WISH, account_id=1)
        assert a_phone(0) not in said_to(session)


# -------------------------------------------------------------------------------- warnings on their way, and those sent


def test_a_warning_on_its_way_is_waited_for(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        street, into = Street(session), a_network(session, "Nyby")
    an_approved_alert(runtime, street.id)
    with runtime.database.write() as session:
        network = networks.network(session, street.id)
        other = networks.network(session, into.id or 0)
        for act in (
            lambda: succession.merge(runtime, session, network, other, account_id=1),
            lambda: succession.merge(runtime, session, other, network, account_id=1),
            lambda: succession.split(runtime, session, network, "Östra", [street.oak.id or 0], account_id=1),
            lambda: succession.end(runtime, session, network, EndReason.WISH, account_id=1),
        ):
            with pytest.raises(Refused, match="warning_on_its_way"):
                act()


def test_no_warning_is_approved_to_a_network_that_has_ended_meanwhile(sqlite_runtime: Runtime) -> None:
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        street = Street(session)
        alert = a_started_alert(session, street.id)
        alert_id, author_id = alert.id or 0, alert.author_account_id
    checked = flow.check_alert(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        network = networks.network(session, street.id)
        succession.end(runtime, session, network, EndReason.WISH, account_id=1)
    with pytest.raises(Conflict, match="network_not_active"):
        flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author_id, content=checked.content)


@pytest.mark.parametrize("way", ["merge", "split"])
def test_a_contact_person_still_reads_what_was_sent_before(runtime: Runtime, clock: SetClock, way: str) -> None:
    with runtime.database.write() as session:
        street, into = Street(session), a_network(session, "Nyby")
        draft = AccountDraft("asa", "en lampa i varje fönster", Role.CONTACT_PERSON, person_id=street.contact.id)
        account_id = accounts.add_account(session, draft, NOW, passwords=CHEAP).id or 0
    before = an_approved_alert(runtime, street.id)
    clock.advance(timedelta(minutes=5))
    drain(runtime)
    with runtime.database.write() as session:
        network = networks.network(session, street.id)
        if way == "merge":
            succession.merge(runtime, session, network, networks.network(session, into.id or 0), account_id=1)
        else:
            succession.split(runtime, session, network, "Östra", [street.oak.id or 0], account_id=1)
    clock.advance(timedelta(minutes=5))
    after = an_approved_alert(runtime, street.id) if way == "split" else None
    with runtime.database.read() as session:
        actor = accounts.actor(session, accounts.account(session, account_id))
        assert [row.id for row in reach.alerts_of(session, actor)] == [before]
        assert alerts.places_of(session, before) == ["Västra"]
        sent = alerts.alert(session, before)
        assert street.id in (reach.own_networks(session, actor, sent) or ())
        if after is not None:
            assert street.id not in (reach.own_networks(session, actor, alerts.alert(session, after)) or ())


# --------------------------------------------------------------------------------------------------- at the same time


def test_two_who_end_a_network_at_once_end_it_once(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        street_id = Street(session).id

    def end() -> str:
        try:
            with runtime.database.write() as session:
                network = networks.network(session, street_id)
                succession.end(runtime, session, network, EndReason.WISH, account_id=1)
        except Refused as refused:
            return refused.code
        return "ended"

    assert sorted(at_once(end, 2)) == ["ended", "has_ended"]
    with runtime.database.read() as session:
        assert {len(texts) for texts in said_to(session).values()} == {1}


def test_nobody_joins_a_network_in_the_moment_it_ends(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        street_id = Street(session).id
    acts = iter((True, False))

    def act() -> str:
        is_ending = next(acts)
        try:
            with runtime.database.write() as session:
                network = networks.network(session, street_id)
                if is_ending:
                    succession.end(runtime, session, network, EndReason.WISH, account_id=1)
                else:
                    person = people.add_person(session, HOOR, now=NOW)
                    membership.let_in(session, person, Place(street_id), Choices(), networks.JoinedBy.SLIP, now=NOW)
        except Refused as refused:
            return refused.code
        return "done"

    assert set(at_once(act, 2)) <= {"done", "network_ended"}
    with runtime.database.read() as session:
        assert networks.living_households(session, street_id) == []


def test_two_networks_merged_into_each_other_at_once_leave_one(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        ids = [a_network(session, name).id or 0 for name in ("Norra", "Södra")]
    ways = iter((ids, ids[::-1]))

    def merge() -> str:
        one, other = next(ways)
        try:
            with runtime.database.write() as session:
                network, into = networks.network(session, one), networks.network(session, other)
                succession.merge(runtime, session, network, into, account_id=1)
        except Refused as refused:
            return refused.code
        return "merged"

    assert sorted(at_once(merge, 2)) == ["has_ended", "merged"]
    with runtime.database.read() as session:
        assert len({networks.successor(session, one).id for one in ids}) == 1
