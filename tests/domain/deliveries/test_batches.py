from datetime import timedelta

import pytest
from sqlmodel import select

from grannsamverkan import flow
from grannsamverkan.domain import deliveries
from grannsamverkan.domain.deliveries import Delivery, DeliveryState, Lease
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.errors import Conflict
from grannsamverkan.foundation.ports import Accepted, ChannelKind
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import a_street, an_approved_alert, batches_of, deliveries_of, states_of

S = DeliveryState
LEASE_S = 120.0


@pytest.fixture
def alert_id(runtime: Runtime) -> int:
    """A warning to 25 phones and 3 mailboxes, fanned out: two batches of SMS (20 and 5), one of email."""
    alert_id = an_approved_alert(runtime, a_street(runtime, phones=25, mailboxes=3))
    flow.fan_out(runtime, alert_id=alert_id)
    return alert_id


def claim(runtime: Runtime, batch_id: int, owner: str = "me") -> Lease | None:
    with runtime.database.write() as session:
        return deliveries.claim(session, batch_id, owner=owner, now=runtime.clock.now(), lease_s=LEASE_S)


def claimed(runtime: Runtime, batch_id: int, owner: str = "me") -> Lease:
    lease = claim(runtime, batch_id, owner)
    assert lease is not None
    return lease


def due(runtime: Runtime, channel: ChannelKind = ChannelKind.SMS) -> list[int]:
    with runtime.database.read() as session:
        return deliveries.due(session, channel, now=runtime.clock.now(), limit=100)


def test_every_copy_is_in_one_batch_of_its_channel(runtime: Runtime, alert_id: int) -> None:
    batches = batches_of(runtime, alert_id)
    rows = deliveries_of(runtime, alert_id)
    inside = [
        sum(b.channel == row.channel and b.first_id <= (row.id or 0) <= b.last_id for b in batches) for row in rows
    ]
    assert inside == [1] * 28
    with runtime.database.read() as session:
        assert deliveries.open_batches(session, alert_id) == 3


def test_a_claimed_batch_is_nobody_elses_until_its_lease_ends(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    first, second = due(runtime)
    lease = claimed(runtime, first)
    assert (lease.token, lease.tries, lease.channel) == (1, 0, ChannelKind.SMS)
    assert claim(runtime, first, "another") is None
    assert due(runtime) == [second]
    assert states_of(runtime, alert_id).count(S.QUEUED) == 28  # who holds them stands in the batch
    clock.advance(timedelta(seconds=LEASE_S))
    assert claim(runtime, first, "another") is None
    clock.advance(timedelta(microseconds=1))
    assert due(runtime) == [first, second]
    assert claimed(runtime, first, "another").token == 2


def test_a_claim_races_and_one_wins(runtime: Runtime, alert_id: int) -> None:
    first, second = due(runtime)

    def race() -> list[int]:
        leases = [claim(runtime, batch_id) for batch_id in (first, second)]
        return [lease.batch_id for lease in leases if lease is not None]

    won = [batch_id for winner in at_once(race, 8) for batch_id in winner]
    assert sorted(won) == [first, second]
    assert {batch.token for batch in batches_of(runtime, alert_id) if batch.channel == ChannelKind.SMS} == {1}


def test_whoever_lost_the_lease_can_change_nothing_more(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    (first, _) = due(runtime)
    old = claimed(runtime, first)
    with runtime.database.read() as session:
        copies = deliveries.waiting(session, old, now=clock.now())
    clock.advance(timedelta(seconds=LEASE_S + 1))
    new = claimed(runtime, first, "another")
    before = states_of(runtime, alert_id)
    now = clock.now()
    for act in (
        lambda session: deliveries.hold(session, old, now=now),
        lambda session: deliveries.turn(session.connection(), old, [], copies, now=now, can_ask=True),
        lambda session: deliveries.note(
            session.connection(), old, [(copies[0], Accepted("SM1"))], now=now, can_ask=True
        ),
        lambda session: deliveries.settle(session, old, [], now=now, last_ask=True),
        lambda session: deliveries.requeue(session, old, [], now=now),
        lambda session: deliveries.finish(session, old, now=now, again_at=now),
    ):
        with pytest.raises(Conflict, match="lease_lost"), runtime.database.write() as session:
            act(session)
    assert states_of(runtime, alert_id) == before
    with runtime.database.write() as session:
        deliveries.hold(session, new, now=now)


def test_a_held_lease_lasts_from_now(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    (first, _) = due(runtime)
    lease = claimed(runtime, first)
    clock.advance(timedelta(seconds=100))
    with runtime.database.write() as session:
        deliveries.hold(session, lease, now=clock.now())
    clock.advance(timedelta(seconds=100))
    assert claim(runtime, first, "another") is None


def test_a_batch_is_done_when_none_of_its_rows_is_unsettled(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    (first, second) = due(runtime)
    lease = claimed(runtime, first)
    again_at = clock.now() + timedelta(seconds=5)
    with runtime.database.write() as session:
        assert not deliveries.finish(session, lease, now=clock.now(), again_at=again_at)
    assert due(runtime) == [second]
    clock.advance(timedelta(seconds=5))
    lease = claimed(runtime, first)
    assert (lease.token, lease.tries) == (2, 1)
    with runtime.database.write() as session:
        assert deliveries.give_up(session, lease, S.EXPIRED, code="validity_passed", now=clock.now()) == 20
        assert deliveries.finish(session, lease, now=clock.now(), again_at=clock.now())
    assert claim(runtime, first) is None
    assert states_of(runtime, alert_id).count(S.EXPIRED) == 20


def test_the_only_sender_frees_what_the_dead_held(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    (first, second) = due(runtime)
    old = claimed(runtime, first, "dead")
    with runtime.database.write() as session:
        assert deliveries.free_orphans(session) == 1
    assert due(runtime) == [first, second]
    claimed(runtime, first)
    with pytest.raises(Conflict), runtime.database.write() as session:
        deliveries.hold(session, old, now=clock.now())


def test_the_next_due_time_is_that_of_the_first_open_batch(runtime: Runtime, alert_id: int, clock: SetClock) -> None:
    with runtime.database.read() as session:
        assert deliveries.next_due_at(session) == clock.now()


def test_an_urgent_batch_goes_before_an_older_one(runtime: Runtime, alert_id: int) -> None:
    with runtime.database.write() as session:
        urgent = session.get(deliveries.Batch, batches_of(runtime, alert_id)[1].id)
        assert urgent is not None
        urgent.priority = 1
    channel = ChannelKind(batches_of(runtime, alert_id)[1].channel)
    assert due(runtime, channel)[0] == batches_of(runtime, alert_id)[1].id


def test_two_copies_to_one_address_of_one_alert_cannot_be(runtime: Runtime, alert_id: int) -> None:
    with runtime.database.read() as session:
        row = session.exec(select(Delivery)).first()
        assert row is not None
        copy = Delivery(alert_id=row.alert_id, channel=row.channel, address_id=row.address_id, lookup=row.lookup)
    with pytest.raises(Exception, match=r"(?i)unique"), runtime.database.write() as session:
        session.add(copy)
