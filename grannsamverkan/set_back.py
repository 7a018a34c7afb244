"""What follows when the clock of the machine is set back: what it wrote before would wait until it is there again.

Set ahead, it needs nothing: what falls due is done, and what has lost its validity is not.
"""

from datetime import datetime

import structlog
from sqlmodel import Session

from grannsamverkan.domain import alerts, deliveries, notices
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("clock")


def heed(runtime: Runtime, session: Session, *, was: datetime) -> None:
    """The clock was set back from `was`: what would have been due by it is due now. Nothing goes that would not have
    gone by then, but for what waits between two tries. Safe to repeat."""
    now = runtime.clock.now()
    log.warning("clock_set_back", by_s=round((was - now).total_seconds()))
    alerts.hold_set_back(session, now=now)  # before its batches, as whoever stops an alert locks them
    deliveries.wake_set_back(session, until=was, lease_s=runtime.settings.engine.lease_s, now=now)
    notices.wake_set_back(session, until=was, now=now)
