"""What every engine survives: a killed process, a database that goes away."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.database import Database
from grannsamverkan.standins.launch import Standins
from tests.engines.conftest import Installation
from tests.engines.test_engines import HERE, all_in, texts
from tests.support.builders import a_street, an_approved_alert, batches_of

# The process that sends, of each kind; the inline one drains for ever.
INLINE = """
import time
from grannsamverkan.jobs.inline import drain
from grannsamverkan.wiring import open_runtime
with open_runtime() as runtime:
    while True:
        drain(runtime)
        time.sleep(0.05)
"""
MODULE = ["-m", "grannsamverkan"]
PROCESSES = {
    "inline": [["-c", INLINE]],
    "embedded": [[*MODULE, "serve"]],
    "distributed": [[*MODULE, "worker"], [*MODULE, "clock"]],
}


def environment(installation: Installation, **more: str) -> dict[str, str]:
    """The installation's settings as an operator gives them to a process."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GRANNSAMVERKAN_")}
    for section, values in installation.settings.model_dump(exclude_defaults=True).items():
        env |= {f"GRANNSAMVERKAN_{section}_{key}".upper(): str(value) for key, value in values.items()}
    return env | {"GRANNSAMVERKAN_WEB_PORT": "0", "GRANNSAMVERKAN_LOG_LEVEL": "ERROR"} | more


@contextmanager
def processes(installation: Installation, folder: Path, **more: str) -> "Iterator[list[subprocess.Popen[bytes]]]":
    """The processes that send, the sender first; killed at the end if they still live."""
    started = [
        subprocess.Popen([sys.executable, *words], env=environment(installation, **more), cwd=folder)
        for words in PROCESSES[installation.kind]
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait(10)


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.parametrize("fault_point", ["after_provider_accepted", "before_record_commit"])
def test_a_killed_sender_loses_nothing_and_doubles_no_sms(
    installation: Installation, standins: Standins, tmp_path: Path, fault_point: str
) -> None:
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=20, mailboxes=20))
    with processes(installation, tmp_path, GRANNSAMVERKAN_FAULT_POINT=f"{fault_point}:3") as (sender, *_):
        assert sender.wait(90) == -signal.SIGKILL
    installation.start()  # somebody else goes on
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE), within_s=90)
    assert len(texts(standins)) == 20
    assert set(texts(standins).values()) == {1}
    seen = Counter(mail["message_id"] for mail in standins.mail_messages())
    email = installation.settings.email
    assert len(seen) == 20
    assert sum(seen.values()) - len(seen) <= email.step * email.connections


@pytest.mark.slow
def test_a_sender_told_to_end_gives_back_what_it_held(
    installation: Installation, standins: Standins, tmp_path: Path
) -> None:
    """SIGTERM: the group in hand is finished and noted, so that whoever comes next asks about nothing."""
    standins.behave_sms({"latency_ms": 40})
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=90))
    if installation.kind == "inline":
        pytest.skip("a command that drains is not told to end: it ends")
    with processes(installation, tmp_path) as started:
        # Both of two processes are at work: one that is told to end while it starts ends as a process does by itself.
        assert installation.soon(lambda: bool(standins.sms_messages()) and has_ticked(installation), within_s=90)
        for process in started:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(60) for process in started] == [0] * len(started)
    assert [batch.owner for batch in batches_of(installation.leaving, alert_id) if batch.owner] == []
    installation.start()
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE))
    assert len(texts(standins)) == 90
    assert set(texts(standins).values()) == {1}


def has_ticked(installation: Installation) -> bool:
    """Whether a clock has been at work."""
    with installation.leaving.database.read() as session:
        return deliveries.last_tick_at(session) is not None


def test_a_database_that_goes_away_costs_a_delay(installation: Installation, standins: Standins) -> None:
    standins.behave_sms({"latency_ms": 20})
    alert_id = an_approved_alert(installation.leaving, a_street(installation.leaving, phones=60))
    installation.start()
    for _ in range(3):
        installation.soon(lambda: False, within_s=0.3)
        go_away(installation.leaving.database)
    assert installation.soon(lambda: all_in(installation, alert_id, *HERE), within_s=60)
    assert len(texts(standins)) == 60
    assert set(texts(standins).values()) == {1}


def go_away(database: Database) -> None:
    """PostgreSQL ends every connection but ours, as at a restart; SQLite's file is locked for a moment."""
    if database.is_sqlite:
        with database.write():
            time.sleep(0.3)
        return
    dsn = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
