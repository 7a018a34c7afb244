"""What would become of each row: members, letters, duplicates, and those who are in already or have said STOPP."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from grannsamverkan.domain import networks, people
from grannsamverkan.domain.membership import lists
from grannsamverkan.domain.membership.lists import Meaning
from grannsamverkan.domain.membership.lists.homes import Home as Place
from grannsamverkan.domain.membership.lists.homes import Homes, home
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.ports import ChannelKind
from tests.domain.membership.lists.conftest import NO, YES, Home, anna
from tests.support.builders import NOW, a_household, a_neighbour, a_phone


def test_rows_become_members_letters_or_have_to_be_put_right(sqlite_home: Home) -> None:
    wrong = ("Bo", "Annangatan 1", a_phone(9), "", *YES)
    assert sqlite_home.outcomes(sqlite_home.bring(anna(0), anna(1, agreed=False), wrong)) == [
        *("member", "letter", "problem")
    ]


def test_the_second_of_two_alike_is_nothing(sqlite_home: Home) -> None:
    same_phone = ("Någon", "Nybyvägen 9", "0" + a_phone(0)[3:], "", *YES)
    nameless = ("", "Östra gatan 3", "", "", *NO)
    rows = (anna(0), anna(0), same_phone, nameless, nameless)
    assert sqlite_home.outcomes(sqlite_home.bring(*rows)) == [
        *("member", "duplicate", "duplicate", "letter", "duplicate")
    ]


def test_two_people_of_one_house_are_one_household(sqlite_home: Home) -> None:
    together = ("Bo", "Nybyvägen 1", a_phone(5), "anna0@post.example", *YES)
    not_asked = ("Cia", "Nybyvägen 1", a_phone(6), "", *NO)
    plan = sqlite_home.plan(sqlite_home.bring(anna(0), together, not_asked, anna(1)))
    assert (plan.households, plan.letters) == (2, 0)
    assert [row.outcome.value for row in plan.rows] == ["member", "member", "duplicate", "member"]


def test_a_letter_goes_to_a_household_not_to_each_in_it(sqlite_home: Home) -> None:
    rows = (anna(0, agreed=False), ("Bo", "Nybyvägen 1", "", "", *NO), anna(1, agreed=False))
    plan = sqlite_home.plan(sqlite_home.bring(*rows))
    assert (plan.households, plan.letters) == (0, 2)


def test_who_is_in_already_or_has_said_stopp_is_not_told_apart(sqlite_home: Home) -> None:
    def live(session: Session) -> None:
        network = networks.network(session, sqlite_home.network_id)
        a_neighbour(session, network, sms=a_phone(0))
        street = networks.units(session, sqlite_home.network_id)[0]
        a_household(session, network, unit=street, label="Nybyvägen 7")
        lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(1))
        people.stop(session, ChannelKind.SMS, lookup, source="reply", now=NOW)

    sqlite_home.act(live)
    by_phone, stopped = anna(0), ("Bo", "Nybyvägen 2", a_phone(1), "", *YES)
    stopped_and_mail = ("Cia", "Nybyvägen 3", a_phone(1), "cia@post.example", *YES)
    stopped_unasked = ("Cia", "Nybyvägen 4", a_phone(1), "cia4@post.example", *NO)
    by_door = ("Dan", "Nybyvägen 7", a_phone(8), "", *YES)
    rows = (by_phone, stopped, stopped_and_mail, stopped_unasked, by_door, anna(11))
    assert sqlite_home.outcomes(sqlite_home.bring(*rows)) == [*("known", "known", "member", "known", "known", "member")]


@pytest.mark.parametrize(
    ("kind", "known", "asked", "is_known"),
    [
        (NetworkKind.VILLA, "Nybyvägen 3", "Nybyvägen 3, Anna", True),
        (NetworkKind.VILLA, "3", "Nybyvägen 3", True),
        (NetworkKind.VILLA, "Nybyvägen 3, Anna", "Nybyvägen 5, Anna", False),
        (NetworkKind.VILLA, "Anna Ek", "Nybyvägen 3, Anna Ek", True),
        (NetworkKind.VILLA, "Nybyvägen 3, Anna Ek", "Anna Ek", True),
        (NetworkKind.APARTMENT, "Storgatan 12, Anna", "Storgatan 12, Bo", False),
        (NetworkKind.APARTMENT, "lgh 1102", "Storgatan 12, lgh 1102, Bo", True),
        (NetworkKind.APARTMENT, "Storgatan 12, lgh 1101, Bo", "Storgatan 12, lgh 1102, Bo", False),
        (NetworkKind.APARTMENT, "Anna Ek", "Storgatan 12, Anna Ek", True),
    ],
)
def test_a_home_is_known_by_its_door_or_else_by_its_name(
    kind: NetworkKind, known: str, asked: str, is_known: bool
) -> None:
    street = "Nybyvägen" if kind is NetworkKind.VILLA else "Storgatan"
    homes = Homes([home(1, known, street, kind)])
    assert (home(1, asked, street, kind) in homes) is is_known
    assert home(2, asked, street, kind) not in homes
    assert Place(None, "3", "anna") not in homes


def test_columns_that_may_mean_the_same_have_to_be_chosen_first(sqlite_home: Home) -> None:
    def bring(session: Session) -> int:
        network = networks.network(session, sqlite_home.network_id)
        rows = [
            (1, ["Namn", "E-post hem", "E-post arbete", "Pnr personnummer"]),
            (2, ["Anna", "", "a@post.example", "x"]),
        ]
        return lists.stage(session, network, rows, account_id=1, now=NOW).id or 0

    import_id = sqlite_home.act(bring)
    assert sqlite_home.plan(import_id).needs == ("choose_columns",)
    with pytest.raises(Refused, match="import_not_chosen"):
        sqlite_home.take_in(import_id)

    def choose(chosen: dict[int, Meaning]) -> Callable[[Session], None]:
        def act(session: Session) -> None:
            brought = lists.member_import(session, sqlite_home.network_id, import_id)
            lists.choose(session, brought, chosen, has_headings=True, consent_source="")

        return act

    with pytest.raises(Refused, match="column_chosen_twice"):
        sqlite_home.act(choose({1: Meaning.EMAIL, 2: Meaning.EMAIL}))
    sqlite_home.act(choose({2: Meaning.EMAIL, 3: Meaning.NAME}))
    plan = sqlite_home.plan(import_id)
    assert plan.needs == ()
    assert plan.rows[0].reading.addresses == ((ChannelKind.EMAIL, "a@post.example"),)
    with sqlite_home.database.read() as session:
        columns = lists.columns(session, lists.member_import(session, sqlite_home.network_id, import_id))
    assert [(one.heading, one.meaning.value, one.is_kept) for one in columns][3] == (
        *("Pnr personnummer", "personal_number", False),
    )


def test_the_first_row_may_be_headings_or_somebody(sqlite_home: Home) -> None:
    import_id = sqlite_home.bring(anna(0))

    def choose(has_headings: bool) -> None:
        def act(session: Session) -> None:
            brought = lists.member_import(session, sqlite_home.network_id, import_id)
            lists.choose(session, brought, {}, has_headings=has_headings, consent_source="")

        sqlite_home.act(act)

    choose(False)
    assert [row.reading.number for row in sqlite_home.plan(import_id).rows] == [1, 2]
    choose(True)
    assert [row.reading.number for row in sqlite_home.plan(import_id).rows] == [2]


CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["Namn", "Mobil", "Skyddad", "070-174 06 05", "121212-1212", "a@post.example", "Nybyvägen 3, lgh 1102"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12)))
def test_any_rows_make_a_plan_or_are_refused(cells: list[list[str]]) -> None:
    try:
        screened = lists.screen(list(enumerate(cells, 1)))
    except Refused as refused:
        assert refused.code == "list_empty"  # noqa: PT017 - any other code would be wrong
        return
    taken = {at: one.meaning for at, one in enumerate(screened.guesses) if one.meaning in lists.CHOICES}
    reader = lists.RowReader(taken, None, today=NOW.date())
    readings = [reader.read(number, row) for number, row in screened.rows]
    plan = lists.make_plan(readings, taken, known=lists.Known(), kind=NetworkKind.VILLA)
    assert len(plan.rows) == len(screened.rows)
    assert not any("121212-1212" in cell for _, row in screened.rows for cell in row)
