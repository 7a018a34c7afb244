"""Reading the audit log."""

from sqlmodel import Session, col, select

from grannsamverkan.domain.audit.actions import FIRST, link
from grannsamverkan.domain.audit.tables import AuditEntry


def history(session: Session, thing: str, thing_id: int | str) -> list[AuditEntry]:
    """What was done to one thing, newest first."""
    rows = select(AuditEntry).where(AuditEntry.thing == thing, AuditEntry.thing_id == str(thing_id))
    return list(session.exec(rows.order_by(col(AuditEntry.id).desc())))


def whole(session: Session) -> int | None:
    """None when every seal fits the one before it, else the id of the first row that does not.

    An unsealed row after the last seal is only waiting for the timetable; one before it has been put in.
    """
    chain, waiting = FIRST, None
    for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
        if row.seal is None:
            waiting = row.id if waiting is None else waiting
            continue
        chain = link(chain, row)
        if waiting is not None or row.seal != chain:
            return row.id if waiting is None else waiting
    return None
