"""What became of a municipality's warnings month by month, from the tallies of those that are closed, and nothing else:
the copies themselves are gone by then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts import BEGINS, Alert, AlertState
from grannsamverkan.domain.receipts.ledger import frozen, proved
from grannsamverkan.domain.receipts.times import Ladder, frozen_times, joined
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.swedish import in_sweden

MONTHS = 12


@dataclass
class Month:
    """The warnings that were let go in a month, `first` its first day in Sweden; what followed them is not counted.

    addressed, proved: households. The ladders are those of every channel of every warning.
    """

    first: date
    warnings: int = 0
    addressed: int = 0
    proved: int = 0
    handed_over: list[Ladder] = field(default_factory=list)
    proven: list[Ladder] = field(default_factory=list)

    @property
    def to_hand_over(self) -> Ladder | None:
        """How soon all of its copies were handed over."""
        return joined(self.handed_over)

    @property
    def to_proof(self) -> Ladder | None:
        """How soon there was proof of those of which there was."""
        return joined(self.proven)


def months(session: Session, municipality_code: str, *, now: datetime) -> list[Month]:
    """The last twelve, the one that goes on first."""
    found = {first: Month(first) for first in _firsts(in_sweden(now).date())}
    begin = datetime.combine(min(found), time(), STOCKHOLM)
    rows = select(Alert.release_at, Alert.tally).where(
        Alert.municipality_code == municipality_code,
        Alert.state == AlertState.CLOSED,
        col(Alert.alert_class).in_(BEGINS),
        col(Alert.release_at) >= begin,
    )
    for release_at, tally in session.exec(rows):
        if release_at is not None and tally is not None:
            _count(found[in_sweden(release_at).date().replace(day=1)], tally)
    return list(found.values())


def _count(month: Month, tally: Mapping[str, Any]) -> None:
    counted, measured = frozen(tally), frozen_times(tally)
    month.warnings += 1
    month.addressed += counted.addressed
    month.proved += proved(counted.households)
    month.handed_over += measured.handed_over.values()
    month.proven += measured.proven.values()


def _firsts(day: date) -> list[date]:
    """The first day of this month, of the one before, and so on."""
    whole = day.year * 12 + day.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(whole, whole - MONTHS, -1)]
