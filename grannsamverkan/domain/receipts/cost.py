"""What the SMS of alerts have cost: the parts that were called with and taken, times the price of one.

A copy that goes along in another's message costs nothing: its carrier does. A second copy after an unclear answer is
not in here, since nobody can tell whether there is one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, text
from sqlmodel import Session, col

from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden

_TAKEN = text("""
    SELECT alert_id, COALESCE(SUM(parts), 0), SUM(CASE WHEN parts IS NULL THEN 1 ELSE 0 END) FROM delivery
    WHERE alert_id IN :alert_ids AND channel = :sms AND handed_over_at IS NOT NULL GROUP BY alert_id
""").bindparams(bindparam("alert_ids", expanding=True), sms=int(ChannelKind.SMS))


@dataclass(frozen=True, slots=True)
class SmsCost:
    """Of one alert; false when no SMS was taken. uncounted: copies whose parts nobody counted, from before that was
    done."""

    parts: int
    uncounted: int
    kronor_per_part: float

    def __bool__(self) -> bool:
        return self.parts > 0 or self.uncounted > 0

    @property
    def kronor(self) -> float:
        return self.parts * self.kronor_per_part

    def as_json(self) -> dict[str, Any]:
        """For the frozen tally."""
        return {"parts": self.parts, "uncounted": self.uncounted, "kronor_per_part": self.kronor_per_part}


@dataclass(frozen=True, slots=True)
class YearCost:
    """Of all alerts that go in a calendar year. uncounted: how many of them have no whole count."""

    year: int
    parts: int
    kronor: float
    uncounted: int


def count_cost(session: Session, alert_id: int, *, kronor_per_part: float) -> SmsCost:
    """Counted now, from the rows."""
    return count_costs(session, [alert_id], kronor_per_part=kronor_per_part)[alert_id]


def count_costs(session: Session, alert_ids: Iterable[int], *, kronor_per_part: float) -> dict[int, SmsCost]:
    """The same of several alerts, in one query."""
    found = {alert_id: SmsCost(0, 0, kronor_per_part) for alert_id in alert_ids}
    if found:
        for alert_id, parts, uncounted in session.connection().execute(_TAKEN, {"alert_ids": list(found)}):
            found[alert_id] = SmsCost(int(parts), int(uncounted), kronor_per_part)
    return found


def frozen_cost(tally: Mapping[str, Any]) -> SmsCost:
    """Of a closed alert's tally; in one from before it was counted, every SMS that was taken is uncounted."""
    kept = tally.get("sms_cost")
    if kept is not None:
        return SmsCost(kept["parts"], kept["uncounted"], kept["kronor_per_part"])
    copies = tally.get("copies", {}).get("sms", {})
    return SmsCost(0, copies.get("handed_over", 0) + copies.get("delivered", 0), 0.0)


def year_cost(session: Session, municipality_code: str, *, kronor_per_part: float, now: datetime) -> YearCost:
    """Of this calendar year in Sweden so far."""
    year = in_sweden(now).year
    rows = _of_year(session, municipality_code, year)
    under_way = [row.id for row in rows if row.state is AlertState.SENDING]
    costs = list(count_costs(session, under_way, kronor_per_part=kronor_per_part).values())
    costs += [frozen_cost(row.tally or {}) for row in rows if row.state is AlertState.CLOSED]
    return YearCost(
        year=year,
        parts=sum(one.parts for one in costs),
        kronor=sum(one.kronor for one in costs),
        uncounted=sum(one.uncounted > 0 for one in costs),
    )


def booked_kronor(session: Session, municipality_code: str, year: int, *, kronor_per_part: float) -> float:
    """What the SMS of a calendar year have cost, and will when all that has been let go has gone.

    What is under way counts with what it was to take: counting a million copies would keep whoever approves waiting. It
    is counted where it was stopped, and where nobody wrote that down.
    """
    booked, to_count = 0.0, []
    for row in _of_year(session, municipality_code, year):
        if row.state is AlertState.CLOSED:
            booked += frozen_cost(row.tally or {}).kronor
        elif row.expected_parts is None or row.stopped_at is not None:
            to_count.append(row.id)
        else:
            booked += row.expected_parts * kronor_per_part
    counted = count_costs(session, to_count, kronor_per_part=kronor_per_part)
    return booked + sum(one.kronor for one in counted.values())


def _of_year(session: Session, municipality_code: str, year: int) -> Sequence[Row[Any]]:
    begin, end = (datetime(one, 1, 1, tzinfo=STOCKHOLM) for one in (year, year + 1))
    of_each = (col(Alert.id), col(Alert.state), col(Alert.tally), col(Alert.expected_parts), col(Alert.stopped_at))
    return session.execute(
        select(*of_each).where(
            col(Alert.municipality_code) == municipality_code,
            col(Alert.state).in_((AlertState.APPROVED, AlertState.SENDING, AlertState.CLOSED)),
            col(Alert.release_at) >= begin,
            col(Alert.release_at) < end,
        )
    ).all()
