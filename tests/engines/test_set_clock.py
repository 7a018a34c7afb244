"""The clock of the machine is set while every engine sends: for all of the product, and for nobody outside of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from grannsamverkan import invariants
from grannsamverkan.standins.launch import Standins
from tests.engines.conftest import Installation
from tests.engines.test_engines import HERE, all_in, texts
from tests.support.builders import a_street, an_approved_alert, batches_of

AHEAD, BACK = timedelta(hours=2), timedelta(hours=-2)


@pytest.fixture
def machine() -> Iterator[Any]:
    """The machine's clock as the product sees it; the steady one, the stand-ins and the database have their own."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller


@pytest.mark.parametrize("by", [AHEAD, BACK], ids=["ahead", "back"])
def test_a_clock_that_is_set_costs_a_delay_and_doubles_nothing(
    installation: Installation, standins: Standins, machine: Any, by: timedelta
) -> None:
    standins.behave_sms({"latency_ms": 30})
    installation.start()
    installation.start()
    street = a_street(installation.leaving, phones=60, mailboxes=20)
    first = an_approved_alert(installation.leaving, street)
    assert installation.soon(lambda: len(standins.sms_messages()) >= 5)
    machine.shift(by)
    second = an_approved_alert(installation.leaving, street)
    assert installation.soon(
        lambda: all_in(installation, first, *HERE) and all_in(installation, second, *HERE), within_s=75
    )
    assert (len(texts(standins)), set(texts(standins).values())) == (120, {1})
    assert set(Counter(mail["message_id"] for mail in standins.mail_messages()).values()) == {1}
    assert [batch.owner for batch in batches_of(installation.leaving, first) if batch.owner] == []
    assert not any(invariants.offences(installation.leaving).values())
