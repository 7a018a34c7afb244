"""Keeping: what must stay gone although an older copy of the rows is restored, that such a copy is held first, and what
must not be deleted yet."""

from grannsamverkan.domain.keeping.copies import note_restored, open_copy, restored_copy
from grannsamverkan.domain.keeping.holds import (
    LONGEST_HOLD,
    REASON_LENGTH,
    forget_holds,
    held_classes,
    hold,
    holds,
    place_hold,
    release_hold,
)
from grannsamverkan.domain.keeping.tables import FittingCode, Gone, GoneKind, Hold, RestoredCopy
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
    "LONGEST_HOLD",
    "REASON_LENGTH",
    "FittingCode",
    "Gone",
    "GoneKind",
    "Hold",
    "RestoredCopy",
    "account_mark",
    "entry",
    "forget_holds",
    "forget_written",
    "held_classes",
    "hold",
    "holds",
    "member_mark",
    "note_account_ended",
    "note_address",
    "note_choice",
    "note_erased",
    "note_moved_out",
    "note_restored",
    "open_copy",
    "person_mark",
    "place_hold",
    "release_hold",
    "restored_copy",
    "unwritten",
]
