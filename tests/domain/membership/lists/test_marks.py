"""Personal numbers and marks of protection, in every form they are written, and what only looks like them."""

import pytest

from grannsamverkan.domain.membership.lists.marks import marks_protection, without_personal_numbers

# The number of the man who never was, which forms are shown with; as a coordination number it ends in 9.
BORN, CHECK = "121212", "1212"


@pytest.mark.parametrize(
    "number",
    [
        f"{BORN}-{CHECK}",
        f"{BORN}+{CHECK}",
        f"{BORN}{CHECK}",
        f"19{BORN}-{CHECK}",
        f"19{BORN}{CHECK}",
        f"19{BORN} {CHECK}",
        f"{BORN} - {CHECK}",
        f"{BORN}\u2013{CHECK}",
        f"1912-12-12-{CHECK}",
        f"12.12.12-{CHECK}",
        "121272-1219",  # not registered: the day is 60 more
        "19121272-1219",
        f"{BORN}-T123",
        f"{BORN}-1234",  # a slip in the check digit; the form says what it is
        "20120231-1234",
        "\uff11\uff12\uff11\uff12\uff11\uff12-" + CHECK,
    ],
)
def test_a_personal_number_is_taken_out_wherever_it_stands(number: str) -> None:
    assert without_personal_numbers(number) == ("", 1)
    assert without_personal_numbers(f"Anna Ek ({number}), lgh 1102") == ("Anna Ek ( ), lgh 1102", 1)


def test_two_in_one_cell_are_two() -> None:
    assert without_personal_numbers(f"Anna {BORN}-{CHECK} Bo {BORN}{CHECK}") == ("Anna Bo", 2)


@pytest.mark.parametrize(
    "cell",
    [
        "070-174 06 05",
        "0701740605",
        "0701-740605",
        "+46701740605",
        "46701740605",
        "0411-12 34 56",
        "08-465 004 00",
        "2026-03-04",
        "2026-03-04 10:00",
        "Nybyvägen 3, 243 30 Höör",
        "556016-0680",  # a company
        "1212121234",  # ten figures whose check digit is another
        "granne121212@post.example",
        "1102",
        "",
    ],
)
def test_what_only_looks_like_one_stays(cell: str) -> None:
    assert without_personal_numbers(cell) == (cell, 0)


@pytest.mark.parametrize(
    "cell",
    [
        "Skyddad identitet",
        "skyddade personuppgifter",
        "OBS! SEKRETESS",
        "sekretessmarkering",
        "Kvarskriven",
        "fingerat",
    ],
)
def test_a_mark_of_protection_is_seen_in_any_cell(cell: str) -> None:
    assert marks_protection(cell)


@pytest.mark.parametrize("cell", ["", "Skyddsrumsgatan 3", "ej skyddad", "Ingen sekretess", "Anna Skydd", "Ja"])
def test_other_words_are_no_mark(cell: str) -> None:
    assert not marks_protection(cell)


@pytest.mark.parametrize(("cell", "is_mark"), [("Ja", True), ("x", True), ("1", True), ("Nej", False), ("", False)])
def test_in_a_column_of_its_own_anything_but_a_no_is_one(cell: str, is_mark: bool) -> None:
    assert marks_protection(cell, in_own_column=True) is is_mark
