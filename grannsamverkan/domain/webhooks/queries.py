"""Reads of addresses and calls."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.webhooks.tables import CallState, Event, Pause, Webhook, WebhookCall

LATEST = 20


def webhooks(session: Session, municipality_code: str | None = None) -> list[Webhook]:
    """All there are, of one municipality where it is given, in the order in which they came."""
    rows = select(Webhook).order_by(col(Webhook.id))
    if municipality_code is not None:
        rows = rows.where(Webhook.municipality_code == municipality_code)
    return list(session.exec(rows))


def called_in(session: Session, municipality_code: str) -> list[int]:
    """Ids of those of a municipality that are called. None of them goes before the transaction ends; what else stands
    in them may change, and is not looked at: nothing is deciphered on the way of an alert."""
    rows = select(Webhook.id).where(Webhook.municipality_code == municipality_code, col(Webhook.paused_at).is_(None))
    found = session.exec(rows.order_by(col(Webhook.id)).with_for_update(read=True, key_share=True))
    return [webhook_id for webhook_id in found if webhook_id is not None]


def paused_by_itself(session: Session, municipality_codes: Collection[str]) -> list[Webhook]:
    """Those of these municipalities that nobody wanted to be paused."""
    rows = select(Webhook).where(
        col(Webhook.municipality_code).in_(list(municipality_codes)),
        col(Webhook.paused_for).in_([Pause.FAILING, Pause.GONE]),
    )
    return list(session.exec(rows.order_by(col(Webhook.id))))


def latest_calls(session: Session, webhook_id: int) -> list[WebhookCall]:
    """The newest calls to an address, the newest first."""
    rows = select(WebhookCall).where(WebhookCall.webhook_id == webhook_id).order_by(col(WebhookCall.id).desc())
    return list(session.exec(rows.limit(LATEST)))


def last_taken(session: Session, municipality_code: str) -> dict[int, datetime]:
    """When a call was last taken at each of the municipality's addresses, where one was."""
    rows = (
        select(WebhookCall.webhook_id, func.max(col(WebhookCall.ended_at)))
        .join(Webhook)
        .where(Webhook.municipality_code == municipality_code, WebhookCall.state == CallState.TAKEN)
        .group_by(col(WebhookCall.webhook_id))
    )
    return {webhook_id: at for webhook_id, at in session.exec(rows) if at is not None}


def waiting_ping(session: Session, webhook_id: int) -> WebhookCall | None:
    """The trial of an address that has neither been taken nor given up."""
    rows = select(WebhookCall).where(
        WebhookCall.webhook_id == webhook_id, WebhookCall.event == Event.PING, WebhookCall.state == CallState.WAITING
    )
    return session.exec(rows.limit(1)).first()


def due(session: Session, *, now: datetime, limit: int) -> list[int]:
    """Ids of calls to be made now, those first that have waited longest."""
    rows = (
        select(WebhookCall.id)
        .join(Webhook)
        .where(
            WebhookCall.state == CallState.WAITING,
            col(WebhookCall.next_at) <= now,
            col(Webhook.paused_at).is_(None),
            func.coalesce(Webhook.rests_until, now) <= now,
        )
        .order_by(col(WebhookCall.next_at), col(WebhookCall.id))
        .limit(limit)
    )
    return [call_id for call_id in session.exec(rows) if call_id is not None]
