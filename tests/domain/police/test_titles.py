"""Titles of events: three parts and a time without a year."""

from datetime import UTC, datetime

import pytest

from grannsamverkan.domain.police.titles import TitleParts, happened_at, split_title


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("25 april 12.59, Brand, Hörby", TitleParts("25 april 12.59", "Brand", "Hörby")),
        ("25 april 12:59, Inbrott, försök, Hörby", TitleParts("25 april 12:59", "Inbrott, försök", "Hörby")),
        ("4 maj 01.10, Trafikolycka, ", TitleParts("4 maj 01.10", "Trafikolycka", None)),
        ("4 maj 01.10, Trafikolycka", TitleParts("4 maj 01.10", "Trafikolycka", None)),
        ("X", TitleParts("X", "", None)),
    ],
)
def test_a_title_is_split_at_its_first_and_last_comma(title: str, parts: TitleParts) -> None:
    assert split_title(title) == parts


@pytest.mark.parametrize(
    ("when", "published_at", "expected"),
    [
        ("25 april 12.59", datetime(2023, 4, 25, 12, tzinfo=UTC), datetime(2023, 4, 25, 10, 59, tzinfo=UTC)),
        ("04 april 7:05", datetime(2023, 4, 4, 12, tzinfo=UTC), datetime(2023, 4, 4, 5, 5, tzinfo=UTC)),
        # The year before, since the title's own day lies a few hours back across New Year.
        ("31 december 23.10", datetime(2026, 1, 1, 6, tzinfo=UTC), datetime(2025, 12, 31, 22, 10, tzinfo=UTC)),
        # In Stockholm it is New Year already although it is not in UTC.
        ("01 januari 00.10", datetime(2025, 12, 31, 23, 40, tzinfo=UTC), datetime(2025, 12, 31, 23, 10, tzinfo=UTC)),
        ("29 februari 10.00", datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2024, 2, 29, 9, tzinfo=UTC)),
    ],
)
def test_the_year_is_the_one_nearest_to_the_publication(when: str, published_at: datetime, expected: datetime) -> None:
    assert happened_at(when, published_at) == expected


@pytest.mark.parametrize("when", ["26 april 12.59", "25 april 25.10", "31 april 10.00", "25 blomster 10.00", "X", ""])
def test_a_time_after_the_publication_or_no_time_at_all_is_not_believed(when: str) -> None:
    assert happened_at(when, datetime(2023, 4, 25, 12, tzinfo=UTC)) is None
