"""What takes long to count and may be some seconds old: counted once for all who look, in this process only."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar, cast

from flask import current_app

_KEY = "grannsamverkan.remembered"
_MOST = 100

T = TypeVar("T")


class Remembered(Generic[T]):
    """The newest value of each thing, for as long as `life`; what is empty is counted anew each time."""

    def __init__(self, life: timedelta) -> None:
        self._life = life
        self._lock = threading.Lock()
        self._of: dict[int, tuple[datetime, T]] = {}

    def get(self, thing: int, now: datetime, count: Callable[[], T]) -> T:
        """The value as it was counted lately, or else now; whoever comes meanwhile waits for it."""
        with self._lock:
            kept = self._of.get(thing)
            if kept is not None and now - kept[0] < self._life:
                return kept[1]
            found = count()
            self._of.pop(thing, None)
            if found:
                if len(self._of) >= _MOST:
                    del self._of[next(iter(self._of))]
                self._of[thing] = now, found
            return found


def remembered(what: str, life: timedelta) -> Remembered[T]:
    """This application's memory of `what`."""
    kept = cast("dict[str, Remembered[T]]", current_app.extensions.setdefault(_KEY, {}))
    return kept.setdefault(what, Remembered(life))
