"""A call, try by try. Each try is written down before it is made, with the time of the next one: of two processes one
makes it, and what a process that dies leaves is tried again then, under the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from grannsamverkan.domain.webhooks.actions import pause
from grannsamverkan.domain.webhooks.signing import signed_headers
from grannsamverkan.domain.webhooks.tables import CallState, Pause, Webhook, WebhookCall
from grannsamverkan.foundation.ports import CallAnswer

# From one try to the next. The first is longer than any try takes; all together are three days.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 18, 22)),
)
TRIES = len(WAITS) + 1
LIFE = timedelta(days=3)
PAUSED_AFTER = timedelta(days=5)  # without anything taken
HOST_RESTS = timedelta(minutes=1)  # when it has not answered, or said that it cannot now
# As long as it asks for, at the most: a mistaken header must not keep all its addresses from hearing of warnings for
# days, and whoever is away for longer can say so again.
LONGEST_REST = timedelta(hours=1)
_GONE, _TOO_OFTEN, _FAULTS_BEGIN, _UNAVAILABLE = 410, 429, 500, 503


@dataclass(frozen=True)
class Going:
    """A call about to be made: what to send, where to, and which try it is."""

    call_id: int
    attempt: int
    url: str
    headers: Mapping[str, str]
    body: bytes


def begin(session: Session, call_id: int, *, now: datetime) -> Going | None:
    """Put down that the call is about to be made; None when another process has it, or it is not to be made now."""
    row = session.get(WebhookCall, call_id, with_for_update=True)
    if row is None or row.state is not CallState.WAITING or row.next_at > now:
        return None
    hook = session.get_one(Webhook, row.webhook_id)
    if hook.paused_at is not None or (hook.rests_until is not None and hook.rests_until > now):
        return None
    if row.attempts >= TRIES or now >= row.at + LIFE:
        row.state, row.ended_at = CallState.GIVEN_UP, now
        return None
    row.next_at = now + WAITS[min(row.attempts, len(WAITS) - 1)]
    row.attempts, row.tried_at = row.attempts + 1, now
    headers = signed_headers(row.message_id, now, row.body, _secrets(hook, now))
    return Going(call_id, row.attempts, hook.url, headers, row.body.encode())


def note(session: Session, going: Going, answer: CallAnswer, *, now: datetime) -> Webhook | None:
    """What was answered. Returns the address when it has been paused for this.

    An answer that comes when the call has been begun again, or its address is gone, changes nothing.
    """
    there = _at_host_of(session, going.call_id)
    row = session.get(WebhookCall, going.call_id, with_for_update=True)
    if row is None or row.state is not CallState.WAITING or row.attempts != going.attempt:
        return None
    hook, status, is_taken = next(one for one in there if one.id == row.webhook_id), answer.status, answer.is_yes
    if is_taken or _is_away(status):
        for one in there:
            one.rests_until = None if is_taken else now + _rest(answer)
    row.status = status
    if is_taken:
        row.state, row.ended_at, hook.failing_since = CallState.TAKEN, now, None
        return None
    hook.failing_since = hook.failing_since or now
    if status == _GONE or row.attempts >= TRIES or now >= row.at + LIFE:
        row.state, row.ended_at = CallState.GIVEN_UP, now
    why = Pause.GONE if status == _GONE else Pause.FAILING
    is_to_pause = why is Pause.GONE or now - hook.failing_since >= PAUSED_AFTER
    return hook if is_to_pause and pause(session, hook, now, why=why) else None


def forget_calls(session: Session, *, before: datetime) -> int:
    """Delete the calls that told of what happened before then; returns how many."""
    return session.execute(delete(WebhookCall).where(col(WebhookCall.at) < before)).rowcount  # type: ignore[attr-defined, no-any-return]


def _secrets(hook: Webhook, now: datetime) -> list[str]:
    before = hook.secret_before if hook.before_until is not None and now < hook.before_until else None
    return [hook.secret] if before is None else [hook.secret, before]


def _is_away(status: int | None) -> bool:
    """Whether the host could not take anything, whichever of its addresses was called."""
    return status is None or status == _TOO_OFTEN or status >= _FAULTS_BEGIN


def _rest(answer: CallAnswer) -> timedelta:
    """How long its host is left alone: as long as it asks for when it says that it cannot now, within bounds. A call is
    never made sooner for it than its own waits say: ten tries are to last for three days."""
    asked_s = answer.wait_s if answer.status in (_TOO_OFTEN, _UNAVAILABLE) else None
    return min(max(timedelta(seconds=asked_s or 0), HOST_RESTS), LONGEST_REST)


def _at_host_of(session: Session, call_id: int) -> list[Webhook]:
    """Every address at the host of this call, locked in one order: two that note at once wait for each other."""
    host = select(Webhook.host).join(WebhookCall).where(WebhookCall.id == call_id).scalar_subquery()
    rows = select(Webhook).where(col(Webhook.host) == host).order_by(col(Webhook.id))
    return list(session.exec(rows.with_for_update(key_share=True)))
