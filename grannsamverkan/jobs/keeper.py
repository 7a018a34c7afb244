"""APScheduler's clock under watch: when its thread has died, or hangs, it is begun anew.

It holds no work, so that beginning anew loses nothing: a run that was missed finds the same rows.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import structlog
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger("clock")
_BEAT_S = 5.0


class Chore(NamedTuple):
    """Call `work` every `every_s` seconds."""

    name: str
    work: Callable[[], object]
    every_s: float


class Keeper:
    """Runs chores on threads of its own. `watch` is to be called now and then, by a thread that is not one of them."""

    def __init__(self, chores: Sequence[Chore], *, still_s: float = 30.0) -> None:
        self._chores = [Chore("beat", self._beat, min(_BEAT_S, still_s / 3)), *chores]
        self._still_s = still_s
        self._beat_s = 0.0  # monotonic
        self._beat_at = 0.0  # by the clock of the machine, which APScheduler goes by
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        self._beat()
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for chore in self._chores:
            self._scheduler.add_job(chore.work, "interval", seconds=chore.every_s, id=chore.name)
        self._scheduler.start()

    def stop(self, *, wait: bool = False) -> None:
        if self._scheduler is not None:
            with suppress(SchedulerNotRunningError, RuntimeError):  # `start` was broken off before its thread began
                self._scheduler.shutdown(wait=wait)
            self._scheduler = None

    def watch(self) -> bool:
        """Begin anew when nothing has run for long, or when the clock was set back and nothing would run until it is
        there again; says whether that was needed."""
        still_s = time.monotonic() - self._beat_s
        is_set_back = time.time() < self._beat_at - _BEAT_S
        if self._scheduler is None or (still_s < self._still_s and not is_set_back):
            return False
        log.error("clock_began_anew", still_s=round(still_s))
        self.stop()
        self.start()
        return True

    def _beat(self) -> None:
        self._beat_s, self._beat_at = time.monotonic(), time.time()
