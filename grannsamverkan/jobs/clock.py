"""The clock of the distributed engine: any number may run, one acts. It looks for due work that has no job, throws away
the jobs of dead workers, and keeps the timetable.
"""

import os
import socket
import threading
import time
from functools import partial

import structlog

from grannsamverkan import set_back
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.logs import where_it_failed
from grannsamverkan.jobs import nudges
from grannsamverkan.jobs.keeper import Chore, Keeper
from grannsamverkan.jobs.ownership import ownership_of
from grannsamverkan.jobs.timetable import TIMETABLE, Entry
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("clock")
_NAME = f"{socket.gethostname()}:{os.getpid()}"[:60]


class ClockProcess:
    """`run` ticks until `stop`, which may come from any thread. `is_acting` tells whether this clock holds the lock."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._ownership = ownership_of(runtime.database)
        self._stopping = threading.Event()
        self._acting = threading.Event()

    @property
    def is_acting(self) -> bool:
        return self._acting.is_set()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        chores = [Chore(entry.name, partial(self._run_entry, entry), entry.every_s) for entry in TIMETABLE]
        timetable = Keeper(chores)
        timetable.start()
        try:
            while not self._stopping.is_set():
                begun = time.monotonic()
                self._safely_tick()
                timetable.watch()
                self._stopping.wait(max(0.0, self._runtime.settings.engine.tick_s - (time.monotonic() - begun)))
        finally:
            self._acting.clear()
            timetable.stop(wait=True)
            self._ownership.release()

    def _safely_tick(self) -> None:
        try:
            self.tick()
        except Exception as error:  # noqa: BLE001 - the clock must go on; the rows still hold the work
            self._acting.clear()
            log.error("tick_failed", failure=where_it_failed(error))

    def tick(self) -> None:
        """Take the lock if it is free, and when it is ours see to it that everything due has a job."""
        if not self._ownership.take():
            self._acting.clear()
            return
        if not self.is_acting:
            log.info("clock_started")
            self._acting.set()
        now, engine = self._runtime.clock.now(), self._runtime.settings.engine
        with self._runtime.database.write(durable=False) as session:
            freed = nudges.clear_stalled(session, after_s=engine.stalled_after_s, now=now)
            nudges.wake(session, now=now)
            was = deliveries.tick(session, now=now, by=_NAME)
            if was is not None:
                set_back.heed(self._runtime, session, was=was)
        if freed:
            log.warning("worker_lost", freed_batches=freed)

    def _run_entry(self, entry: Entry) -> None:
        if not self.is_acting:
            return
        try:
            entry.step(self._runtime)
        except Exception as error:  # noqa: BLE001 - the same
            log.error("step_failed", step=entry.name, failure=where_it_failed(error))
