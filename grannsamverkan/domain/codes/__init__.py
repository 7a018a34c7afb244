"""Codes: six digits that show that an address is somebody's, with every limit on asking for them."""

from grannsamverkan.domain.codes.actions import (
    CodeAnswer,
    CodeLimits,
    CodeOutcome,
    ask,
    check,
    forget,
    looks_misused,
    new_ticket,
    note_nothing,
    ticket_lookup,
)
from grannsamverkan.domain.codes.tables import CodePurpose, OneTimeCode

__all__ = [
    "CodeAnswer",
    "CodeLimits",
    "CodeOutcome",
    "CodePurpose",
    "OneTimeCode",
    "ask",
    "check",
    "forget",
    "looks_misused",
    "new_ticket",
    "note_nothing",
    "ticket_lookup",
]
