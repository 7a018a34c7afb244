"""Receipts: what providers and people said happened, and the ledger of households."""

from grannsamverkan.domain.receipts.actions import (
    Silent,
    answered_lately,
    being_called,
    close,
    forget_copies,
    forget_receipts,
    forget_replies,
    leave_unknown,
    note_reply,
    silent,
    take,
)
from grannsamverkan.domain.receipts.ledger import (
    OUTCOME_OF,
    OUTCOMES,
    Ledger,
    NotReached,
    frozen,
    ledger,
    ledgers,
    not_reached,
)
from grannsamverkan.domain.receipts.mail_reports import read_mail_report
from grannsamverkan.domain.receipts.monthly import Month, months
from grannsamverkan.domain.receipts.replies import Reply, answer, read_reply
from grannsamverkan.domain.receipts.tables import Receipt, ReplyRow
from grannsamverkan.domain.receipts.times import STEPS, Ladder, Times, frozen_times, joined, times

__all__ = [
    "OUTCOMES",
    "OUTCOME_OF",
    "STEPS",
    "Ladder",
    "Ledger",
    "Month",
    "NotReached",
    "Receipt",
    "Reply",
    "ReplyRow",
    "Silent",
    "Times",
    "answer",
    "answered_lately",
    "being_called",
    "close",
    "forget_copies",
    "forget_receipts",
    "forget_replies",
    "frozen",
    "frozen_times",
    "joined",
    "leave_unknown",
    "ledger",
    "ledgers",
    "months",
    "not_reached",
    "note_reply",
    "read_mail_report",
    "read_reply",
    "silent",
    "take",
    "times",
]
