"""The rules of the calendar: when they are due, over both nights of summer time and past red days, and in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grannsamverkan.domain.advice.calendar import LAST, Feast, Rule, RuleKind, due_between, due_in, is_red, next_after
from grannsamverkan.domain.advice.calendar_words import EXAMPLES, in_words, read_rule
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def days(words: str, year: int = 2026, *, past_red_days: bool = True) -> list[str]:
    return [f"{in_sweden(at):%m-%d %H.%M}" for at in due_in(read_rule(words, past_red_days=past_red_days), year)]


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("den 15 oktober 2026 kl 18", ["10-15 18.00"]),
        ("2026-10-15 kl 7.30", ["10-15 07.30"]),
        ("den 15 november varje år", ["11-15 18.00"]),
        ("29 februari varje år", ["02-28 18.00"]),
        ("första tisdagen i april kl 18", ["04-07 18.00"]),
        ("sista torsdagen i maj och september kl 18", ["05-28 18.00", "09-24 18.00"]),
        ("varje onsdag i juli kl 17.30", ["07-01 17.30", "07-08 17.30", "07-15 17.30", "07-22 17.30", "07-29 17.30"]),
        ("veckan före vecka 44", ["10-20 18.00"]),
        ("tisdagen i vecka 44", ["10-27 18.00"]),
        ("måndagen två veckor före jul kl 18", ["12-07 18.00"]),
        ("onsdagen samma vecka som påsk", ["04-01 18.00"]),
        ("torsdagen i veckan före midsommar", ["06-11 18.00"]),
        ("tisdagen i veckan före alla helgon", ["10-20 18.00"]),
    ],
)
def test_words_say_when(words: str, due: list[str]) -> None:
    assert days(words) == due


def test_every_month_has_its_first_tuesday() -> None:
    found = due_in(read_rule("första tisdagen i månaden kl 18", past_red_days=False), 2026)
    assert [(in_sweden(at).month, in_sweden(at).weekday(), in_sweden(at).hour) for at in found] == [
        (month, 1, 18) for month in range(1, 13)
    ]


@pytest.mark.parametrize(
    ("words", "moved", "kept"),
    [
        ("den 6 juni varje år", "06-08 18.00", "06-06 18.00"),  # a Saturday in 2026, and red
        ("den 24 december varje år", "12-28 18.00", "12-24 18.00"),  # the eve, both days after, a Sunday
        ("den 3 april varje år", "04-07 18.00", "04-03 18.00"),  # Good Friday, over Easter
        ("den 13 juni varje år", "06-13 18.00", "06-13 18.00"),  # a plain Saturday is not red
    ],
)
def test_red_days_are_moved_past_when_wanted(words: str, moved: str, kept: str) -> None:
    assert days(words) == [moved]
    assert days(words, past_red_days=False) == [kept]


def test_a_day_put_off_into_the_next_year_is_not_lost() -> None:
    rule = read_rule("den 31 december varje år kl 18")
    assert next_after(rule, datetime(2026, 12, 31, 20, tzinfo=UTC)) == datetime(2027, 1, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("clock", ["1.59", "2", "2.30", "2.59", "3"])
def test_the_nights_of_summer_time_have_every_time_once(night: date, clock: str) -> None:
    rule = read_rule(f"varje söndag kl {clock}", past_red_days=False)
    noon_before = datetime(night.year, night.month, night.day, 12, tzinfo=UTC) - timedelta(days=1)
    found = due_between(rule, noon_before, noon_before + timedelta(days=1))
    assert len(found) == 1
    assert next_after(rule, noon_before) == found[0]
    assert next_after(rule, found[0]) == due_between(rule, found[0], found[0] + timedelta(days=8))[0]


def test_the_wall_clock_says_the_same_in_summer_and_winter() -> None:
    found = due_in(read_rule("varje tisdag kl 18"), 2026)
    assert {in_sweden(at).hour for at in found} == {18}
    assert {at.hour for at in found} == {16, 17}


def test_what_is_over_is_never_due_again() -> None:
    assert next_after(read_rule("den 15 oktober 2026"), datetime(2026, 10, 15, 16, tzinfo=UTC)) is None


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_examples_are_said_back_as_they_were_written(words: str) -> None:
    assert in_words(read_rule(words)) == words


@pytest.mark.parametrize(
    "words", ["", "ibland", "femte tisdagen i maj", "den 31 februari 2027", "varje tisdag kl 25", "vecka 60", "31 juni"]
)
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(Refused):
        read_rule(words)


HOURS = {"hour": st.integers(0, 23), "minute": st.integers(0, 59), "past_red_days": st.booleans()}
SOME_MONTHS = st.sets(st.integers(1, 12)).map(lambda found: tuple(sorted(found)))
WEEKS = {"weekday": st.integers(0, 6), "weeks_before": st.integers(0, 8)}
RULES = st.one_of(
    st.builds(Rule, kind=st.just(RuleKind.ONCE), on=st.dates(date(2026, 1, 1), date(2040, 1, 1)), **HOURS),
    st.builds(Rule, kind=st.just(RuleKind.YEARLY), month=st.integers(1, 12), day=st.integers(1, 28), **HOURS),
    st.builds(
        Rule,
        kind=st.just(RuleKind.MONTHLY),
        nth=st.sampled_from([1, 2, 3, 4, LAST]),
        weekday=st.integers(0, 6),
        months=SOME_MONTHS,
        **HOURS,
    ),
    st.builds(Rule, kind=st.just(RuleKind.WEEKLY), weekday=st.integers(0, 6), months=SOME_MONTHS, **HOURS),
    st.builds(Rule, kind=st.just(RuleKind.AROUND), week=st.integers(1, 52), **WEEKS, **HOURS),
    st.builds(Rule, kind=st.just(RuleKind.AROUND), feast=st.sampled_from(Feast), **WEEKS, **HOURS),
)


@given(RULES)
def test_a_rule_survives_its_words_and_its_row(rule: Rule) -> None:
    assert read_rule(in_words(rule), past_red_days=rule.past_red_days) == rule
    assert Rule.from_json(rule.as_json()) == rule


@given(RULES)
def test_one_after_the_other_is_all_of_them(rule: Rule) -> None:
    end, at, found = BEGIN + timedelta(days=500), BEGIN, []
    while (due := next_after(rule, at)) is not None and due <= end:
        found.append(due)
        at = due
    assert found == due_between(rule, BEGIN, end)
    assert not (rule.past_red_days and any(is_red(in_sweden(due).date()) for due in found))
