"""What is written between two calls, in one statement where the database knows it: the same on both."""

import threading
from collections.abc import Callable
from time import sleep

import pytest
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import deliveries
from grannsamverkan.domain.deliveries import DeliveryState, Lease
from grannsamverkan.domain.people import stop
from grannsamverkan.foundation.ports import Accepted, ChannelKind, Copy, Rejected, Result, TryAgain, Unsure
from grannsamverkan.runtime import Runtime
from tests.support.builders import a_street, an_approved_alert, deliveries_of

S = DeliveryState
EMAIL = ChannelKind.EMAIL


@pytest.fixture
def alert_id(runtime: Runtime) -> int:
    """A warning to 6 mailboxes, fanned out."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=0, mailboxes=6))
    flow.fan_out(runtime, alert_id=alert_id)
    return alert_id


@pytest.fixture
def lease(runtime: Runtime, alert_id: int) -> Lease:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        (batch_id,) = deliveries.due(session, EMAIL, now=now, limit=10)
        found = deliveries.claim(session, batch_id, owner="me", now=now, lease_s=60)
    assert found is not None
    return found


@pytest.fixture
def copies(runtime: Runtime, lease: Lease) -> list[Copy]:
    with runtime.database.write() as session:
        return deliveries.waiting(session, lease, now=runtime.clock.now())


def turn(runtime: Runtime, lease: Lease, results: list[tuple[Copy, Result]], copies: list[Copy]) -> list[Copy]:
    with runtime.database.transaction(durable=False) as connection:
        return deliveries.turn(connection, lease, results, copies, now=runtime.clock.now(), can_ask=False)


def states(runtime: Runtime, alert_id: int) -> list[int]:
    return [row.state for row in sorted(deliveries_of(runtime, alert_id), key=lambda row: row.id or 0)]


@pytest.mark.parametrize(
    ("result", "then"),
    [
        (Accepted(""), S.HANDED_OVER),
        (Accepted("named"), S.HANDED_OVER),
        (Rejected("5.1.1"), S.FAILED),
        (TryAgain("421"), S.QUEUED),
        (Unsure("connection_lost"), S.QUEUED),
    ],
)
def test_the_last_group_is_noted_and_the_next_one_called(
    runtime: Runtime, alert_id: int, lease: Lease, copies: list[Copy], result: Result, then: DeliveryState
) -> None:
    assert turn(runtime, lease, [], copies[:3]) == copies[:3]
    assert states(runtime, alert_id) == [S.CALLING] * 3 + [S.QUEUED] * 3
    results = [(copies[0], result), *((copy, Accepted("")) for copy in copies[1:3])]
    assert turn(runtime, lease, results, copies[3:]) == copies[3:]
    assert states(runtime, alert_id) == [then, S.HANDED_OVER, S.HANDED_OVER] + [S.CALLING] * 3
    rows = sorted(deliveries_of(runtime, alert_id), key=lambda row: row.id or 0)
    assert [row.attempts for row in rows[3:]] == [1, 1, 1]
    assert all(row.handed_over_at is not None for row in rows[1:3])
    assert all(row.handed_over_at is None and row.called_at is not None for row in rows[3:])


def test_who_has_said_stop_is_left_out_of_the_group(
    runtime: Runtime, alert_id: int, lease: Lease, copies: list[Copy]
) -> None:
    with runtime.database.write() as session:
        _say_stop(session, runtime, alert_id, 1)
    assert turn(runtime, lease, [], copies[:3]) == [copies[0], copies[2]]
    assert states(runtime, alert_id) == [S.CALLING, S.STOPPED, S.CALLING] + [S.QUEUED] * 3


def _say_stop(session: Session, runtime: Runtime, alert_id: int, place: int) -> None:
    row = sorted(deliveries_of(runtime, alert_id), key=lambda row: row.id or 0)[place]
    stop(session, EMAIL, row.lookup, source="link", now=runtime.clock.now())


def _withdrawn(session: Session, runtime: Runtime, alert_id: int) -> None:
    deliveries.withdraw(session, alert_id, now=runtime.clock.now())


def _stopped(session: Session, runtime: Runtime, alert_id: int) -> None:
    for place in range(3):
        _say_stop(session, runtime, alert_id, place)
    for row in sorted(deliveries_of(runtime, alert_id), key=lambda row: row.id or 0)[:3]:
        deliveries.stop_waiting(session, EMAIL, row.lookup, now=runtime.clock.now())


@pytest.mark.parametrize("act", [_withdrawn, _stopped])
def test_what_is_being_stopped_is_waited_for_and_heeded(
    runtime: Runtime, alert_id: int, lease: Lease, copies: list[Copy], act: Callable[[Session, Runtime, int], None]
) -> None:
    """The turn begins before what stops the copies has committed, and so cannot see it yet when it begins."""
    going: list[list[Copy]] = []
    sender = threading.Thread(target=lambda: going.append(turn(runtime, lease, [], copies[:3])))
    with runtime.database.write() as session:
        act(session, runtime, alert_id)
        session.flush()
        sender.start()
        sleep(0.3)  # it has come as far as it can
        assert not going
    sender.join(20)
    assert going == [[]]
    assert states(runtime, alert_id)[:3] == [S.STOPPED] * 3
