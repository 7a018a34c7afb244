"""The life of one copy: ten states and one table of allowed moves."""

from enum import IntEnum


class DeliveryState(IntEnum):
    """What is known about one copy. Stored as a number; words belong to the screens."""

    QUEUED = 0
    LEASED = 1  # written by versions before, beside us while one is brought in: waits as QUEUED does
    CALLING = 2  # committed before the provider is called: from here nothing is resent without asking first
    HANDED_OVER = 3  # the provider has taken it over
    DELIVERED = 4  # a phone or a mailbox has answered
    FAILED = 5  # it will never arrive
    EXPIRED = 6  # its validity passed before it was handed over
    UNKNOWN = 7  # nobody can say
    STOPPED = 8  # the person said STOPP, or left, or the sender stopped the alert, before it was handed over
    CARRIED = 9  # goes in the message of another copy for the same address, and shares what becomes of that


S = DeliveryState

ALLOWED: dict[DeliveryState, frozenset[DeliveryState]] = {
    # Straight to the call when the holder of its batch has just heard that the provider never saw it.
    # Unknown: its alert was stopped after a call that may have been taken, and it does not go again.
    S.QUEUED: frozenset({S.CALLING, S.FAILED, S.EXPIRED, S.STOPPED, S.UNKNOWN, S.CARRIED}),
    S.LEASED: frozenset({S.CALLING, S.FAILED, S.EXPIRED, S.STOPPED, S.UNKNOWN}),
    # Back to the queue only when the provider surely did not take the copy, or (email) cannot be asked.
    S.CALLING: frozenset({S.HANDED_OVER, S.DELIVERED, S.FAILED, S.UNKNOWN, S.QUEUED}),
    S.HANDED_OVER: frozenset({S.DELIVERED, S.FAILED, S.UNKNOWN}),
    # Late receipts: a provider may find its tongue after we stopped waiting.
    S.UNKNOWN: frozenset({S.HANDED_OVER, S.DELIVERED, S.FAILED}),
    S.FAILED: frozenset({S.DELIVERED}),
    S.EXPIRED: frozenset({S.DELIVERED}),
    S.DELIVERED: frozenset(),
    S.STOPPED: frozenset(),
    # Alone again when its carrier was stopped before it went; out of the message when it was stopped itself.
    S.CARRIED: frozenset({S.QUEUED, S.STOPPED, S.UNKNOWN}),
}

WAITING = frozenset({S.QUEUED, S.LEASED})
UNSETTLED = frozenset({S.QUEUED, S.LEASED, S.CALLING})
FINAL = frozenset({S.DELIVERED, S.FAILED, S.EXPIRED, S.UNKNOWN, S.STOPPED})


def may_move(before: DeliveryState, after: DeliveryState) -> bool:
    """Whether the table allows this move."""
    return after in ALLOWED[before]


def sources_of(after: DeliveryState) -> list[int]:
    """The states, as stored numbers, from which `after` may be entered: the WHERE of every change of state."""
    return sorted(int(state) for state, moves in ALLOWED.items() if after in moves)
