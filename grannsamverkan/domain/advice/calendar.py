"""When an entry of a year's plan is due: a rule in Swedish wall time, worked out anew for every year.

Times are never stored years ahead: the rule is, and a change of the law on summer time changes nothing in it. A time
that a night in March leaps over counts as an hour later, one that a night in October has twice as the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import holidays

from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import in_sweden

LAST = -1  # the last of its weekday in a month
MOST_DAYS_AFTER = 90  # later than that nobody is new
_MOST_WEEKS = 8
_YEARS_AHEAD = 9  # further than that no rule leaps


class RuleKind(StrEnum):
    """once: on a day. yearly: on a date. monthly: the first, second … of a weekday. weekly: every such weekday.
    around: a weekday of the week of a feast or with a number, or of one some weeks before. joined: to each home, some
    days after it has joined; every day is looked for such homes."""

    ONCE = "once"
    YEARLY = "yearly"
    MONTHLY = "monthly"
    WEEKLY = "weekly"
    AROUND = "around"
    JOINED = "joined"


class Feast(StrEnum):
    """What moves from year to year, and what many go away for."""

    EASTER = "easter"
    MIDSUMMER = "midsummer"
    ALL_SAINTS = "all_saints"
    CHRISTMAS = "christmas"


@dataclass(frozen=True)
class Rule:
    """When something is due. What its kind has no use for is left as it is.

    on: the day of `once`. month, day: of `yearly`. nth: of `monthly`, LAST for the last. months: of `monthly` and
    `weekly`, none for every month. feast or week: of `around`, and how many weeks before. days: of `joined`.
    `past_red_days`: a day that is red is put off to the next working day.
    """

    kind: RuleKind
    hour: int
    minute: int = 0
    on: date | None = None
    month: int = 0
    day: int = 0
    nth: int = 0
    weekday: int = 0
    months: tuple[int, ...] = ()
    feast: Feast | None = None
    week: int = 0
    weeks_before: int = 0
    days: int = 0
    past_red_days: bool = True

    def as_json(self) -> dict[str, Any]:
        """Plain values; what says nothing is left out."""
        plain = {name: value for name, value in asdict(self).items() if value not in (None, (), 0)}
        plain["hour"], plain["past_red_days"] = self.hour, self.past_red_days
        if self.on is not None:
            plain["on"] = self.on.isoformat()
        if self.months:
            plain["months"] = list(self.months)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Rule":
        """What `as_json` gave."""
        values = dict(plain)
        values["kind"] = RuleKind(values["kind"])
        if "on" in values:
            values["on"] = date.fromisoformat(values["on"])
        if "feast" in values:
            values["feast"] = Feast(values["feast"])
        values["months"] = tuple(values.get("months", ()))
        return cls(**values)

    def checked(self) -> "Rule":
        """Itself. Refused: rule_incomplete."""
        fits = {
            RuleKind.ONCE: self.on is not None,
            RuleKind.YEARLY: 1 <= self.month <= 12 and 1 <= self.day <= _days_in(self.month),
            RuleKind.MONTHLY: self.nth in (1, 2, 3, 4, LAST),
            RuleKind.WEEKLY: True,
            RuleKind.AROUND: (self.feast is not None) != (1 <= self.week <= 53)
            and 0 <= self.weeks_before <= _MOST_WEEKS,
            RuleKind.JOINED: 1 <= self.days <= MOST_DAYS_AFTER,
        }[self.kind]
        whole = 0 <= self.hour <= 23 and 0 <= self.minute <= 59 and 0 <= self.weekday <= 6
        if not fits or not whole or not all(1 <= month <= 12 for month in self.months):
            raise Refused("rule_incomplete")
        return self


def next_after(rule: Rule, moment: datetime) -> datetime | None:
    """When it is due next after that moment, in UTC; None when never again. `joined` is looked at every day."""
    if rule.kind is RuleKind.JOINED:
        day = in_sweden(moment).date()
        return next(at for at in (_moment(day + timedelta(days=ahead), rule) for ahead in range(3)) if at > moment)
    year = in_sweden(moment).year
    for one in range(year - 1, year + _YEARS_AHEAD):
        due = [at for at in due_in(rule, one) if at > moment]
        if due:
            return min(due)
    return None


def due_between(rule: Rule, after: datetime, until: datetime) -> list[datetime]:
    """Every time it is due after the one moment and not later than the other; none known ahead of `joined`."""
    if rule.kind is RuleKind.JOINED:
        return []
    years = range(in_sweden(after).year - 1, in_sweden(until).year + 1)
    return sorted({at for year in years for at in due_in(rule, year) if after < at <= until})


def due_in(rule: Rule, year: int) -> list[datetime]:
    """Every time that the year's days are due; one that was put off may lie in the next."""
    days = {_past_red_days(day) if rule.past_red_days else day for day in _days(rule, year)}
    return [_moment(day, rule) for day in sorted(days)]


def is_red(day: date) -> bool:
    """Whether it is a public holiday, or one of the eves on which nobody works. A plain Sunday is none."""
    return day in _red_days(day.year)


def _moment(day: date, rule: Rule) -> datetime:
    return datetime.combine(day, time(rule.hour, rule.minute), STOCKHOLM).astimezone(UTC)


def _past_red_days(day: date) -> date:
    if not is_red(day):
        return day
    while is_red(day) or day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _days(rule: Rule, year: int) -> Iterator[date]:
    if rule.kind is RuleKind.ONCE:
        if rule.on is not None and rule.on.year == year:
            yield rule.on
    elif rule.kind is RuleKind.YEARLY:
        yield _date_in(year, rule.month, rule.day)
    elif rule.kind is RuleKind.AROUND:
        monday = _monday_of(rule, year)
        if monday is not None:
            yield monday + timedelta(days=rule.weekday - 7 * rule.weeks_before)
    else:
        for month in rule.months or range(1, 13):
            found = _weekdays(year, month, rule.weekday)
            yield from found if rule.kind is RuleKind.WEEKLY else [found[rule.nth - 1 if rule.nth > 0 else LAST]]


def _weekdays(year: int, month: int, weekday: int) -> list[date]:
    """Every such weekday of the month: four of them, or five."""
    first = date(year, month, 1)
    first += timedelta(days=(weekday - first.weekday()) % 7)
    found = [first + timedelta(days=7 * number) for number in range(5)]
    return [day for day in found if day.month == month]


def _monday_of(rule: Rule, year: int) -> date | None:
    """The Monday of the week that the rule is around; None in a year without a week 53."""
    if rule.feast is not None:
        day = _feast_day(rule.feast, year)
        return day - timedelta(days=day.weekday())
    try:
        return date.fromisocalendar(year, rule.week, 1)
    except ValueError:
        return None


def _feast_day(feast: Feast, year: int) -> date:
    if feast is Feast.CHRISTMAS:
        return date(year, 12, 24)
    named = {Feast.EASTER: "Påskdagen", Feast.MIDSUMMER: "Midsommarafton", Feast.ALL_SAINTS: "Alla helgons dag"}
    return next(day for day, name in _red_days(year).items() if named[feast] in name)


@cache
def _red_days(year: int) -> dict[date, str]:
    return dict(
        holidays.country_holidays(
            "SE", years=year, language="sv", categories=("public", "de_facto"), include_sundays=False
        )
    )


def _date_in(year: int, month: int, day: int) -> date:
    """The 29th of February is the 28th in most years."""
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)


def _days_in(month: int) -> int:
    return (date(2024, month % 12 + 1, 1) - timedelta(days=1)).day
