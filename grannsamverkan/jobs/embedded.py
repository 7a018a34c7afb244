"""The embedded engine: clock and senders as threads of one process. APScheduler is a clock and holds no work.

Of all processes on a database one is the owner; only it releases and sends. The others serve pages, and their nudges
reach the owner within a tick, by the rows.
"""

import threading
import time
from collections.abc import Callable
from functools import partial

import structlog
from sqlmodel import Session

from grannsamverkan import flow, notify, set_back
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.database import after_commit
from grannsamverkan.foundation.logs import where_it_failed
from grannsamverkan.foundation.ports import Channel, ChannelKind, Step
from grannsamverkan.jobs.keeper import Chore, Keeper
from grannsamverkan.jobs.ownership import Ownership, ownership_of
from grannsamverkan.jobs.timetable import TIMETABLE, Entry
from grannsamverkan.runtime import Runtime

log = structlog.get_logger("engine")
_AFTER_ERROR_S = 1.0
_WATCH_EVERY_S = 5.0
_TELL_EVERY_S = 10.0  # how often the owner leaves a sign of life for other processes


class EmbeddedEngine:
    """`start` once; `stop` ends after the group in hand, also where `start` was broken off. `is_owner` tells whether
    this process sends."""

    def __init__(self) -> None:
        self._work = threading.Condition()
        self._nudges = 0
        self._stopping = threading.Event()
        self._owner = threading.Event()
        self._in_hand: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._clock: Keeper | None = None
        self._ownership: Ownership | None = None
        self._last_tick_s = 0.0  # monotonic
        self._told_s = -_TELL_EVERY_S  # monotonic

    @property
    def is_owner(self) -> bool:
        return self._owner.is_set()

    def enqueue(self, session: Session, step: Step, **ids: int) -> None:
        after_commit(session, self._nudge)

    def is_ticking(self, within_s: float) -> bool:
        return time.monotonic() - self._last_tick_s < within_s

    def has_sender(self, within_s: float) -> bool:
        """Whether it is this process, with all of its lanes."""
        return self.is_owner and all(thread.is_alive() for thread in self._threads)

    def _nudge(self) -> None:
        with self._work:
            self._nudges += 1
            self._work.notify_all()

    # ------------------------------------------------------------------------------------------- life

    def start(self, runtime: Runtime) -> None:
        self._ownership = ownership_of(runtime.database)
        self._tick(runtime)
        entries = [Chore(entry.name, partial(self._run_entry, runtime, entry), entry.every_s) for entry in TIMETABLE]
        self._clock = Keeper([Chore("tick", partial(self._tick, runtime), runtime.settings.engine.tick_s), *entries])
        self._clock.start()
        self._thread("watch", self._watch)
        self._thread("release", lambda: self._release(runtime))
        self._thread("notices", lambda: self._notices(runtime))
        for channel in runtime.channels.values():
            for lane in range(channel.lanes):
                self._thread(f"{channel.kind.name.lower()}-{lane}", partial(self._lane, runtime, channel))

    def _thread(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=self._until_stopped, args=(name, work), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, wait_s: float = 10.0) -> None:
        self._stopping.set()
        self._nudge()
        if self._clock is not None:
            self._clock.stop()
        deadline = time.monotonic() + wait_s
        for thread in self._threads:
            if thread.ident is not None:  # `start` may have been broken off before this one began
                thread.join(max(0.0, deadline - time.monotonic()))
        self._owner.clear()
        if self._ownership is not None:
            self._ownership.release()

    # ------------------------------------------------------------------------------------------- the clock

    def _tick(self, runtime: Runtime) -> None:
        """Take the lock if it is free, and look for due rows: also those that other processes wrote."""
        assert self._ownership is not None
        held = self._ownership.take()
        if held and not self._owner.is_set():
            with runtime.database.write() as session:
                freed = deliveries.free_orphans(session)
            log.info("sender_started", freed_batches=freed)
            self._owner.set()
        elif not held:
            self._owner.clear()
        self._last_tick_s = time.monotonic()
        self._nudge()
        if held and self._last_tick_s - self._told_s >= _TELL_EVERY_S:
            self._told_s = self._last_tick_s
            with runtime.database.write(durable=False) as session:
                was = deliveries.tick(session, now=runtime.clock.now(), by=flow.OWNER)
                if was is not None:
                    set_back.heed(runtime, session, was=was)

    def _watch(self) -> None:
        assert self._clock is not None
        if not self._stopping.wait(_WATCH_EVERY_S):
            self._clock.watch()

    def _run_entry(self, runtime: Runtime, entry: Entry) -> None:
        if not self.is_owner:
            return
        try:
            entry.step(runtime)
        except Exception as error:  # noqa: BLE001 - the clock must go on; the rows still hold the work
            log.error("step_failed", step=entry.name, failure=where_it_failed(error))

    # ------------------------------------------------------------------------------------------- the senders

    def _until_stopped(self, name: str, work: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a lane that dies would leave its neighbours unwarned
                log.error("lane_failed", lane=name, failure=where_it_failed(error))
                self._stopping.wait(_AFTER_ERROR_S)

    def _release(self, runtime: Runtime) -> None:
        seen = self._nudges
        if self.is_owner:
            flow.release_due(runtime)
        self._wait_for_nudge(seen)

    def _notices(self, runtime: Runtime) -> None:
        seen = self._nudges
        if self.is_owner:
            notify.send_notices(runtime)
        self._wait_for_nudge(seen)

    def _lane(self, runtime: Runtime, channel: Channel) -> None:
        seen = self._nudges
        batch_id = self._pick(runtime, channel.kind) if self.is_owner else None
        if batch_id is None:
            self._wait_for_nudge(seen)
            return
        try:
            flow.send_batch(runtime, batch_id=batch_id)
        finally:
            with self._work:
                self._in_hand.discard(batch_id)

    def _pick(self, runtime: Runtime, kind: ChannelKind) -> int | None:
        """The most urgent due batch that no other lane here has in hand."""
        with self._work:
            with runtime.database.read() as session:
                limit = len(self._in_hand) + 1
                due = deliveries.due(session, kind, now=runtime.clock.now(), limit=limit)
            free = next((batch_id for batch_id in due if batch_id not in self._in_hand), None)
            if free is not None:
                self._in_hand.add(free)
            return free

    def _wait_for_nudge(self, seen: int) -> None:
        """Sleep until something was nudged since `seen`, at the longest until well after the next tick."""
        with self._work:
            self._work.wait_for(lambda: self._nudges != seen or self._stopping.is_set(), timeout=5.0)
