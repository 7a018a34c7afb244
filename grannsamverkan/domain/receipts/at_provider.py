"""What still lies at the SMS provider although it has come to its end: numbers and texts, to be deleted there.

A copy or a notice has the provider's name for it until it is deleted there; a neighbour's reply keeps its name, by
which a repeated one is known.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import exists, func, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.deliveries import Delivery
from grannsamverkan.domain.notices import Notice
from grannsamverkan.domain.receipts.tables import ReplyRow
from grannsamverkan.foundation.ports import ChannelKind


class LeftKind(StrEnum):
    """Whose row it is; the values are those kinds of `upkeep.KINDS` that hold it."""

    COPY = "copies"
    NOTICE = "notices"
    REPLY = "replies"


class Left(NamedTuple):
    """A message that the provider still has."""

    kind: LeftKind
    row_id: int
    provider_id: str


def left_at_provider(session: Session, *, before: datetime, held: Collection[str], limit: int) -> list[Left]:
    """Some of the messages that came to their end before then, in no order: those that cannot be deleted yet stand in
    nobody's way. Copies when their alert was closed, notices when they were handed over, replies when they came."""
    found: list[Left] = []
    for kind, rows in _left(before).items():
        if kind not in held and len(found) < limit:
            some = session.execute(rows.order_by(func.random()).limit(limit - len(found)))
            found += [Left(kind, row_id, provider_id) for row_id, provider_id in some]
    return found


def note_deleted(session: Session, gone: Iterable[Left], *, before: datetime, now: datetime) -> None:
    """These are not at the provider any more. An alert is done with when none of its copies is."""
    by_kind: dict[LeftKind, list[int]] = {kind: [] for kind in LeftKind}
    for left in gone:
        by_kind[left.kind].append(left.row_id)
    of_copies = update(Delivery).where(col(Delivery.id).in_(by_kind[LeftKind.COPY]))
    session.execute(of_copies.values(provider_id=None))
    of_notices = update(Notice).where(col(Notice.id).in_(by_kind[LeftKind.NOTICE]))
    session.execute(of_notices.values(provider_id=None))
    of_replies = update(ReplyRow).where(col(ReplyRow.id).in_(by_kind[LeftKind.REPLY]))
    session.execute(of_replies.values(deleted_there_at=now))
    has_one = exists().where(col(Delivery.alert_id) == col(Alert.id), *_OF_COPIES)
    done = update(Alert).where(*_closed(before), ~has_one).values(deleted_there_at=now)
    session.execute(done.execution_options(synchronize_session=False))


def lies_there_since(session: Session, *, before: datetime, held: Collection[str]) -> bool:
    """Whether the provider still has anything that came to its end before then and is not held."""
    left = {**_left(before), LeftKind.COPY: select(Alert.id).where(*_closed(before))}
    return any(session.execute(rows.limit(1)).first() for kind, rows in left.items() if kind not in held)


_OF_COPIES = (col(Delivery.channel) == ChannelKind.SMS, col(Delivery.provider_id).is_not(None))


def _closed(before: datetime) -> tuple[Any, Any]:
    return col(Alert.closed_at) < before, col(Alert.deleted_there_at).is_(None)


def _left(before: datetime) -> dict[LeftKind, Any]:
    closed = select(Alert.id).where(*_closed(before))
    return {
        LeftKind.COPY: select(Delivery.id, Delivery.provider_id).where(*_OF_COPIES, col(Delivery.alert_id).in_(closed)),
        LeftKind.NOTICE: select(Notice.id, Notice.provider_id).where(
            Notice.channel == ChannelKind.SMS, col(Notice.settled_at) < before, col(Notice.provider_id).is_not(None)
        ),
        LeftKind.REPLY: select(ReplyRow.id, ReplyRow.provider_id).where(
            ReplyRow.channel == ChannelKind.SMS,
            col(ReplyRow.received_at) < before,
            col(ReplyRow.deleted_there_at).is_(None),
        ),
    }
