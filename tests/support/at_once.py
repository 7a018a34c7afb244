"""Acts at the same time, as several workers or a double click would do them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(act: Callable[[], T], times: int) -> list[T]:
    """Run `act` in this many threads that start together; what each returned. The first error is raised again."""
    start = threading.Barrier(times)

    def wait_and_act() -> T:
        start.wait(10)
        return act()

    with ThreadPoolExecutor(times) as threads:
        return [done.result(60) for done in [threads.submit(wait_and_act) for _ in range(times)]]
