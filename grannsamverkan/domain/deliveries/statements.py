"""The statements that run once for every group of copies, made once: building them anew would cost more than running
them. Each moves rows only along the table of allowed moves."""

from sqlalchemy import bindparam, case, exists, func, or_, update
from sqlmodel import col

from grannsamverkan.domain.deliveries.states import WAITING, DeliveryState, sources_of
from grannsamverkan.domain.deliveries.tables import Batch, Delivery
from grannsamverkan.domain.people import StopEntry
from grannsamverkan.foundation.database import Among, UtcDateTime

S = DeliveryState


def _is_one_of(states: list[int]):  # type: ignore[no-untyped-def]
    """IN as ORs: a list cannot be a parameter of a statement that runs for many rows at once."""
    return or_(*(col(Delivery.state) == state for state in states))


_MAY_BE_HANDED_OVER = _is_one_of(sources_of(S.HANDED_OVER))

# The fence: one row changes only while the lease holds.
HOLD = (
    update(Batch)
    .where(col(Batch.id) == bindparam("batch_id"), col(Batch.token) == bindparam("held"), col(Batch.done_at).is_(None))
    .values(lease_until=bindparam("until"))
)

# Waiting → calling, but for those who have said stop; fewer rows than ids tells that somebody has.
CALL = (
    update(Delivery)
    .where(
        Among(col(Delivery.id), "ids"),
        _is_one_of(sorted(int(state) for state in WAITING)),
        ~exists().where(col(StopEntry.channel) == col(Delivery.channel), col(StopEntry.lookup) == col(Delivery.lookup)),
    )
    .values(state=S.CALLING, attempts=col(Delivery.attempts) + 1, called_at=bindparam("at"))
)

# A receipt may have come before our commit: such a row is past `handed over`, but must still say when it was.
_HANDED_OVER = {
    "state": case((_MAY_BE_HANDED_OVER, int(S.HANDED_OVER)), else_=col(Delivery.state)),
    "code": case((_MAY_BE_HANDED_OVER, None), else_=col(Delivery.code)),
    "handed_over_at": func.coalesce(col(Delivery.handed_over_at), bindparam("at", type_=UtcDateTime)),
}
HANDED_OVER = update(Delivery).where(Among(col(Delivery.id), "ids")).values(_HANDED_OVER)
HANDED_OVER_AS = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("row_id"))
    .values({**_HANDED_OVER, "provider_id": func.coalesce(bindparam("named"), col(Delivery.provider_id))})
)
