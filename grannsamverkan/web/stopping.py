"""Taking a message back before it goes, stopping what is left of one that is going, and letting one go on that was
paused."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan import deciding, flow
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import PUBLISHED, Alert, AlertState
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import is_confirmed
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.standing import counts_of

pages = Pages("stopping")


@pages.post("/varningar/<int:alert_id>/angra", may=Action.STOP_ALERT)
def take_back(alert_id: int) -> ResponseReturnValue:
    """To the last moment; where it has begun to go, whatever has not gone is stopped. The live page says which. `alla`:
    also what was written as one with it for other municipalities."""
    if "alla" in request.form:
        for other_id in _sent_with(alert_id):
            _stop(other_id)
    return _stop(alert_id)


@pages.get("/varningar/<int:alert_id>/stoppa", may=Action.STOP_ALERT)
def question(alert_id: int) -> ResponseReturnValue:
    alert = _found(alert_id)
    with current.runtime().database.read() as session:
        if not deciding.has_unsent(session, alert):
            return redirect(url_for("live.page", alert_id=alert_id))
        [households] = counts_of(session, [alert], current.signed_in_actor())
    return render_template("alerts/stopping.html", alert=alert, households=households)


@pages.post("/varningar/<int:alert_id>/stoppa", may=Action.STOP_ALERT)
def stop(alert_id: int) -> ResponseReturnValue:
    """Only with the yes of the page that asks: what has not gone does not go any more."""
    return _stop(alert_id) if is_confirmed() else question(alert_id)


@pages.post("/varningar/<int:alert_id>/fortsatt", may=Action.STOP_ALERT)
def go_on(alert_id: int) -> ResponseReturnValue:
    """Whoever may stop it may let it go on. Safe to repeat."""
    _found(alert_id)
    flow.go_on(current.runtime(), alert_id=alert_id, account_id=current.signed_in_actor().account_id)
    return redirect(url_for("live.page", alert_id=alert_id), 303)


def _sent_with(alert_id: int) -> list[int]:
    with current.runtime().database.read() as session:
        joint = access.joint_alerts(session, alert_id, Action.STOP_ALERT)
    return [row.id or 0 for row in joint if row.id != alert_id and row.state in PUBLISHED]


def _stop(alert_id: int) -> ResponseReturnValue:
    """Safe to repeat."""
    _found(alert_id)
    flow.stop_alert(current.runtime(), alert_id=alert_id, account_id=current.signed_in_actor().account_id)
    return redirect(url_for("live.page", alert_id=alert_id), 303)


def _found(alert_id: int) -> Alert:
    """NotFound for a draft: there is nothing to stop."""
    with current.runtime().database.read() as session:
        alert = access.alert(session, alert_id, Action.STOP_ALERT)
    is_taken_back = alert.state is AlertState.DISCARDED and alert.stopped_at is not None
    if alert.state not in PUBLISHED and not is_taken_back:
        raise NotFound
    return alert
