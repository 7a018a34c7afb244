"""Jobs in PostgreSQL that wake a worker. Procrastinate keeps and hands them out; the truth is in the rows, so that any
job may be thrown away, and `wake` makes anew what is missing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.types import JSONDict
from sqlalchemy import (
    BigInteger,
    Boolean,
    Exists,
    cast,
    column,
    exists,
    literal_column,
    select,
    table,
    text,
)
from sqlmodel import Session, col

from grannsamverkan.domain import alerts, deliveries, notices
from grannsamverkan.domain.deliveries import Batch
from grannsamverkan.foundation.ports import ChannelKind

SEND_BATCH, FAN_OUT, SEND_NOTICES = "send_batch", "fan_out", "send_notices"
# Each queue has callers of its own in every worker, so that a slow provider keeps nobody else waiting.
RELEASE, NOTICES = "release", "notices"
QUEUES = {kind: kind.name.lower() for kind in ChannelKind}

_AT_ONCE = 5_000  # jobs made in one transaction; there is a next tick
# Never opened: a job is written by whoever has a transaction, with its connection.
_APP = App(connector=SyncPsycopgConnector())

_JOBS = table("procrastinate_jobs", column("task_name"), column("status"), column("args"))

_STALLED = text("""
    DELETE FROM procrastinate_jobs j
    WHERE j.status NOT IN ('todo', 'doing')
       OR (j.status = 'doing' AND NOT EXISTS (
               SELECT 1 FROM procrastinate_workers w
               WHERE w.id = j.worker_id AND w.last_heartbeat
                   BETWEEN now() - make_interval(secs => :after_s) AND now() + make_interval(secs => :after_s)))
    RETURNING j.id
""")
_SOMEBODY_LIVES = text("""
    SELECT EXISTS (
        SELECT 1 FROM procrastinate_workers w WHERE w.last_heartbeat
            BETWEEN now() - make_interval(secs => :within_s) AND now() + make_interval(secs => :within_s))
""")


def owner_of(job_id: int) -> str:
    """What a batch says of who holds it while this job runs."""
    return f"job {job_id}"


def fan_out_soon(session: Session, alert_id: int) -> None:
    """Have the alert fanned out once the session's transaction has committed."""
    _defer(session, FAN_OUT, RELEASE, [{"alert_id": alert_id}])


def send_notices_soon(session: Session) -> None:
    """Have notices sent once the session's transaction has committed."""
    _defer(session, SEND_NOTICES, NOTICES, [{}])


def send_batches_soon(session: Session, *, now: datetime) -> int:
    """A job for every due batch that has none, also those that this transaction has just made. Returns how many."""
    rows = deliveries.due_rows(now).where(~_has_job(SEND_BATCH, batch_id=col(Batch.id)))
    due = session.execute(rows.limit(_AT_ONCE)).all()
    for channel, priority in sorted({(row.channel, row.priority) for row in due}):
        ids: list[JSONDict] = [
            {"batch_id": row.id} for row in due if (row.channel, row.priority) == (channel, priority)
        ]
        _defer(session, SEND_BATCH, QUEUES[ChannelKind(channel)], ids, priority=-priority)
    return len(due)


def wake(session: Session, *, now: datetime) -> int:
    """Jobs for everything in the rows that is due and has none. Returns how many."""
    made = send_batches_soon(session, now=now)
    for alert_id in alerts.to_release(session, now=now):
        if not session.execute(select(_has_job(FAN_OUT, alert_id=alert_id))).scalar():
            fan_out_soon(session, alert_id)
            made += 1
    if notices.due(session, now=now, limit=1) and not session.execute(select(_has_job(SEND_NOTICES))).scalar():
        send_notices_soon(session)
        made += 1
    return made


def clear_stalled(session: Session, *, after_s: float, now: datetime) -> int:
    """Throw away the jobs of workers that have not been heard of for `after_s`, and free the batches they held.

    So is one that was heard of in time to come, by a clock of the server's that has been set back since: it would live
    until then. A worker that was only asleep is fenced out by the token of whoever claims its batch next. Returns how
    many batches.
    """
    gone = session.execute(_STALLED, {"after_s": after_s}).scalars().all()
    return deliveries.free(session, [owner_of(job_id) for job_id in gone], again_at=now)


def a_worker_lives(session: Session, *, within_s: float) -> bool:
    """Whether a worker has been heard of in that time, by the server's clock."""
    return bool(session.execute(_SOMEBODY_LIVES, {"within_s": within_s}).scalar())


def _has_job(task: str, **ids: Any) -> Exists:
    """Whether a job of this kind with these ids waits or runs."""
    named = [cast(_JOBS.c.args.op("->>")(literal_column(f"'{name}'")), BigInteger) == one for name, one in ids.items()]
    is_open = literal_column("procrastinate_jobs.status IN ('todo', 'doing')", Boolean)
    return exists().where(_JOBS.c.task_name == task, is_open, *named)


def _defer(session: Session, task: str, queue: str, args: Sequence[JSONDict], *, priority: int = 0) -> None:
    connection = session.connection().connection.driver_connection
    _APP.configure_task(task, queue=queue, priority=priority, connection=connection).batch_defer(*args)
