"""Writing the audit log, and sealing it."""

import hashlib
import json
from datetime import datetime
from itertools import takewhile

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from grannsamverkan.domain.audit.tables import AuditEntry

LET_GO = "audit.let_go"
FIRST = b"\0" * 32


def record(
    session: Session,
    *,
    now: datetime,
    account_id: int | None,
    act: str,
    thing: str,
    thing_id: int | str,
    municipality_code: str | None = None,
    **facts: str | int | bool,
) -> None:
    """Note an act in the act's own transaction. Facts are ids, counts and codes.

    `account_id` None: nobody had signed in. It was the clock, or a link whose owner the facts name.
    """
    session.add(
        AuditEntry(
            at=now,
            account_id=account_id,
            act=act,
            thing=thing,
            thing_id=str(thing_id),
            municipality_code=municipality_code,
            facts=facts,
        )
    )


def seal(session: Session, *, before: datetime, limit: int = 1000) -> int:
    """Chain the rows written before `before` that are not sealed yet, oldest first; returns how many.

    Runs on the timetable, not in an act. `before` lies a little back: rows may be committed in another order than
    they were numbered, and one that came after its successor was sealed would look as if it had been put in.
    """
    last = session.exec(
        select(AuditEntry.seal).where(col(AuditEntry.seal).is_not(None)).order_by(col(AuditEntry.id).desc()).limit(1)
    ).first()
    chain = last or FIRST
    unsealed = select(AuditEntry).where(col(AuditEntry.seal).is_(None)).order_by(col(AuditEntry.id)).limit(limit)
    rows = list(takewhile(lambda row: row.at < before, session.exec(unsealed)))
    for row in rows:
        row.seal = chain = link(chain, row)
    return len(rows)


def link(before: bytes, row: AuditEntry) -> bytes:
    """The row's seal: SHA-256 over the seal before it and everything the row says."""
    content = [row.id, row.at.isoformat(), row.account_id, row.act, row.thing, row.thing_id, row.municipality_code]
    text = json.dumps([*content, row.facts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(before + text.encode()).digest()


def forget_acts(session: Session, *, before: datetime, now: datetime) -> int:
    """Let the oldest acts go, those before `before`; returns how many.

    Only sealed ones, and from the beginning without a gap, so that what is left stays a chain. That they went is an act
    itself and carries the last seal of what is gone: the chain begins there from then on.
    """
    # The newest stays, sealed: the next are chained to it, and SQLite would give its number anew.
    newest = select(func.max(AuditEntry.id)).where(col(AuditEntry.seal).is_not(None)).scalar_subquery()
    stays = select(func.min(AuditEntry.id)).where(
        col(AuditEntry.seal).is_(None) | (col(AuditEntry.at) >= before) | (col(AuditEntry.id) == newest)
    )
    old = select(AuditEntry).where(col(AuditEntry.id) < stays.scalar_subquery())
    last = session.exec(old.order_by(col(AuditEntry.id).desc()).limit(1)).first()
    if last is None or last.seal is None:
        return 0
    gone = session.execute(delete(AuditEntry).where(col(AuditEntry.id) <= last.id)).rowcount  # type: ignore[attr-defined]
    record(
        session,
        now=now,
        account_id=None,
        act=LET_GO,
        thing="audit",
        thing_id=0,
        rows=gone,
        up_to=last.id or 0,
        seal=last.seal.hex(),
        before=before.isoformat(),
    )
    return int(gone)
