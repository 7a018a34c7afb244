"""Whether it is worth calling a provider: after errors in a row it is let alone, but for a try now and then."""

import threading
import time
from collections import deque
from enum import Enum

ERRORS, WITHIN_S, PROBE_EVERY_S = 5, 60.0, 30.0


class Way(Enum):
    """What may be done now: anything, one try, nothing."""

    OPEN = "open"
    ONE = "one"
    SHUT = "shut"


class Breaker:
    """Shut after `ERRORS` errors in a row within `WITHIN_S`, with one try every `PROBE_EVERY_S`; open again when one
    goes well. Asked from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._errors: deque[float] = deque(maxlen=ERRORS)
        self._next_try_s: float | None = None  # monotonic; None: open

    @property
    def is_shut(self) -> bool:
        return self._next_try_s is not None

    def way(self) -> Way:
        """Who is told ONE has the try."""
        with self._lock:
            now_s = time.monotonic()
            if self._next_try_s is None:
                return Way.OPEN
            if now_s < self._next_try_s:
                return Way.SHUT
            self._next_try_s = now_s + PROBE_EVERY_S
            return Way.ONE

    def note(self, *, went_well: bool) -> None:
        with self._lock:
            now_s = time.monotonic()
            if went_well:
                self._errors.clear()
                self._next_try_s = None
                return
            self._errors.append(now_s)
            is_full = len(self._errors) == ERRORS and now_s - self._errors[0] <= WITHIN_S
            if is_full and self._next_try_s is None:
                self._next_try_s = now_s + PROBE_EVERY_S
