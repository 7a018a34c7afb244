"""Addresses to call are taken in, changed and taken away: each act stands in the log."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.domain import audit
from grannsamverkan.domain.webhooks.addresses import check_address
from grannsamverkan.domain.webhooks.queries import waiting_ping, webhooks
from grannsamverkan.domain.webhooks.signing import new_secret
from grannsamverkan.domain.webhooks.tables import Pause, Webhook
from grannsamverkan.domain.webhooks.telling import queue_ping
from grannsamverkan.foundation.errors import NotFound, Refused

NAME_LENGTH = 60
MOST_HOOKS = 5  # of one municipality
BOTH_FOR = timedelta(hours=24)


def add_webhook(
    session: Session,
    name: str,
    municipality_code: str,
    url: str,
    *,
    hosts: Collection[str],
    now: datetime,
    account_id: int | None = None,
) -> tuple[Webhook, str]:
    """A new address, taken in by this account (None: at the command line), and the secret that its calls are signed
    with, which nobody can be shown again. `hosts` are those that the operator has named.

    Raises:
        Refused: webhook_name (most), webhooks_full (most), and what `check_address` refuses.
    """
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise Refused("webhook_name", most=NAME_LENGTH)
    address = check_address(url, hosts)
    if len(webhooks(session, municipality_code)) >= MOST_HOOKS:
        raise Refused("webhooks_full", most=MOST_HOOKS)
    row = Webhook(
        municipality_code=municipality_code,
        name=name.strip(),
        url=address.url,
        host=address.host,
        secret=new_secret(),
        made_at=now,
        made_by=account_id,
    )
    session.add(row)
    session.flush()
    _note(session, "webhook_made", row, account_id, now)
    return row, row.secret


def webhook(session: Session, webhook_id: int, *, to_change: bool = False) -> Webhook:
    """The address with this id; NotFound. `to_change` locks its row."""
    row = session.get(Webhook, webhook_id, with_for_update={"key_share": True} if to_change else None)
    if row is None:
        raise NotFound
    return row


def change_secret(session: Session, row: Webhook, now: datetime, *, account_id: int | None = None) -> str:
    """A new secret, which nobody can be shown again. For a day calls are signed with the one before it too."""
    row.secret_before, row.before_until = row.secret, now + BOTH_FOR
    row.secret = new_secret()
    _note(session, "webhook_secret_changed", row, account_id, now)
    return row.secret


def pause(
    session: Session, row: Webhook, now: datetime, *, why: Pause = Pause.WANTED, account_id: int | None = None
) -> bool:
    """Nothing is called there, and nothing more put down to be told. Safe to repeat: whether it was paused by this."""
    if row.paused_at is not None:
        return False
    row.paused_at, row.paused_for = now, why
    _note(session, "webhook_paused", row, account_id, now)
    return True


def resume(session: Session, row: Webhook, now: datetime, *, account_id: int | None = None) -> bool:
    """It is called again, also with what has waited; what happened meanwhile it is not told. Safe to repeat."""
    if row.paused_at is None:
        return False
    row.paused_at = row.paused_for = row.failing_since = row.rests_until = None
    _note(session, "webhook_resumed", row, account_id, now)
    return True


def remove_webhook(session: Session, row: Webhook, now: datetime, *, account_id: int | None = None) -> None:
    """Nothing is called there any more, and what was is forgotten."""
    _note(session, "webhook_removed", row, account_id, now)
    session.delete(row)
    session.flush()


def ping(session: Session, row: Webhook, now: datetime, *, account_id: int | None = None) -> None:
    """Call it soon, with nothing to tell. One that waits to be tried again is, instead of another.

    Raises:
        Refused: webhook_paused.
    """
    if row.paused_at is not None:
        raise Refused("webhook_paused")
    row.rests_until = None
    waiting = waiting_ping(session, row.id or 0)
    if waiting is None:
        queue_ping(session, row, now)
    else:
        waiting.next_at = now
    _note(session, "webhook_pinged", row, account_id, now)


def _note(session: Session, act: str, row: Webhook, account_id: int | None, now: datetime) -> None:
    code = row.municipality_code
    audit.record(
        session, now=now, account_id=account_id, act=act, thing="webhook", thing_id=row.id or 0, municipality_code=code
    )
