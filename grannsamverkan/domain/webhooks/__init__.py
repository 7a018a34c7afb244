"""Webhooks: a municipality's own systems are called when something happens that the interface for them shows."""

from grannsamverkan.domain.webhooks.actions import (
    BOTH_FOR,
    MOST_HOOKS,
    NAME_LENGTH,
    add_webhook,
    change_secret,
    pause,
    ping,
    remove_webhook,
    resume,
    webhook,
)
from grannsamverkan.domain.webhooks.addresses import check_address
from grannsamverkan.domain.webhooks.calling import (
    HOST_RESTS,
    LIFE,
    LONGEST_REST,
    PAUSED_AFTER,
    TRIES,
    WAITS,
    Going,
    begin,
    forget_calls,
    note,
)
from grannsamverkan.domain.webhooks.events import AlertCall, PingCall
from grannsamverkan.domain.webhooks.queries import due, last_taken, latest_calls, paused_by_itself, webhooks
from grannsamverkan.domain.webhooks.tables import CallState, Event, Pause, Webhook, WebhookCall
from grannsamverkan.domain.webhooks.telling import CLOSED_BY_THEN, tell_closed, tell_sent

__all__ = [
    "BOTH_FOR",
    "CLOSED_BY_THEN",
    "HOST_RESTS",
    "LIFE",
    "LONGEST_REST",
    "MOST_HOOKS",
    "NAME_LENGTH",
    "PAUSED_AFTER",
    "TRIES",
    "WAITS",
    "AlertCall",
    "CallState",
    "Event",
    "Going",
    "Pause",
    "PingCall",
    "Webhook",
    "WebhookCall",
    "add_webhook",
    "begin",
    "change_secret",
    "check_address",
    "due",
    "forget_calls",
    "last_taken",
    "latest_calls",
    "note",
    "pause",
    "paused_by_itself",
    "ping",
    "remove_webhook",
    "resume",
    "tell_closed",
    "tell_sent",
    "webhook",
    "webhooks",
]
