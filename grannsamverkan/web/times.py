"""Days and clocks that people write, in Swedish time."""

from datetime import UTC, date, datetime, time

from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import clock_in_words, day_in_words, in_sweden

_YEARS = range(2000, 2200)


def moment(day: date, clock: time) -> datetime:
    """That day at that hour in Sweden, as UTC; Refused: day_out_of_reach, for a year that nobody means."""
    if day.year not in _YEARS:
        raise Refused("day_out_of_reach")
    return datetime.combine(day, clock, STOCKHOLM).astimezone(UTC)


def when_words(at: datetime) -> str:
    """tisdag 4 mars klockan 18.00, as messages say it."""
    return f"{day_in_words(in_sweden(at).date())} {clock_in_words(at)}"


def today(now: datetime) -> date:
    """The day it is in Sweden."""
    return in_sweden(now).date()
