"""The promises: none broken after a whole send, and each found when a row breaks it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import text

from grannsamverkan import flow, upkeep
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.cli.conftest import told
from tests.support.builders import a_street, an_approved_alert
from tests.support.recording_channel import RecordingChannel

PROMISES = {
    "I1_handed_over_once",
    "I2_sums_to_audience",
    "I3_approved",
    "I4_not_after_stop",
    "I5_within_validity",
    "I8_audit_whole",
    "I9_cost",
    "I10_nothing_stuck",
}


@pytest.fixture
def sent(runtime: Runtime, clock: SetClock, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A warning to five phones and three mailboxes, handed over and sealed; the command looks at these rows."""
    an_approved_alert(runtime, a_street(runtime, phones=5, mailboxes=3))
    drain(runtime)
    clock.advance(timedelta(minutes=5))
    assert upkeep.seal_audit(runtime) > 0
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", runtime.database.url)
    return runtime


def broken(door: Callable[..., Result]) -> set[str]:
    result = door("check", "invariants", "--json")
    answer: dict[str, Any] = told(result)
    assert set(answer) == PROMISES | {"ok"}
    wrong = {name for name in PROMISES if answer[name]}
    assert (answer["ok"], result.exit_code) == (not wrong, 1 if wrong else 0)
    return wrong


def test_a_whole_send_breaks_no_promise(door: Callable[..., Result], sent: Runtime) -> None:
    assert broken(door) == set()


def test_a_closed_alert_breaks_no_promise(door: Callable[..., Result], sent: Runtime, clock: SetClock) -> None:
    clock.advance(timedelta(days=1))
    assert flow.close_alerts(sent) == 1
    clock.advance(timedelta(days=60))
    assert upkeep.forget(sent)["copies"]
    assert broken(door) == set()


@pytest.mark.parametrize(
    ("promise", "statement"),
    [
        ("I1_handed_over_once", "UPDATE delivery SET provider_id = 'SMsame'"),
        ("I2_sums_to_audience", "DELETE FROM delivery WHERE id = (SELECT MIN(id) FROM delivery)"),
        ("I2_sums_to_audience", "DELETE FROM audience_address WHERE household_id = 1"),
        ("I3_approved", "UPDATE alert SET approved_at = NULL"),
        ("I3_approved", "UPDATE alert SET sms_text = 'Ring mig. Nr 1'"),
        ("I3_approved", "UPDATE alert SET headline = 'Annat'"),
        ("I5_within_validity", "UPDATE delivery SET called_at = '2030-01-01 00:00:00'"),
        ("I8_audit_whole", "UPDATE audit_entry SET act = 'alert.seen' WHERE act = 'alert.approved'"),
        ("I8_audit_whole", "DELETE FROM audit_entry WHERE act = 'alert.approved'"),
        ("I10_nothing_stuck", "UPDATE batch SET done_at = NULL, lease_until = '2026-01-01 00:00:00'"),
        ("I10_nothing_stuck", "UPDATE batch SET done_at = NULL"),
    ],
)
def test_a_row_that_breaks_a_promise_is_found(
    door: Callable[..., Result], sent: Runtime, promise: str, statement: str
) -> None:
    with sent.database.write() as session:
        assert session.connection().execute(text(statement)).rowcount > 0
    assert promise in broken(door)


def test_a_copy_called_after_a_stop_is_found(door: Callable[..., Result], sent: Runtime) -> None:
    with sent.database.write() as session:
        session.connection().execute(
            text(
                "INSERT INTO stop_entry (channel, lookup, since, source)"
                " SELECT channel, lookup, '2026-01-01 00:00:00', 'reply' FROM delivery"
                " WHERE id = (SELECT MIN(id) FROM delivery)"
            )
        )
    assert broken(door) == {"I4_not_after_stop"}


def test_an_alert_of_nobody_that_is_on_its_way_is_no_offence(
    door: Callable[..., Result], runtime: Runtime, sms: RecordingChannel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_approved_alert(runtime, a_street(runtime))
    drain(runtime)
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", runtime.database.url)
    assert sms.addresses == []
    assert broken(door) == set()
