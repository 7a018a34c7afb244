"""The statements that run once for every batch or group of copies, made once: building them anew would cost more than
running them. Each moves rows only along the table of allowed moves."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, null, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from grannsamverkan.domain.deliveries.states import UNSETTLED, WAITING, DeliveryState, sources_of
from grannsamverkan.domain.deliveries.tables import Batch, Delivery
from grannsamverkan.domain.people import ContactAddress, StopEntry
from grannsamverkan.foundation.database import Among, UtcDateTime

S = DeliveryState


def _is_one_of(states: Iterable[int]) -> ColumnElement[bool]:
    """IN as ORs: a list cannot be a parameter of a statement that runs for many rows at once."""
    return or_(*(col(Delivery.state) == int(state) for state in sorted(states)))


# ------------------------------------------------------------------------------------------- once for every batch

# The rows of a batch, as `Lease.rows` fills it in: its id range, of its alert and channel only (fan-outs may interleave
# their ids). `+ 0` keeps the database to the range: by its index on the alert it would go through all of the alert's
# copies for each batch.
OF_BATCH: tuple[ColumnElement[bool], ...] = (
    col(Delivery.id).between(bindparam("first"), bindparam("last")),
    col(Delivery.alert_id) + 0 == bindparam("of_alert"),
    col(Delivery.channel) + 0 == bindparam("of_channel"),
)

# Due, and in nobody's hand.
IS_FREE: tuple[ColumnElement[bool], ...] = (
    col(Batch.done_at).is_(None),
    col(Batch.not_before) <= bindparam("now"),
    or_(col(Batch.lease_until).is_(None), col(Batch.lease_until) < bindparam("now")),
)

# Of two at once the second finds, after the first, that it is no longer free.
CLAIM = (
    update(Batch)
    .where(col(Batch.id) == bindparam("batch_id"), *IS_FREE)
    .values(owner=bindparam("holder"), token=col(Batch.token) + 1, lease_until=bindparam("until"))
    .returning(
        *(col(name) for name in (Batch.alert_id, Batch.channel, Batch.priority)),
        *(col(name) for name in (Batch.first_id, Batch.last_id, Batch.token, Batch.tries)),
    )
)
_IS_HELD: tuple[ColumnElement[bool], ...] = (
    col(Batch.id) == bindparam("batch_id"),
    col(Batch.token) == bindparam("held"),
    col(Batch.done_at).is_(None),
)
DONE = update(Batch).where(*_IS_HELD).values(owner=None, lease_until=None, done_at=bindparam("at"))
OPEN_AGAIN = (
    update(Batch)
    .where(*_IS_HELD)
    .values(owner=None, lease_until=None, not_before=bindparam("from"), tries=bindparam("tried"))
)

# Asked by whoever is in the middle of a batch, between two groups.
MORE_URGENT = (
    select(col(Batch.id))
    .where(col(Batch.channel) == bindparam("of_channel"), col(Batch.priority) < bindparam("mine"), *IS_FREE)
    .limit(1)
)

IN_FLIGHT: Select[*tuple[Any, ...]] = (
    select(col(Delivery.id), col(ContactAddress.value), col(Delivery.called_at), col(Delivery.attempts))
    .outerjoin(ContactAddress, col(ContactAddress.id) == col(Delivery.address_id))
    .where(*OF_BATCH, col(Delivery.state) == int(S.CALLING))
    .order_by(col(Delivery.id))
)
QUIET_UNTIL = select(func.min(col(Delivery.not_before))).where(
    *OF_BATCH, _is_one_of(WAITING), col(Delivery.not_before) > bindparam("now")
)
IS_UNSETTLED = select(col(Delivery.id)).where(*OF_BATCH, _is_one_of(UNSETTLED)).limit(1)


def _to_send(*, in_story: bool) -> Select[*tuple[Any, ...]]:
    """The copies that are due, with their addresses; in a story each with the copy of its first alert (`first_alert`)
    that went to the same address."""
    first = aliased(Delivery)
    rows = select(
        col(Delivery.id),
        col(ContactAddress.value),
        col(Delivery.lookup),
        col(first.id) if in_story else null(),
        col(Delivery.language),
    ).outerjoin(ContactAddress, col(ContactAddress.id) == col(Delivery.address_id))
    if in_story:
        same = (col(first.channel) == col(Delivery.channel)) & (col(first.lookup) == col(Delivery.lookup))
        rows = rows.outerjoin(first, (col(first.alert_id) == bindparam("first_alert")) & same)
    is_due = or_(col(Delivery.not_before).is_(None), col(Delivery.not_before) <= bindparam("now"))
    return rows.where(*OF_BATCH, _is_one_of(WAITING), is_due).order_by(col(Delivery.id))


TO_SEND, TO_SEND_IN_STORY = _to_send(in_story=False), _to_send(in_story=True)


# ------------------------------------------------------------------------------------------- once for every group

_MAY_BE_HANDED_OVER = _is_one_of(sources_of(S.HANDED_OVER))

# The fence: one row changes only while the lease holds.
HOLD = update(Batch).where(*_IS_HELD).values(lease_until=bindparam("until"))

# Waiting → calling, but for those who have said stop; fewer rows than ids tells that somebody has. How many parts it
# has is written with the call: whoever finds out later that a copy was taken no longer has the text.
CALL = (
    update(Delivery)
    .where(
        Among(col(Delivery.id), "ids"),
        _is_one_of(WAITING),
        ~exists().where(col(StopEntry.channel) == col(Delivery.channel), col(StopEntry.lookup) == col(Delivery.lookup)),
    )
    .values(
        state=S.CALLING, attempts=col(Delivery.attempts) + 1, called_at=bindparam("at"), parts=bindparam("of_parts")
    )
)

# A receipt may have come before our commit: such a row is past `handed over`, but must still say when it was.
_HANDED_OVER = {
    "state": case((_MAY_BE_HANDED_OVER, int(S.HANDED_OVER)), else_=col(Delivery.state)),
    "code": case((_MAY_BE_HANDED_OVER, None), else_=col(Delivery.code)),
    "handed_over_at": func.coalesce(col(Delivery.handed_over_at), bindparam("at", type_=UtcDateTime)),
}
HANDED_OVER = update(Delivery).where(Among(col(Delivery.id), "taken")).values(_HANDED_OVER)
HANDED_OVER_AS = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("row_id"))
    .values({**_HANDED_OVER, "provider_id": func.coalesce(bindparam("named"), col(Delivery.provider_id))})
)


def _turn_at_once() -> Select[int, int]:
    """`HOLD`, `HANDED_OVER` and `CALL` as one statement: whether the lease holds, and how many copies may be called.
    What holds the fence comes first, since nothing else is done without it."""
    fence = HOLD.returning(col(Batch.id)).cte("fence")
    holds = exists().where(fence.c.id.is_not(None))
    taken = HANDED_OVER.where(holds).returning(col(Delivery.id)).cte("taken")
    called = CALL.where(holds).returning(col(Delivery.id)).cte("called")
    held, going = (select(func.count()).select_from(one).scalar_subquery() for one in (fence, called))
    return select(held, going).add_cte(taken)


# A statement that changes rows inside another is PostgreSQL's alone.
TURN_AT_ONCE = _turn_at_once()
