"""Receipts come in: doubled, late, reordered or before our own commit, and each changes a row upward or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.deliveries import (
    Batch,
    Delivery,
    DeliveryState,
    carried_alerts,
    carried_to_go,
    carried_without_word,
    heed,
    sources_of,
)
from grannsamverkan.domain.receipts.cost import count_cost
from grannsamverkan.domain.receipts.ledger import ledger
from grannsamverkan.domain.receipts.statements import LOOK, MOVE, NOTE
from grannsamverkan.domain.receipts.tables import Receipt, ReplyRow, Visit
from grannsamverkan.domain.receipts.times import times
from grannsamverkan.domain.receipts.visits import count_again
from grannsamverkan.domain.targeting import Audience, AudienceAddress
from grannsamverkan.foundation.ports import ChannelKind, ProviderReceipt, Said

_STATE = {
    Said.ON_ITS_WAY: DeliveryState.HANDED_OVER,
    Said.DELIVERED: DeliveryState.DELIVERED,
    Said.FAILED: DeliveryState.FAILED,
}


def take(session: Session, receipt: ProviderReceipt, *, now: datetime) -> bool:
    """Write down what a provider said about a delivery. False when there is no such delivery, or it was said before.

    The table of allowed moves decides: a `sent` that comes after `delivered` changes nothing.
    """
    rows = session.connection()
    found = rows.execute(LOOK, {"row_id": receipt.delivery_id, "said": receipt.status}).first()
    if found is None or found.is_known:
        return False
    state = _STATE[receipt.said]
    noted = {"delivery_id": receipt.delivery_id, "status": receipt.status, "code": receipt.code, "received_at": now}
    if rows.execute(NOTE, noted).rowcount == 0:
        return False
    said = {
        "row_id": receipt.delivery_id,
        "ended_at": None if state is DeliveryState.HANDED_OVER else now,
        "said_code": receipt.code,
        "named": receipt.provider_id or None,
        "at": now,
    }
    changed = rows.execute(MOVE[state], said).rowcount == 1
    if changed and state is DeliveryState.FAILED and receipt.code:
        heed(session, [receipt.delivery_id], receipt.code, now=now)
    return True


@dataclass(frozen=True, slots=True)
class Silent:
    """A copy that was handed over and about which nothing more has been heard."""

    delivery_id: int
    provider_id: str


def silent(session: Session, *, before: datetime, limit: int = 200) -> list[Silent]:
    """SMS handed over before `before` with no word since, oldest first. Email is silent by nature and not listed."""
    rows = (
        select(Delivery.id, Delivery.provider_id)
        .where(
            Delivery.channel == ChannelKind.SMS,
            Delivery.state == DeliveryState.HANDED_OVER,
            col(Delivery.handed_over_at) < before,
            col(Delivery.provider_id).is_not(None),
        )
        .order_by(col(Delivery.id))
        .limit(limit)
    )
    return [Silent(row_id, named) for row_id, named in session.exec(rows) if row_id is not None and named is not None]


def leave_unknown(session: Session, delivery_ids: Iterable[int], *, now: datetime) -> None:
    """Nobody can say what became of these; a late receipt may still."""
    moved = update(Delivery).where(
        col(Delivery.id).in_(list(delivery_ids)), col(Delivery.state).in_(sources_of(DeliveryState.UNKNOWN))
    )
    session.execute(moved.values(state=DeliveryState.UNKNOWN, final_at=now, code="no_receipt"))


def close(session: Session, alert: Alert, *, now: datetime, settle_by: datetime, kronor_per_part: float) -> bool:
    """Close the alert and freeze its tally, when no copy can change any more or `settle_by` has passed. True if closed.

    A tally outlives the rows it was counted and measured from, and what an SMS part cost then. Late receipts still
    reach the rows while they live, and a visit counts it anew; so does the closing of an alert that went later and
    carried copies of this one.
    """
    assert alert.id is not None
    if _still_open(session, alert.id) or (_awaits_receipts(session, alert.id) and now < settle_by):
        return False
    alerts.alert(session, alert.id, to_change=True)  # whoever notes a visit now comes before this, or counts anew
    cost = count_cost(session, alert.id, kronor_per_part=kronor_per_part)
    alert.tally = {
        **ledger(session, alert.id).as_json(),
        "times": times(session, alert).as_json(),
        "sms_cost": cost.as_json(),
    }
    alert.state, alert.closed_at = AlertState.CLOSED, now
    for carried_id in carried_alerts(session, alert.id):
        count_again(session, alerts.alert(session, carried_id, to_change=True))
    return True


def _still_open(session: Session, alert_id: int) -> bool:
    return (
        session.exec(select(Batch.id).where(Batch.alert_id == alert_id, col(Batch.done_at).is_(None)).limit(1)).first()
        is not None
    ) or carried_to_go(session, alert_id)


def _awaits_receipts(session: Session, alert_id: int) -> bool:
    waiting = select(Delivery.id).where(Delivery.alert_id == alert_id, Delivery.state == DeliveryState.HANDED_OVER)
    return session.exec(waiting.limit(1)).first() is not None or carried_without_word(session, alert_id)


def note_reply(
    session: Session, *, provider_id: str, channel: ChannelKind, lookup: bytes, reply: str, now: datetime
) -> ReplyRow | None:
    """Keep that a neighbour wrote this command word; None when the very same message was noted before."""
    if session.exec(select(ReplyRow).where(ReplyRow.provider_id == provider_id)).first() is not None:
        return None
    row = ReplyRow(provider_id=provider_id, channel=channel, lookup=lookup, reply=reply, received_at=now)
    session.add(row)
    session.flush()
    return row


def answered_lately(session: Session, lookup: bytes, *, since: datetime, apart_from: str = "") -> bool:
    """Whether an automatic answer has gone to this address since `since` (two machines could answer for ever).

    `apart_from` is a command whose answers do not count.
    """
    rows = select(ReplyRow.id).where(
        ReplyRow.lookup == lookup, col(ReplyRow.answered_at) >= since, col(ReplyRow.reply) != apart_from
    )
    return session.exec(rows).first() is not None


def being_called(session: Session, lookup: bytes) -> bool:
    """Whether a copy for this address is inside a call to the provider right now."""
    rows = select(Delivery.id).where(Delivery.lookup == lookup, Delivery.state == DeliveryState.CALLING)
    return session.exec(rows.limit(1)).first() is not None


def forget_copies(session: Session, *, closed_before: datetime) -> int:
    """Delete the copies, batches, visits and audiences of alerts closed before then; their frozen tallies stay."""
    old = select(Alert.id).where(col(Alert.closed_at) < closed_before)
    gone = 0
    for table, column in _OF_ALERT:
        gone += session.execute(delete(table).where(column.in_(old))).rowcount  # type: ignore[attr-defined]
    return gone


def forget_receipts(session: Session, *, before: datetime) -> int:
    """Delete what providers said before then."""
    return session.execute(delete(Receipt).where(col(Receipt.received_at) < before)).rowcount  # type: ignore[attr-defined, no-any-return]


def forget_replies(session: Session, *, before: datetime) -> int:
    """Delete the command words that came before then."""
    return session.execute(delete(ReplyRow).where(col(ReplyRow.received_at) < before)).rowcount  # type: ignore[attr-defined, no-any-return]


_OF_ALERT: tuple[tuple[Any, Any], ...] = (
    (Delivery, col(Delivery.alert_id)),
    (Batch, col(Batch.alert_id)),
    (Visit, col(Visit.alert_id)),
    (AudienceAddress, col(AudienceAddress.alert_id)),
    (Audience, col(Audience.alert_id)),
)
