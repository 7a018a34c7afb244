"""The coordinator's figures over time: joined households tertial by tertial, drawn as bars, and the promise."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from grannsamverkan.domain import promise
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.domain.promise import Progress

_TERTIALS = 6
_BASE_PX, _TOP_PX = 222.0, 24.0  # of the chart's drawing: the line at zero, and the highest line above it
_SLOT_PERCENT, _BAR_PERCENT, _FIRST_PERCENT = 16.8, 11.0, 2.5
_ABOVE_PX, _GAP_PX = 8.0, 1.0
_STEPS = (1, 2, 4, 5, 10)
_LINES = 3


@dataclass(frozen=True)
class Bar:
    """A tertial's households: villas below, apartments on top of them. x and wide in per cent, the rest in pixels."""

    tertial: str
    year: int
    villa: int
    apartment: int
    x: float
    villa_y: float
    apartment_y: float

    wide = _BAR_PERCENT
    base = _BASE_PX

    @property
    def all(self) -> int:
        return self.villa + self.apartment

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2

    @property
    def words_y(self) -> float:
        return min(self.villa_y, self.apartment_y) - _ABOVE_PX


@dataclass(frozen=True)
class Line:
    """A level of the chart."""

    number: int
    y: float


@dataclass(frozen=True)
class Chart:
    """Bars from zero. There is one only where at least two tertials are stored."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]


def households_over_time(session: Session, municipality_code: str, day: date) -> Chart | None:
    """The last tertials up to this day, each by its newest stored day."""
    ends = [min(end, day) for end in _tertial_ends(day)]
    newest = promise.newest_on_each(session, municipality_code, ends)
    stored = promise.on_days(session, municipality_code, newest.values())
    found = []
    for end, day_stored in newest.items():
        if _tertial_of(day_stored) == _tertial_of(end):
            counted = {row.kind: row.households for row in stored[day_stored]}
            found.append((end, counted.get(NetworkKind.VILLA, 0), counted.get(NetworkKind.APARTMENT, 0)))
    if len(found) < 2:
        return None
    step = _step(max(villa + apartment for _end, villa, apartment in found))
    bars = [_bar(place, end, villa, apartment, step) for place, (end, villa, apartment) in enumerate(found)]
    return Chart(tuple(bars), tuple(Line(step * level, _height(step * level, step)) for level in range(_LINES + 1)))


def promises(session: Session, municipality_code: str, day: date) -> list[Progress]:
    """What has been promised and how far it has come by the newest stored day."""
    stored = promise.newest_on(session, municipality_code, day)
    snapshots = promise.on_day(session, municipality_code, stored) if stored else []
    return promise.progress(session, promise.targets(session, municipality_code), snapshots, stored or day)


def _tertial_of(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 4 + 1


def _tertial_ends(day: date) -> list[date]:
    """The last days of this tertial and of those before it, oldest first."""
    year, tertial = _tertial_of(day)
    ends = []
    for _ in range(_TERTIALS):
        ends.append(date(year + tertial // 3, tertial * 4 % 12 + 1, 1) - timedelta(days=1))
        year, tertial = (year, tertial - 1) if tertial > 1 else (year - 1, 3)
    return ends[::-1]


def _step(most: int) -> int:
    """What lies between two lines, so that three of them reach above the highest bar: 1, 2, 4, 5, 10, 20 and so on."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size * _LINES >= most:
                return step * size
        size *= 10


def _height(number: int, step: int) -> float:
    return round(_BASE_PX - (_BASE_PX - _TOP_PX) * number / (step * _LINES), 1)


def _bar(place: int, end: date, villa: int, apartment: int, step: int) -> Bar:
    villa_y = _height(villa, step)
    top = _height(villa + apartment, step)
    return Bar(
        tertial=f"T{_tertial_of(end)[1]}",
        year=end.year,
        villa=villa,
        apartment=apartment,
        x=round(_FIRST_PERCENT + _SLOT_PERCENT * place, 1),
        villa_y=villa_y,
        apartment_y=min(top, villa_y - _GAP_PX) if apartment else villa_y,
    )
