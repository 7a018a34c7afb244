"""A delivery report piped in by a mail system."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.delivery_report import Reported, report
from tests.support.builders import a_mailbox, a_street, an_approved_alert, deliveries_of


@pytest.fixture
def alert_id(runtime: Runtime, keys: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A warning handed over to two mailboxes, in the rows that the command finds."""
    alert_id = an_approved_alert(runtime, a_street(runtime, mailboxes=2))
    drain(runtime)
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", runtime.database.url)
    for name, key in keys.items():
        monkeypatch.setenv(f"GRANNSAMVERKAN_KEYS_{name.upper()}", key)
    return alert_id


def a_report(delivery_id: int, *, is_delivered: bool) -> bytes:
    headers = b"Subject: Varning\r\n"
    sender = "bounce@gs.hoor.example"
    return report(Reported(sender, a_mailbox(0), "", str(delivery_id), headers, is_delivered, time.time()))


def test_a_report_settles_its_copy(door: Callable[..., Result], runtime: Runtime, alert_id: int) -> None:
    first, second = deliveries_of(runtime, alert_id)
    assert door("mail", "receive", stdin=a_report(first.id or 0, is_delivered=True)).stdout == "taken\n"
    assert door("mail", "receive", stdin=a_report(second.id or 0, is_delivered=False)).exit_code == 0
    states = [DeliveryState(row.state) for row in deliveries_of(runtime, alert_id)]
    assert states == [DeliveryState.DELIVERED, DeliveryState.FAILED]


@pytest.mark.parametrize("raw", [b"", b"Subject: hej\r\n\r\nJag vill sluta", a_report(10**9, is_delivered=True)])
def test_other_mail_is_no_error(door: Callable[..., Result], alert_id: int, raw: bytes) -> None:
    result = door("mail", "receive", stdin=raw)
    assert result.exit_code == 0
    assert result.stdout == "not a report about one of our emails\n"
