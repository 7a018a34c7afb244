"""A sender in the middle of a long batch leaves the rest of it as soon as something more urgent is due."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from grannsamverkan import flow
from grannsamverkan.domain import deliveries
from grannsamverkan.domain.alerts import AlertClass
from grannsamverkan.foundation.ports import ChannelKind, Copy
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import a_street, an_approved_alert, batches_of
from tests.support.recording_channel import RecordingChannel


@pytest.fixture
def sms() -> RecordingChannel:
    return RecordingChannel(ChannelKind.SMS, can_ask=True, group=2)


@pytest.fixture
def street(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(flow, "_LOOKS_UP_S", 0.0)
    return a_street(runtime, phones=8)


def after_the_first_group(sms: RecordingChannel, happens: Callable[[], object]) -> None:
    def once(copies: Sequence[Copy]) -> None:
        sms.after_send = lambda copies: None
        happens()

    sms.after_send = once


def handed_over(sms: RecordingChannel) -> list[int]:
    """The number of every copy, in order."""
    return [wording.number for wording, copies in sms.calls for _ in copies if wording.number]


def released(runtime: Runtime, street: int, **changes: Any) -> int:
    alert_id = an_approved_alert(runtime, street, **changes)
    flow.fan_out(runtime, alert_id=alert_id)
    return alert_id


def test_the_rest_of_a_batch_waits_for_the_more_urgent(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    long = released(runtime, street)
    (batch,) = batches_of(runtime, long)
    after_the_first_group(sms, lambda: released(runtime, street, alert_class=AlertClass.ONGOING, called_112=True))
    flow.send_batch(runtime, batch_id=batch.id or 0)
    assert len(sms.sent) == 2
    (left,) = batches_of(runtime, long)
    assert (left.done_at, left.owner, left.lease_until, left.tries) == (None, None, None, 1)
    with runtime.database.read() as session:
        first, second = deliveries.due(session, ChannelKind.SMS, now=runtime.clock.now(), limit=9)
    assert second == batch.id  # at once, and after the urgent one
    assert first != batch.id
    drain(runtime)
    numbers = list(dict.fromkeys(handed_over(sms)))
    assert handed_over(sms) == [numbers[0]] * 2 + [numbers[1]] * 8 + [numbers[0]] * 6


def test_what_is_as_urgent_waits_its_turn(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    long = released(runtime, street)
    after_the_first_group(sms, lambda: released(runtime, street))
    flow.send_batch(runtime, batch_id=batches_of(runtime, long)[0].id or 0)
    assert len(sms.sent) == 8


def test_what_another_has_in_hand_keeps_nobody(runtime: Runtime, sms: RecordingChannel, street: int) -> None:
    """Else all senders would let go of everything until it is done."""

    def somebody_takes_it() -> None:
        urgent = released(runtime, street, alert_class=AlertClass.ONGOING, called_112=True)
        with runtime.database.write() as session:
            batch_id = batches_of(runtime, urgent)[0].id or 0
            assert deliveries.claim(session, batch_id, owner="another", now=runtime.clock.now(), lease_s=60)

    long = released(runtime, street)
    after_the_first_group(sms, somebody_takes_it)
    flow.send_batch(runtime, batch_id=batches_of(runtime, long)[0].id or 0)
    assert len(sms.sent) == 8


def test_a_batch_that_has_given_way_before_it_began_has_not_been_tried(
    runtime: Runtime, sms: RecordingChannel, street: int
) -> None:
    """Tries tell of a provider that takes nothing."""
    long = released(runtime, street)
    released(runtime, street, alert_class=AlertClass.ONGOING, called_112=True)
    (batch,) = batches_of(runtime, long)
    flow.send_batch(runtime, batch_id=batch.id or 0)
    assert sms.sent == []
    assert batches_of(runtime, long)[0].tries == 0
