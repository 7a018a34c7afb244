"""An event's title, `25 april 12.59, Inbrott, försök, Hörby`: when it happened, its type, its place."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from grannsamverkan.foundation.clock import STOCKHOLM

_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
_WHEN = re.compile(r"(\d{1,2})\s+([a-z]+)\s+(\d{1,2})[.:](\d{2})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TitleParts:
    """The three parts as written; `place` is None where the title ends without one."""

    when: str
    type: str
    place: str | None


def split_title(title: str) -> TitleParts:
    """Split at the first and the last comma only: the type between them may hold commas of its own."""
    when, _, rest = title.partition(",")
    type_, comma, place = rest.rpartition(",")
    if not comma:
        return TitleParts(when.strip(), place.strip(), None)
    return TitleParts(when.strip(), type_.strip(), place.strip() or None)


def happened_at(when: str, published_at: datetime) -> datetime | None:
    """The title's day and time in UTC, in the year that lies nearest to the publication; the title names none.

    None when it cannot be read, or is later than the publication: then day or month was typed wrong.
    """
    read = _WHEN.fullmatch(when)
    if read is None or read[2].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(read[2].lower()) + 1
    year = published_at.astimezone(STOCKHOLM).year
    times = [_time(y, month, int(read[1]), int(read[3]), int(read[4])) for y in (year - 1, year, year + 1)]
    nearest = min((t for t in times if t), key=lambda t: abs(t - published_at), default=None)
    return nearest if nearest and nearest <= published_at else None


def _time(year: int, month: int, day: int, hour: int, minute: int) -> datetime | None:
    try:
        return datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)
    except ValueError:
        return None
