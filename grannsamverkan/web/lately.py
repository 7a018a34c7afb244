"""How often somebody has done something lately: enough to slow down a machine, in this process only."""

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

_KEY = "grannsamverkan.lately"
_MOST_VISITORS = 5_000


class Lately:
    """At most so many times within such a time, for each visitor; kept for a few thousand of them."""

    def __init__(self, most: int, within: timedelta) -> None:
        self._most, self._within = most, within
        self._lock = threading.Lock()
        self._of: dict[str, deque[datetime]] = {}

    def wait(self, visitor: str, now: datetime) -> int:
        """Note one time more. 0, or how many seconds the visitor should wait when there were too many."""
        with self._lock:
            if visitor not in self._of and len(self._of) >= _MOST_VISITORS:
                del self._of[next(iter(self._of))]
            mine = self._of.setdefault(visitor, deque(maxlen=self._most))
            if len(mine) == self._most and mine[0] > now - self._within:
                return max(1, round((mine[0] + self._within - now).total_seconds()))
            mine.append(now)
            return 0


def lately(what: str, most: int, within: timedelta) -> Lately:
    """This application's count of `what`."""
    kept = cast(dict[str, Lately], current_app.extensions.setdefault(_KEY, {}))
    return kept.setdefault(what, Lately(most, within))
