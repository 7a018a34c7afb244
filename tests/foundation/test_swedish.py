"""Swedish order, search and dates."""

import random
import sqlite3
import unicodedata
from datetime import UTC, date, datetime

import pytest

from grannsamverkan.foundation.swedish import (
    clock_in_words,
    day_in_words,
    in_sweden,
    next_hour,
    night_to,
    search_key,
    short_day,
    sort_key,
)

NAMES = ["Adam", "Élise", "Vera", "Wille", "Zoe", "åke", "Åsa", "Ängen", "Ärla", "Örjan", "Öst"]


def test_order_in_python_and_in_the_database() -> None:
    shuffled = random.Random(4).sample(NAMES, len(NAMES))
    assert sorted(shuffled, key=sort_key) == NAMES
    rows = sqlite3.connect(":memory:")
    rows.execute("CREATE TABLE place (name TEXT, key TEXT)")
    rows.executemany("INSERT INTO place VALUES (?, ?)", [(name, sort_key(name)) for name in shuffled])
    assert [name for (name,) in rows.execute("SELECT name FROM place ORDER BY key")] == NAMES


def test_keys_do_not_depend_on_how_the_letters_were_composed() -> None:
    for name in NAMES:
        decomposed = unicodedata.normalize("NFD", name)
        assert sort_key(decomposed) == sort_key(name)
        assert search_key(decomposed) == search_key(name)


def test_search_ignores_case_and_accents_but_not_the_letters() -> None:
    assert search_key("Café ÅNGSTRÖM") == "cafe ångström"
    assert search_key("Åsa") != search_key("Asa")


def test_days_in_words() -> None:
    day = date(2025, 3, 4)
    assert day_in_words(day) == "tisdag 4 mars"
    assert short_day(day) == "tis 4/3"
    assert night_to(day) == "natt till tisdag 4 mars"
    week = [short_day(date(2025, 3, number))[:3] for number in range(3, 10)]
    assert week == ["mån", "tis", "ons", "tors"[:3], "fre", "lör", "sön"]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2025, 3, 4, 13, 10, tzinfo=UTC), "klockan 14.10"),
        (datetime(2025, 7, 4, 13, 10, tzinfo=UTC), "klockan 15.10"),
        (datetime(2025, 3, 30, 0, 59, tzinfo=UTC), "klockan 01.59"),
        (datetime(2025, 3, 30, 1, 0, tzinfo=UTC), "klockan 03.00"),
        (datetime(2025, 10, 26, 0, 30, tzinfo=UTC), "klockan 02.30"),
        (datetime(2025, 10, 26, 1, 30, tzinfo=UTC), "klockan 02.30"),
    ],
)
def test_clock_is_swedish_in_summer_in_winter_and_between(moment: datetime, words: str) -> None:
    assert clock_in_words(moment) == words


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        in_sweden(datetime(2025, 3, 4, 13, 10))  # noqa: DTZ001  the point of it


@pytest.mark.parametrize(
    ("now", "hour", "expected"),
    [
        (datetime(2026, 3, 4, 12, tzinfo=UTC), 15, datetime(2026, 3, 4, 14, tzinfo=UTC)),
        (datetime(2026, 3, 28, 22, tzinfo=UTC), 7, datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (datetime(2026, 10, 24, 21, tzinfo=UTC), 7, datetime(2026, 10, 25, 6, tzinfo=UTC)),
    ],
)
def test_the_next_hour_on_a_swedish_clock(now: datetime, hour: int, expected: datetime) -> None:
    assert next_hour(in_sweden(now), hour) == expected
