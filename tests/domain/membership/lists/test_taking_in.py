"""Taking lists in and back, on both databases: all or nothing, once, and back to exactly what was."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from grannsamverkan.domain import audit, membership, networks, people
from grannsamverkan.domain.membership import Enrolment, ImportedRow, MemberImport, SlipBatch, lists
from grannsamverkan.domain.networks import (
    ContactRole,
    Household,
    HouseholdAssignment,
    HouseholdMember,
    JoinedBy,
    NetworkState,
    Shows,
)
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Person
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from tests.domain.membership.lists.conftest import KEEP, NO, YES, Home, anna, contents
from tests.support.at_once import at_once
from tests.support.builders import NOW, a_neighbour, a_phone

DAY = timedelta(days=1)
OF_THE_LIST = ("member_import", "imported_row", "audit_entry")


def test_a_row_with_a_consent_becomes_a_member(home: Home) -> None:
    def look_after(session: Session) -> None:
        network, street = networks.network(session, home.network_id), networks.units(session, home.network_id)[0]
        keeper = people.add_person(session, "1267", now=NOW)
        networks.add_contact_person(session, network, keeper.id or 0, ContactRole.CONTACT_PERSON, now=NOW, unit=street)

    home.act(look_after)
    made = home.take_in(home.bring(anna(0), ("Bo", "Östra gatan 4", "0411-123 45", "", *YES)))
    assert made is not None
    with home.database.read() as session:
        first, second = session.exec(select(Household).order_by(col(Household.id))).all()
        assert [first.id, second.id] == made
        assert (first.label, first.shows, first.joined_by) == ("Nybyvägen 1, Anna 0", Shows.NAME, JoinedBy.IMPORT)
        assert (second.label, second.landline) == ("Östra gatan 4, Bo", "+4641112345")
        assert len(session.exec(select(HouseholdMember)).all()) == 2
        assert [row.household_id for row in session.exec(select(HouseholdAssignment))] == [first.id]
        addresses = session.exec(select(ContactAddress)).all()
        assert {row.value for row in addresses} == {a_phone(0), "anna0@post.example"}
        assert all(row.confirmed_at == NOW for row in addresses)
        consents = session.exec(select(Consent)).all()
        assert {row.channel for row in consents} == {ChannelKind.SMS, ChannelKind.EMAIL}
        assert {(row.given_by, row.source, row.evidence) for row in consents} == {
            (GivenBy.OFFICE, "import", "blankett i pärm")
        }
        assert {row.given_at for row in consents} == {datetime(2024, 5, 3, 10, tzinfo=UTC)}
        assert {row.name for row in session.exec(select(Person))} == {None}


def test_nothing_is_written_while_a_row_is_wrong_unless_it_is_left_out(home: Home) -> None:
    import_id = home.bring(anna(0), ("Bo", "Annangatan 1", a_phone(9), "", *YES))
    before = contents(home.database)
    for left_out in (0, 2):
        with pytest.raises(Refused, match="import_problems"):
            home.take_in(import_id, left_out=left_out, seen=home.plan(import_id).digest)
    assert contents(home.database) == before
    assert len(home.take_in(import_id) or ()) == 1
    with home.database.read() as session:
        assert [row.number for row in session.exec(select(ImportedRow))] == [2]


def test_what_was_looked_at_is_what_is_taken_in(home: Home) -> None:
    import_id = home.bring(anna(0), anna(1))
    seen = home.plan(import_id).digest
    home.act(lambda session: a_neighbour(session, networks.network(session, home.network_id), sms=a_phone(1)))
    before = contents(home.database)
    with pytest.raises(Refused, match="import_changed"):
        home.take_in(import_id, seen=seen)
    assert contents(home.database) == before


def test_letters_need_to_say_where_the_list_comes_from(sqlite_home: Home) -> None:
    import_id = sqlite_home.bring(anna(0, agreed=False))
    with pytest.raises(Refused, match="import_source_missing"):
        sqlite_home.take_in(import_id, source="")


def test_an_ended_network_takes_nobody_in(sqlite_home: Home) -> None:
    import_id = sqlite_home.bring(anna(0))
    sqlite_home.act(
        lambda session: networks.enter_state(
            session, networks.network(session, sqlite_home.network_id), NetworkState.ENDED, now=NOW
        )
    )
    with pytest.raises(Refused, match="import_of_ended_network"):
        sqlite_home.take_in(import_id)
    with pytest.raises(Refused, match="import_of_ended_network"):
        sqlite_home.bring(anna(1))


def test_done_at_once_by_many_it_is_done_once(home: Home) -> None:
    import_id = home.bring(anna(0), anna(1), anna(2, agreed=False))
    seen = home.plan(import_id).digest
    made = at_once(lambda: home.take_in(import_id, seen=seen), 6)
    assert sorted(len(one) for one in made if one is not None) == [2]
    with home.database.read() as session:
        assert len(session.exec(select(Household)).all()) == 2
    undone = at_once(lambda: home.undo(import_id), 6)
    assert [(one.gone, one.kept) for one in undone if one is not None] == [(2, 0)]


def test_two_lists_with_the_same_people_taken_in_at_once_bring_them_once(home: Home) -> None:
    """As when the same file was chosen in two tabs by two coordinators."""

    def bring(account_id: int) -> int:
        def act(session: Session) -> int:
            rows = list(enumerate([("Namn", "Mobil", "Medgivande", "Medgivande källa"), ("Anna", a_phone(0), *YES)], 1))
            network = networks.network(session, home.network_id)
            return lists.stage(session, network, rows, account_id=account_id, now=NOW).id or 0

        return int(home.act(act))

    waiting = [bring(1), bring(2)]
    seen = home.plan(waiting[0]).digest

    def take_in_the_next() -> str:
        try:
            home.take_in(waiting.pop(), seen=seen)
        except Refused as refused:
            return refused.code
        return "done"

    assert sorted(at_once(take_in_the_next, 2)) == ["done", "import_changed"]


def test_an_address_that_said_stopp_is_not_taken_in_again(home: Home) -> None:
    home.act(
        lambda session: people.stop(
            session, ChannelKind.SMS, people.lookup_of(session, ChannelKind.SMS, a_phone(0)), source="reply", now=NOW
        )
    )
    home.take_in(home.bring(anna(0)))
    with home.database.read() as session:
        assert [row.value for row in session.exec(select(ContactAddress))] == ["anna0@post.example"]
        assert [row.channel for row in session.exec(select(Consent))] == [ChannelKind.EMAIL]


def test_paper_households_show_where_to_bring_the_paper(sqlite_home: Home) -> None:
    sqlite_home.take_in(sqlite_home.bring(anna(0), ("Bo", "Nybyvägen 9", "", "", *YES)), shows=Shows.NOTHING)
    with sqlite_home.database.read() as session:
        rows = session.exec(select(Household).order_by(col(Household.id))).all()
    assert [(row.label, row.shows) for row in rows] == [(None, Shows.NOTHING), ("Nybyvägen 9, Bo", Shows.NAME)]


def test_undo_restores_the_whole_database(home: Home) -> None:
    home.act(lambda session: a_neighbour(session, networks.network(session, home.network_id), sms=a_phone(30)))
    import_id = home.bring(*(anna(number, agreed=number % 3 > 0) for number in range(12)))
    before = contents(home.database, without=OF_THE_LIST)
    made = home.take_in(import_id) or []
    assert contents(home.database, without=OF_THE_LIST) != before

    def go_on(session: Session) -> None:
        """Letters are written, a contact person looks at the list, and somebody is moved to another's care."""
        network, brought = (
            networks.network(session, home.network_id),
            lists.member_import(session, home.network_id, import_id),
        )
        assert lists.write_letters(session, network, brought, days=90, account_id=1, now=NOW) == 4
        seen = {"now": NOW, "account_id": 1, "role": "coordinator", "what": "import", "municipality_code": "1267"}
        audit.note_view(session, **seen, network_id=home.network_id, household_ids=made)  # type: ignore[arg-type]

    home.act(go_on)
    undone = home.undo(import_id, now=NOW + DAY - timedelta(seconds=1))
    assert undone is not None
    assert (undone.gone, undone.kept) == (8, 0)
    assert contents(home.database, without=OF_THE_LIST) == before
    with home.database.read() as session:
        assert session.exec(select(ImportedRow)).all() == []
        assert session.exec(select(MemberImport)).one().source is None


def test_whoever_has_changed_something_themselves_stays(home: Home) -> None:
    import_id = home.bring(*(anna(number) for number in range(6)))
    made = home.take_in(import_id) or []

    def person_of(session: Session, number: int) -> Person:
        person = session.get(Person, networks.people_of(session, [made[number]])[0])
        assert person is not None
        return person

    def change(session: Session) -> None:
        people.pause_person(session, person_of(session, 0).id or 0, until=NOW + DAY)
        lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(1))
        people.stop(session, ChannelKind.SMS, lookup, source="reply", now=NOW)
        household = session.get(Household, made[2])
        assert household is not None
        household.shows = Shows.CONTACT
        membership.leave(session, session.get_one(Household, made[3]), now=NOW)
        session.add(
            Enrolment(
                ticket_lookup=b"t",
                person_id=person_of(session, 4).id,
                made_at=NOW,
                expires_at=NOW + DAY,
                finished_at=NOW,
            )
        )
        people.mark_dead(session, [1], code="30005", now=NOW)  # that is the provider's word, not theirs

    home.act(change)
    undone = home.undo(import_id)
    assert undone is not None
    assert (undone.gone, undone.kept) == (1, 5)
    with home.database.read() as session:
        assert {row.id for row in session.exec(select(Household))} == set(made[:5])


def test_who_has_been_warned_leaves_as_anybody_does(home: Home) -> None:
    import_id = home.bring(anna(0), anna(1))
    made = home.take_in(import_id) or []
    undone = home.undo(import_id, warned=frozenset(made[:1]))
    assert undone is not None
    assert {row.value for row in undone.addresses} == {a_phone(0), "anna0@post.example"}
    with home.database.read() as session:
        kept = session.exec(select(Household)).one()
        assert (kept.id, kept.left_at, kept.label) == (made[0], NOW, None)
        assert {row.withdrawn_at for row in session.exec(select(Consent))} == {NOW}


def test_after_a_day_there_is_no_way_back(sqlite_home: Home) -> None:
    import_id = sqlite_home.bring(anna(0))
    with pytest.raises(Refused, match="import_not_applied"):
        sqlite_home.undo(import_id)
    sqlite_home.take_in(import_id)
    before = contents(sqlite_home.database)
    with pytest.raises(Refused, match="import_undo_late"):
        sqlite_home.undo(import_id, now=NOW + DAY)
    assert contents(sqlite_home.database) == before


def test_of_those_who_are_asked_only_a_name_and_a_place_is_kept(home: Home) -> None:
    import_id = home.bring(
        anna(0), *(anna(number, agreed=False) for number in range(1, 4)), ("Bo", "Nybyvägen 2", "", "", *NO)
    )
    home.take_in(import_id)

    def write(session: Session) -> int:
        network, brought = (
            networks.network(session, home.network_id),
            lists.member_import(session, home.network_id, import_id),
        )
        return lists.write_letters(session, network, brought, days=90, account_id=1, now=NOW)

    assert [home.act(write), home.act(write)] == [3, 0]
    with home.database.read() as session:
        brought = lists.member_import(session, home.network_id, import_id)
        (letters,) = lists.letter_batches(session, brought)
        assert letters.recipients == ("Anna 1, Bo, Nybyvägen 2", "Anna 2, Nybyvägen 3", "Anna 3, Nybyvägen 4")
        assert (letters.batch.unit_id, letters.batch.most_uses, letters.printed_at) == (None, 3 + 5, None)
        cells = [row.cells or "" for row in session.exec(select(ImportedRow))]
        assert not any(sign in cell for cell in cells for sign in ("@", "+46", "070"))
        assert len(session.exec(select(ContactAddress)).all()) == 2
    printed = [
        home.act(lambda session: lists.mark_printed(session, session.get_one(MemberImport, import_id), now=NOW))
        for _ in "ab"
    ]
    assert printed == [3, 0]
    with pytest.raises(NotFound), home.database.read() as session:
        lists.letter_batch(session, session.get_one(MemberImport, import_id), (letters.batch.id or 0) + 1)


def test_letters_to_many_have_several_codes(sqlite_home: Home) -> None:
    rows = [(f"Anna {number}", f"Nybyvägen {number}", "", "", *NO) for number in range(1, 302)]
    import_id = sqlite_home.bring(*rows)
    sqlite_home.take_in(import_id)

    def write(session: Session) -> list[int]:
        network = networks.network(session, sqlite_home.network_id)
        brought = lists.member_import(session, sqlite_home.network_id, import_id)
        lists.write_letters(session, network, brought, days=90, account_id=1, now=NOW)
        return [len(one.recipients) for one in lists.letter_batches(session, brought)]

    assert sqlite_home.act(write) == [200, 101]


def test_a_used_code_of_an_undone_list_lets_nobody_else_in(sqlite_home: Home) -> None:
    import_id = sqlite_home.bring(anna(0, agreed=False))
    sqlite_home.take_in(import_id)

    def write(session: Session) -> None:
        network = networks.network(session, sqlite_home.network_id)
        brought = lists.member_import(session, sqlite_home.network_id, import_id)
        lists.write_letters(session, network, brought, days=90, account_id=1, now=NOW)
        session.exec(select(SlipBatch)).one().uses = 1

    sqlite_home.act(write)
    sqlite_home.undo(import_id)
    with sqlite_home.database.read() as session:
        assert not membership.is_usable(session.exec(select(SlipBatch)).one(), NOW)


def test_lists_are_forgotten_when_their_time_is_out(home: Home) -> None:
    waiting = home.bring(anna(5))
    taken = home.act(
        lambda session: (
            lists.stage(
                session,
                networks.network(session, home.network_id),
                [(1, ("Namn", "Gata")), (2, ("Bo", "Nybyvägen 9"))],
                account_id=2,
                now=NOW,
            ).id
        )
    )
    home.take_in(taken)

    def forget(now: datetime) -> int:
        return int(home.act(lambda session: lists.forget(session, now=now)))

    assert forget(NOW + DAY - timedelta(seconds=1)) == 0
    assert forget(NOW + DAY) == 1
    assert forget(NOW + KEEP - timedelta(seconds=1)) == 0
    assert forget(NOW + KEEP) == 1
    with home.database.read() as session:
        assert session.exec(select(MemberImport)).all() == []
        assert session.exec(select(ImportedRow)).all() == []
        with pytest.raises(NotFound):
            lists.member_import(session, home.network_id, waiting)


def test_another_file_takes_the_place_of_what_one_had_waiting(sqlite_home: Home) -> None:
    first, second = sqlite_home.bring(anna(0)), sqlite_home.bring(anna(1))
    with sqlite_home.database.read() as session:
        assert [row.id for row in lists.imports(session, sqlite_home.network_id)] == [second]
        assert {row.import_id for row in session.exec(select(ImportedRow))} == {second}
    assert first <= second


def test_discarding_forgets_what_is_nobodys(sqlite_home: Home) -> None:
    waiting = sqlite_home.bring(anna(0), anna(1, agreed=False))
    sqlite_home.take_in(waiting)
    discard = sqlite_home.act(lambda session: lists.discard(session, session.get_one(MemberImport, waiting)))
    assert discard == 1
    with sqlite_home.database.read() as session:
        assert [row.has_consent for row in session.exec(select(ImportedRow))] == [True]
        assert len(session.exec(select(Household)).all()) == 1


def test_nothing_of_a_list_lies_open_in_the_database(sqlite_home: Home) -> None:
    import_id = sqlite_home.bring(
        ("Anna Hemligsson 121212-1212", "Nybyvägen 3", a_phone(0), "hemlig@post.example", *YES)
    )
    stored = repr(contents(sqlite_home.database)).encode()
    for told in ("Hemligsson", "hemlig@", "121212", "701740605"):
        assert told.encode() not in stored
    with sqlite_home.database.read() as session:
        cells = [row.cells or "" for row in session.exec(select(ImportedRow).where(ImportedRow.import_id == import_id))]
    assert "1212" not in "".join(cells)
    assert "Anna Hemligsson" in "".join(cells)
