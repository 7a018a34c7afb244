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
from grannsamverkan.domain.receipts.at_provider import Left, LeftKind, left_at_provider, lies_there_since, note_deleted
from grannsamverkan.domain.receipts.fetched import forget_fetched, note_fetched, was_fetched
from grannsamverkan.domain.receipts.ledger import (
    OUTCOME_OF,
    OUTCOMES,
    TO_VISIT,
    Ledger,
    NotReached,
    frozen,
    ledger,
    ledgers,
    left_to_visit,
    not_reached,
    outcome_of,
    proved,
)
from grannsamverkan.domain.receipts.mail_reports import read_complaint, read_mail_report
from grannsamverkan.domain.receipts.monthly import Month, months
from grannsamverkan.domain.receipts.replies import Reply, answer, read_reply
from grannsamverkan.domain.receipts.returned import Returned, read_returned
from grannsamverkan.domain.receipts.tables import FetchedMail, Receipt, ReplyRow, Visit, VisitKind
from grannsamverkan.domain.receipts.times import STEPS, Ladder, Times, frozen_times, joined, times
from grannsamverkan.domain.receipts.visits import undo_visit, visit

__all__ = [
    "OUTCOMES",
    "OUTCOME_OF",
    "STEPS",
    "TO_VISIT",
    "FetchedMail",
    "Ladder",
    "Ledger",
    "Left",
    "LeftKind",
    "Month",
    "NotReached",
    "Receipt",
    "Reply",
    "ReplyRow",
    "Returned",
    "Silent",
    "Times",
    "Visit",
    "VisitKind",
    "answer",
    "answered_lately",
    "being_called",
    "close",
    "forget_copies",
    "forget_fetched",
    "forget_receipts",
    "forget_replies",
    "frozen",
    "frozen_times",
    "joined",
    "leave_unknown",
    "ledger",
    "ledgers",
    "left_at_provider",
    "left_to_visit",
    "lies_there_since",
    "months",
    "not_reached",
    "note_deleted",
    "note_fetched",
    "note_reply",
    "outcome_of",
    "proved",
    "read_complaint",
    "read_mail_report",
    "read_reply",
    "read_returned",
    "silent",
    "take",
    "times",
    "undo_visit",
    "visit",
    "was_fetched",
]
