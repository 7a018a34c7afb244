"""What people take back is noted in the transaction that does it: as keyed hashes, in the order in which it came."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain.keeping.tables import Gone, GoneKind
from grannsamverkan.foundation.vault import Vault, vault_of

JOURNAL = "borttaget.journal"  # its name, beside the copies


def person_mark(vault: Vault, person_id: int, created_at: datetime) -> bytes:
    """Whom an entry is about. With when its row was made: a restored copy gives the numbers of newer rows anew."""
    return vault.lookup("person", f"{person_id}:{created_at.isoformat()}")


def member_mark(vault: Vault, household_id: int, person_id: int, since: datetime) -> bytes:
    return vault.lookup("member", f"{household_id}:{person_id}:{since.isoformat()}")


def account_mark(vault: Vault, account_id: int, created_at: datetime) -> bytes:
    return vault.lookup("account", f"{account_id}:{created_at.isoformat()}")


def note_erased(session: Session, person_id: int, created_at: datetime, *, now: datetime) -> None:
    _note(session, GoneKind.ERASED, person_mark(_vault(session), person_id, created_at), now)


def note_choice(
    session: Session, kind: GoneKind, person_id: int, created_at: datetime, channel: int, *, now: datetime
) -> None:
    """A choice of a channel was withdrawn, or made anew."""
    _note(session, kind, person_mark(_vault(session), person_id, created_at), now, channel=channel)


def note_moved_out(session: Session, household_id: int, person_id: int, since: datetime, *, now: datetime) -> None:
    _note(session, GoneKind.MOVED_OUT, member_mark(_vault(session), household_id, person_id, since), now)


def note_account_ended(session: Session, account_id: int, created_at: datetime, *, now: datetime) -> None:
    _note(session, GoneKind.ACCOUNT_ENDED, account_mark(_vault(session), account_id, created_at), now)


def note_address(session: Session, kind: GoneKind, channel: int, lookup: bytes, *, now: datetime) -> None:
    """An address was stopped, closed, or started again."""
    _note(session, kind, lookup, now, channel=channel)


def unwritten(session: Session, *, limit: int = 5_000) -> list[Gone]:
    """What does not stand in the journal yet, oldest first."""
    return list(session.exec(select(Gone).order_by(col(Gone.id)).limit(limit)))


def entry(row: Gone) -> dict[str, Any]:
    """The row as a line of the journal."""
    return {"at": row.at.isoformat(), "kind": row.kind.value, "channel": row.channel, "mark": row.mark.hex()}


def forget_written(session: Session, ids: Iterable[int]) -> None:
    session.execute(delete(Gone).where(col(Gone.id).in_(list(ids))))


def _note(session: Session, kind: GoneKind, mark: bytes, now: datetime, *, channel: int = 0) -> None:
    session.add(Gone(at=now, kind=kind, channel=int(channel), mark=mark))


def _vault(session: Session) -> Vault:
    return vault_of(session.get_bind().dialect)
