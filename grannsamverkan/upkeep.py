"""The steps that keep the house: sealing the log, forgetting what is due. Each is safe to repeat and to miss."""

from datetime import datetime, timedelta

from grannsamverkan.domain import accounts, alerts, audit, receipts
from grannsamverkan.runtime import Runtime

_SEAL_AFTER = timedelta(minutes=1)  # longer than any transaction lasts


def seal_audit(runtime: Runtime) -> int:
    """Chain the audit rows that have come since; returns how many."""
    with runtime.database.write() as session:
        return audit.seal(session, before=runtime.clock.now() - _SEAL_AFTER)


def forget(runtime: Runtime) -> dict[str, int]:
    """Delete what has outlived its purpose (the lives are settings); returns how many rows of each kind.

    A closed alert's tally and its public page stay; its copies, addresses and audience go.
    """
    now = runtime.clock.now()
    lives = runtime.settings.retention

    def days(number: int) -> datetime:
        return now - timedelta(days=number)

    with runtime.database.write() as session:
        gone = {
            "copies": receipts.forget_copies(session, closed_before=days(lives.deliveries_days)),
            "receipts": receipts.forget_receipts(session, before=days(lives.receipts_days)),
            "replies": receipts.forget_replies(session, before=days(lives.replies_days)),
            "drafts": alerts.forget_drafts(session, untouched_since=days(lives.drafts_days)),
        }
        accounts.forget_old(session, now, tries_days=lives.sign_in_tries_days)
        if any(gone.values()):
            audit.record(
                session,
                now=now,
                account_id=None,
                act="upkeep.forgot",
                thing="installation",
                thing_id=0,
                municipality_code=None,
                **gone,
            )
    return gone
