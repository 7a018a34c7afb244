"""The embedded engine, end to end: its own threads, real channels, stand-ins that keep their own count."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from grannsamverkan import flow
from grannsamverkan.cli import serve
from grannsamverkan.domain import deliveries
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.foundation.clock import SetClock, SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs import embedded
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.jobs.inline import drain
from grannsamverkan.jobs.timetable import Entry
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from grannsamverkan.wiring import build_channels
from tests.conftest import standin_settings
from tests.support.builders import a_phone, a_street, an_approved_alert, batches_of, states_of
from tests.support.recording_channel import RecordingChannel

S = DeliveryState


@contextmanager
def installation(
    database_url: str, standins: Standins, keys: dict[str, str]
) -> Iterator[tuple[Runtime, EmbeddedEngine]]:
    """One process's worth of the product, with an engine that is not started yet; stopped and closed at the end."""
    chosen = standin_settings(standins, keys, database_url)
    database, engine = Database(database_url, Vault(keys["data"], keys["lookup"])), EmbeddedEngine()
    runtime = Runtime(chosen, database, SystemClock(), engine, build_channels(chosen))
    try:
        yield runtime, engine
    finally:
        engine.stop()
        runtime.close()


def soon(condition: Callable[[], bool], within_s: float = 20.0) -> bool:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def all_handed_over(runtime: Runtime, alert_id: int, copies: int) -> bool:
    return states_of(runtime, alert_id) == [S.HANDED_OVER] * copies


@pytest.mark.parametrize("begun", [0, 1, 2, 5])
def test_a_start_that_is_broken_off_ends_as_any_other(
    sqlite_url: str, standins: Standins, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    """SIGTERM in the middle of it: `serve` stops what has begun, and the lanes among it give back what they hold."""
    chosen = standin_settings(standins, keys, sqlite_url)
    chosen = chosen.model_copy(update={"web": chosen.web.model_copy(update={"port": 0})})
    engine, started, start = EmbeddedEngine(), list[threading.Thread](), threading.Thread.start

    def start_or_leave(thread: threading.Thread) -> None:
        if len(started) == begun:
            raise SystemExit(0)
        started.append(thread)
        start(thread)

    def start_engine(runtime: Runtime) -> None:
        monkeypatch.setattr(threading.Thread, "start", start_or_leave)
        EmbeddedEngine.start(engine, runtime)

    monkeypatch.setattr(engine, "start", start_engine)
    monkeypatch.setattr(serve, "stop_on_signals", lambda: None)  # the handlers of this process are the tests'
    with pytest.raises(SystemExit):
        serve.run(chosen, engine)
    assert len(started) == begun
    assert [thread.name for thread in started if thread.is_alive() and thread.daemon] == []
    assert not engine.is_owner


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


def test_an_approved_warning_arrives_by_itself(database_url: str, standins: Standins, keys: dict[str, str]) -> None:
    with installation(database_url, standins, keys) as (runtime, engine):
        engine.start(runtime)
        street = a_street(runtime, phones=25, mailboxes=12)
        begun = time.monotonic()
        alert_id = an_approved_alert(runtime, street)
        assert soon(lambda: all_handed_over(runtime, alert_id, 37))
        assert time.monotonic() - begun < 10
        assert engine.is_ticking(within_s=5)
        # a batch is finished in the transaction after the one that notes its last copies
        assert soon(lambda: all(batch.done_at for batch in batches_of(runtime, alert_id)))
    assert sorted(sms["to"] for sms in standins.sms_messages()) == [a_phone(number) for number in range(25)]
    assert len({mail["message_id"] for mail in standins.mail_messages()}) == 12


def test_of_two_engines_on_one_database_one_sends(database_url: str, standins: Standins, keys: dict[str, str]) -> None:
    with (
        installation(database_url, standins, keys) as (first, first_engine),
        installation(database_url, standins, keys) as (second, second_engine),
    ):
        first_engine.start(first)
        second_engine.start(second)
        assert (first_engine.is_owner, second_engine.is_owner) == (True, False)
        street = a_street(second, phones=30)
        one = an_approved_alert(second, street)  # approved where nobody sends
        assert soon(lambda: all_handed_over(second, one, 30))
        assert {batch.token for batch in batches_of(second, one)} == {1}
        first_engine.stop()
        two = an_approved_alert(second, street)
        assert soon(lambda: second_engine.is_owner)
        assert soon(lambda: all_handed_over(second, two, 30))
    keys_sent = [(sms["to"], sms["body"]) for sms in standins.sms_messages()]
    assert len(keys_sent) == len(set(keys_sent)) == 60


def test_work_that_was_left_is_taken_up_at_the_start(sqlite_url: str, standins: Standins, keys: dict[str, str]) -> None:
    with installation(sqlite_url, standins, keys) as (runtime, engine):
        alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
        flow.fan_out(runtime, alert_id=alert_id)
        (batch,) = batches_of(runtime, alert_id)
        with runtime.database.write() as session:  # a sender that died holding it
            assert deliveries.claim(session, batch.id or 0, owner="dead", now=runtime.clock.now(), lease_s=120)
        engine.start(runtime)
        assert soon(lambda: all_handed_over(runtime, alert_id, 3))


def test_a_step_that_fails_stops_neither_the_clock_nor_the_senders(
    sqlite_url: str, standins: Standins, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []

    def fail(_runtime: Runtime) -> None:
        ran.append(1)
        raise RuntimeError

    monkeypatch.setattr(embedded, "TIMETABLE", (Entry("fail", fail, 0.05),))
    monkeypatch.setattr(embedded, "_AFTER_ERROR_S", 0.05)
    with installation(sqlite_url, standins, keys) as (runtime, engine):
        engine.start(runtime)
        assert soon(lambda: len(ran) >= 3)
        monkeypatch.setattr(flow, "send_batch", fail)
        alert_id = an_approved_alert(runtime, a_street(runtime, phones=2))
        assert soon(lambda: len(batches_of(runtime, alert_id)) == 1)
        time.sleep(0.2)
        monkeypatch.undo()
        assert soon(lambda: all_handed_over(runtime, alert_id, 2))


def test_the_engine_stops_and_lets_another_take_over(sqlite_url: str, standins: Standins, keys: dict[str, str]) -> None:
    with installation(sqlite_url, standins, keys) as (runtime, engine):
        engine.start(runtime)
        assert engine.is_owner
        begun = time.monotonic()
        engine.stop()
        assert time.monotonic() - begun < 5
        assert not engine.is_owner
        with installation(sqlite_url, standins, keys) as (again, next_engine):
            next_engine.start(again)
            assert next_engine.is_owner


def test_the_inline_engine_drains_what_is_due_and_no_more(
    sqlite_runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    an_approved_alert(sqlite_runtime, a_street(sqlite_runtime, phones=45))
    assert drain(sqlite_runtime) == 3
    assert len(sms.sent) == 45
    assert drain(sqlite_runtime) == 0
    an_approved_alert(sqlite_runtime, 1)
    with pytest.raises(RuntimeError, match="always more"):
        drain(sqlite_runtime, rounds=0)
