"""Time: aware and UTC inside, Europe/Stockholm at the edges. A step asks its runtime's clock, so a test can move it."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Clock(Protocol):
    """Tells the time now, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ClockWatch:
    """Sees when a clock is set: it has moved otherwise than the machine's steady one. Safe from any thread."""

    _LEAST_S = 2.0  # less is a clock that is being drawn right, or a busy machine

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._apart_s = self._apart()
        self._set_s = float("-inf")  # monotonic

    def is_settled(self, for_s: float) -> bool:
        """Whether nobody has set it for that long."""
        with self._lock:
            apart_s = self._apart()
            if abs(apart_s - self._apart_s) >= self._LEAST_S:
                self._set_s = time.monotonic()
            self._apart_s = apart_s
            return time.monotonic() - self._set_s >= for_s

    def _apart(self) -> float:
        return self._clock.now().timestamp() - time.monotonic()


class SetClock:
    """A clock that stands where it was set, for tests and for replaying a day."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by
