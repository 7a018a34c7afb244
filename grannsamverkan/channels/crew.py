"""Threads that ask a provider about many copies together: one while it answers at once, all when it takes its time.

Threads that all have something to do stand in line for the interpreter: twenty of them ask half as much as two callers
with one each. They are of use while they wait.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_FEW = 1  # for each caller
_ROUNDS, _QUICK_ROUNDS = 2, 5  # of all threads, in a group: where asking is quick, what is done around one counts
_QUICK_S = 0.005  # a group whose quickest answer took less has waited for nobody
_SLOW_S = 0.05  # an answer that took as long calls in the others, in the middle of a group


class Crew:
    """`most`: threads at once, over all who call `map` at the same time."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=name)
        self._begins_with = most

    def map(self, ask: Callable[[T], R], things: Sequence[T]) -> list[R]:
        """What came of each, in their order; raises what one of them raised, when nobody asks any more."""
        if not things:
            return []
        waiting = deque(enumerate(things))
        found: dict[int, R] = {}
        took_s: list[float] = []
        hands: list[Future[None]] = []

        def call_in(number: int) -> None:
            hands.extend(self._threads.submit(work) for _ in range(min(number, len(waiting))))

        def work() -> None:
            while waiting:
                try:
                    place, thing = waiting.popleft()
                except IndexError:  # another hand was quicker
                    return
                began_s = time.monotonic()
                try:
                    found[place] = ask(thing)
                except Exception:
                    waiting.clear()  # the caller takes the rest for not asked about
                    raise
                took_s.append(time.monotonic() - began_s)
                if took_s[-1] >= _SLOW_S and len(hands) < self._most:
                    call_in(self._most - len(hands))

        call_in(self._begins_with)
        for hand in hands:  # grows while it is gone through: whoever calls in others has not ended yet
            wait([hand])
        for hand in hands:
            hand.result()
        self._begins_with = min(_FEW, self._most) if min(took_s) < _QUICK_S else self._most
        return [found[place] for place in range(len(things))]

    @property
    def group(self) -> int:
        """How many copies to bring it at a time: more while it is quick with them."""
        return self._most * (_QUICK_ROUNDS if self._begins_with < self._most else _ROUNDS)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
