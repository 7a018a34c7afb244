"""Deliveries: one row per recipient address and channel; claim a batch, call the provider, record what it said."""

from grannsamverkan.domain.deliveries.batches import (
    Lease,
    claim,
    due,
    finish,
    free_orphans,
    hold,
    next_due_at,
    open_batches,
)
from grannsamverkan.domain.deliveries.queries import first_handed_over_at
from grannsamverkan.domain.deliveries.retry import wait_before
from grannsamverkan.domain.deliveries.rows import (
    DEAD_CODES,
    STOPPED_CODES,
    InFlight,
    ask_time,
    give_up,
    heed,
    in_flight,
    note,
    reject,
    requeue,
    settle,
    start,
    stop_waiting,
    waiting,
)
from grannsamverkan.domain.deliveries.states import ALLOWED, FINAL, UNSETTLED, WAITING, DeliveryState, may_move, sources_of
from grannsamverkan.domain.deliveries.tables import Batch, Delivery

__all__ = [
    "ALLOWED",
    "DEAD_CODES",
    "FINAL",
    "STOPPED_CODES",
    "UNSETTLED",
    "WAITING",
    "Batch",
    "Delivery",
    "DeliveryState",
    "InFlight",
    "Lease",
    "ask_time",
    "claim",
    "due",
    "finish",
    "first_handed_over_at",
    "free_orphans",
    "give_up",
    "heed",
    "hold",
    "in_flight",
    "may_move",
    "next_due_at",
    "note",
    "open_batches",
    "reject",
    "requeue",
    "settle",
    "sources_of",
    "start",
    "stop_waiting",
    "wait_before",
    "waiting",
]
