"""Messages of ours to the operator, by each provider: does what it takes come out at the other end?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.tables import Canary
from grannsamverkan.domain.deliveries.ticks import CLOCKS_APART
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.ports import ProviderName

UNPROVED_LONG = timedelta(minutes=5)  # from then on it is an alarm
_AGAIN_AFTER = timedelta(minutes=15)  # without proof, so that the alarm ends soon after what was wrong
_KEPT = timedelta(days=7)
_ASKED_AT_ONCE = 20


@dataclass(frozen=True)
class CanaryWord:
    """When a provider's canary was last proved, and since when none is: None where there is nothing to tell."""

    proved_at: datetime | None = None
    unproved_since: datetime | None = None

    def is_lost(self, now: datetime) -> bool:
        return self.unproved_since is not None and now - self.unproved_since >= UNPROVED_LONG


def begin_canary(session: Session, provider: str, *, every: timedelta, now: datetime) -> Canary | None:
    """The provider's next canary, when it is due; committed before the call. None when it is not, or when another clock
    has begun it. Those of long ago are deleted."""
    newest = session.exec(select(Canary).where(Canary.provider == provider).order_by(col(Canary.number).desc())).first()
    if newest is not None and newest.called_at - CLOCKS_APART <= now < newest.next_at:
        return None
    session.execute(delete(Canary).where(col(Canary.provider) == provider, col(Canary.called_at) < now - _KEPT))
    number = 1 if newest is None else newest.number + 1
    row = Canary(provider=provider, number=number, called_at=now, next_at=now + min(every, _AGAIN_AFTER))
    canary_id = add_once(session, row)
    return None if canary_id is None else session.get_one(Canary, canary_id)


def canary_taken(session: Session, canary_id: int, *, provider_id: str, now: datetime) -> None:
    """The provider says yes. A receipt may have come before."""
    taken = update(Canary).where(col(Canary.id) == canary_id)
    session.execute(taken.values(taken_at=now, provider_id=provider_id or None))


def canary_refused(session: Session, canary_id: int, *, code: str, next_at: datetime | None = None) -> bool:
    """The provider says no, or that it did not arrive: that undoes a relay's yes, no phone's. Whether it is believed.
    `next_at`: when the next one may go, where that is known."""
    when = {} if next_at is None else {"next_at": next_at}
    may = or_(col(Canary.proved_at).is_(None), col(Canary.provider) == ProviderName.RELAY)
    refused = update(Canary).where(col(Canary.id) == canary_id, may)
    done = session.execute(refused.values(code=code, proved_at=None, **when))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def canary_proved(session: Session, canary_id: int, *, every: timedelta, now: datetime) -> bool:
    """It has come out at the other end; False when that was known."""
    row = session.get(Canary, canary_id, with_for_update=True)
    if row is None or row.proved_at is not None:
        return False
    row.proved_at, row.code, row.next_at = now, None, row.called_at + every
    return True


def unproved_canaries(session: Session, *, after: datetime, before: datetime) -> list[Canary]:
    """What was called between these times and has no proof yet, the newest first."""
    rows = select(Canary).where(
        col(Canary.proved_at).is_(None), col(Canary.code).is_(None), Canary.called_at > after, Canary.called_at < before
    )
    return list(session.exec(rows.order_by(col(Canary.id).desc()).limit(_ASKED_AT_ONCE)))


def canaries(session: Session) -> dict[str, CanaryWord]:
    """How it stands with the canaries of each provider that had any, by its name."""
    later = aliased(Canary)
    is_overtaken = exists().where(
        later.provider == Canary.provider,  # type: ignore[arg-type]
        later.number >= Canary.number,  # type: ignore[arg-type]
        later.proved_at.is_not(None),  # type: ignore[union-attr]
    )
    by_provider = col(Canary.provider)
    proved = dict(session.exec(select(Canary.provider, func.max(Canary.proved_at)).group_by(by_provider)).all())
    waiting = select(Canary.provider, func.min(Canary.called_at)).where(~is_overtaken).group_by(by_provider)
    since = dict(session.exec(waiting).all())
    return {provider: CanaryWord(proved[provider], since.get(provider)) for provider in proved}
