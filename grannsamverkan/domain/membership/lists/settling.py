"""When a list can no longer be taken back: its members are members like all others."""

from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.membership.lists.undoing import UNDO_WITHIN
from grannsamverkan.domain.membership.tables import ImportedRow, ImportState, MemberImport
from grannsamverkan.domain.networks import Household


def settle(session: Session, *, now: datetime, limit: int = 200) -> tuple[int, list[Household]]:
    """Let go of some rows whose day is over: how many, and their households that are still there, to be welcomed.

    Safe to repeat: a row that is let go of is gone. (0, []) when none is due.
    """
    due = (
        select(ImportedRow)
        .join(MemberImport, col(MemberImport.id) == col(ImportedRow.import_id))
        .where(
            MemberImport.state == ImportState.APPLIED,
            col(MemberImport.applied_at) <= now - UNDO_WITHIN,
            col(ImportedRow.has_consent).is_(True),
        )
        .order_by(col(ImportedRow.id))
        .limit(limit)
    )
    rows = session.exec(due).all()
    ids = {row.household_id for row in rows if row.household_id is not None}
    for row in rows:
        session.delete(row)
    session.flush()
    living = select(Household).where(col(Household.id).in_(ids), col(Household.left_at).is_(None))
    return len(rows), list(session.exec(living.order_by(col(Household.id))))
