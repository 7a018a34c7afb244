"""Another system posts a draft. It is checked as a form is, and waits for a person like any other draft."""

from sqlmodel import Session

from grannsamverkan.deciding.looking import word_alert
from grannsamverkan.deciding.notes import note
from grannsamverkan.domain import accounts, alerts, networks
from grannsamverkan.domain.accounts import Scope
from grannsamverkan.domain.alerts import Alert, AlertDraft
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime


def post_draft(runtime: Runtime, session: Session, draft: AlertDraft, *, key_id: int, once: str) -> tuple[Alert, bool]:
    """The draft, and whether it is new; see `alerts.post`. Undo the transaction when it raises.

    Raises:
        NotFound: the key holds no longer, or may not post.
        Conflict: under this `once` something else was posted.
        Refused: what a form would say: no_target, network_unknown, network_not_active, date_in_future, date_too_old,
            no_advice, too_much_advice, free_text_points_out (rule), sms_too_long; too_many_posted (most).
    """
    now = runtime.clock.now()
    key = accounts.key(session, key_id, to_change=True)
    if not key.holds_at(now) or Scope.DRAFTS not in key.scopes:
        raise NotFound
    known = {card.id for card in networks.cards(session, [key.municipality_code])}
    if not {target.network_id for target in draft.targets} <= known:
        raise Refused("network_unknown")
    today, known_names = in_sweden(now).date(), networks.names_within(session, [key.municipality_code])
    row, is_new = alerts.post(session, draft.checked_on(today, known_names), key, once=once, now=now)
    if is_new:
        word_alert(runtime, session, row)  # refuses what does not fit in an SMS
        note(session, row, "alert.posted", None, now)
    return row, is_new
