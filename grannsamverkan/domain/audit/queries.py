"""Reading the audit log."""

from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.audit.actions import FIRST, LET_GO, link
from grannsamverkan.domain.audit.tables import AuditEntry


def history(session: Session, thing: str, thing_id: int | str) -> list[AuditEntry]:
    """What was done to one thing, newest first."""
    rows = select(AuditEntry).where(AuditEntry.thing == thing, AuditEntry.thing_id == str(thing_id))
    return list(session.exec(rows.order_by(col(AuditEntry.id).desc())))


def whole(session: Session) -> int | None:
    """None when every seal fits the one before it, else the id of the first row that does not.

    An unsealed row after the last seal is only waiting for the timetable; one before it has been put in. Where the
    oldest acts have been let go, the chain begins with the seal that the newest such act names.
    """
    let_go = _let_go(session)
    chain, up_to = (bytes.fromhex(let_go.facts["seal"]), let_go.facts["up_to"]) if let_go else (FIRST, None)
    waiting = None
    for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
        if up_to is not None and (row.id or 0) <= up_to:
            return row.id
        if row.seal is None:
            waiting = row.id if waiting is None else waiting
            continue
        chain = link(chain, row)
        if waiting is not None or row.seal != chain:
            return row.id if waiting is None else waiting
    return None


def begins_at(session: Session) -> datetime | None:
    """Acts before this time may have been let go; None: the log is there from its beginning."""
    let_go = _let_go(session)
    return datetime.fromisoformat(let_go.facts["before"]) if let_go else None


def _let_go(session: Session) -> AuditEntry | None:
    rows = select(AuditEntry).where(AuditEntry.act == LET_GO, AuditEntry.thing == "audit")
    return session.exec(rows.order_by(col(AuditEntry.id).desc()).limit(1)).first()
