"""The clock under watch: its thread is killed, and it goes on."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from apscheduler.schedulers.background import BackgroundScheduler

from grannsamverkan.jobs.keeper import Chore, Keeper


def soon(condition: Callable[[], bool], within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def test_a_clock_whose_thread_has_died_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[float] = []
    keeper = Keeper([Chore("work", lambda: ran.append(time.monotonic()), 0.05)], still_s=0.4)
    keeper.start()
    try:
        assert soon(lambda: len(ran) >= 2)
        assert not keeper.watch()
        with monkeypatch.context() as broken:
            broken.setattr(threading, "excepthook", lambda _arguments: None)
            broken.setattr(BackgroundScheduler, "_process_jobs", lambda _self: 1 / 0)
            assert soon(lambda: "APScheduler" not in {thread.name for thread in threading.enumerate()})
        stood_at = len(ran)
        assert soon(keeper.watch), "nobody saw that it stood still"
        assert soon(lambda: len(ran) >= stood_at + 2), "it was not begun anew"
    finally:
        keeper.stop()


def test_a_clock_that_is_set_back_is_begun_anew_at_once() -> None:
    """APScheduler goes by the clock of the machine: it would run nothing for two hours."""
    ran: list[float] = []
    with time_machine.travel(datetime.now(UTC), tick=True) as machine:
        keeper = Keeper([Chore("work", lambda: ran.append(time.monotonic()), 0.05)])
        keeper.start()
        try:
            assert soon(lambda: len(ran) >= 2)
            machine.shift(timedelta(hours=-2))
            time.sleep(0.2)
            stood_at = len(ran)
            assert keeper.watch()
            assert soon(lambda: len(ran) >= stood_at + 2), "it was not begun anew"
            assert not keeper.watch()
        finally:
            keeper.stop()


def test_a_clock_that_has_been_stopped_stays_so() -> None:
    keeper = Keeper([], still_s=0.0)
    assert not keeper.watch()
    keeper.start()
    keeper.stop()
    assert not keeper.watch()
