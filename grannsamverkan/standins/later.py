"""Thousands of small things to do a little later, at the price of one timer."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

# Whatever is due within one tick is done together: nobody notices, and the loop wakes far less often.
TICK_S = 0.002


class Later:
    """A heap of actions by time; of two due at the same time the earlier asked goes first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._timer: asyncio.TimerHandle | None = None

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        """Do something after a delay, at most one tick late."""
        due_s = asyncio.get_running_loop().time() + delay_s
        heappush(self._waiting, (due_s, next(self._number), action))
        if self._timer is None or due_s < self._timer.when() - TICK_S:
            self._set_timer(due_s)

    def clear(self) -> None:
        """Forget everything that waits."""
        self._waiting.clear()

    def _set_timer(self, due_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(due_s + TICK_S / 2, self._do)

    def _do(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        # Each action gets its own turn of the loop: one that fails takes no other with it.
        while self._waiting and self._waiting[0][0] <= now_s:
            loop.call_soon(heappop(self._waiting)[2])
        if self._waiting:
            self._set_timer(self._waiting[0][0])
