"""What is forgotten when, and what stays; and that the log is sealed and says so."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from grannsamverkan import flow, upkeep
from grannsamverkan.domain import alerts, audit, duties, membership, networks, people, places, receipts, targeting
from grannsamverkan.domain.accounts import SignInTry
from grannsamverkan.domain.alerts import AlertState
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.domain.deliveries import Batch, Delivery
from grannsamverkan.domain.duties import TaskKind
from grannsamverkan.domain.membership import ImportedRow, MemberImport
from grannsamverkan.domain.networks import ContactPerson, ContactRole, Household
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.domain.receipts import Receipt, ReplyRow
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.domain.membership.lists.conftest import a_home, anna
from tests.support.builders import (
    HOOR,
    NOW,
    a_household,
    a_mailbox,
    a_network,
    a_person,
    a_phone,
    a_started_alert,
    a_street,
    an_approved_alert,
    deliveries_of,
)

DAY = timedelta(days=1)


def closed_alert(runtime: Runtime) -> int:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    drain(runtime)
    for row in deliveries_of(runtime, alert_id):
        flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "SM1", "delivered", Said.DELIVERED))
    assert flow.close_alerts(runtime) == 1
    return alert_id


def left(runtime: Runtime, table: type) -> int:
    with runtime.database.read() as session:
        return len(session.exec(select(table)).all())


@pytest.mark.goal("P2")
def test_copies_are_forgotten_after_their_life_and_the_tally_stays(runtime: Runtime, clock: SetClock) -> None:
    alert_id = closed_alert(runtime)
    with runtime.database.read() as session:
        before = receipts.ledger(session, alert_id)
    clock.advance(30 * DAY)
    assert upkeep.forget(runtime)["copies"] == 0
    clock.advance(timedelta(seconds=1))
    assert upkeep.forget(runtime)["copies"] == 3 + 1 + 3 + 3
    for table in (Delivery, Batch, targeting.Audience, targeting.AudienceAddress, Receipt):
        assert left(runtime, table) == 0, table
    with runtime.database.read() as session:
        alert = alerts.alert(session, alert_id)
        assert alert.state is AlertState.CLOSED
        assert receipts.frozen(alert.tally or {}) == before
        assert alerts.published(session, alert.number or 0).sms_text
    assert upkeep.forget(runtime)["copies"] == 0


def test_an_alert_that_is_still_open_keeps_its_copies(runtime: Runtime, clock: SetClock) -> None:
    an_approved_alert(runtime, a_street(runtime, phones=2))
    drain(runtime)
    clock.advance(90 * DAY)
    upkeep.forget(runtime)
    assert left(runtime, Delivery) == 2


@pytest.mark.goal("P2")
def test_receipts_replies_tries_and_drafts_have_lives_of_their_own(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, phones=1)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    (row,) = deliveries_of(runtime, alert_id)
    flow.take_receipt(runtime, ProviderReceipt(row.id or 0, "SM1", "sent", Said.ON_ITS_WAY))
    with runtime.database.write() as session:
        a_started_alert(session, street)
        lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(0))
        receipts.note_reply(
            session, provider_id="SM2", channel=ChannelKind.SMS, lookup=lookup, reply="help", now=clock.now()
        )
        session.add(SignInTry(name_lookup=b"x", visitor_lookup=b"y", at=clock.now()))
    clock.advance(7 * DAY + timedelta(seconds=1))
    upkeep.forget(runtime)
    assert (left(runtime, SignInTry), left(runtime, Receipt), left(runtime, ReplyRow)) == (0, 1, 1)
    clock.advance(23 * DAY)
    gone = upkeep.forget(runtime)
    assert {kind: number for kind, number in gone.items() if number} == {"receipts": 1, "replies": 1, "drafts": 1}
    assert (left(runtime, Receipt), left(runtime, ReplyRow), left(runtime, alerts.Alert)) == (0, 0, 1)


def test_forgetting_is_an_act_of_the_clock_and_nothing_forgotten_is_none(runtime: Runtime, clock: SetClock) -> None:
    closed_alert(runtime)
    upkeep.forget(runtime)
    clock.advance(31 * DAY)
    upkeep.forget(runtime)
    upkeep.forget(runtime)
    with runtime.database.read() as session:
        (act,) = audit.history(session, "installation", 0)
        assert (act.account_id, act.act, act.at) == (None, "upkeep.forgot", clock.now())
        assert act.facts["copies"] == 10


def test_the_log_is_sealed_a_little_behind(runtime: Runtime, clock: SetClock) -> None:
    an_approved_alert(runtime, a_street(runtime, phones=1))
    rows = left(runtime, AuditEntry)
    assert rows >= 1
    assert upkeep.seal_audit(runtime) == 0
    clock.advance(timedelta(minutes=1, seconds=1))
    assert upkeep.seal_audit(runtime) == rows
    assert upkeep.seal_audit(runtime) == 0
    with runtime.database.read() as session:
        assert audit.whole(session) is None


@pytest.mark.goal("P2")
def test_an_address_that_said_stopp_is_deleted_after_two_weeks_and_stays_stopped(
    runtime: Runtime, clock: SetClock
) -> None:
    a_street(runtime, phones=2)
    with runtime.database.write() as session:
        first = session.exec(select(people.ContactAddress).order_by(col(people.ContactAddress.id))).first()
        assert first is not None
        lookup = first.lookup
        people.stop(session, ChannelKind.SMS, lookup, source="reply", now=clock.now())
    clock.advance(13 * DAY)
    upkeep.forget(runtime)
    assert left(runtime, people.ContactAddress) == 2
    clock.advance(2 * DAY)
    assert upkeep.forget(runtime)["stopped_addresses"] == 1
    assert left(runtime, people.ContactAddress) == 1
    with runtime.database.read() as session:
        assert people.stopped_since(session, ChannelKind.SMS, lookup) is not None


def test_what_a_list_says_of_others_is_forgotten_after_its_life(runtime: Runtime, clock: SetClock) -> None:
    home = a_home(runtime.database)
    home.take_in(home.bring(anna(0), anna(1, agreed=False)))
    clock.advance(30 * DAY - timedelta(seconds=1))
    assert upkeep.forget(runtime)["imported_rows"] == 0
    clock.advance(timedelta(seconds=1))
    assert upkeep.forget(runtime)["imported_rows"] == 2
    assert (left(runtime, ImportedRow), left(runtime, MemberImport), left(runtime, Household)) == (0, 0, 1)


def test_an_address_that_was_replaced_or_never_proved_is_forgotten(sqlite_runtime: Runtime, clock: SetClock) -> None:
    runtime = sqlite_runtime
    with runtime.database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        a_household(session, network, person)
        replaced = people.add_address(session, person, ChannelKind.SMS, a_phone(1), now=NOW)
        people.add_address(session, person, ChannelKind.EMAIL, a_mailbox(0), now=NOW, is_confirmed=False)
    clock.advance(10 * DAY)
    with runtime.database.write() as session:
        row = session.get(ContactAddress, replaced.id)
        assert row is not None
        people.retire_address(row, now=clock.now())
    assert upkeep.forget(runtime)["unproved_addresses"] == 1
    with runtime.database.read() as session:
        assert {row.value for row in session.exec(select(ContactAddress))} == {a_phone(0), a_phone(1)}
    clock.advance(3 * DAY)
    assert upkeep.forget(runtime)["unproved_addresses"] == 1
    with runtime.database.read() as session:
        assert [row.value for row in session.exec(select(ContactAddress))] == [a_phone(0)]


def a_contact_person(runtime: Runtime, name: str | None, *, lives_here: bool = False) -> int:
    """The id of somebody whom the office has written down as a contact person."""
    with runtime.database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        person.name = name
        if lives_here:
            a_household(session, network, person)
        networks.add_contact_person(session, network, person.id or 0, ContactRole.CONTACT_PERSON, now=NOW)
        return person.id or 0


def remembered(runtime: Runtime, person_id: int) -> tuple[str | None, int]:
    """The name, and how many addresses."""
    with runtime.database.read() as session:
        person = session.get(Person, person_id)
        assert person is not None
        addresses = session.exec(select(ContactAddress).where(ContactAddress.person_id == person_id)).all()
        return person.name, len(addresses)


@pytest.mark.parametrize("name", ["Ombud 1", None])
def test_a_contact_person_who_resigned_is_kept_as_long_as_the_municipality_says(
    sqlite_runtime: Runtime, clock: SetClock, name: str | None
) -> None:
    runtime, person_id = sqlite_runtime, a_contact_person(sqlite_runtime, name)
    with runtime.database.write() as session:
        places.set_rules(session, HOOR, places.Rules(contact_person_keep_days=10))
        networks.end_roles_of(session, person_id, because="wish", now=NOW)
    clock.advance(10 * DAY)
    assert upkeep.forget(runtime)["resigned"] == 0
    assert remembered(runtime, person_id) == (name, 1)
    clock.advance(timedelta(seconds=1))
    gone = upkeep.forget(runtime)
    assert (gone["resigned"], gone["leavers"]) == (1, 1)
    assert remembered(runtime, person_id) == (None, 0)
    assert upkeep.forget(runtime)["resigned"] == 0


def test_a_contact_person_who_resigned_and_stays_a_neighbour_loses_the_name_only(
    sqlite_runtime: Runtime, clock: SetClock
) -> None:
    runtime, person_id = sqlite_runtime, a_contact_person(sqlite_runtime, "Ombud 1", lives_here=True)
    with runtime.database.write() as session:
        networks.end_roles_of(session, person_id, because="wish", now=NOW)
    clock.advance(31 * DAY)
    assert [upkeep.forget(runtime)["resigned"] for _ in range(2)] == [1, 0]
    assert remembered(runtime, person_id) == (None, 1)


def test_whoever_leaves_after_resigning_is_forgotten_at_once(sqlite_runtime: Runtime, clock: SetClock) -> None:
    runtime, person_id = sqlite_runtime, a_contact_person(sqlite_runtime, "Ombud 1", lives_here=True)
    with runtime.database.write() as session:
        networks.end_roles_of(session, person_id, because="wish", now=NOW)
        (household,) = membership.households_of(session, person_id)
        membership.leave(session, household, now=NOW)
    assert upkeep.forget(runtime)["leavers"] == 1
    assert remembered(runtime, person_id) == (None, 0)


def test_closed_tasks_are_deleted_after_13_months_but_the_last_that_a_contact_person_has_done(
    runtime: Runtime, clock: SetClock
) -> None:
    person_id = a_contact_person(runtime, "Ombud 1")
    with runtime.database.write() as session:
        (role,) = session.exec(select(ContactPerson).where(ContactPerson.person_id == person_id))
        for number, because in enumerate(("done", "done", "lapsed", None)):
            task = duties.open_task(
                session,
                role.network_id,
                TaskKind.INFORM,
                round=f"2026-0{number + 1}",
                due_on=NOW.date(),
                now=NOW,
                contact_person_id=role.id,
            )
            if because:
                duties.close_task(task, account_id=None, now=NOW + timedelta(hours=number), because=because)
    clock.advance(396 * DAY)
    assert upkeep.forget(runtime)["tasks"] == 0
    clock.advance(timedelta(hours=3))
    assert upkeep.forget(runtime)["tasks"] == 2
    with runtime.database.read() as session:
        left_over = session.exec(select(duties.Task).order_by(col(duties.Task.id)))
        assert [task.closed_because for task in left_over] == ["done", None]
    with runtime.database.write() as session:
        networks.end_roles_of(session, person_id, because="wish", now=clock.now())
    assert upkeep.forget(runtime)["tasks"] == 1
