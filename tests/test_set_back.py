"""The clock of the machine is set back: what it wrote before does not wait until it is there again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlmodel import col, select

from grannsamverkan import flow, notify, set_back
from grannsamverkan.domain import alerts, deliveries, notices
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.deliveries import Batch, DeliveryState, Pace
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.foundation.clock import Clock, ClockWatch, SetClock
from grannsamverkan.foundation.ports import Here
from grannsamverkan.jobs import nudges
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.conftest import NOW
from tests.support.builders import (
    HOOR,
    a_network,
    a_person,
    a_phone,
    a_street,
    an_approved_alert,
    batches_of,
    deliveries_of,
    set_rules,
    states_of,
)
from tests.support.recording_channel import RecordingChannel

S = DeliveryState
BACK = timedelta(hours=2)


def set_back_to(runtime: Runtime, clock: SetClock, by: timedelta = BACK) -> datetime:
    """The clock is set back between two ticks; returns where it was."""
    with runtime.database.write() as session:
        assert deliveries.tick(session, now=clock.now(), by="test") is None
    was = clock.now()
    clock.advance(-by)
    tick(runtime)
    return was


def tick(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        was = deliveries.tick(session, now=runtime.clock.now(), by="test")
        if was is not None:
            set_back.heed(runtime, session, was=was)


def test_what_waited_to_be_sent_goes(runtime: Runtime, clock: SetClock, sms: RecordingChannel) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=50))
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        held, tried, _ = (batch.id or 0 for batch in batches_of(runtime, alert_id))
        assert deliveries.claim(session, held, owner="dead", now=clock.now(), lease_s=120) is not None
        session.execute(update(Batch).where(col(Batch.id) == tried).values(not_before=NOW + timedelta(minutes=5)))
        session.add(Pace(channel=1, next_at=clock.now() + timedelta(seconds=20)))
    set_back_to(runtime, clock)
    drain(runtime)
    assert len(sms.sent) == 30, "all but what somebody holds"
    clock.advance(timedelta(seconds=121))
    drain(runtime)
    assert sorted(sms.addresses) == sorted(a_phone(number) for number in range(50))


def test_what_waits_for_its_own_time_waits_on(runtime: Runtime, clock: SetClock) -> None:
    later = NOW + timedelta(hours=9)
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=3))
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        session.execute(update(Batch).values(not_before=later))
    set_back_to(runtime, clock)
    assert [batch.not_before for batch in batches_of(runtime, alert_id)] == [later]


def test_an_alert_under_its_hold_is_held_as_long_again(runtime: Runtime, clock: SetClock) -> None:
    street = a_street(runtime, phones=3)
    set_rules(runtime, warning_hold_s=60)
    held, planned, begun = (an_approved_alert(runtime, street) for _ in range(3))
    with runtime.database.write() as session:
        at_six = NOW + timedelta(hours=1)
        session.execute(update(Alert).where(col(Alert.id) == planned).values(planned_at=at_six, release_at=at_six))
        session.execute(update(Alert).where(col(Alert.id) == begun).values(state="sending"))
    set_back_to(runtime, clock)

    def release_at(alert_id: int) -> datetime | None:
        with runtime.database.read() as session:
            return alerts.alert(session, alert_id).release_at

    now = clock.now()
    assert [release_at(one) for one in (held, planned, begun)] == [now + timedelta(minutes=1), at_six, now]


def test_notices_that_were_due_go_and_those_of_a_later_day_wait(
    runtime: Runtime, clock: SetClock, sms: RecordingChannel
) -> None:
    with runtime.database.write() as session:
        a_network(session)
        person = a_person(session, sms=a_phone(1))
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == person.id)).one()
        address.confirmed_at = NOW
        for key, not_before in (("now", None), ("later", NOW + timedelta(days=2))):
            notices.queue(
                session,
                address,
                NoticeKind.INTEREST,
                notices.words.interest("Höör"),
                municipality_code=HOOR,
                about="test:1",
                key=key,
                now=clock.now(),
                valid_for=timedelta(minutes=10),
                not_before=not_before,
            )
    set_back_to(runtime, clock)
    assert notify.send_notices(runtime) == 1
    with runtime.database.read() as session:
        assert {row.key: row.attempts for row in session.exec(select(Notice))} == {"now": 1, "later": 0}


def test_an_sms_that_was_called_before_is_asked_for_at_once_and_not_sent_anew(
    runtime: Runtime, clock: SetClock, sms: RecordingChannel
) -> None:
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    flow.fan_out(runtime, alert_id=alert_id)
    with runtime.database.write() as session:
        (row,) = deliveries_of(runtime, alert_id)
        row = session.merge(row)
        row.state, row.called_at = S.CALLING, clock.now()
        (batch,) = batches_of(runtime, alert_id)
        session.merge(batch).token = 1  # somebody held it, and has gone
    set_back_to(runtime, clock)
    sms.answers[a_phone(0)] = [Here("SM1")]
    drain(runtime)
    assert (states_of(runtime, alert_id), sms.sent) == ([S.HANDED_OVER], [])


def test_a_little_is_nothing(runtime: Runtime, clock: SetClock) -> None:
    """Two machines of which one takes over from the other are never quite together."""
    with runtime.database.write() as session:
        deliveries.tick(session, now=clock.now(), by="one")
        assert deliveries.tick(session, now=clock.now() - timedelta(seconds=59), by="other") is None
        assert deliveries.tick(session, now=clock.now() + BACK, by="one") is None


class Set(Clock):
    """A machine's clock that can be set."""

    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return datetime.now(NOW.tzinfo) + self.by


def test_nobody_is_asked_about_while_the_clock_has_just_been_set() -> None:
    clock = Set()
    watch = ClockWatch(clock)
    assert watch.is_settled(3600)
    clock.by = timedelta(seconds=1)
    assert watch.is_settled(3600)
    for by in (timedelta(hours=2), timedelta()):
        clock.by = by
        assert not watch.is_settled(3600)
        assert not watch.is_settled(3600)
        assert watch.is_settled(0)


@pytest.mark.postgres
@pytest.mark.parametrize(("heard", "is_freed"), [("now()", False), ("now() + interval '2 hours'", True)])
def test_a_worker_that_was_heard_of_in_time_to_come_is_dead(
    postgres_runtime: Runtime, clock: SetClock, heard: str, is_freed: bool
) -> None:
    """The clock of the database was set back, and the worker died before it was heard of again."""
    runtime = postgres_runtime
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=1))
    flow.fan_out(runtime, alert_id=alert_id)
    (batch,) = batches_of(runtime, alert_id)
    with runtime.database.write() as session:
        nudges.send_batches_soon(session, now=clock.now())
        worker = f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({heard}) RETURNING id"
        at_work = {"worker": session.execute(text(worker)).scalar_one()}
        taken = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker RETURNING id"
        job_id = session.execute(text(taken), at_work).scalar_one()
        owner = nudges.owner_of(job_id)
        assert deliveries.claim(session, batch.id or 0, owner=owner, now=clock.now(), lease_s=120) is not None
    with runtime.database.write() as session:
        assert nudges.clear_stalled(session, after_s=15, now=clock.now()) == is_freed
