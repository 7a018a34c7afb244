"""Who was shown what people have told us: written when it happens, and read by those whom it is about."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain.audit.tables import ViewEntry

_SAME_VISIT = timedelta(hours=1)


def note_view(
    session: Session,
    *,
    now: datetime,
    account_id: int,
    role: str,
    what: str,
    municipality_code: str,
    network_id: int,
    household_ids: Iterable[int],
    purpose: str = "",
) -> None:
    """Somebody was shown these households. The same list looked at again within the hour is the same view."""
    ids = sorted(household_ids)
    last = session.exec(
        select(ViewEntry)
        .where(ViewEntry.account_id == account_id, ViewEntry.network_id == network_id, ViewEntry.what == what)
        .order_by(col(ViewEntry.id).desc())
        .limit(1)
    ).first()
    is_same = last is not None and last.household_ids == ids and last.at > now - _SAME_VISIT and not purpose
    if ids and not is_same:
        session.add(
            ViewEntry(
                at=now,
                account_id=account_id,
                role=role,
                what=what,
                purpose=purpose[:200],
                municipality_code=municipality_code,
                network_id=network_id,
                household_ids=ids,
            )
        )


def views_of_network(session: Session, network_id: int, *, limit: int = 200) -> list[ViewEntry]:
    """Everything that has been shown of a network's households, newest first."""
    rows = select(ViewEntry).where(ViewEntry.network_id == network_id).order_by(col(ViewEntry.id).desc()).limit(limit)
    return list(session.exec(rows))


def views_of_households(session: Session, network_ids: Iterable[int], household_ids: Iterable[int]) -> list[ViewEntry]:
    """Every time one of these households was shown to somebody, newest first."""
    wanted = set(household_ids)
    rows = select(ViewEntry).where(col(ViewEntry.network_id).in_(list(network_ids))).order_by(col(ViewEntry.id).desc())
    return [row for row in session.exec(rows) if wanted & set(row.household_ids)]


def forget_views_of(session: Session, network_id: int, household_ids: Iterable[int], *, since: datetime) -> None:
    """These households are no more, and never were anybody's: what was shown since then was shown of the others."""
    gone = set(household_ids)
    rows = select(ViewEntry).where(ViewEntry.network_id == network_id, col(ViewEntry.at) >= since)
    for row in session.exec(rows).all():
        left = [one for one in row.household_ids if one not in gone]
        if not left:
            session.delete(row)
        elif len(left) < len(row.household_ids):
            row.household_ids = left
    session.flush()
