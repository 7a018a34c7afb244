"""When to try again: 1, 5, 15, 60, 300 seconds and so on, never all at once."""

from datetime import timedelta

_WAITS_S = (1.0, 5.0, 15.0, 60.0, 300.0)
LONGEST_WAIT = timedelta(seconds=_WAITS_S[-1] * 1.25)


def wait_before(tries: int, *, spread: float, asked_for_s: float = 0.0) -> timedelta:
    """The pause before try number `tries` + 1. `spread` in 0..1 adds up to a quarter, so that many batches do not
    come back together; `asked_for_s` is what the provider itself asked for (Retry-After)."""
    wait_s = _WAITS_S[min(max(tries, 1), len(_WAITS_S)) - 1]
    return timedelta(seconds=max(wait_s, asked_for_s) * (1 + spread / 4))
