"""What people wish is heeded when warnings go out: their level, and the hours in which the phone is left in peace."""

from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan.domain import alerts, people
from grannsamverkan.domain.deliveries import DeliveryState
from grannsamverkan.domain.people import Level
from grannsamverkan.domain.targeting import Audience, reach
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import TryAgain
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    NOW,
    a_household,
    a_mailbox,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    an_approved_alert,
    deliveries_of,
    states_of,
)
from tests.support.recording_channel import RecordingChannel


def test_whoever_wants_only_what_is_under_way_gets_no_warning(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        a_household(session, network, person)
        people.choose_level(session, person.id or 0, Level.ONGOING)
        network_id = network.id or 0
    alert_id = an_approved_alert(runtime, network_id)
    drain(runtime)
    with runtime.database.read() as session:
        assert reach(session, alerts.alert(session, alert_id), now=NOW).left_out == {"level": 1}
        assert [row.left_out for row in session.exec(select(Audience))] == ["level"]
    assert deliveries_of(runtime, alert_id) == []


@pytest.mark.parametrize(
    ("hours", "sent_at_once"), [((12, 15), False), ((14, 7), True), ((21, 7), True), ((9, 13), True)]
)
def test_a_phone_in_its_quiet_hours_waits(
    runtime: Runtime,
    sms: RecordingChannel,
    email: RecordingChannel,
    clock: SetClock,
    hours: tuple[int, int],
    sent_at_once: bool,
) -> None:
    """It is 13.00 in Sweden."""
    with runtime.database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0), email=a_mailbox(0))
        a_household(session, network, person)
        people.choose_quiet_hours(session, person.id or 0, hours)
        a_neighbour(session, network, sms=a_phone(1))
        network_id = network.id or 0
    an_approved_alert(runtime, network_id)
    drain(runtime)
    assert (a_phone(0) in sms.addresses) is sent_at_once
    assert a_phone(1) in sms.addresses
    assert email.addresses == [a_mailbox(0)]
    clock.advance(timedelta(hours=2, seconds=1))
    drain(runtime)
    assert sms.addresses.count(a_phone(0)) == 1


def test_quiet_hours_that_outlast_the_warning_end_it(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    with runtime.database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        a_household(session, network, person)
        people.choose_quiet_hours(session, person.id or 0, (12, 22))
        network_id = network.id or 0
    alert_id = an_approved_alert(runtime, network_id)
    drain(runtime)
    clock.advance(timedelta(hours=9, minutes=1))
    drain(runtime)
    assert sms.addresses == []
    assert states_of(runtime, alert_id) == [DeliveryState.EXPIRED]


def test_quiet_hours_that_began_while_a_copy_waited_for_the_provider_are_kept(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    """It is 13.00 in Sweden; the provider is away, and at 14 the phone is to be left in peace."""
    with runtime.database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        a_household(session, network, person)
        people.choose_quiet_hours(session, person.id or 0, (14, 15))
        network_id = network.id or 0
    sms.results[a_phone(0)] = [TryAgain("503", after_s=3600)]
    alert_id = an_approved_alert(runtime, network_id)
    drain(runtime)
    clock.advance(timedelta(hours=1, minutes=10))
    drain(runtime)
    assert sms.addresses == [a_phone(0)]  # the one that was sent back
    clock.advance(timedelta(minutes=50))
    drain(runtime)
    assert states_of(runtime, alert_id) == [DeliveryState.HANDED_OVER]


def test_a_phone_that_several_share_is_left_in_peace_when_one_of_them_asks(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock
) -> None:
    with runtime.database.write() as session:
        network = a_network(session)
        first, second = a_person(session, sms=a_phone(0)), a_person(session, sms=a_phone(0))
        a_household(session, network, first)
        a_household(session, network, second)
        people.choose_quiet_hours(session, first.id or 0, (13, 14))
        people.choose_quiet_hours(session, second.id or 0, (12, 15))
        network_id = network.id or 0
    an_approved_alert(runtime, network_id)
    drain(runtime)
    clock.advance(timedelta(hours=1))
    drain(runtime)
    assert sms.addresses == []
    clock.advance(timedelta(hours=1))
    drain(runtime)
    assert sms.addresses == [a_phone(0)]
