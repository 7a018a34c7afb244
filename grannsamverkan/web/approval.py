"""The check page: a message is looked at as it will go, and let go by one person, or by two where the rules want it."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import deciding, flow
from grannsamverkan.deciding import Checked
from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.accounts import Action, Role
from grannsamverkan.domain.alerts import (
    EDITABLE,
    Alert,
    AlertClass,
    AlertFacts,
    AlertState,
    Answer,
    ApprovalRequest,
    InvitationFacts,
    ReasonKind,
    Source,
)
from grannsamverkan.foundation.errors import Conflict, NotAllowed, NotFound, Refused
from grannsamverkan.web import access, current, proving, sequels, times
from grannsamverkan.web.alert_preview import shown, translated
from grannsamverkan.web.alert_words import check_words, left_out_words, need_words, send_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import is_neighbour
from grannsamverkan.web.words import listing

MOST_REASON_CHARS = 300

pages = Pages("approval")

# The field of the page in which a reason is given.
_FIELD_OF = {
    ReasonKind.OVER_BUDGET: "skal",
    ReasonKind.EMERGENCY: "ensam",
    ReasonKind.QUIET_HOURS: "nattskal",
    ReasonKind.DECLINED: "nejskal",
}

Fault = tuple[str, str]  # a field of the page, and what is wrong there


@dataclass(frozen=True)
class Desk:
    """Who looks at it: whether it is their own, what was asked of whom, and whether they may go alone."""

    is_mine: bool
    asked: ApprovalRequest | None
    declined: str | None
    may_go_alone: bool


@pages.post("/varningar/<int:alert_id>/granska", may=Action.CHECK_ALERT)
def check(alert_id: int) -> ResponseReturnValue:
    """Reserves the number; asking for the page alone changes nothing."""
    _found(alert_id, Action.CHECK_ALERT)
    try:
        flow.check_alert(current.runtime(), alert_id=alert_id)
    except Conflict:
        return redirect(url_for("live.page", alert_id=alert_id), 303)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


@pages.get("/varningar/<int:alert_id>/granska", may=Action.CHECK_ALERT)
def page(alert_id: int) -> ResponseReturnValue:
    alert = _found(alert_id, Action.CHECK_ALERT)
    if alert.state is not AlertState.CHECKED:
        return to_alert(alert)
    return _page(flow.look_at(current.runtime(), alert_id=alert_id))


@pages.post("/varningar/<int:alert_id>/godkann", may=Action.APPROVE_ALERT)
def approve(alert_id: int) -> ResponseReturnValue:
    """Let it go. However often it is pressed, it goes once, and everybody is shown the same page. `gor=ensam`: alone,
    where two are needed."""
    alert = _found(alert_id, Action.APPROVE_ALERT)
    if alert.state is AlertState.DISCARDED:
        raise NotFound
    reasons = _reasons(ReasonKind.OVER_BUDGET)
    if request.form.get("gor") == "ensam":
        reasons |= _reasons(ReasonKind.EMERGENCY)
        if alert.state in EDITABLE and not reasons[ReasonKind.EMERGENCY]:
            return _looked_at_again(alert_id, ("ensam", _("Skriv varför det inte kan vänta")), 422)
    fault = _not_vouched_for(alert)
    if fault is not None:
        return _looked_at_again(alert_id, fault, 422)
    if alert.state is AlertState.CHECKED and alert.about_id is None and proving.is_due_for([alert_id]):
        return proving.question()
    try:
        flow.approve_alert(
            current.runtime(),
            alert_id=alert_id,
            approver_account_id=current.signed_in_actor().account_id,
            content=request.form.get("innehall", ""),
            reasons=reasons,
        )
    except Conflict:
        return _after_conflict(alert_id)
    except Refused as refused:
        return _refused(alert_id, refused)
    return redirect(url_for("live.page", alert_id=alert_id), 303)


@pages.post("/varningar/<int:alert_id>/fraga", may=Action.APPROVE_ALERT)
def ask(alert_id: int) -> ResponseReturnValue:
    """Ask a second person to let it go. Safe to repeat."""
    alert = _found(alert_id, Action.APPROVE_ALERT)
    fault = _not_vouched_for(alert)
    if fault is not None:
        return _looked_at_again(alert_id, fault, 422)
    try:
        flow.ask_for_approval(
            current.runtime(),
            alert_id=alert_id,
            account_id=current.signed_in_actor().account_id,
            content=request.form.get("innehall", ""),
            reasons=_reasons(ReasonKind.OVER_BUDGET),
        )
    except Conflict:
        return _after_conflict(alert_id)
    except Refused as refused:
        return _refused(alert_id, refused)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


@pages.post("/varningar/<int:alert_id>/neka", may=Action.APPROVE_ALERT)
def decline(alert_id: int) -> ResponseReturnValue:
    """The second person says no, and why; whoever wrote it sees that on their page."""
    _found(alert_id, Action.APPROVE_ALERT)
    said = _reasons(ReasonKind.DECLINED)[ReasonKind.DECLINED]
    if not said:
        return _looked_at_again(alert_id, ("nejskal", _("Skriv varför, så att det går att rätta")), 422)
    account_id = current.signed_in_actor().account_id
    try:
        with current.runtime().database.write() as session:
            alert = alerts.alert(session, alert_id, to_change=True)
            deciding.decline(session, alert, account_id=account_id, reason=said, now=current.now())
    except Conflict:
        return _after_conflict(alert_id)
    except Refused:
        raise NotAllowed from None
    return redirect(url_for("home.home"), 303)


@pages.post("/varningar/<int:alert_id>/natt", may=Action.WRITE_ALERT)
def ring_at_night(alert_id: int) -> ResponseReturnValue:
    """Whether it is to go in quiet hours all the same (`natt=ja`, with a reason), or to wait for their end."""
    _found(alert_id, Action.WRITE_ALERT)
    wanted, account_id, now = request.form.get("natt") == "ja", current.signed_in_actor().account_id, current.now()
    said = _reasons(ReasonKind.QUIET_HOURS)
    if wanted and not said[ReasonKind.QUIET_HOURS]:
        return _looked_at_again(alert_id, ("nattskal", _("Skriv varför det inte kan vänta till morgonen")), 422)
    with current.runtime().database.write() as session:
        alert = alerts.alert(session, alert_id, to_change=True)
        if alert.state is AlertState.CHECKED:
            alerts.ring_at_night(session, alert, wanted=wanted, version=alert.version, account_id=account_id, now=now)
            if wanted:
                deciding.keep_reasons(session, alert, said, account_id=account_id, now=now)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


@pages.post("/varningar/<int:alert_id>/senare", may=Action.WRITE_ALERT)
def later(alert_id: int) -> ResponseReturnValue:
    """It is not to go before `dag` and `klockan`; without them as soon as it is let go."""
    _found(alert_id, Action.WRITE_ALERT)
    at, account_id, now = None, current.signed_in_actor().account_id, current.now()
    try:
        if request.form.get("gor") != "genast":
            at = times.moment(
                date.fromisoformat(request.form.get("dag", "").strip()),
                time.fromisoformat(request.form.get("klockan", "").strip()),
            )
        with current.runtime().database.write() as session:
            alert = alerts.alert(session, alert_id, to_change=True)
            if alert.state is AlertState.CHECKED:
                alerts.plan(session, alert, at, version=alert.version, account_id=account_id, now=now)
    except ValueError:
        return _looked_at_again(alert_id, ("dag", _("Välj dag och tid")), 422)
    except Refused as refused:
        return _looked_at_again(alert_id, ("dag", _plan_words(refused)), 422)
    return redirect(url_for("approval.page", alert_id=alert_id), 303)


def _plan_words(refused: Refused) -> str:
    return {
        "planned_in_past": _("Tiden har redan varit"),
        "planned_too_late": _("Välj en dag inom %(days)d dagar", days=alerts.MOST_DAYS_AHEAD),
        "not_to_be_planned": _("Det här kan inte vänta. Det går ut direkt."),
    }.get(refused.code, _("Välj dag och tid"))


def to_alert(alert: Alert | None) -> ResponseReturnValue:
    """Where an alert is to be looked at now; NotFound for none, and for one that was thrown away."""
    if alert is None or alert.state is AlertState.DISCARDED:
        raise NotFound
    if alert.state is AlertState.DRAFT:
        return redirect(draft_page(alert), 303)
    page = {AlertState.CHECKED: "approval.page"}.get(alert.state, "live.page")
    return redirect(url_for(page, alert_id=alert.id), 303)


def _found(alert_id: int, action: Action) -> Alert:
    with current.runtime().database.read() as session:
        return access.alert(session, alert_id, action)


def _reasons(*kinds: ReasonKind) -> dict[ReasonKind, str]:
    """What was said in the fields of these reasons, without what is too long for one."""
    return {kind: request.form.get(_FIELD_OF[kind], "").strip()[:MOST_REASON_CHARS] for kind in kinds}


def _not_vouched_for(alert: Alert) -> Fault | None:
    """What begins a story is vouched for by whoever lets it go, or asks somebody to."""
    if alert.state in EDITABLE and alert.about_id is None and "sant" not in request.form:
        told = {
            AlertClass.INVITATION: _("Kryssa i rutan om tid och plats stämmer"),
            AlertClass.DRILL: _("Kryssa i rutan om det ska gå till alla där"),
        }
        return "sant", told.get(alert.alert_class, _("Kryssa i rutan om uppgiften stämmer"))
    return None


def _refused(alert_id: int, refused: Refused) -> Response:
    if refused.code == "emergency_not_yours":
        raise NotAllowed
    if refused.code == "over_budget":
        return _looked_at_again(alert_id, ("skal", _("Skriv varför de ska få en varning till")), 422)
    if refused.code == "over_sms_budget":
        return _looked_at_again(alert_id, ("skal", _("Skriv varför det ska gå ut fast budgeten inte räcker")), 422)
    told = {
        "second_person_needed": _("En till behöver godkänna först. Be om det här."),
        "no_second_person_needed": _("Du behöver inte fråga någon. Du kan skicka själv."),
        "over_by_then": _("Det har börjat när inbjudan går ut. Ändra tiden."),
    }.get(refused.code, _("Inget har skickats av det som du vill gå vidare med. Ångra det i stället."))
    return _looked_at_again(alert_id, ("skicka", told), 409)


def _after_conflict(alert_id: int) -> ResponseReturnValue:
    alert = _found(alert_id, Action.APPROVE_ALERT)
    if alert.state not in EDITABLE:
        return to_alert(alert)
    told = _("Varningen har ändrats sedan du läste den. Läs den igen innan du skickar.")
    return _looked_at_again(alert_id, ("skicka", told), 409)


def _looked_at_again(alert_id: int, fault: Fault, status: int) -> Response:
    """The page with what is wrong; whatever was changed meanwhile is shown as it is now."""
    try:
        checked = flow.check_alert(current.runtime(), alert_id=alert_id)
    except Conflict:
        checked = flow.look_at(current.runtime(), alert_id=alert_id)
    return make_response(_page(checked, fault), status)


def _page(checked: Checked, fault: Fault | None = None) -> str:
    alert = checked.alert
    with current.runtime().database.read() as session:
        names = alerts.places_of(session, alert.id or 0)
        facts, invited = _facts(session, alert)
        about = alerts.alert(session, alert.about_id) if alert.about_id is not None else None
        about_unsent = about is not None and deciding.has_unsent(session, about)
        desk = _desk(session, alert)
        town = places.municipality(session, alert.municipality_code).name
        joint = _waiting_with(session, alert)
        system = alerts.posted_by(session, [alert.id or 0]).get(alert.id or 0, "")
    return render_template(
        "alerts/check.html",
        checked=checked,
        alert=alert,
        desk=desk,
        facts=facts,
        invited=invited,
        facts_what=alerts.what_in_words(facts) if facts is not None else "",
        facts_when=alerts.when_in_words(facts) if facts is not None else "",
        names=names,
        about=about,
        about_unsent=about_unsent,
        town=town,
        joint=joint,
        system=system,
        back=draft_page(alert),
        heading=check_words(alert.alert_class),
        sms=shown(checked.worded.sms, "Grannsamverkan"),
        translated=translated(checked, "Grannsamverkan"),
        fault=fault,
        now=current.now(),
        source=Source(alert.source),
        left_out_words=left_out_words,
        need_words=need_words,
        send_words=send_words,
        typed=request.form,
        can_wait=alert.alert_class in alerts.CAN_WAIT,
        today=times.today(current.now()),
        last_day=times.today(current.now() + timedelta(days=alerts.MOST_DAYS_AHEAD)),
        most_chars=MOST_REASON_CHARS,
        over_words=_over_words,
    )


def _facts(session: Session, alert: Alert) -> tuple[AlertFacts | None, InvitationFacts | None]:
    """What has happened, and what people are invited to: at most one of them."""
    base_url = current.runtime().settings.installation.base_url
    if alert.alert_class is AlertClass.INVITATION:
        return None, alerts.invitation_facts_in(session, alert, base_url)
    return None if alert.alert_class is AlertClass.DRILL else alerts.facts_in(session, alert, base_url), None


def draft_page(alert: Alert) -> str:
    """Where the draft is changed."""
    if alert.alert_class is AlertClass.DRILL:
        return url_for("drills.edit", alert_id=alert.id)
    if alert.alert_class is AlertClass.INVITATION and alert.about_id is None:
        return url_for("inviting.edit", alert_id=alert.id)
    if alert.alert_class is AlertClass.INVITATION:
        return url_for("inviting.news", alert_id=alert.about_id)
    return url_for("alerts.edit", alert_id=alert.id) if alert.about_id is None else sequels.page_of(alert)


def _waiting_with(session: Session, alert: Alert) -> str:
    """The other municipalities in which the same message has not been let go yet; "" for none."""
    if alert.joint_id is None:
        return ""
    rows = access.joint_alerts(session, alert.id or 0, Action.CHECK_ALERT)
    drafts = [row for row in rows if row.state in EDITABLE and row.id != alert.id]
    return listing([places.municipality(session, row.municipality_code).name for row in drafts]) if drafts else ""


def _desk(session: Session, alert: Alert) -> Desk:
    actor, last = current.signed_in_actor(), alerts.last_request(session, alert.id or 0)
    is_declined = last is not None and last.answer is Answer.DECLINED
    return Desk(
        is_mine=alerts.is_own(session, alert, actor.account_id),
        asked=last if last is not None and last.answer is None else None,
        declined=alerts.reasons_of(session, alert.id or 0).get(ReasonKind.DECLINED) if is_declined else None,
        may_go_alone=actor.role in (Role.POLICE, Role.COORDINATOR) and not is_neighbour(actor),
    )


def _over_words(households: int) -> str:
    return ngettext(
        "Ett hushåll har redan fått veckans varningar.",
        "%(num)d hushåll har redan fått veckans varningar.",
        households,
    )
