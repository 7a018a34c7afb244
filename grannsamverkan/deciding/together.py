"""Messages that were written as one are let go as one: each by the rules of its own municipality."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from grannsamverkan.deciding.letting_go import keep_reasons, let_go
from grannsamverkan.deciding.limits import heed_limits
from grannsamverkan.deciding.looking import Weighed
from grannsamverkan.deciding.second_person import ask
from grannsamverkan.deciding.spending import hold_money
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert, ReasonKind
from grannsamverkan.runtime import Runtime


def let_go_together(
    runtime: Runtime,
    session: Session,
    rows: Sequence[Alert],
    weighed: Mapping[int, Weighed],
    *,
    approver_account_id: int,
    contents: Mapping[int, str],
    reasons: Mapping[ReasonKind, str],
    now: datetime,
) -> list[Alert]:
    """Approve each of them as it was looked at, or ask a second person where its municipality wants one. Returns those
    that are approved now. Lock the rows first, in the order of their ids. What is said for one municipality's limits is
    no reason in another that has room.

    Raises what `let_go` and `ask` raise; undo the transaction then, so that none of them goes.
    """
    gone = []
    hold_money(session, {alert.municipality_code for alert in rows})  # of all at once, so that nobody waits crosswise
    for alert in rows:
        alert_id = alert.id or 0
        if weighed[alert_id].needs and alerts.is_own(session, alert, approver_account_id):
            heeded = heed_limits(runtime, session, alert, weighed[alert_id], reasons, now=now)
            ask(
                runtime,
                session,
                alert,
                weighed[alert_id],
                account_id=approver_account_id,
                content=contents[alert_id],
                now=now,
            )
            keep_reasons(session, alert, heeded.reasons, account_id=approver_account_id, now=now)
        elif let_go(
            runtime,
            session,
            alert,
            weighed[alert_id],
            approver_account_id=approver_account_id,
            content=contents[alert_id],
            reasons=reasons,
            now=now,
        ):
            gone.append(alert)
    return gone
