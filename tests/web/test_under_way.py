"""Pages about an alert that is on its way, and its correction, on PostgreSQL: its statistics know nothing of the rows
yet, and nothing may become a matter of minutes by that."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from grannsamverkan import flow
from grannsamverkan.app import create_app
from grannsamverkan.bench.delivery import checked_alert
from grannsamverkan.bench.people import add_recipients
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import SessionLimits
from grannsamverkan.domain.alerts import AlertClass, Told
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import a_sequel
from tests.support.recording_channel import RecordingChannel
from tests.support.web_town import made_up_settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
HOMES = 1500
ROWS_OF_A_HOME = 25  # read for each by one question: its audience, addresses, copies, carriers and visits, and a sort
Question = tuple[str, Any]


@pytest.fixture
def database(postgres_url: str, tmp_path: Path) -> Iterator[Database]:
    chosen = made_up_settings(tmp_path)
    database = Database(postgres_url, Vault(chosen.keys.data, chosen.keys.lookup))
    yield database
    database.close()


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    sms = RecordingChannel(ChannelKind.SMS, can_ask=True)
    return Runtime(made_up_settings(tmp_path), database, SystemClock(), InlineEngine(), {ChannelKind.SMS: sms})


def alert_under_way(runtime: Runtime) -> tuple[int, int]:
    """(alert, who has approved it): written to everybody, counted by the server when nobody had a copy."""
    network_id, account_id = add_recipients(runtime, ChannelKind.SMS, HOMES)
    alert_id, content = checked_alert(runtime, network_id, account_id)
    with runtime.database.write() as session:
        for table in ("audience", "audience_address", "delivery"):  # so that no counting in the background begins
            session.connection().execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = false)"))
            session.connection().execute(text(f"ANALYZE {table}"))
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=account_id, content=content)
    flow.fan_out(runtime, alert_id=alert_id)
    return alert_id, account_id


def signed_in(runtime: Runtime, account_id: int) -> FlaskClient:
    with runtime.database.write() as session:
        visit = accounts.open_session(session, account_id, {}, runtime.clock.now(), SessionLimits())
    client = create_app(runtime).test_client()
    client.set_cookie("grannsamverkan", visit)
    return client


@contextmanager
def asked() -> Iterator[list[Question]]:
    """What is asked of the database in the block, with its parameters; and what fills tables without minding when it is
    done again."""
    found: list[Question] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.lstrip().startswith("SELECT") or "ON CONFLICT DO NOTHING" in statement:
            found.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def rows_read(database: Database, question: Question) -> int:
    """By every step of the server's plan, also those that it threw away."""
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {question[0]}", question[1]).scalar_one()
    return _of_step(plan[0]["Plan"])


def _of_step(step: dict[str, Any]) -> int:
    lost = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")
    here = step["Actual Rows"] + sum(step.get(name, 0) for name in lost)
    return int(here * step["Actual Loops"]) + sum(map(_of_step, step.get("Plans", [])))


def test_no_page_reads_an_alert_under_way_once_for_each_of_its_rows(runtime: Runtime) -> None:
    alert_id, account_id = alert_under_way(runtime)
    client = signed_in(runtime, account_id)
    pages = [f"/varningar/{alert_id}{further}" for further in ("", "/ratta", "/stoppa")]
    for page in (*pages, "/varningar", "/hem", "/driftlage"):
        with asked() as questions:
            assert client.get(page).status_code == 200
        assert_few_rows(runtime, questions)


def test_a_correction_does_not_read_what_went_wrong_once_for_each_of_its_rows(runtime: Runtime) -> None:
    alert_id, _account_id = alert_under_way(runtime)
    drain(runtime)
    correction_id = a_sequel(runtime, alert_id, AlertClass.CORRECTION, Told.NOT_TRUE)
    with asked() as questions:
        flow.fan_out(runtime, alert_id=correction_id)
    assert any("INSERT INTO audience_address" in statement for statement, _ in questions)
    assert_few_rows(runtime, questions)


def assert_few_rows(runtime: Runtime, questions: list[Question]) -> None:
    assert questions
    for question in questions:
        assert rows_read(runtime.database, question) <= ROWS_OF_A_HOME * HOMES, question[0]
