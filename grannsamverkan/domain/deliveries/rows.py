"""The rows of a batch while it is being sent: who waits, who is called now, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries.batches import Lease, hold, of_lease
from grannsamverkan.domain.deliveries.carrying import (
    carried_to_go,
    let_go,
    lock_beside,
    still_so,
    take_out,
    take_stopped_out,
    with_carried,
)
from grannsamverkan.domain.deliveries.retry import LONGEST_WAIT
from grannsamverkan.domain.deliveries.statements import (
    CALL,
    HANDED_OVER,
    HANDED_OVER_AS,
    IN_FLIGHT,
    QUIET_UNTIL,
    TO_SEND,
    TO_SEND_IN_STORY,
    TURN_AT_ONCE,
)
from grannsamverkan.domain.deliveries.states import UNSETTLED, WAITING, DeliveryState, sources_of
from grannsamverkan.domain.deliveries.tables import Batch, Delivery, Pace
from grannsamverkan.domain.deliveries.ticks import CLOCKS_APART
from grannsamverkan.domain.people import mark_dead, stop, stop_token
from grannsamverkan.foundation.errors import Conflict
from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Here,
    NotHere,
    Rejected,
    Result,
    TryAgain,
    Unsure,
)
from grannsamverkan.foundation.vault import vault_of

S = DeliveryState

# Provider codes that say nobody will ever be at this address: the person's address is marked dead.
# A bare 550 is not among them: a relay also says it of mail that it does not like, and would silence everybody.
# The last is our own, for a mail system that says so in words only.
NOBODY_THERE = "nobody_there"
DEAD_CODES = frozenset({"21211", "21614", "21635", "30005", "30006", "5.1.1", "5.1.2", "5.1.10", "5.2.1", NOBODY_THERE})
# The neighbour has said stop to the provider itself (Twilio keeps such a list of its own), so to us too.
STOPPED_CODES = frozenset({"21610"})
# The sender has stopped the alert before this copy went.
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class InFlight:
    """A copy whose call to the provider has no known result."""

    copy: Copy
    called_at: datetime
    attempts: int


def waiting(
    session: Session, lease: Lease, *, now: datetime, first_alert_id: int | None = None, may_carry: bool = False
) -> list[Copy]:
    """The batch's copies that are to be sent now, addresses in clear. Those whose address has gone are stopped.

    With a `first_alert_id` each says which copy of that alert went to the same address; where one `may_carry` others,
    which alerts go along with it.
    """
    vault, connection = vault_of(session.get_bind().dialect), session.connection()
    wanted = {**lease.rows, "now": now}
    if first_alert_id is None:
        rows = connection.execute(TO_SEND, wanted).all()
    else:
        rows = connection.execute(TO_SEND_IN_STORY, {**wanted, "first_alert": first_alert_id}).all()
    gone = [delivery_id for delivery_id, value, *_ in rows if value is None]
    _move(session, gone, S.STOPPED, code="address_gone", final_at=now)
    copies = [
        Copy(delivery_id, value, str(delivery_id), stop_token(vault, lookup), str(first_id or 0), language)
        for delivery_id, value, lookup, first_id, language in rows
        if value is not None
    ]
    return with_carried(session, copies) if may_carry else copies


def quiet_until(session: Session, lease: Lease, *, now: datetime) -> datetime | None:
    """When the first of those who are in their quiet hours may be sent to; None when nobody is."""
    return session.connection().execute(QUIET_UNTIL, {**lease.rows, "now": now}).scalar()


def in_flight(session: Session, lease: Lease) -> list[InFlight]:
    """The batch's copies that were being called when their sender died or got no answer."""
    rows = session.connection().execute(IN_FLIGHT, lease.rows).all()
    return [
        InFlight(Copy(row_id, value or "", str(row_id)), called_at, attempts)
        for row_id, value, called_at, attempts in rows
    ]


def turn(
    connection: Connection,
    lease: Lease,
    results: Sequence[tuple[Copy, Result]],
    copies: Sequence[Copy],
    *,
    now: datetime,
    can_ask: bool,
    parts: int | None = None,
) -> list[Copy]:
    """Between two calls, in one transaction: write down what came of the last group, and commit that these copies are
    about to be called. Returns those that still may be: a STOPP that has been answered before this is heeded here, and
    what goes along with them has not been stopped. `parts`: those of the SMS that they are called with."""
    if _goes_at_once(connection, results, copies):
        ids = [copy.delivery_id for copy in copies]
        begun = _turn_at_once(connection, lease, [copy.delivery_id for copy, _ in results], ids, now, parts)
    else:
        hold(connection, lease, now=now)
        _write_down(connection, results, now, can_ask)
        copies = still_so(connection, copies)
        ids = [copy.delivery_id for copy in copies]
        begun = connection.execute(CALL, {"ids": ids, "at": now, "of_parts": parts}).rowcount
    if begun == len(ids):
        return list(copies)
    with Session(connection) as session:
        called = select(Delivery.id).where(col(Delivery.id).in_(ids), col(Delivery.state) == S.CALLING)
        going = set(session.execute(called).scalars())
        _move(session, set(ids) - going, S.STOPPED, code="stopped", final_at=now)
        session.commit()  # leaves the transaction open: it is the caller's
    return [copy for copy in copies if copy.delivery_id in going]


def _goes_at_once(connection: Connection, results: Sequence[tuple[Copy, Result]], copies: Sequence[Copy]) -> bool:
    """Whether one statement says it all: every copy of the last group was taken without a name, and none of these
    carries others, as with most emails; and the database knows such statements."""
    return (
        connection.dialect.name != "sqlite"
        and all(isinstance(result, Accepted) and not result.provider_id for _, result in results)
        and not any(copy.along for copy in copies)
    )


def _turn_at_once(
    connection: Connection, lease: Lease, taken: list[int], ids: list[int], now: datetime, parts: int | None
) -> int:
    """How many of these copies may be called. Conflict when another worker has the batch."""
    until = now + timedelta(seconds=lease.lease_s)
    fence = {"batch_id": lease.batch_id, "held": lease.token, "until": until}
    held, called = connection.execute(
        TURN_AT_ONCE, {**fence, "taken": taken, "ids": ids, "at": now, "of_parts": parts}
    ).one()
    if not held:
        raise Conflict("lease_lost")
    return int(called)


def stop_waiting(session: Session, channel: ChannelKind, lookup: bytes, *, now: datetime) -> None:
    """Whatever still waits for this address is not sent. Call it after the address is on the stop list: it waits for a
    sender that is about to call, and then `receipts.being_called` knows of the call."""
    rows = select(Delivery.id).where(
        Delivery.lookup == lookup, Delivery.channel == channel, col(Delivery.state).in_(WAITING)
    )
    waiting_ids = session.execute(rows.order_by(col(Delivery.id)).with_for_update()).scalars().all()
    _move(session, [row_id for row_id in waiting_ids if row_id is not None], S.STOPPED, code="stopped", final_at=now)


def note(
    connection: Connection, lease: Lease, results: Sequence[tuple[Copy, Result]], *, now: datetime, can_ask: bool
) -> None:
    """Write down what the provider said of the last group."""
    hold(connection, lease, now=now)
    _write_down(connection, results, now, can_ask)


def _write_down(connection: Connection, results: Sequence[tuple[Copy, Result]], now: datetime, can_ask: bool) -> None:
    """An unsure SMS stays `calling` until it has been asked for; an unsure email goes back to the queue, since a mail
    relay cannot be asked (the receiver knows it by its Message-ID)."""
    accepted = [(copy, result) for copy, result in results if isinstance(result, Accepted)]
    _accepted(connection, accepted, now)
    if len(accepted) == len(results):
        return
    with Session(connection) as session:
        for copy, result in results:
            if isinstance(result, Rejected):
                reject(session, [copy.delivery_id], result.code, now=now)
        _take_back(session, [copy.delivery_id for copy, result in results if isinstance(result, TryAgain)], now=now)
        if not can_ask:
            _once_more(session, [copy.delivery_id for copy, result in results if isinstance(result, Unsure)], now=now)
        session.commit()  # leaves the transaction open: it is the caller's


def _accepted(connection: Connection, accepted: list[tuple[Copy, Accepted]], now: datetime) -> None:
    if not accepted:
        return
    if accepted[0][1].provider_id:
        rows = [{"row_id": copy.delivery_id, "named": result.provider_id, "at": now} for copy, result in accepted]
        connection.execute(HANDED_OVER_AS, rows)
    else:
        connection.execute(HANDED_OVER, {"taken": [copy.delivery_id for copy, _ in accepted], "at": now})


def reject(session: Session, ids: list[int], code: str, *, now: datetime) -> None:
    """These copies will never arrive; what the code says of their addresses is heeded too."""
    _move(session, ids, S.FAILED, code=code, final_at=now)
    heed(session, ids, code, now=now)


def heed(session: Session, ids: list[int], code: str, *, now: datetime) -> None:
    """What a provider's code says of the copies' addresses: nobody is there, or whoever is there has said stop."""
    if code not in DEAD_CODES | STOPPED_CODES:
        return
    rows = session.execute(
        select(Delivery.address_id, Delivery.channel, Delivery.lookup).where(col(Delivery.id).in_(ids))
    ).all()
    if code in DEAD_CODES:
        mark_dead(session, [row.address_id for row in rows], code=code, now=now)
        return
    for row in rows:
        stop(session, ChannelKind(row.channel), row.lookup, source="provider", now=now)


def settle(
    session: Session,
    lease: Lease,
    asked: Sequence[tuple[InFlight, Answer]],
    *,
    now: datetime,
    last_ask: bool,
    may_resend: bool = True,
) -> None:
    """Act on what the provider said about copies in flight: it has it, it never saw it, or it does not say.

    When it will not say at the last time of asking, a copy called once is sent once more, and one called twice
    becomes unknown: a warning that may come twice is better than one that never comes, but not for ever. One that has
    been stopped is not sent again (`may_resend`): what nobody can tell of becomes unknown at once.
    """
    hold(session, lease, now=now)
    for flight, answer in asked:
        row = [flight.copy.delivery_id]
        if isinstance(answer, Here):
            _accepted(session.connection(), [(flight.copy, Accepted(answer.provider_id))], now)
        elif isinstance(answer, NotHere):
            _take_back(session, row, now=now)
        elif last_ask and flight.attempts <= 1 and may_resend:
            _once_more(session, row, now=now)
        elif last_ask:
            _move(session, row, S.UNKNOWN, code="no_answer", final_at=now)


def wake_set_back(session: Session, *, until: datetime, lease_s: float, now: datetime) -> None:
    """The clock was set back from `until`: what would have been due by it is due now, no lease lasts longer than from
    now, and no channel's turn is further away. Safe to repeat."""
    batches = select(Batch.id).where(col(Batch.done_at).is_(None)).order_by(col(Batch.id))
    session.execute(batches.with_for_update()).all()
    is_open = update(Batch).where(col(Batch.done_at).is_(None))
    session.execute(is_open.where(col(Batch.not_before).between(now, until + LONGEST_WAIT)).values(not_before=now))
    longest = now + timedelta(seconds=lease_s)
    session.execute(is_open.where(col(Batch.lease_until) > longest).values(lease_until=longest))
    session.execute(update(Pace).where(col(Pace.next_at) > now).values(next_at=now))


def wake(session: Session, alert_id: int, *, now: datetime) -> None:
    """The alert's open batches are looked at now, whatever they waited for. They are locked first, as in `withdraw`: a
    sender that is giving one back has done so, and every later one finds what has been changed."""
    batches = select(Batch.id).where(Batch.alert_id == alert_id, col(Batch.done_at).is_(None)).order_by(col(Batch.id))
    session.execute(batches.with_for_update()).all()
    idle = update(Batch).where(
        col(Batch.alert_id) == alert_id, col(Batch.done_at).is_(None), col(Batch.lease_until).is_(None)
    )
    session.execute(idle.values(not_before=now))


def withdraw(session: Session, alert_id: int, *, now: datetime) -> int:
    """Nothing more of the alert is handed over once this is committed; returns how many copies were kept back.

    Its open batches are locked first: a sender that is about to call has its lock until it has said so, and every later
    one finds the copies gone. What was called and has no answer yet stays as it is, and is settled by its batch. What
    other messages carry of it is taken out of them, and what its own carried goes by itself.
    """
    lock_beside(session, alert_id)
    kept = _keep_back(session, (col(Delivery.alert_id) == alert_id,), now) + take_out(session, alert_id, now=now)
    let_go(session, alert_id, now=now)
    idle = update(Batch).where(
        col(Batch.alert_id) == alert_id, col(Batch.done_at).is_(None), col(Batch.lease_until).is_(None)
    )
    session.execute(idle.values(not_before=now))  # to be closed now, not when somebody's quiet hours end
    return kept


def keep_back(session: Session, lease: Lease, *, now: datetime) -> int:
    """The same for what has come back to one batch since."""
    kept = _keep_back(session, of_lease(lease), now)
    let_go(session, lease.alert_id, now=now)
    return kept


def _keep_back(session: Session, which: tuple[ColumnElement[bool], ...], now: datetime) -> int:
    """A copy whose earlier call may have been taken is unknown; the others surely never went."""
    waiting_now = update(Delivery).where(*which, col(Delivery.state).in_(WAITING))
    quietly = {"synchronize_session": False}
    perhaps = waiting_now.where(col(Delivery.attempts) > 0)
    session.execute(perhaps.values(state=S.UNKNOWN, code="no_answer", final_at=now), execution_options=quietly)
    never = waiting_now.values(state=S.STOPPED, code=WITHDRAWN, final_at=now)
    return session.execute(never, execution_options=quietly).rowcount  # type: ignore[attr-defined, no-any-return]


def flights_unknown(session: Session, lease: Lease, flights: Sequence[InFlight], *, now: datetime) -> None:
    """Emails in flight of an alert that has been stopped: a relay cannot be asked, and they do not go again."""
    hold(session, lease, now=now)
    _move(session, [flight.copy.delivery_id for flight in flights], S.UNKNOWN, code="no_answer", final_at=now)


def unsettled(session: Session, alert_id: int) -> bool:
    """Whether any copy of the alert waits, or is inside a call, or has been called without a known result."""
    rows = select(Delivery.id).where(Delivery.alert_id == alert_id, col(Delivery.state).in_(UNSETTLED))
    return session.execute(rows.limit(1)).first() is not None or carried_to_go(session, alert_id)


def requeue(session: Session, lease: Lease, flights: Sequence[InFlight], *, now: datetime) -> None:
    """Emails that were in flight go out again with the same Message-ID: a relay cannot be asked."""
    hold(session, lease, now=now)
    _once_more(session, [flight.copy.delivery_id for flight in flights], now=now)


def give_up(session: Session, lease: Lease, state: DeliveryState, *, code: str, now: datetime) -> int:
    """Settle what is still waiting as expired or failed; returns how many rows."""
    rows = select(Delivery.id).where(*of_lease(lease), col(Delivery.state).in_(WAITING))
    ids = [row_id for row_id in session.execute(rows).scalars() if row_id is not None]
    _move(session, ids, state, code=code, final_at=now)
    return len(ids)


def ask_time(flight: InFlight, after_s: float, *, now: datetime) -> datetime:
    """When the provider's list is complete enough to ask for this copy: at once when it was called by a clock that has
    been set back since."""
    return now if flight.called_at > now + CLOCKS_APART else flight.called_at + timedelta(seconds=after_s)


def _once_more(session: Session, ids: list[int], *, now: datetime) -> None:
    """Nobody can tell whether these went: they wait again, and whoever has them already gets them twice."""
    take_stopped_out(session, ids, now=now)
    _move(session, ids, S.QUEUED, code=None, final_at=None)


def _take_back(session: Session, ids: list[int], *, now: datetime) -> None:
    """The provider surely never took these: they wait again, and that try is not one that may have arrived."""
    if ids:
        mine = update(Delivery).where(col(Delivery.id).in_(ids), col(Delivery.state) == S.CALLING)
        session.execute(
            mine.values(state=S.QUEUED, attempts=col(Delivery.attempts) - 1),
            execution_options={"synchronize_session": False},
        )
        take_stopped_out(session, ids, now=now)


def _move(
    session: Session, ids: Iterable[int], state: DeliveryState, *, code: str | None, final_at: datetime | None
) -> None:
    wanted = list(ids)
    if not wanted:
        return
    moved = update(Delivery).where(col(Delivery.id).in_(wanted), col(Delivery.state).in_(sources_of(state)))
    session.execute(
        moved.values(state=state, code=code, final_at=final_at), execution_options={"synchronize_session": False}
    )
