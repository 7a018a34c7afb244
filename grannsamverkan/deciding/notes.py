"""Acts on messages in the audit log: by whom, on which number, and never what it says."""

from datetime import datetime

from sqlmodel import Session

from grannsamverkan.domain import audit
from grannsamverkan.domain.alerts import Alert

OVER_SMS_BUDGET = "alert.over_sms_budget"  # it was let go though it cost more than the year had left


def note(session: Session, alert: Alert, act: str, account_id: int | None, now: datetime) -> None:
    """One line in the log."""
    audit.record(
        session,
        now=now,
        account_id=account_id,
        act=act,
        thing="alert",
        thing_id=alert.id or 0,
        municipality_code=alert.municipality_code,
        number=alert.number or 0,
    )
