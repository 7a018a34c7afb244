"""The engine without threads, for tests and one-shot commands: nothing runs until `drain`, and then all of it does."""

from sqlmodel import Session

from grannsamverkan import flow, notify
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.ports import Step
from grannsamverkan.runtime import Runtime


class InlineEngine:
    """Remembers nothing: rows are the truth."""

    def enqueue(self, session: Session, step: Step, **ids: int) -> None:
        """Nothing to wake: `drain` looks at the rows."""

    def is_ticking(self, within_s: float) -> bool:
        """It has no clock that could stop."""
        return True

    def has_sender(self, within_s: float) -> bool:
        """It is whoever drains."""
        return True


def drain(runtime: Runtime, *, rounds: int = 1000) -> int:
    """Release and send everything that is due now, notices too; returns how many batches were run."""
    ran = 0
    for _ in range(rounds):
        released = flow.release_due(runtime)
        with runtime.database.read() as session:
            now = runtime.clock.now()
            due = [row for kind in runtime.channels for row in deliveries.due(session, kind, now=now, limit=100)]
        for batch_id in due:
            flow.send_batch(runtime, batch_id=batch_id)
        noticed = notify.send_notices(runtime)
        ran += len(due)
        if not due and not released and not noticed:
            return ran
    raise RuntimeError("there is always more to do: a batch is due again at once")
