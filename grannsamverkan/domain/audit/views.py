"""Who was shown what people have told us: written when it happens, and read by those whom it is about."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from grannsamverkan.domain.audit.tables import ViewEntry
from grannsamverkan.foundation.database import Among

_SAME_VISIT = timedelta(hours=1)
_OF_PERSONS = ("reveal", "export", "register")  # what shows persons that are no household's


def note_view(
    session: Session,
    *,
    now: datetime,
    account_id: int,
    role: str,
    what: str,
    municipality_code: str,
    network_id: int | None,
    household_ids: Iterable[int] = (),
    person_ids: Iterable[int] = (),
    viewer_person_id: int | None = None,
    purpose: str = "",
) -> None:
    """Somebody was shown these households or persons. The same looked at again within the hour is the same view; what
    was asked for with a purpose is always written down, also when it showed nobody."""
    row = ViewEntry(
        at=now,
        account_id=account_id,
        role=role,
        what=what,
        purpose=purpose[:200],
        municipality_code=municipality_code,
        network_id=network_id,
        household_ids=sorted(household_ids),
        person_ids=sorted(person_ids),
        viewer_person_id=viewer_person_id,
    )
    is_worth_it = row.household_ids or row.person_ids
    if purpose or (is_worth_it and not _is_same_visit(session, row)):
        session.add(row)


def _is_same_visit(session: Session, row: ViewEntry) -> bool:
    last = session.exec(
        select(ViewEntry)
        .where(
            ViewEntry.account_id == row.account_id,
            ViewEntry.viewer_person_id == row.viewer_person_id,
            ViewEntry.network_id == row.network_id,
            ViewEntry.what == row.what,
        )
        .order_by(col(ViewEntry.id).desc())
        .limit(1)
    ).first()
    is_same = last is not None and (last.household_ids, last.person_ids) == (row.household_ids, row.person_ids)
    return is_same and last is not None and last.at > row.at - _SAME_VISIT


def views_of_network(session: Session, network_id: int, *, limit: int = 200) -> list[ViewEntry]:
    """Everything that has been shown of a network's households, newest first."""
    return _newest(session, select(ViewEntry).where(ViewEntry.network_id == network_id).limit(limit))


def views_in(session: Session, municipality_codes: Iterable[str], *, limit: int = 200) -> list[ViewEntry]:
    """Everything that has been shown in these municipalities, newest first; also of those who are in no network yet."""
    wanted = col(ViewEntry.municipality_code).in_(list(municipality_codes))
    return _newest(session, select(ViewEntry).where(wanted).limit(limit))


def views_of(
    session: Session,
    *,
    municipality_code: str,
    person_id: int,
    network_ids: Iterable[int],
    household_ids: Iterable[int],
) -> list[ViewEntry]:
    """Every time the person, or one of these households of theirs in these networks, was shown to somebody."""
    households = set(household_ids)
    in_networks = Among(col(ViewEntry.network_id), network_ids)
    of_persons = (col(ViewEntry.municipality_code) == municipality_code) & col(ViewEntry.what).in_(_OF_PERSONS)
    found = _newest(session, select(ViewEntry).where(in_networks | of_persons))
    return [row for row in found if households & set(row.household_ids) or person_id in row.person_ids]


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


def forget_views(session: Session, *, before: datetime) -> int:
    """Delete what was noted of views before then; returns how many rows."""
    return session.execute(delete(ViewEntry).where(col(ViewEntry.at) < before)).rowcount  # type: ignore[attr-defined, no-any-return]


def _newest(session: Session, rows: SelectOfScalar[ViewEntry]) -> list[ViewEntry]:
    return list(session.exec(rows.order_by(col(ViewEntry.at).desc(), col(ViewEntry.id).desc())))
