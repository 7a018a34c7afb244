"""For the agreement between municipality and police: the figures of each four months and of each year, as a page and as
a file. How it stood comes from the stored days; what happened is counted from what was held and sent."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, promise
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.lifecycle import MeetingKind
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.places import Municipality
from grannsamverkan.domain.promise import PromiseSnapshot
from grannsamverkan.web import current
from grannsamverkan.web.csv_files import csv_answer
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.promise import chosen_municipality

pages = Pages("follow_up")

_MONTHS = 4  # in a tertial
_HEAD = (
    *("period", "till_och_med", "sort", "intresserade", "under_start", "igang", "vilande", "avslutade", "hushall"),
    *("bostader", "andel_procent", "kontaktombud", "utbildade", "vakanta", "startmoten", "arsmoten", "utbildningar"),
    *("varningar", "minuter_till_utskick"),
)


@dataclass(frozen=True)
class Period:
    """Four months or a year, as far as days are stored."""

    name: str
    first: date
    last: date
    is_whole: bool


@dataclass(frozen=True)
class Line:
    """One kind of housing in one period. Trainings and warnings have no kind: the same number stands in both lines."""

    period: Period
    snapshot: PromiseSnapshot
    start_meetings: int
    yearly_meetings: int
    trainings: int
    warnings: int
    minutes: int | None

    @property
    def share(self) -> int | None:
        snapshot = self.snapshot
        return 100 * snapshot.households // snapshot.dwellings if snapshot.dwellings else None


@pages.get("/lofte/uppfoljning", may=Action.MANAGE_PROMISE)
def page() -> ResponseReturnValue:
    municipality, found = _read()
    return render_template("promise/follow_up.html", municipality=municipality, lines=found)


@pages.get("/lofte/uppfoljning.csv", may=Action.MANAGE_PROMISE)
def as_csv() -> ResponseReturnValue:
    _municipality, found = _read()
    return csv_answer([_HEAD, *(_cells(line) for line in found)], "uppfoljning.csv")


def _read() -> tuple[Municipality, list[Line]]:
    municipality = chosen_municipality()
    with current.runtime().database.read() as rows:
        stored = promise.stored_days(rows, municipality.code)
        found = periods(*stored) if stored is not None else []
        stood = promise.on_days(rows, municipality.code, [one.last for one in found])
        return municipality, [line for one in found for line in _lines(rows, municipality.code, one, stood[one.last])]


def periods(first: date, last: date) -> list[Period]:
    """Every tertial, and after its third the whole year, from the first stored day to the last; the last may be cut."""
    found = []
    for year in range(first.year, last.year + 1):
        thirds = [(f"{year} tertial {third + 1}", third * _MONTHS + 1, _MONTHS) for third in range(12 // _MONTHS)]
        for name, month, months in (*thirds, (str(year), 1, 12)):
            begins, ends = date(year, month, 1), _end_of(year, month + months - 1)
            if begins <= last and ends >= first:
                found.append(Period(name, begins, min(ends, last), begins >= first and ends <= last))
    return found


def _end_of(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _lines(rows: Session, code: str, period: Period, stood: list[PromiseSnapshot]) -> list[Line]:
    """Villas, then apartments, of those stored on the period's last day."""
    held = promise.held_between(rows, code, period.first, period.last)
    begin, end = promise.end_of(period.first - timedelta(days=1)), promise.end_of(period.last)
    sent = alerts.sent_between(rows, code, begin, end)
    return [
        Line(
            period=period,
            snapshot=snapshot,
            start_meetings=held.meetings[NetworkKind(snapshot.kind), MeetingKind.START],
            yearly_meetings=held.meetings[NetworkKind(snapshot.kind), MeetingKind.YEARLY],
            trainings=held.trainings,
            warnings=sent.warnings,
            minutes=sent.minutes,
        )
        for snapshot in stood
    ]


def _cells(line: Line) -> list[object]:
    stood = line.snapshot
    return [
        *(line.period.name, line.period.last.isoformat(), stood.kind.value, stood.interests, stood.starting),
        *(stood.active, stood.dormant, stood.ended, stood.households, stood.dwellings),
        *("" if line.share is None else line.share, stood.contact_persons, stood.trained, stood.vacant),
        *(line.start_meetings, line.yearly_meetings, line.trainings, line.warnings),
        "" if line.minutes is None else line.minutes,
    ]
