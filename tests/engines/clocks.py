"""Engines that have a clock, one process after the other as a test wants them, with a timetable of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import pytest

from grannsamverkan.jobs import clock, embedded
from grannsamverkan.jobs.clock import ClockProcess
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.jobs.timetable import Entry
from grannsamverkan.jobs.worker import Worker
from tests.engines.conftest import Installation

WITH_A_CLOCK = ["embedded", pytest.param("distributed", marks=pytest.mark.postgres)]


def keep_to(monkeypatch: pytest.MonkeyPatch, *entries: Entry) -> None:
    """Clocks that are started from now on have these on their timetable, and no others."""
    for engine in (clock, embedded):
        monkeypatch.setattr(engine, "TIMETABLE", entries)


@contextmanager
def acting(installation: Installation, **parts: Any) -> Iterator[None]:
    """One more clock whose runtime has these parts; of one process it is the sender too."""
    runtime = replace(installation.leaving, **parts)
    if installation.kind == "distributed":
        with _running(ClockProcess(runtime)):
            yield
        return
    engine = EmbeddedEngine()
    engine.start(replace(runtime, engine=engine))
    try:
        yield
    finally:
        engine.stop()


def a_worker(installation: Installation) -> AbstractContextManager[None]:
    """One that sends, where that is a process of its own."""
    return _running(Worker(installation.leaving)) if installation.kind == "distributed" else nullcontext()


@contextmanager
def _running(process: ClockProcess | Worker) -> Iterator[None]:
    thread = threading.Thread(target=process.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        process.stop()
        thread.join(20)


def comes(condition: Callable[[], bool]) -> bool:
    """Whether it comes true soon."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if condition():
            return True  # and not asked once more: what is counted in a moment may be none in the next
        time.sleep(0.02)
    return False
