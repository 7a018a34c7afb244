"""Keeping: what must stay gone although an older copy of the rows is restored, and that such a copy is held first."""

from grannsamverkan.domain.keeping.copies import note_restored, open_copy, restored_copy
from grannsamverkan.domain.keeping.tables import Gone, GoneKind, RestoredCopy
from grannsamverkan.domain.keeping.vanishing import (
    JOURNAL,
    account_mark,
    entry,
    forget_written,
    member_mark,
    note_account_ended,
    note_address,
    note_choice,
    note_erased,
    note_moved_out,
    person_mark,
    unwritten,
)

__all__ = [
    "JOURNAL",
    "Gone",
    "GoneKind",
    "RestoredCopy",
    "account_mark",
    "entry",
    "forget_written",
    "member_mark",
    "note_account_ended",
    "note_address",
    "note_choice",
    "note_erased",
    "note_moved_out",
    "note_restored",
    "open_copy",
    "person_mark",
    "restored_copy",
    "unwritten",
]
