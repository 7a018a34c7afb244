"""The numbers of a month's letter: read from lines, kept, and told so that no home stands out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from grannsamverkan.domain import letters
from grannsamverkan.domain.letters import AreaCounts, CrimeKind
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Refused
from tests.support.builders import HOOR, NOW, a_network, an_account

SMALLEST = 3
NUMBERS = st.lists(st.integers(0, 6), min_size=1, max_size=6)


def rows_of(numbers: list[int]) -> list[AreaCounts]:
    return [AreaCounts(f"Område {place}", (number, 0, 0, 0, 0)) for place, number in enumerate(numbers)]


@pytest.mark.parametrize(
    "text",
    [
        "Område; Villor; Lägenheter; Förråd; Fritidshus; Bilar\nSätofta; 4; 0; 3; 0; 1\nNyby;;2",
        "Sätofta\t4\t0\t3\t0\t1\r\nNyby\t\t2\r\n\r\n",
        "\ufeffSätofta,4,0,3,0,1\nNyby,0,2,0,0,0",
    ],
)
def test_lines_are_read_however_they_are_parted(text: str) -> None:
    found = letters.read_counts(text)
    assert found == [AreaCounts("Sätofta", (4, 0, 3, 0, 1)), AreaCounts("Nyby", (0, 2, 0, 0, 0))]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Sätofta; fyra", "counts_line", None),  # taken for headings
        ("A; 1\nSätofta; fyra", "counts_line", 2),
        ("A; 1\nB; -1", "counts_line", 2),
        ("A; 1\nB", "counts_line", 2),
        ("A; 1; 1; 1; 1; 1; 1", "counts_line", 1),
        ("A; 12345", "counts_line", 1),
        ("A; 1\n; 1", "counts_area", 2),
        (f"{'A' * 61}; 1", "counts_area", 1),
        ("Nyby; 1\nNYBY; 2", "counts_twice", 2),
        ("\n".join(f"Område {number}; 1" for number in range(61)), "counts_many", None),
    ],
)
def test_what_is_wrong_is_told_by_its_line(text: str, code: str, line: int | None) -> None:
    if line is None and code == "counts_line":
        assert letters.read_counts(text) == []
        return
    with pytest.raises(Refused) as refused:
        letters.read_counts(text)
    assert (refused.value.code, refused.value.facts.get("line")) == (code, line)


def test_the_months_numbers_are_kept_whole(database: Database) -> None:
    with database.write() as session:
        _numbers_are_kept_whole(session)


def _numbers_are_kept_whole(session: Session) -> None:
    a_network(session)
    account_id = an_account(session).id or 0
    first, second = letters.read_counts("B; 1\nA; 2"), letters.read_counts("C; 3")
    assert letters.keep_counts(session, HOOR, "2026-02", first, account_id=account_id, now=NOW)
    assert [one.area for one in letters.counts_of(session, HOOR, "2026-02")] == ["A", "B"]
    assert not letters.keep_counts(session, HOOR, "2026-02", first, account_id=account_id, now=NOW)
    assert letters.keep_counts(session, HOOR, "2026-02", second, account_id=account_id, now=NOW)
    assert [one.area for one in letters.counts_of(session, HOOR, "2026-02")] == ["C"]
    assert letters.counts_of(session, HOOR, "2026-01") == []
    assert letters.months_counted(session, HOOR) == {"2026-02"}


def test_small_numbers_are_told_as_little_as_none() -> None:
    shown = letters.shown_counts(rows_of([4, 2, 0, 1]), smallest=SMALLEST)
    assert [numbers[0] for _area, numbers in shown.areas] == [4, None, None, None]
    assert shown.together[0] == (7, False)
    assert shown.together[1] == (0, True)


@given(NUMBERS)
def test_no_small_number_can_be_reckoned_from_what_is_told(numbers: list[int]) -> None:
    """Whatever is told would also be told of a month in which each hidden number is another."""
    shown = letters.shown_counts(rows_of(numbers), smallest=SMALLEST)
    told, may_be_more = shown.together[0]
    hidden = [number for number in numbers if number < SMALLEST]
    if may_be_more:
        assert told == sum(numbers) - sum(hidden)
        return
    left = told - (sum(numbers) - sum(hidden))
    assert not hidden or (len(hidden) > 1 and 0 < left < len(hidden) * (SMALLEST - 1))


def test_the_kinds_are_those_of_the_headings() -> None:
    assert len(letters.HEADINGS) == len(CrimeKind) + 1
