"""A rule of the calendar in Swedish words, and back: "första tisdagen i månaden kl 18"."""

import re
from datetime import date

from grannsamverkan.domain.advice.calendar import LAST, Feast, Rule, RuleKind
from grannsamverkan.foundation.errors import Refused

MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_NTHS = {"första": 1, "andra": 2, "tredje": 3, "fjärde": 4, "sista": LAST}
_FEASTS = {"påsk": Feast.EASTER, "midsommar": Feast.MIDSUMMER, "alla helgon": Feast.ALL_SAINTS, "jul": Feast.CHRISTMAS}
_NUMBERS = ("en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta")
_USUAL_HOUR, _USUAL_WEEKDAY = 18, 1

# One of each kind, to choose from or to write after.
EXAMPLES = (
    "första tisdagen i månaden kl 18",
    "första tisdagen i april kl 18",
    "sista torsdagen i maj och september kl 18",
    "varje onsdag i juni, juli och augusti kl 17.30",
    "tisdagen i veckan före vecka 44 kl 18",
    "tisdagen två veckor före jul kl 18",
    "den 15 november varje år kl 18",
    "den 15 oktober 2027 kl 18",
    "3 dagar efter att någon har gått med kl 18",
)

_MONTH = f"(?:{'|'.join(MONTHS)})"
_WEEKDAY = f"(?:{'|'.join(WEEKDAYS)})"
_CLOCK = re.compile(r"^(?P<what>.*?)(?:,? (?:kl\.?|klockan) ?(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2}))?)?$")
_ONCE = re.compile(rf"^(?:den )?(?P<day>\d{{1,2}}):?e? (?P<month>{_MONTH}) (?P<year>\d{{4}})$")
_ONCE_ISO = re.compile(r"^(?P<iso>\d{4}-\d{2}-\d{2})$")
_YEARLY = re.compile(
    rf"^(?:varje år )?(?:den )?(?P<day>\d{{1,2}}):?e? (?P<month>{_MONTH})(?: varje år)?$",
)
_MONTHS_IN = rf"(?P<months>{_MONTH}(?:(?:, | och ){_MONTH})*)"
_MONTHLY = re.compile(rf"^(?P<nth>{'|'.join(_NTHS)}) (?P<weekday>{_WEEKDAY})en i (?:månaden|varje månad|{_MONTHS_IN})$")
_WEEKLY = re.compile(rf"^varje (?P<weekday>{_WEEKDAY})(?: i {_MONTHS_IN})?$")
_ANCHOR = rf"(?:vecka (?P<week>\d{{1,2}})|(?P<feast>{'|'.join(_FEASTS)}))"
_AROUND = re.compile(
    rf"^(?:(?P<weekday>{_WEEKDAY})en )?(?:i )?"
    rf"(?:(?P<before>veckan före|(?P<number>{'|'.join(_NUMBERS)}|\d) veckor före) |samma vecka som )?{_ANCHOR}$"
)
_JOINED = re.compile(r"^(?P<days>\d{1,2}|en) dag(?:ar)? efter att (?:någon|de|ett hushåll) (?:har )?gått med$")


def in_words(rule: Rule) -> str:
    """första tisdagen i månaden kl 18"""
    clock = f"kl {rule.hour}" + (f".{rule.minute:02d}" if rule.minute else "")
    return f"{_day_words(rule)} {clock}"


def read_rule(words: str, *, past_red_days: bool = True) -> Rule:
    """The rule that these words say; without a time it is 18. Refused: rule_not_understood, rule_incomplete."""
    text = " ".join(words.casefold().split()).rstrip(".")
    found = _CLOCK.match(text)
    assert found is not None
    hour, minute = int(found["hour"] or _USUAL_HOUR), int(found["minute"] or 0)
    values = _read_day(found["what"].strip())
    return Rule(hour=hour, minute=minute, past_red_days=past_red_days, **values).checked()  # type: ignore[arg-type]


def _day_words(rule: Rule) -> str:
    weekday = WEEKDAYS[rule.weekday]
    if rule.kind is RuleKind.JOINED:
        return f"{rule.days} {'dag' if rule.days == 1 else 'dagar'} efter att någon har gått med"
    if rule.kind is RuleKind.ONCE and rule.on is not None:
        return f"den {rule.on.day} {MONTHS[rule.on.month - 1]} {rule.on.year}"
    if rule.kind is RuleKind.YEARLY:
        return f"den {rule.day} {MONTHS[rule.month - 1]} varje år"
    if rule.kind is RuleKind.MONTHLY:
        nth = next(word for word, number in _NTHS.items() if number == rule.nth)
        return f"{nth} {weekday}en i {_in_a_row(rule.months) or 'månaden'}"
    if rule.kind is RuleKind.WEEKLY:
        return f"varje {weekday} i {_in_a_row(rule.months)}" if rule.months else f"varje {weekday}"
    anchor = next((word for word, feast in _FEASTS.items() if feast is rule.feast), f"vecka {rule.week}")
    if rule.weeks_before == 0:
        return f"{weekday}en samma vecka som {anchor}" if rule.feast else f"{weekday}en i {anchor}"
    if rule.weeks_before == 1:
        return f"{weekday}en i veckan före {anchor}"
    return f"{weekday}en {_NUMBERS[rule.weeks_before - 1]} veckor före {anchor}"


def _in_a_row(months: tuple[int, ...]) -> str:
    names = [MONTHS[month - 1] for month in months]
    return " och ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _read_day(text: str) -> dict[str, object]:
    if found := _ONCE.match(text):
        return {"kind": RuleKind.ONCE, "on": _date(int(found["year"]), _month(found["month"]), int(found["day"]))}
    if found := _ONCE_ISO.match(text):
        return {"kind": RuleKind.ONCE, "on": _date(*map(int, found["iso"].split("-")))}
    if found := _YEARLY.match(text):
        return {"kind": RuleKind.YEARLY, "month": _month(found["month"]), "day": int(found["day"])}
    if found := _MONTHLY.match(text):
        return {"kind": RuleKind.MONTHLY, "nth": _NTHS[found["nth"]], **_weekday_and_months(found)}
    if found := _WEEKLY.match(text):
        return {"kind": RuleKind.WEEKLY, **_weekday_and_months(found)}
    if found := _AROUND.match(text):
        return _read_around(found)
    if found := _JOINED.match(text):
        return {"kind": RuleKind.JOINED, "days": 1 if found["days"] == "en" else int(found["days"])}
    raise Refused("rule_not_understood")


def _read_around(found: re.Match[str]) -> dict[str, object]:
    number, before = found["number"], found["before"]
    weeks = int(number) if number and number.isdigit() else _NUMBERS.index(number) + 1 if number else int(bool(before))
    return {
        "kind": RuleKind.AROUND,
        "weekday": WEEKDAYS.index(found["weekday"]) if found["weekday"] else _USUAL_WEEKDAY,
        "week": int(found["week"] or 0),
        "feast": _FEASTS[found["feast"]] if found["feast"] else None,
        "weeks_before": weeks,
    }


def _weekday_and_months(found: re.Match[str]) -> dict[str, object]:
    named = re.findall(_MONTH, found["months"] or "")
    return {"weekday": WEEKDAYS.index(found["weekday"]), "months": tuple(sorted({_month(name) for name in named}))}


def _month(name: str) -> int:
    return MONTHS.index(name) + 1


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused("rule_not_understood") from None
