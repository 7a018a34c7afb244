"""How soon the copies of an alert were handed over, and how soon there was proof of them, in seconds from its release.

Kept as a ladder of twenty steps: within so many seconds the first 5, 10 … 100 of a hundred copies. A ladder is small
enough for the frozen tally, its steps are times that did occur, and ladders of several alerts can be joined to one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.deliveries import CARRIER, STATE, DeliveryState
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind

STEPS = 20
HANDED_OVER, PROVEN = "handed_over", "proven"

# The rows that are a step: the first with which another twentieth of all is there. Everything is counted by the
# database, the same on both, and at most twenty rows come out for each channel.
_STEPS = text(f"""
    SELECT measure, channel, place, number, at FROM (
        SELECT measure, channel, at, COUNT(*) OVER (PARTITION BY measure, channel) AS number,
               ROW_NUMBER() OVER (PARTITION BY measure, channel ORDER BY at) AS place
        FROM (
            SELECT '{HANDED_OVER}' AS measure, d.channel AS channel, COALESCE(k.handed_over_at, d.handed_over_at) AS at
            FROM delivery d {CARRIER}
            WHERE d.alert_id = :alert_id AND COALESCE(k.handed_over_at, d.handed_over_at) IS NOT NULL
            UNION ALL
            SELECT '{PROVEN}' AS measure, d.channel AS channel, COALESCE(k.final_at, d.final_at) AS at
            FROM delivery d {CARRIER}
            WHERE d.alert_id = :alert_id AND {STATE} = {DeliveryState.DELIVERED:d}
              AND COALESCE(k.final_at, d.final_at) IS NOT NULL
        ) moments) places
    WHERE place * {STEPS} / number > (place - 1) * {STEPS} / number
    ORDER BY measure, channel, place
""").columns(at=UtcDateTime())  # noqa: S608 - only constants of this file are put together


@dataclass(frozen=True)
class Ladder:
    """Of `copies` copies, so many seconds until each twentieth of them was there: twenty numbers that never fall."""

    copies: int
    within_s: tuple[float, ...]

    @property
    def p50_s(self) -> float:
        """Half of them were there within so many seconds."""
        return self.within_s[STEPS // 2 - 1]

    @property
    def p95_s(self) -> float:
        """95 of a hundred were."""
        return self.within_s[STEPS * 95 // 100 - 1]


@dataclass(frozen=True)
class Times:
    """Channel → ladder, of those channels by which any copy was handed over, or proven."""

    handed_over: dict[ChannelKind, Ladder]
    proven: dict[ChannelKind, Ladder]

    def __bool__(self) -> bool:
        """Whether any copy has gone."""
        return bool(self.handed_over)

    def as_json(self) -> dict[str, Any]:
        """For the frozen tally."""
        return {HANDED_OVER: _plain(self.handed_over), PROVEN: _plain(self.proven)}


def times(session: Session, alert: Alert) -> Times:
    """Measured now, from the rows, in one query."""
    found: dict[str, dict[ChannelKind, Ladder]] = {HANDED_OVER: {}, PROVEN: {}}
    if alert.release_at is None:
        return Times({}, {})
    climbed: dict[tuple[str, ChannelKind], tuple[int, list[float]]] = {}
    for measure, channel, place, number, at in session.connection().execute(_STEPS, {"alert_id": alert.id}):
        _copies, steps = climbed.setdefault((measure, ChannelKind(channel)), (number, []))
        reached = place * STEPS // number
        steps += [_seconds(alert.release_at, at)] * (reached - len(steps))
    for (measure, channel), (number, steps) in climbed.items():
        found[measure][channel] = Ladder(number, tuple(steps))
    return Times(found[HANDED_OVER], found[PROVEN])


def frozen_times(tally: Mapping[str, Any]) -> Times:
    """Those of a closed alert; none in a tally from before they were kept."""
    kept = tally.get("times", {})
    return Times(_ladders(kept.get(HANDED_OVER, {})), _ladders(kept.get(PROVEN, {})))


def joined(ladders: Iterable[Ladder]) -> Ladder | None:
    """Several as one, None for none. Each step stands for a twentieth of its alert's copies, all as late as the last of
    them, so that the whole is never told sooner than it was."""
    known = list(ladders)
    if not known:
        return None
    weighed = sorted((seconds, one.copies) for one in known for seconds in one.within_s)
    copies, passed = sum(one.copies for one in known), 0
    steps: list[float] = []
    for seconds, weight in weighed:  # in twentieths of a copy, so that nothing is rounded
        passed += weight
        steps += [seconds] * (passed // copies - len(steps))
    return Ladder(copies, tuple(steps))


def _seconds(release: datetime, at: datetime) -> float:
    """Never below nothing: a clock may have been put right between the two."""
    return max(0.0, round((at - release).total_seconds(), 1))


def _plain(ladders: dict[ChannelKind, Ladder]) -> dict[str, Any]:
    return {
        channel.name.lower(): {"copies": one.copies, "within_s": list(one.within_s)} for channel, one in ladders.items()
    }


def _ladders(kept: Mapping[str, Any]) -> dict[ChannelKind, Ladder]:
    return {ChannelKind[name.upper()]: Ladder(one["copies"], tuple(one["within_s"])) for name, one in kept.items()}
