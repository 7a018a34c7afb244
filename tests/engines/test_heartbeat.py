"""The heartbeat of the engines that have a clock, by a timetable on which it stands five times a second."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest

from grannsamverkan import flow, heartbeat
from grannsamverkan.channels.switch import HttpsSwitch
from grannsamverkan.jobs import clock, embedded
from grannsamverkan.jobs.clock import ClockProcess
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.jobs.timetable import Entry
from grannsamverkan.jobs.worker import Worker
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from tests.engines.conftest import Installation, installed
from tests.engines.test_engines import HERE, all_in
from tests.support.builders import a_street, an_approved_alert
from tests.support.receiver import Receiver, receiving

EVERY_S = 0.2
ENGINES = ["embedded", pytest.param("distributed", marks=pytest.mark.postgres)]


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    for engine in (clock, embedded):
        monkeypatch.setattr(engine, "TIMETABLE", (Entry("heartbeat", heartbeat.beat, EVERY_S),))
    with receiving(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


@pytest.fixture
def installation(request: pytest.FixtureRequest, standins: Standins, keys: dict[str, str]) -> Iterator[Installation]:
    with installed(str(request.param), request, standins, keys) as one:
        yield one


@contextmanager
def acting(installation: Installation, receiver: Receiver) -> Iterator[None]:
    """One more clock, watched by the receiver; where the clock sends too, that."""
    watched = replace(installation.leaving, switch=HttpsSwitch(receiver.url, "1", timeout_s=30))
    if installation.kind == "distributed":
        with running(ClockProcess(watched)):
            yield
        return
    engine = EmbeddedEngine()
    engine.start(replace(watched, engine=engine))
    try:
        yield
    finally:
        engine.stop()


@contextmanager
def running(process: ClockProcess | Worker) -> Iterator[None]:
    thread = threading.Thread(target=process.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        process.stop()
        thread.join(20)


def calls_in(receiver: Receiver, seconds: float) -> int:
    before = len(receiver.heard)
    time.sleep(seconds)
    return len(receiver.heard) - before


def comes(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("installation", ENGINES, indirect=True)
def test_of_two_clocks_the_acting_one_is_heard_and_when_both_are_gone_none(
    installation: Installation, receiver: Receiver
) -> None:
    with a_worker(installation):
        with acting(installation, receiver):
            assert comes(lambda: bool(receiver.heard))
            with acting(installation, receiver):
                assert 1 <= calls_in(receiver, 2) <= 2 / EVERY_S + 2
        with acting(installation, receiver):
            assert comes(lambda: calls_in(receiver, EVERY_S) > 0), "the next one takes over"
    assert calls_in(receiver, 5 * EVERY_S) == 0


def a_worker(installation: Installation) -> AbstractContextManager[None]:
    is_distributed = installation.kind == "distributed"
    return running(Worker(installation.leaving)) if is_distributed else nullcontext()


@pytest.mark.parametrize("installation", ["distributed"], indirect=True)
@pytest.mark.postgres
def test_without_a_worker_the_clock_is_not_heard(installation: Installation, receiver: Receiver) -> None:
    with acting(installation, receiver):
        assert calls_in(receiver, 5 * EVERY_S) == 0
        for _ in range(2):
            with a_worker(installation):
                assert comes(lambda: calls_in(receiver, EVERY_S) > 0)
            assert comes(lambda: calls_in(receiver, 5 * EVERY_S) == 0)


@pytest.mark.parametrize("installation", ["embedded"], indirect=True)
def test_a_process_whose_senders_have_died_is_not_heard(
    installation: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise SystemExit

    with acting(installation, receiver):
        assert comes(lambda: bool(receiver.heard))
        monkeypatch.setattr(flow, "send_batch", die)
        an_approved_alert(installation.leaving, a_street(installation.leaving, phones=3))
        assert comes(lambda: calls_in(receiver, 5 * EVERY_S) == 0)


@pytest.mark.parametrize("installation", ENGINES, indirect=True)
def test_another_party_that_hangs_holds_nothing_up(
    installation: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, runs = threading.Event(), list[float]()

    def hang(_handler: BaseHTTPRequestHandler) -> None:
        let_go.wait(20)

    def run(_runtime: Runtime) -> None:
        runs.append(time.monotonic())

    receiver.answer = hang
    for engine in (clock, embedded):
        both = (Entry("heartbeat", heartbeat.beat, EVERY_S), Entry("other", run, EVERY_S))
        monkeypatch.setattr(engine, "TIMETABLE", both)
    with a_worker(installation), acting(installation, receiver):
        assert comes(lambda: bool(receiver.heard))
        alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=20))
        assert comes(lambda: all_in(installation, alert_id, *HERE))
        assert comes(lambda: len(runs) >= 10)
        assert len(receiver.heard) == 1, "no second call while one is under way"
        let_go.set()
    assert max(later - one for one, later in pairwise(runs)) < 5
