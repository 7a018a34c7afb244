"""Two hops: contact persons are asked first, one press passes it on, and what nobody passes on goes by itself. Each
copy goes once, whatever is killed, pressed twice or stopped in between."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from grannsamverkan import flow
from grannsamverkan.deciding import Stop
from grannsamverkan.domain import deliveries, networks, people, receipts, targeting
from grannsamverkan.domain.alerts import AlertClass, Told
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.targeting import Forwarding
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.fault_points import FAULT_POINTS
from grannsamverkan.foundation.ports import ChannelKind, Copy, Here
from grannsamverkan.jobs.inline import drain
from grannsamverkan.replies import take_reply
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import (
    a_household,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    a_sequel,
    an_account,
    an_approved_alert,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

MINUTE = timedelta(minutes=1)
CONTACT, DEPUTY, LEAD = a_phone(80), a_phone(81), a_phone(82)


class Area:
    """A network with four neighbours, whose contact person (a member too), deputy and lead have phones."""

    def __init__(self, session: Session, name: str = "Nyby", first: int = 0, *, via: bool = True) -> None:
        self.network = a_network(session, name)
        self.network.via_contact_person = via
        self.id = self.network.id or 0
        self.phones = [a_phone(first + number) for number in range(4)]
        for phone in self.phones:
            a_neighbour(session, self.network, sms=phone)

    def staffed(self, session: Session) -> "Area":
        self.roles: dict[ContactRole, int] = {}
        for role, phone in (
            (ContactRole.CONTACT_PERSON, CONTACT),
            (ContactRole.DEPUTY, DEPUTY),
            (ContactRole.LEAD, LEAD),
        ):
            person = a_person(session, sms=phone)
            if role is ContactRole.CONTACT_PERSON:
                a_household(session, self.network, person)
            row = networks.add_contact_person(session, self.network, person.id or 0, role, now=self.network.created_at)
            self.roles[role] = row.id or 0
        return self


@pytest.fixture
def area(runtime: Runtime) -> Area:
    with runtime.database.write() as session:
        made = Area(session).staffed(session)
    set_rules(runtime, pass_on_min=30, pass_on_deputy_min=20, pass_on_lead_min=10)
    return made


def warned(sms: RecordingChannel) -> list[str]:
    """Whom warnings have gone to, in order; notices have keys of another kind."""
    return [copy.address for copy in sms.sent if copy.key.isdigit()]


def asked(runtime: Runtime, sms: RecordingChannel) -> list[str]:
    """Who has been asked to pass it on, in order."""
    with runtime.database.read() as session:
        keys = {f"m{row.id}" for row in session.exec(select(Notice).where(Notice.kind == NoticeKind.FORWARD))}
    return [copy.address for copy in sms.sent if copy.key in keys]


def forwarding(runtime: Runtime, alert_id: int) -> Forwarding:
    with runtime.database.read() as session:
        [row] = targeting.forwardings(session, alert_id)
        return row


def households(runtime: Runtime, alert_id: int) -> dict[str, int]:
    with runtime.database.read() as session:
        return receipts.ledger(session, alert_id).households


def pass_on(runtime: Runtime, area: Area, alert_id: int, role: ContactRole = ContactRole.CONTACT_PERSON) -> bool:
    return flow.pass_on(runtime, alert_id=alert_id, role_id=area.roles[role], account_id=None)


def test_the_contact_person_gets_it_is_asked_and_passes_it_on_with_one_press(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    assert warned(sms) == [CONTACT]  # who passes it on has read it
    assert asked(runtime, sms) == [CONTACT]
    assert sum(households(runtime, alert_id).values()) == 5
    assert households(runtime, alert_id)["queued"] == 4
    clock.advance(10 * MINUTE)
    assert pass_on(runtime, area, alert_id)
    drain(runtime)
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones])
    row = forwarding(runtime, alert_id)
    assert (row.forwarded_at, row.role_id) == (clock.now(), area.roles[ContactRole.CONTACT_PERSON])
    clock.advance(120 * MINUTE)
    drain(runtime)
    assert len(warned(sms)) == 5  # nothing goes twice when its time comes
    assert asked(runtime, sms) == [CONTACT]  # and nobody else is asked any more
    assert sum(households(runtime, alert_id).values()) == 5


def test_the_deputy_and_the_lead_are_asked_in_turn_and_then_it_goes_by_itself(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    an_approved_alert(runtime, area.id)
    seen = []
    for minutes in (0, 29, 1, 19, 1, 9):
        clock.advance(minutes * MINUTE)
        drain(runtime)
        seen.append((len(asked(runtime, sms)), len(warned(sms))))
    assert seen == [(1, 1), (1, 1), (2, 1), (2, 1), (3, 1), (3, 1)]
    assert asked(runtime, sms) == [CONTACT, DEPUTY, LEAD]
    clock.advance(MINUTE)
    drain(runtime)
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones])


def test_when_it_has_gone_by_itself_there_is_nothing_to_pass_on(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    clock.advance(60 * MINUTE)
    assert not pass_on(runtime, area, alert_id, ContactRole.LEAD)
    drain(runtime)
    assert len(warned(sms)) == 5
    assert forwarding(runtime, alert_id).forwarded_at is None


def test_pressed_by_several_at_once_it_is_passed_on_once(runtime: Runtime, sms: RecordingChannel, area: Area) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    assert sorted(at_once(lambda: pass_on(runtime, area, alert_id), 6)) == [False] * 5 + [True]
    drain(runtime)
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones])


def test_pressed_while_a_sender_holds_the_batch_nothing_is_forgotten(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    pressed: list[bool] = []

    def press_first(copies: Sequence[Copy]) -> None:
        if not pressed and copies[0].key.isdigit():
            pressed.append(pass_on(runtime, area, alert_id))

    sms.before_send = press_first
    for _ in range(2):
        drain(runtime)
        clock.advance(MINUTE)
    assert pressed == [True]
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones])  # long before it would go by itself


def test_a_stop_between_the_hops_wins(runtime: Runtime, sms: RecordingChannel, area: Area) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    take_reply(runtime, provider_id="SM77", sender=area.phones[0], body="STOPP")
    pass_on(runtime, area, alert_id)
    drain(runtime)
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones[1:]])
    assert sum(households(runtime, alert_id).values()) == 5


def test_what_is_stopped_cannot_be_passed_on_and_nobody_else_is_asked(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    with runtime.database.write() as session:
        officer = an_account(session, "polis-2").id or 0
    assert flow.stop_alert(runtime, alert_id=alert_id, account_id=officer) is Stop.STOPPED
    assert not pass_on(runtime, area, alert_id)
    clock.advance(90 * MINUTE)
    drain(runtime)
    assert (warned(sms), asked(runtime, sms)) == ([CONTACT], [CONTACT])


def test_a_correction_reaches_only_those_who_have_it_and_the_rest_never_get_the_mistake(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    a_sequel(runtime, alert_id, AlertClass.CORRECTION, Told.NOT_TRUE)
    for _ in range(3):
        drain(runtime)
        clock.advance(60 * MINUTE)
    assert warned(sms) == [CONTACT, CONTACT]
    assert asked(runtime, sms) == [CONTACT]


def test_what_is_under_way_and_networks_that_want_it_so_go_straight_to_everybody(
    runtime: Runtime, sms: RecordingChannel, area: Area
) -> None:
    an_approved_alert(runtime, area.id, alert_class=AlertClass.ONGOING, called_112=True)
    drain(runtime)
    assert len(warned(sms)) == 5
    assert asked(runtime, sms) == []
    with runtime.database.write() as session:
        straight = Area(session, "Sätofta", 20, via=False)
        unstaffed = Area(session, "Tjörnarp", 30)  # nobody there to pass it on
    alert_id = an_approved_alert(runtime, straight.id, unstaffed.id, area.id)
    drain(runtime)
    assert set(warned(sms)[5:]) == {*straight.phones, *unstaffed.phones, CONTACT}
    assert forwarding(runtime, alert_id).network_id == area.id


def test_a_phone_that_is_in_a_direct_network_too_does_not_wait_whichever_comes_first(
    runtime: Runtime, sms: RecordingChannel, area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "FIRST_SLICE", 3)  # the two households of the phone are in different slices
    monkeypatch.setattr(flow, "LARGEST_SLICE", 3)
    with runtime.database.write() as session:
        straight = Area(session, "Sätofta", 0, via=False)  # the same four phones
    an_approved_alert(runtime, straight.id, area.id)
    drain(runtime)
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones])


def leave_in_peace(runtime: Runtime, phone: str) -> None:
    """It is one o'clock: until two."""
    with runtime.database.write() as session:
        lookup = people.lookup_of(session, ChannelKind.SMS, phone)
        address = session.exec(select(people.ContactAddress).where(people.ContactAddress.lookup == lookup)).one()
        person = session.get_one(people.Person, address.person_id)
        person.quiet_from, person.quiet_to = 13, 14


def test_a_phones_quiet_hours_outlast_the_press(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    leave_in_peace(runtime, area.phones[0])
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    clock.advance(10 * MINUTE)
    assert pass_on(runtime, area, alert_id)
    drain(runtime)
    assert sorted(warned(sms)) == sorted([CONTACT, *area.phones[1:]])
    clock.advance(51 * MINUTE)
    drain(runtime)
    assert len(warned(sms)) == 5


def test_the_end_of_a_phones_quiet_hours_is_no_way_round_the_waiting(
    runtime: Runtime, sms: RecordingChannel, clock: SetClock, area: Area
) -> None:
    set_rules(runtime, pass_on_min=100, pass_on_deputy_min=10, pass_on_lead_min=10)
    leave_in_peace(runtime, area.phones[0])
    an_approved_alert(runtime, area.id)
    for minutes in (0, 61):
        clock.advance(minutes * MINUTE)
        drain(runtime)
        assert warned(sms) == [CONTACT]
    clock.advance(59 * MINUTE)
    drain(runtime)
    assert len(warned(sms)) == 5


def test_half_of_its_time_is_left_to_the_neighbours(runtime: Runtime, area: Area, clock: SetClock) -> None:
    set_rules(runtime, warning_validity_min=60, pass_on_min=120, pass_on_deputy_min=120, pass_on_lead_min=120)
    alert_id = an_approved_alert(runtime, area.id)
    drain(runtime)
    assert forwarding(runtime, alert_id).direct_at == clock.now() + 30 * MINUTE


class Killed(Exception):
    """The process dies here."""


@pytest.mark.parametrize("point", ["before_fan_out_commit", "after_fan_out_slice", *FAULT_POINTS[2:]])
@pytest.mark.parametrize("passes_on", [True, False])
def test_killed_anywhere_before_and_after_the_press_each_gets_it_once(
    runtime: Runtime,
    sms: RecordingChannel,
    clock: SetClock,
    area: Area,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    passes_on: bool,
) -> None:
    alert_id = an_approved_alert(runtime, area.id)
    for second in (False, True):
        if second and passes_on:
            pass_on(runtime, area, alert_id)
        elif second:
            clock.advance(61 * MINUTE)
        with monkeypatch.context() as patched:
            patched.setattr(flow, "reach", partial(_die, point))
            with suppress(Killed):
                drain(runtime)
        with runtime.database.write() as session:
            deliveries.free_orphans(session)
        clock.advance(5 * MINUTE)  # what was inside a call is asked for
        for copy in sms.sent:
            sms.answers[copy.address] = [Here(f"SM{copy.delivery_id}")] if copy.key.isdigit() else []
        for _ in range(4):
            drain(runtime)
            clock.advance(2 * MINUTE)
    assert sorted(set(warned(sms))) == sorted([CONTACT, *area.phones])
    assert len(warned(sms)) == 5
    assert sum(households(runtime, alert_id).values()) == 5


def _die(wanted: str, point: str) -> None:
    if point == wanted:
        raise Killed
