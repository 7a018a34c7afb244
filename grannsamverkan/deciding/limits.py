"""What a message may go over only when somebody says why: the week's warnings of a household, and the municipality's
kronor for SMS. What must not wait is never asked about money, and waits for nobody who is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from grannsamverkan.deciding.looking import Weighed, timing_of
from grannsamverkan.deciding.spending import hold_money, spending_at
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert, ReasonKind
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.runtime import Runtime


@dataclass(frozen=True)
class Heeded:
    """It may go: `reasons` are to be kept, which has none for limits that it is within. over_sms_budget: it costs more
    than the year has left."""

    reasons: Mapping[ReasonKind, str]
    over_sms_budget: bool


def heed_limits(
    runtime: Runtime,
    session: Session,
    alert: Alert,
    weighed: Weighed,
    reasons: Mapping[ReasonKind, str],
    *,
    now: datetime,
    alone: bool = False,
) -> Heeded:
    """Look at its limits as they are now; `alone`: it is an emergency, and why has been said.

    Others who are asked about the same money wait until the transaction ends, so that the last kronor go once.

    Raises:
        Refused: over_budget (households), over_sms_budget: unless it is said why it is to go, now or before.
    """
    may_wait = not alone and alert.alert_class not in alerts.WHATEVER_IT_COSTS
    if may_wait:
        hold_money(session, [alert.municipality_code])
    over_sms_budget = _is_over_sms_budget(runtime, session, alert, weighed, now)
    if (weighed.over_budget or (over_sms_budget and may_wait)) and not _is_said_why(session, alert, reasons):
        if weighed.over_budget:
            raise Refused("over_budget", households=weighed.over_budget)
        raise Refused("over_sms_budget")
    if not (weighed.over_budget or over_sms_budget):
        reasons = {kind: words for kind, words in reasons.items() if kind is not ReasonKind.OVER_BUDGET}
    return Heeded(reasons, over_sms_budget)


def _is_over_sms_budget(runtime: Runtime, session: Session, alert: Alert, weighed: Weighed, now: datetime) -> bool:
    _, timing = timing_of(session, alert, now)
    spent = spending_at(runtime, session, alert.municipality_code, at=timing.release_at)
    return spent is not None and not spent.holds(weighed.sms_parts * runtime.settings.sms.kronor_per_part)


def _is_said_why(session: Session, alert: Alert, reasons: Mapping[ReasonKind, str]) -> bool:
    kind = ReasonKind.OVER_BUDGET
    return bool(reasons.get(kind, "").strip()) or kind in alerts.reasons_of(session, alert.id or 0)
