"""The engine of many processes on one PostgreSQL: a nudge is a job, written in the caller's own transaction.

This is the side of whoever leaves work: pages and commands. The work is done by `jobs.worker` and kept going by
`jobs.clock`, each a process of its own, and any number of them.
"""

from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from grannsamverkan import flow, notify
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.clock import Clock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import Step
from grannsamverkan.jobs import nudges


class DistributedEngine:
    """Holds nothing: rows and jobs are in the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def enqueue(self, session: Session, step: Step, **ids: int) -> None:
        if step is flow.fan_out:
            nudges.fan_out_soon(session, ids["alert_id"])
        elif step is flow.send_batch:
            session.flush()
            nudges.send_batches_soon(session, now=self._clock.now())
        elif step is notify.send_notices:
            nudges.send_notices_soon(session)
        else:
            raise ValueError("there is no job for this step")

    def is_ticking(self, within_s: float) -> bool:
        """Whether a clock has ticked, wherever it runs."""
        try:
            with self._database.read() as session:
                ticked_at = deliveries.last_tick_at(session)
        except SQLAlchemyError:
            return False
        # A tick that is far ahead was made before the clock was set back.
        return ticked_at is not None and abs(self._clock.now() - ticked_at) < timedelta(seconds=within_s)

    def has_sender(self, within_s: float) -> bool:
        """Whether a worker lives, wherever it runs."""
        try:
            with self._database.read() as session:
                return nudges.a_worker_lives(session, within_s=within_s)
        except SQLAlchemyError:
            return False
