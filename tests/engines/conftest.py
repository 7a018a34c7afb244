"""The three engines behind one face, so that one suite holds for all of them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan.foundation.clock import ClockWatch, SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import Engine
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.clock import ClockProcess
from grannsamverkan.jobs.distributed import DistributedEngine
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.jobs.worker import Worker
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings
from grannsamverkan.standins.launch import Standins
from grannsamverkan.wiring import build_channels, providers_of
from tests.conftest import standin_settings

KINDS = ("inline", "embedded", "distributed")


@dataclass
class Installation:
    """Processes of one installation, as threads of the test. `leaving` is the side that leaves work: the pages."""

    kind: str
    settings: Settings
    keys: dict[str, str]
    leaving: Runtime = field(init=False)
    _running: list[Callable[[], None]] = field(default_factory=list)
    _opened: list[Runtime] = field(default_factory=list)
    _drains: list[Runtime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.leaving = self._open(None)

    def start(self) -> Callable[[], None]:
        """One more process that sends (with a clock, where that is a process of its own); returns what ends it."""
        end = {"inline": self._inline, "embedded": self._embedded, "distributed": self._distributed}[self.kind]()
        self._running.append(end)
        return end

    def _inline(self) -> Callable[[], None]:
        runtime = self._open(InlineEngine())
        self._drains.append(runtime)
        return lambda: self._drains.remove(runtime) if runtime in self._drains else None

    def _embedded(self) -> Callable[[], None]:
        engine = EmbeddedEngine()
        engine.start(self._open(engine))
        return engine.stop

    def _distributed(self) -> Callable[[], None]:
        parts = Worker(self._open(None)), ClockProcess(self._open(None))
        threads = [threading.Thread(target=part.run, daemon=True) for part in parts]
        for thread in threads:
            thread.start()

        def end() -> None:
            for part in parts:
                part.stop()
            for thread in threads:
                thread.join(20)
                assert not thread.is_alive(), "it does not stop"

        return end

    def _open(self, engine: Engine | None) -> Runtime:
        database = Database(self.settings.database.url, Vault(self.keys["data"], self.keys["lookup"]))
        clock = SystemClock()
        chosen = engine or (DistributedEngine(database, clock) if self.kind == "distributed" else InlineEngine())
        channels = build_channels(self.settings)
        providers, watch = providers_of(channels), ClockWatch(clock)
        runtime = Runtime(self.settings, database, clock, chosen, channels, providers=providers, clock_watch=watch)
        self._opened.append(runtime)
        return runtime

    def soon(self, condition: Callable[[], bool], within_s: float = 30.0) -> bool:
        """Whether it comes true while the processes that were started do their work."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            self._drain_at_once()
            time.sleep(0.02)
        return True

    def _drain_at_once(self) -> None:
        """What inline processes do meanwhile, all at the same time."""
        threads = [threading.Thread(target=_drain, args=(runtime,)) for runtime in self._drains]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def close(self) -> None:
        for end in self._running:
            end()
        for runtime in self._opened:
            runtime.close()


def _drain(runtime: Runtime) -> None:
    with suppress(SQLAlchemyError):  # the database is away: whoever drains comes again
        drain(runtime)


@contextmanager
def installed(
    kind: str, request: pytest.FixtureRequest, standins: Standins, keys: dict[str, str]
) -> Iterator[Installation]:
    """An installation of this kind on the database that it needs, without any process yet."""
    url = request.getfixturevalue("postgres_url" if kind == "distributed" else "sqlite_url")
    usual = standin_settings(standins, keys, url)
    quick = usual.engine.model_copy(
        update={
            "kind": "distributed" if kind == "distributed" else "embedded",
            "batch_size": 5,
            "lease_s": 10.0,
            "stalled_after_s": 2.0,
        }
    )
    sms = usual.sms.model_copy(update={"ask_after_s": 0.3})
    one = Installation(kind, usual.model_copy(update={"engine": quick, "sms": sms}), keys)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture(params=[pytest.param(kind, marks=[pytest.mark.postgres] if kind == KINDS[2] else []) for kind in KINDS])
def installation(request: pytest.FixtureRequest, standins: Standins, keys: dict[str, str]) -> Iterator[Installation]:
    with installed(str(request.param), request, standins, keys) as one:
        yield one
