"""A provider's limit, shared by all senders."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import NOW, a_street, an_approved_alert, states_of

LONGEST = timedelta(seconds=60)


def take(runtime: Runtime, number: int, channel: ChannelKind = ChannelKind.SMS) -> float | None:
    """How many seconds from NOW this many may go, at ten a second."""
    with runtime.database.write() as session:
        at = deliveries.take_turn(session, channel, number, per_s=10.0, longest=LONGEST, now=NOW)
    return (at - NOW).total_seconds() if at is not None else None


def test_each_takes_its_place_after_the_one_before(runtime: Runtime) -> None:
    assert [take(runtime, number) for number in (20, 5, 1)] == [0.0, 2.0, 2.5]
    assert take(runtime, 1, ChannelKind.EMAIL) == 0.0  # another provider


def test_places_taken_at_once_are_different_ones(runtime: Runtime) -> None:
    assert sorted(at_once(lambda: take(runtime, 10) or 0.0, 6)) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_whoever_would_wait_too_long_takes_nothing(runtime: Runtime) -> None:
    assert [take(runtime, number) for number in (650, 1, 1)] == [0.0, None, None]


def test_time_that_has_passed_unused_is_not_saved_up(runtime: Runtime) -> None:
    take(runtime, 1)
    later = NOW + timedelta(hours=1)
    with runtime.database.write() as session:
        places = [
            deliveries.take_turn(session, ChannelKind.SMS, 10, per_s=10.0, longest=LONGEST, now=later) for _ in range(2)
        ]
    assert places == [later, later + timedelta(seconds=1)]


@pytest.mark.parametrize(("is_most_urgent", "groups"), [(False, [40, 25, 1, 1]), (True, [40, 40, 10, 1])])
def test_a_group_is_short_unless_nothing_can_be_more_urgent(is_most_urgent: bool, groups: list[int]) -> None:
    """A quarter of a second, or two."""
    rates = (0.0, 100.0, 5.0, 0.1)
    assert [deliveries.group_of(40, per_s, is_most_urgent=is_most_urgent) for per_s in rates] == groups


def test_a_warning_goes_no_faster_than_its_provider_takes_it(runtime: Runtime) -> None:
    sms = runtime.settings.sms.model_copy(update={"most_per_s": 20.0})
    slow = replace(runtime, settings=runtime.settings.model_copy(update={"sms": sms}), clock=SystemClock())
    alert_id = an_approved_alert(slow, a_street(slow, phones=60))
    began = time.monotonic()
    drain(slow)
    assert time.monotonic() - began >= 1.5
    assert set(states_of(slow, alert_id)) <= {deliveries.DeliveryState.HANDED_OVER, deliveries.DeliveryState.DELIVERED}
