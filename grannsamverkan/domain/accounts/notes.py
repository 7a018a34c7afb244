"""What is written down of acts on accounts."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain import audit
from grannsamverkan.domain.accounts.tables import Account


def note(session: Session, act: str, account: Account, by: int | None, now: datetime) -> None:
    """The act on the account by the account `by` (None: at the command line)."""
    audit.record(
        session,
        now=now,
        account_id=by,
        act=act,
        thing="account",
        thing_id=account.id or 0,
        municipality_code=account.municipality_code,
        role=account.role.value,
    )
