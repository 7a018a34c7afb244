"""How it goes with each provider, as those who send have last seen it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, select

from grannsamverkan.domain.deliveries.tables import ProviderHealth
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.ports import Cause, Standing

# Nobody learns that a provider is back before something is given to it: after this time it is history.
KNOWN_FOR = timedelta(minutes=15)


class Health(StrEnum):
    """What can be said of a provider: nothing yet, that it takes what it is given, that it did not the last time, that
    a sender lets it alone and goes by another."""

    UNUSED = "unused"
    TAKES = "takes"
    AWAY = "away"
    LET_ALONE = "let_alone"


@dataclass(frozen=True)
class ProviderWord:
    """How it goes with a provider, and since when that is known: None while nothing is. `cause`: why it is not reached,
    where a sender could tell."""

    health: Health
    at: datetime | None = None
    took_at: datetime | None = None
    cause: Cause | None = None

    def is_away(self, now: datetime) -> bool:
        """Whether somebody has lately seen it take nothing, and nobody has seen it take something since."""
        is_known = self.at is not None and abs(now - self.at) < KNOWN_FOR
        return is_known and self.health in (Health.AWAY, Health.LET_ALONE)


def note_standing(session: Session, standing: Standing, *, now: datetime) -> None:
    """What a sender has seen. The latest counts, whoever saw it; safe to race."""
    add_once(session, ProviderHealth(provider=standing.provider))
    found = select(ProviderHealth).where(ProviderHealth.provider == standing.provider).with_for_update()
    row = session.exec(found).one()
    row.took_at = _later(row.took_at, standing.took_at)
    if _is_after(standing.failed_at, row.failed_at):
        row.failed_at, row.cause = standing.failed_at, standing.cause
    if standing.is_let_alone:
        row.let_alone_at = now


def providers_health(session: Session) -> dict[str, ProviderWord]:
    """Of every provider that anything was ever given to, by name."""
    return {row.provider: _word(row) for row in session.exec(select(ProviderHealth))}


def _word(row: ProviderHealth) -> ProviderWord:
    """What it has taken since shows that it is back. As long as one sender lets it alone, that is said, though others
    still try."""
    cause = Cause(row.cause) if row.cause in set(Cause) else None  # a later version may know others
    if _is_after(row.let_alone_at, row.took_at):
        return ProviderWord(Health.LET_ALONE, row.let_alone_at, row.took_at, cause)
    if _is_after(row.failed_at, row.took_at):
        return ProviderWord(Health.AWAY, row.failed_at, row.took_at, cause)
    return ProviderWord(Health.TAKES if row.took_at else Health.UNUSED, row.took_at, row.took_at)


def _is_after(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
