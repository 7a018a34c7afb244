"""Rows read by the meanings of their columns: numbers in any spelling, days, addresses, everything wrong at once."""

from datetime import date
from typing import Any

import pytest

from grannsamverkan.domain.membership.lists import Meaning, Reading, RowReader
from grannsamverkan.domain.membership.lists.parts import Address, Part, Parts, read_address
from grannsamverkan.domain.membership.lists.reading import read_day
from grannsamverkan.foundation.ports import ChannelKind

TODAY = date(2026, 3, 4)
PHONE = (ChannelKind.SMS, "+46701740605")
VILLAS = Parts([Part(1, "Nybyvägen", "Nybyvägen", True), Part(2, "Östra gatan", "Östra gatan", True)])
FLATS = Parts(
    [
        Part(1, "Storgatan 12", "Storgatan 12", False),
        Part(2, "Storgatan 12 A", "A", True),
        Part(3, "Storgatan 12 B", "B", True),
        Part(4, "Storgatan 14", "Storgatan 14", True),
        Part(5, "Lillgatan 1 A", "A", True),
    ]
)


def read(parts: Parts | None = None, kept_in: str = "", **cells: str) -> Reading:
    return read_cells(cells, parts, kept_in)


def read_cells(cells: dict[str, str], parts: Parts | None = None, kept_in: str = "") -> Reading:
    meanings = {at: Meaning(name) for at, name in enumerate(cells)}
    return RowReader(meanings, parts, today=TODAY, consent_source=kept_in).read(2, list(cells.values()))


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


@pytest.mark.parametrize(
    "phone", ["070-174 06 05", "+46 (0)70 1740605", "701740605", "0046701740605", "tel:0701740605"]
)
def test_a_number_in_any_swedish_spelling(phone: str) -> None:
    assert read(name="Anna", phone=phone).addresses == (PHONE,)


def test_what_kind_a_number_is_the_number_says_not_its_column() -> None:
    reading = read(name="Anna", phone="0411-123 45", landline="070-174 06 05", second_phone="070-174 06 06")
    assert reading.landline == "+4641112345"
    assert reading.addresses == ((ChannelKind.SMS, "+46701740606"), PHONE)


def test_number_and_mail_in_one_cell_where_the_column_is_for_both() -> None:
    reading = read(name="Anna", contact="070-174 06 05, Anna@Post.example")
    assert set(reading.addresses) == {PHONE, (ChannelKind.EMAIL, "Anna@post.example")}
    assert codes(read(name="Anna", contact="070-174 06 05, 070-174 06 06")) == ["phone_two_numbers"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"phone": "070-174 06 05 / 070-174 06 06"}, ["phone_two_numbers"]),
        ({"phone": "4.67017E+10"}, ["phone_excel_mangled"]),
        ({"phone": "701740605.0"}, ["phone_excel_mangled"]),
        ({"phone": "070-17"}, ["phone_too_short"]),
        ({"phone": "+45 32 12 34 56"}, ["phone_other_country"]),
        ({"phone": "112"}, ["phone_emergency"]),
        ({"email": "anna"}, ["email_not_an_address"]),
        ({"email": "a@post.example; b@post.example"}, ["email_two"]),
        ({"consent_on": "ja", "consent_source": "pärm"}, ["consent_date_unreadable"]),
        ({"consent_on": "2026-03-05", "consent_source": "pärm"}, ["consent_date_future"]),
        ({"consent_on": "2024-05-03"}, ["consent_source_missing"]),
        ({"consent_source": "pärm"}, ["consent_date_missing"]),
        ({"house_number": "2026-02-01"}, ["cell_is_a_date"]),
        ({"name": "x" * 61}, ["name_too_long"]),
        (
            {"phone": "070", "email": "x", "consent_on": "igår"},
            ["phone_too_short", "email_not_an_address", "consent_date_unreadable"],
        ),
    ],
)
def test_everything_wrong_with_a_row_is_told_at_its_cell(cells: dict[str, str], expected: list[str]) -> None:
    reading = read_cells({"name": "Anna", **cells})
    assert codes(reading) == expected
    names = list({"name": "Anna", **cells})
    assert all(problem.column is not None and names[problem.column] in cells for problem in reading.problems)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"phone": "070-174 06 05"}, "nobody_to_ask"),
        ({"phone": "-", "name": "", "consent_on": "2024-05-03", "consent_source": "pärm"}, "nobody_to_reach"),
    ],
)
def test_a_row_with_nobody_in_it_is_wrong_as_a_whole(cells: dict[str, str], code: str) -> None:
    assert [(problem.column, problem.code) for problem in read_cells(cells).problems] == [(None, code)]


def test_one_source_may_be_told_for_the_whole_list() -> None:
    reading = read(kept_in="pärmen", phone="070-174 06 05", consent_on="2024-05-03")
    assert (reading.has_consent, reading.consent_source) == (True, "pärmen")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-03", date(2024, 5, 3)),
        ("20240503", date(2024, 5, 3)),
        ("2024-05-03 10:00", date(2024, 5, 3)),
        ("3/5 2024", date(2024, 5, 3)),
        ("03.05.2024", date(2024, 5, 3)),
        ("3 maj 2024", date(2024, 5, 3)),
        ("den 3 maj 2024", date(2024, 5, 3)),
        ("3 May 2024", date(2024, 5, 3)),
        ("3 okt. 2024", date(2024, 10, 3)),
        ("240503", None),
        ("3/5 24", None),
        ("2024-13-01", None),
        ("45415", None),
        ("ja", None),
    ],
)
def test_days_as_they_are_written(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Nybyvägen 3", Address("Nybyvägen", "3")),
        ("Nybyvägen 3 a", Address("Nybyvägen", "3A")),
        ("Nybyvägen 3A lgh 1102", Address("Nybyvägen", "3A", "1102")),
        ("Nybyvägen 3, lgh 1102, 243 30 Höör", Address("Nybyvägen", "3", "1102")),
        ("Nybyvägen 3 1102", Address("Nybyvägen", "3", "1102")),
        ("S:t Olofs gata 12-14", Address("S:t Olofs gata", "12-14")),
        ("Nybyvägen", Address("Nybyvägen")),
        ("", Address()),
    ],
)
def test_addresses_are_taken_apart(text: str, address: Address) -> None:
    assert read_address(text) == address


@pytest.mark.parametrize(
    ("parts", "cells", "unit_id", "code"),
    [
        (VILLAS, {"address": "Nybyvägen 3"}, 1, ""),
        (VILLAS, {"address": "NYBYV. 3"}, 1, ""),
        (VILLAS, {"address": "östra  gatan", "house_number": "3"}, 2, ""),
        (VILLAS, {"address": "Annangatan 3"}, None, "unit_unknown"),
        (VILLAS, {"phone": "070-174 06 05"}, None, ""),
        (FLATS, {"address": "Storgatan 12 A"}, 2, ""),
        (FLATS, {"address": "Storgatan 12", "stairwell": "Trappa B"}, 3, ""),
        (FLATS, {"address": "Storgatan 12B lgh 1102"}, 3, ""),
        (FLATS, {"address": "Storgatan 14"}, 4, ""),
        (FLATS, {"address": "Storgatan 14 C"}, 4, ""),
        (FLATS, {"address": "Storgatan 12"}, None, "stairwell_missing"),
        (FLATS, {"address": "Storgatan 12", "stairwell": "C"}, None, "unit_unknown"),
        (FLATS, {"stairwell": "B"}, 3, ""),
        (FLATS, {"stairwell": "A"}, None, "unit_ambiguous"),
        (Parts([]), {"address": "Vilken gata som helst 3"}, None, ""),
    ],
)
def test_places_are_matched_to_the_networks_parts(
    parts: Parts, cells: dict[str, Any], unit_id: int | None, code: str
) -> None:
    reading = read(parts, name="Anna", **cells)
    assert (reading.unit_id, codes(reading)) == (unit_id, [code] if code else [])
