"""An installation that runs, with what a fault may do to it."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from grannsamverkan.bench.pg_server import PgServer
from grannsamverkan.chaos.other_host import OtherHost
from grannsamverkan.chaos.outside import Since
from grannsamverkan.chaos.processes import Process, Processes
from grannsamverkan.chaos.town import Town, Warned
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins

SQLITE, POSTGRESQL = "sqlite", "postgresql"
USUAL_SMS = {
    "latency_ms": 15,
    "callback_delay_ms": 50,
    "callbacks": ["sent", "delivered"],
    "retry_after_s": 1,
    "list": None,
    "every": dict.fromkeys(("lose_answer", "error_500", "error_429", "hang"), 0),
}
USUAL_MAIL = {
    "latency_ms": 15,
    "disconnect_after": 0,
    "reports": False,
    "every": dict.fromkeys(("rcpt_451", "data_451", "drop_after_data"), 0),
}
# The second provider usually takes nothing, so that what the first does to us is seen.
USUAL_ELKS = {**USUAL_SMS, "every": {**dict.fromkeys(("lose_answer", "error_500", "hang"), 0), "error_429": 1}}
_LOCK_TRIES = 5


@dataclass
class Stage:
    """What a fault is given. It notes here what may follow of it: see `interruptions` and `drop_each`."""

    database: str
    folder: Path
    runtime: Runtime
    standins: Standins
    processes: Processes
    town: Town
    chance: random.Random
    server: PgServer | None = None
    disk: Path | None = None  # a file system of the database's own, where there is one
    host: OtherHost | None = None  # where the last of the senders runs, where there is one
    since: Since = field(init=False)
    warned: Warned | None = None
    interruptions: int = 0  # of one sender each
    frozen: int = 0  # senders that others took for dead
    drop_each: int = 0  # each so-many-th mail connection is cut after the mail was taken
    notes: list[str] = field(default_factory=list)
    approvals: int = 1
    # Addresses that have refused, and when numbers said STOPP: for good.
    out: dict[ChannelKind, set[str]] = field(default_factory=lambda: {kind: set() for kind in ChannelKind})
    stopped_at: dict[str, float] = field(default_factory=dict)
    deaths: int = 0

    def __post_init__(self) -> None:
        self.since = Since(self.standins)

    def begin(self) -> None:
        """A new round: nothing has happened in it yet."""
        self.since, self.warned, self.notes = Since(self.standins), None, []
        self.interruptions = self.frozen = self.drop_each = 0
        self.approvals = 1

    def calm(self) -> None:
        """Whatever was broken is whole again, and everybody lives."""
        for pid in self.standins.pids:
            os.kill(pid, signal.SIGCONT)
        self.standins.behave_sms(USUAL_SMS)
        self.standins.behave_mail(USUAL_MAIL)
        self.standins.behave_elks(USUAL_ELKS)
        if self.server is not None and self.server.process.poll() is not None:
            self.server.start_again()
        if self.host is not None:
            self.host.mend()
        self.processes.revive()

    def is_kept_up(self) -> bool:
        """Start again whoever has ended by itself, as a service manager does: one that starts while the database is
        away ends. Says whether all lived."""
        ended = [process for process in self.processes.all if not process.is_alive]
        for process in ended:
            process.start()
            self.notes.append(f"{process.role} had ended and was started again")
        return not ended

    # ------------------------------------------------------------------------------- time

    def wait_for(self, condition: Callable[[], bool], within_s: float) -> bool:
        """Whether it came true in time."""
        deadline = time.monotonic() + within_s
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def under_way(self, share: float = 0.0) -> bool:
        """Wait until this share of the round's messages is out, at least one; False when it took too long."""
        number = max(1, int(share * self.all_of_them))
        return self.wait_for(lambda: self.since.number() >= number, 30.0)

    @property
    def all_of_them(self) -> int:
        """How many messages a round is to lead to."""
        return 2 * self.town.households - sum(map(len, self.out.values()))

    # ------------------------------------------------------------------------------- processes

    def kill(self, process: Process) -> None:
        """kill -9, and another one takes its place."""
        self.lose(process)
        process.start()

    def lose(self, process: Process) -> None:
        process.kill()
        self.deaths += 1
        self.interruptions += process in self.processes.senders

    # ------------------------------------------------------------------------------- database

    def break_database(self) -> None:
        """Every sender is interrupted by what happens to the database."""
        self.interruptions += len(self.processes.senders)

    @contextlib.contextmanager
    def write_locked(self) -> Iterator[None]:
        """Somebody else holds the database so that it can be read and not written."""
        if self.server is None:
            with self.runtime.database.write():
                yield
            return
        with psycopg.connect(self.server.dsn()) as connection:
            self._lock_tables(connection)
            yield
            connection.rollback()

    def _lock_tables(self, connection: psycopg.Connection) -> None:
        """In the order in which a sender comes to them; when a receipt comes the other way, once more."""
        for _ in range(_LOCK_TRIES):
            try:
                connection.execute("LOCK TABLE batch, delivery, receipt IN SHARE ROW EXCLUSIVE MODE")
            except psycopg.errors.DeadlockDetected:
                connection.rollback()
            else:
                return
        raise RuntimeError("the tables could not be locked")

    def cut_connections(self) -> None:
        """The server ends every connection but ours, as at a restart of a proxy before it."""
        assert self.server is not None
        with psycopg.connect(self.server.dsn(), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        self.runtime.database.engine.dispose()

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.runtime.database.read() as session:
            return list(session.connection().execute(text(statement), values))
