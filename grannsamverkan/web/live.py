"""What became of a warning: the page that is watched while it goes out, and the list of all that were sent."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import deciding
from grannsamverkan.deciding import Spending
from grannsamverkan.domain import alerts, receipts
from grannsamverkan.domain.accounts import Action, Actor
from grannsamverkan.domain.alerts import PUBLISHED, Alert, AlertClass, AlertState, Source
from grannsamverkan.domain.receipts import YearCost
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current, drills, inviting
from grannsamverkan.web.alert_words import (
    given_words,
    happens_now,
    outcome_hint,
    outcome_words,
    reason_words,
    refusal_words,
    time_words,
)
from grannsamverkan.web.approval import draft_page
from grannsamverkan.web.networks import contact_role_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import alerts_of, is_neighbour
from grannsamverkan.web.standing import CALM_OUTCOMES, DOOR_OUTCOMES, SENT_OUTCOMES, counts_of, standing, thing_of

pages = Pages("live")


@pages.get("/varningar", may=Action.SEE_ALERT)
def index() -> ResponseReturnValue:
    actor = current.signed_in_actor()
    with current.runtime().database.read() as session:
        newest = alerts_of(session, actor, with_all=True)
        sent = list(zip(newest, counts_of(session, newest, actor), strict=True))
        own = alerts.drafts_of(session, actor.account_id)
        posted = alerts.posted_drafts(session, actor.municipality_codes) if current.may(Action.APPROVE_ALERT) else []
        systems = alerts.posted_by(session, [row.id or 0 for row in posted])
        named = alerts.places_of_all(session, [row.id or 0 for row in (*own, *posted)])
        cost, spending = _year_cost(session, actor)
        may_drill = current.may(Action.WRITE_ALERT) and drills.may_drill(session)
        drafts = [(row, ", ".join(named.get(row.id or 0, ())), "") for row in own]
        drafts += [(row, ", ".join(named.get(row.id or 0, ())), systems[row.id or 0]) for row in posted]
    return render_template(
        "alerts/index.html",
        sent=sent,
        drafts=drafts,
        kind_words=alerts.KIND_WORDS,
        proved=receipts.proved,
        may_drill=may_drill,
        cost=cost,
        spending=spending,
    )


def _year_cost(session: Session, actor: Actor) -> tuple[YearCost | None, Spending | None]:
    """What the SMS have cost this year, and its budget, for staff of one municipality."""
    if is_neighbour(actor) or len(actor.municipality_codes) != 1 or not current.may(Action.CHECK_ALERT):
        return None, None
    (code,), price = actor.municipality_codes, current.runtime().settings.sms.kronor_per_part
    cost = receipts.year_cost(session, code, kronor_per_part=price, now=current.now())
    return cost, deciding.spending_at(current.runtime(), session, code, at=current.now())


@pages.get("/varningar/<int:alert_id>", may=Action.SEE_ALERT)
def page(alert_id: int) -> ResponseReturnValue:
    actor = current.signed_in_actor()
    with current.runtime().database.read() as session:
        alert = access.alert(session, alert_id, Action.SEE_ALERT)
        if alert.state not in PUBLISHED:
            return _unsent(alert)
        return _shown("alerts/live.html", session, alert, actor)


@pages.get("/varningar/<int:alert_id>/lage", may=Action.SEE_ALERT)
def state(alert_id: int) -> ResponseReturnValue:
    """The part of the page that changes, for the page itself to fetch; anybody else is sent to the whole page."""
    if "HX-Request" not in request.headers:
        return redirect(url_for("live.page", alert_id=alert_id))
    actor = current.signed_in_actor()
    with current.runtime().database.read() as session:
        alert = access.alert(session, alert_id, Action.SEE_ALERT)
        if alert.state not in PUBLISHED:
            raise NotFound
        return _shown("alerts/state.html", session, alert, actor)


def _unsent(alert: Alert) -> ResponseReturnValue:
    """A draft, and what was taken back, is shown to those who may write it; whoever may only see what was sent is told
    nothing of it."""
    if alert.state is AlertState.DISCARDED and alert.stopped_at is None:
        raise NotFound
    with current.runtime().database.read() as session:
        access.alert(session, alert.id or 0, Action.WRITE_ALERT)
    if alert.stopped_at is not None:
        return make_response(render_template("alerts/taken_back.html", alert=alert, again=_again(alert)))
    is_checked = alert.state is AlertState.CHECKED
    return redirect(url_for("approval.page", alert_id=alert.id) if is_checked else draft_page(alert))


def _again(alert: Alert) -> str:
    """Where what was taken back is written anew."""
    if alert.about_id is not None:
        return draft_page(alert)
    again = {AlertClass.INVITATION: "inviting.compose", AlertClass.DRILL: "drills.compose"}.get(alert.alert_class)
    return url_for(again) if again else url_for("alerts.compose", lik=alert.id)


def _shown(template: str, session: Session, alert: Alert, actor: Actor) -> Response:
    shown = standing(session, alert, actor)
    content = render_template(
        template,
        standing=shown,
        may_tell_invited=current.may(Action.WRITE_ALERT, thing_of(session, alert))
        and inviting.may_tell(session, alert),
        alert=shown.alert,
        source=Source(shown.alert.source),
        now=current.now(),
        sent_outcomes=SENT_OUTCOMES,
        calm_outcomes=(*DOOR_OUTCOMES, *CALM_OUTCOMES),
        outcome_words=outcome_words,
        outcome_hint=outcome_hint,
        reason_words=reason_words,
        refusal_words=refusal_words,
        happens_now=happens_now,
        given_words=given_words,
        time_words=time_words,
        contact_role_words=contact_role_words,
        kept_days=current.runtime().settings.retention.deliveries_days,
    )
    return make_response(content)
