"""The heartbeat of the engines that have a clock, by a timetable on which it stands five times a second."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path

import pytest

from grannsamverkan import flow, heartbeat
from grannsamverkan.channels.switch import HttpsSwitch
from grannsamverkan.jobs.timetable import Entry
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from tests.engines import clocks
from tests.engines.clocks import WITH_A_CLOCK, a_worker, comes, keep_to
from tests.engines.conftest import Installation, installed
from tests.engines.test_engines import HERE, all_in
from tests.support.builders import a_street, an_approved_alert
from tests.support.receiver import Receiver, receiving

EVERY_S = 0.2
BEAT = Entry("heartbeat", heartbeat.beat, EVERY_S)


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    keep_to(monkeypatch, BEAT)
    with receiving(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


@pytest.fixture
def installation(request: pytest.FixtureRequest, standins: Standins, keys: dict[str, str]) -> Iterator[Installation]:
    with installed(str(request.param), request, standins, keys) as one:
        yield one


def acting(installation: Installation, receiver: Receiver) -> AbstractContextManager[None]:
    """One more clock, watched by the receiver."""
    return clocks.acting(installation, switch=HttpsSwitch(receiver.url, "1", timeout_s=30))


def calls_in(receiver: Receiver, seconds: float) -> int:
    before = len(receiver.heard)
    time.sleep(seconds)
    return len(receiver.heard) - before


@pytest.mark.parametrize("installation", WITH_A_CLOCK, indirect=True)
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


@pytest.mark.parametrize("installation", WITH_A_CLOCK, indirect=True)
def test_another_party_that_hangs_holds_nothing_up(
    installation: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, runs = threading.Event(), list[float]()

    def hang(_handler: BaseHTTPRequestHandler) -> None:
        let_go.wait(20)

    def run(_runtime: Runtime) -> None:
        runs.append(time.monotonic())

    receiver.answer = hang
    keep_to(monkeypatch, BEAT, Entry("other", run, EVERY_S))
    with a_worker(installation), acting(installation, receiver):
        assert comes(lambda: bool(receiver.heard))
        alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=20))
        assert comes(lambda: all_in(installation, alert_id, *HERE))
        assert comes(lambda: len(runs) >= 10)
        assert len(receiver.heard) == 1, "no second call while one is under way"
        let_go.set()
    assert max(later - one for one, later in pairwise(runs)) < 5
