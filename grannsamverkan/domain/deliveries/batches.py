"""Claiming batches: on every engine the unit of work is a batch row, fenced by its token."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.statements import (
    CLAIM,
    DONE,
    HOLD,
    IS_UNSETTLED,
    MORE_URGENT,
    OF_BATCH,
    OPEN_AGAIN,
)
from grannsamverkan.domain.deliveries.tables import Batch
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.errors import Conflict
from grannsamverkan.foundation.ports import ChannelKind


@dataclass(frozen=True, slots=True)
class Lease:
    """A batch held by one worker. Whoever claims it next gets a higher token, and this one can change nothing more."""

    batch_id: int
    alert_id: int
    channel: ChannelKind
    first_id: int
    last_id: int
    token: int
    tries: int
    lease_s: float
    priority: int

    @property
    def is_first(self) -> bool:
        """Whether nobody has held the batch before."""
        return self.token == 1

    @property
    def rows(self) -> dict[str, int]:
        """The parameters of `OF_BATCH`: which copies are the batch's."""
        return {
            "first": self.first_id,
            "last": self.last_id,
            "of_alert": self.alert_id,
            "of_channel": int(self.channel),
        }


def due(session: Session, channel: ChannelKind, *, now: datetime, limit: int) -> list[int]:
    """Ids of open batches that nobody holds and whose time has come, most urgent first."""
    rows = session.execute(due_rows(now).where(col(Batch.channel) == channel).limit(limit))
    return [row.id for row in rows]


def due_rows(now: datetime) -> "Select[int | None, int, int]":
    """The same as a query, for every channel: id, channel and priority."""
    return (
        sa_select(col(Batch.id), col(Batch.channel), col(Batch.priority))
        .where(
            col(Batch.done_at).is_(None),
            col(Batch.not_before) <= now,
            or_(col(Batch.lease_until).is_(None), col(Batch.lease_until) < now),
        )
        .order_by(col(Batch.priority), col(Batch.id))
    )


def claim(session: Session, batch_id: int, *, owner: str, now: datetime, lease_s: float) -> Lease | None:
    """Take the batch for `lease_s` seconds, or None when it is done, not due yet, or another's.

    Nothing of its rows is changed: that somebody holds them stands in the batch. Safe to race: one claim wins, and the
    others find the batch held.
    """
    connection = session.connection()  # no objects to keep in step: five hundred would be asked for again
    wanted = {"batch_id": batch_id, "holder": owner, "until": now + timedelta(seconds=lease_s), "now": now}
    batch = connection.execute(CLAIM, wanted).first()
    if batch is None:
        return None
    return Lease(
        batch_id=batch_id,
        alert_id=batch.alert_id,
        channel=ChannelKind(batch.channel),
        first_id=batch.first_id,
        last_id=batch.last_id,
        token=batch.token,
        tries=batch.tries,
        lease_s=lease_s,
        priority=batch.priority,
    )


def is_overtaken(session: Session, lease: Lease, *, now: datetime) -> bool:
    """Whether something more urgent waits on the same channel, in nobody's hand."""
    wanted = {"of_channel": int(lease.channel), "mine": lease.priority, "now": now}
    return session.connection().execute(MORE_URGENT, wanted).first() is not None


def of_lease(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    """The rows of a batch, for a statement that is made when it is wanted."""
    return tuple(condition.params(lease.rows) for condition in OF_BATCH)


def hold(rows: Session | Connection, lease: Lease, *, now: datetime) -> None:
    """Prove that the lease still holds and make it last from now; Conflict when another worker has the batch.

    Call it first in every transaction that changes the batch's rows: it is the fence.
    """
    until = now + timedelta(seconds=lease.lease_s)
    connection = rows if isinstance(rows, Connection) else rows.connection()
    kept = connection.execute(HOLD, {"batch_id": lease.batch_id, "held": lease.token, "until": until})
    if kept.rowcount != 1:
        raise Conflict("lease_lost")


def finish(session: Session, lease: Lease, *, now: datetime, again_at: datetime, tries: int | None = None) -> bool:
    """Give the batch back: done when none of its rows is unsettled, else open again from `again_at`. True when done.

    `tries`: how many there have been without getting on; one more than at the claim when nothing is said. Conflict when
    another worker has the batch.
    """
    connection = session.connection()
    tries = lease.tries + 1 if tries is None else tries
    held = {"batch_id": lease.batch_id, "held": lease.token}
    is_done = connection.execute(IS_UNSETTLED, lease.rows).first() is None
    if is_done:
        changed = connection.execute(DONE, {**held, "at": now})
    else:
        changed = connection.execute(OPEN_AGAIN, {**held, "from": again_at, "tried": tries})
    if changed.rowcount != 1:
        raise Conflict("lease_lost")
    return is_done


def free_orphans(session: Session) -> int:
    """Free every lease, at the start of the only sender there is: whoever held one is dead. Returns how many.

    The next claim raises the token, so even a ghost of the old holder is fenced out.
    """
    orphaned = update(Batch).where(col(Batch.done_at).is_(None), col(Batch.lease_until).is_not(None))
    return session.execute(orphaned.values(owner=None, lease_until=None)).rowcount  # type: ignore[attr-defined, no-any-return]


def free(session: Session, owners: Collection[str], *, again_at: datetime) -> int:
    """Free what these hold, who are dead or have given up; it is due again at `again_at`. Returns how many batches.

    As for orphans, the next claim fences a ghost out.
    """
    if not owners:
        return 0
    held = update(Batch).where(col(Batch.done_at).is_(None), col(Batch.owner).in_(owners))
    values = {"owner": None, "lease_until": None, "not_before": again_at}
    return session.execute(held.values(**values)).rowcount  # type: ignore[attr-defined, no-any-return]


def open_batches(session: Session, alert_id: int) -> int:
    """How many batches of the alert are not done."""
    rows = select(func.count(col(Batch.id))).where(Batch.alert_id == alert_id, col(Batch.done_at).is_(None))
    return session.exec(rows).one()


@dataclass(frozen=True, slots=True)
class Queue:
    """What is open on one channel: how many batches, how many of them due, since when the oldest of these has been,
    and how often the most tried one has been tried."""

    channel: ChannelKind
    open: int
    due: int
    oldest: datetime | None
    most_tries: int


def queues(session: Session, *, now: datetime) -> list[Queue]:
    """The channels that have open batches."""
    is_due = col(Batch.not_before) <= now
    rows = (
        sa_select(
            col(Batch.channel),
            func.count(),
            func.count(case((is_due, 1))),
            func.min(case((is_due, col(Batch.not_before))), type_=UtcDateTime()),
            func.max(Batch.tries),
        )
        .where(col(Batch.done_at).is_(None))
        .group_by(col(Batch.channel))
    )
    return [Queue(ChannelKind(row[0]), row[1], row[2], row[3], row[4]) for row in session.execute(rows)]


def next_due_at(session: Session) -> datetime | None:
    """When the next open batch becomes due; None when there is none."""
    return session.exec(select(func.min(col(Batch.not_before))).where(col(Batch.done_at).is_(None))).one()


def last_done_at(session: Session) -> datetime | None:
    """When the latest batch was done: the latest sign that messages leave. None before the first."""
    return session.exec(select(func.max(col(Batch.done_at)))).one()
