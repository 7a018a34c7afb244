"""A trial to a whole area, from the writer's side: only where is chosen, and what it says is always the same.

Not the trial of a draft to oneself (trial.py): this one reaches everybody there.
"""

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import EDITABLE, AlertClass, DrillDraft, DrillFacts
from grannsamverkan.foundation.errors import Conflict, NotAllowed, NotFound, Refused
from grannsamverkan.web import current
from grannsamverkan.web.alert_preview import shown
from grannsamverkan.web.approval import to_alert
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.place_choice import Desk, new_desk, refuse_out_of_reach, stored_desk

pages = Pages("drills")


@pages.get("/varningar/provutskick", may=Action.WRITE_ALERT)
def compose() -> ResponseReturnValue:
    """`?omrade=` ticks a network."""
    with current.runtime().database.read() as session:
        return _form(_desk(session))


@pages.post("/varningar/provutskick", may=Action.WRITE_ALERT)
def submit() -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = _desk(session)
    return _take_in(desk)


@pages.get("/varningar/<int:alert_id>/provutskick", may=Action.WRITE_ALERT)
def edit(alert_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = _desk(session, alert_id)
        return to_alert(desk.alert) if desk.alert and desk.alert.state not in EDITABLE else _form(desk)


@pages.post("/varningar/<int:alert_id>/provutskick", may=Action.WRITE_ALERT)
def change(alert_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        desk = _desk(session, alert_id)
    return to_alert(desk.alert) if desk.alert and desk.alert.state not in EDITABLE else _take_in(desk)


def may_drill(session: Session) -> bool:
    """Whether whoever asks may try the way to a whole area, in any municipality in reach."""
    return bool(_codes(session, new_desk(session)))


def _codes(session: Session, desk: Desk) -> set[str]:
    """The municipalities in which this sender may."""
    offered = [code for code, _name in desk.offered.municipalities]
    return {code for code in offered if alerts.may_drill(desk.source, places.rules(session, code))}


def _desk(session: Session, alert_id: int | None = None) -> Desk:
    """Not allowed where nobody of this role may; NotFound for a draft of another class."""
    desk = new_desk(session) if alert_id is None else stored_desk(session, alert_id)
    if desk.alert is not None and desk.alert.alert_class is not AlertClass.DRILL:
        raise NotFound
    if desk.offered.networks and not _codes(session, desk):
        raise NotAllowed
    return desk


def _take_in(desk: Desk) -> ResponseReturnValue:
    actor, now = current.signed_in_actor(), current.now()
    if not desk.chosen.places:
        return _form(desk.refused("var", _("Välj minst ett område")), 422)
    refuse_out_of_reach(desk)
    draft = DrillDraft(targets=desk.chosen.targets).checked()
    try:
        with current.runtime().database.write() as session:
            if desk.alert is None:
                row = alerts.start(session, draft, author_account_id=actor.account_id, source=desk.source, now=now)
            else:
                row = alerts.alert(session, desk.alert.id or 0, to_change=True)
                alerts.change(session, row, draft, version=desk.alert.version, now=now, account_id=actor.account_id)
            alert_id = row.id or 0
    except Conflict:
        return _form(desk.refused("var", _("Någon annan har ändrat det. Försök igen.")), 409)
    except Refused:
        return _form(desk.refused("var", _("Där är det andra som får skicka prov.")), 422)
    flow.check_alert(current.runtime(), alert_id=alert_id)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


def _form(desk: Desk, status: int = 200) -> Response:
    content = render_template("alerts/drill.html", desk=desk, filled=desk.chosen, maps=desk.maps, sms=_preview(desk))
    return make_response(content, status)


def _preview(desk: Desk) -> object:
    """What everybody will get; None while no place is ticked and none can be named."""
    code = desk.chosen.municipality_code
    if not code:
        return None
    with current.runtime().database.read() as session:
        name, served = places.municipality(session, code).name, places.served_municipality(session, code)
    settings = current.runtime().settings
    facts = DrillFacts(
        number=(desk.alert.number if desk.alert else None) or 0,
        municipality_name=name,
        source=desk.source,
        areas=desk.names or ("…",),
        base_url=settings.installation.base_url,
    )
    try:
        worded = alerts.word_drill(facts, served, domain=settings.email.domain, now=current.now())
    except Refused:
        return None
    return shown(worded.sms, "Grannsamverkan")
