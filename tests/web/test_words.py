"""Names of municipalities as they write themselves, and days."""

from datetime import date

import pytest

from grannsamverkan.web.words import date_words, municipality_words, whole_date_words
from tests.support.web_town import NOW, Town


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Höör", "Höörs kommun"),
        ("Eslöv", "Eslövs kommun"),
        ("Umeå", "Umeå kommun"),
        ("Växjö", "Växjö kommun"),
        ("Uppsala", "Uppsala kommun"),
        ("Borås", "Borås kommun"),
        ("Kalmar", "Kalmar kommun"),
        ("Falun", "Falu kommun"),
        ("Gotland", "Region Gotland"),
    ],
)
def test_the_genitive_is_the_municipalitys_own(name: str, expected: str) -> None:
    assert municipality_words(name) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (NOW.date(), "onsdag 4 mars"),
        (date(2026, 1, 1), "torsdag 1 januari"),
        (date(2025, 12, 31), "onsdag 31 december 2025"),
        (date(2027, 1, 1), "fredag 1 januari 2027"),
    ],
)
def test_a_day_of_another_year_has_its_year(town: Town, day: date, expected: str) -> None:
    with town.app.test_request_context():
        assert date_words(day) == expected


def test_where_the_year_matters_it_always_stands(town: Town) -> None:
    with town.app.test_request_context():
        assert whole_date_words(NOW.date()) == "onsdag 4 mars 2026"
