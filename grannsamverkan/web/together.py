"""The check page of one message to several municipalities: each alert as it will go, and one press for them all."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.deciding import Checked
from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import EDITABLE, PUBLISHED, Alert, AlertState, ReasonKind, Source
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.web import access, current, proving, sequels
from grannsamverkan.web.alert_preview import ShownSms, shown
from grannsamverkan.web.alert_words import check_words, need_words
from grannsamverkan.web.approval import MOST_REASON_CHARS, to_alert
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.words import listing

pages = Pages("together")

Fault = tuple[str, str]  # a field of the page, and what is wrong there


@dataclass(frozen=True)
class Part:
    """One of the alerts: in which municipality, as it will go, and whether a second person is to be asked, or has
    been."""

    town: str
    checked: Checked
    places: list[str]
    sms: ShownSms
    asks: bool
    is_asked: bool

    @property
    def goes(self) -> bool:
        """Whether it goes at the press."""
        return not self.asks and not self.is_asked


@pages.get("/varningar/<int:alert_id>/tillsammans", may=Action.CHECK_ALERT)
def page(alert_id: int) -> ResponseReturnValue:
    """Where fewer than two are left to let go, the page of the one."""
    with current.runtime().database.read() as session:
        joint = access.joint_alerts(session, alert_id, Action.CHECK_ALERT)
    drafts = [row for row in joint if row.state in EDITABLE]
    unready = next((row for row in drafts if row.state is not AlertState.CHECKED), None)
    if len(drafts) < 2 or unready is not None:
        return to_alert(unready or next(row for row in joint if row.id == alert_id))
    return _page(drafts)


@pages.post("/varningar/<int:alert_id>/tillsammans", may=Action.APPROVE_ALERT)
def approve(alert_id: int) -> ResponseReturnValue:
    """Let them all go, or ask where somebody else has to say yes. However often it is pressed, each goes once."""
    with current.runtime().database.read() as session:
        joint = {row.id or 0: row for row in access.joint_alerts(session, alert_id, Action.APPROVE_ALERT)}
    contents = dict(_contents(request.form.getlist("innehall")))
    if not contents.keys() <= joint.keys():
        raise NotFound
    drafts = [row for row in joint.values() if row.state in EDITABLE]
    if any(row.id not in contents for row in drafts):
        return _after_conflict(alert_id)
    if any(row.about_id is None for row in drafts) and "sant" not in request.form:
        return _looked_at_again(alert_id, ("sant", _("Kryssa i rutan om uppgiften stämmer")), 422)
    new = [row.id or 0 for row in drafts if row.about_id is None and row.state is AlertState.CHECKED]
    if new and proving.is_due_for(new):
        return proving.question()
    try:
        flow.approve_together(
            current.runtime(),
            contents=contents,
            approver_account_id=current.signed_in_actor().account_id,
            reasons={ReasonKind.OVER_BUDGET: request.form.get("skal", "").strip()[:MOST_REASON_CHARS]},
        )
    except Conflict:
        return _after_conflict(alert_id)
    except Refused as refused:
        return _refused(alert_id, refused)
    return _onward(alert_id)


def _contents(sent: list[str]) -> list[tuple[int, str]]:
    """`12:hash`, one for each alert as it was shown; NotFound for anything else."""
    found = [value.partition(":") for value in sent]
    if any(not draft.isdecimal() for draft, _colon, _hash in found):
        raise NotFound
    return [(int(draft), content) for draft, _colon, content in found]


def _onward(alert_id: int) -> ResponseReturnValue:
    """To one of those that go, the one at hand if it does; to this page again while all of them wait."""
    with current.runtime().database.read() as session:
        joint = access.joint_alerts(session, alert_id, Action.CHECK_ALERT)
    gone = [row for row in joint if row.state in PUBLISHED]
    if not gone:
        return redirect(url_for("together.page", alert_id=alert_id), 303)
    shown_first = next((row for row in gone if row.id == alert_id), gone[0])
    return redirect(url_for("live.page", alert_id=shown_first.id), 303)


def _after_conflict(alert_id: int) -> ResponseReturnValue:
    told = _("Varningen har ändrats sedan du läste den. Läs den igen innan du skickar.")
    return _looked_at_again(alert_id, ("skicka", told), 409)


def _refused(alert_id: int, refused: Refused) -> ResponseReturnValue:
    if refused.code == "over_budget":
        return _looked_at_again(alert_id, ("skal", _("Skriv varför de ska få en varning till")), 422)
    if refused.code == "over_sms_budget":
        return _looked_at_again(alert_id, ("skal", _("Skriv varför det ska gå ut fast budgeten inte räcker")), 422)
    told = _("Inget har skickats av det som du vill gå vidare med. Ångra det i stället.")
    return _looked_at_again(alert_id, ("skicka", told), 409)


def _looked_at_again(alert_id: int, fault: Fault, status: int) -> ResponseReturnValue:
    """The page with what is wrong; whatever was changed meanwhile is shown as it is now."""
    with current.runtime().database.read() as session:
        joint = access.joint_alerts(session, alert_id, Action.CHECK_ALERT)
    drafts = [row for row in joint if row.state in EDITABLE]
    if len(drafts) < 2:
        return _onward(alert_id)
    return _page(drafts, fault, status)


def _page(drafts: list[Alert], fault: Fault | None = None, status: int = 200) -> Response:
    runtime = current.runtime()
    checked = flow.look_at_together(runtime, alert_ids=[row.id or 0 for row in drafts])
    with runtime.database.read() as session:
        parts = [_part(session, one) for one in checked]
        first = parts[0].checked.alert
        facts = alerts.facts_in(session, first, runtime.settings.installation.base_url)
    content = render_template(
        "alerts/together.html",
        parts=parts,
        alert=first,
        is_sequel=first.about_id is not None,
        facts=facts,
        facts_what=alerts.what_in_words(facts),
        facts_when=alerts.when_in_words(facts),
        headline=parts[0].checked.worded.headline,
        back=url_for("alerts.edit", alert_id=first.id) if first.about_id is None else sequels.page_of(first),
        heading=check_words(first.alert_class),
        source=Source(first.source),
        need_words=need_words,
        button=_button(parts),
        asks_why=any(part.checked.asks_why for part in parts),
        over_budget=sum(part.checked.weighed.over_budget for part in parts),
        households=sum(part.checked.reach.reached for part in parts),
        unreached=[part.town for part in parts if not part.checked.reach.reached],
        fault=fault,
        typed=request.form,
        now=current.now(),
        most_chars=MOST_REASON_CHARS,
    )
    return make_response(content, status)


def _part(session: Session, checked: Checked) -> Part:
    alert = checked.alert
    asked = alerts.open_request(session, alert.id or 0)
    is_mine = alerts.is_own(session, alert, current.signed_in_actor().account_id)
    is_asked = is_mine and asked is not None and asked.content == checked.content
    return Part(
        town=places.municipality(session, alert.municipality_code).name,
        checked=checked,
        places=alerts.places_of(session, alert.id or 0),
        sms=shown(checked.worded.sms, "Grannsamverkan"),
        asks=bool(checked.weighed.needs) and is_mine and not is_asked,
        is_asked=is_asked and bool(checked.weighed.needs),
    )


def _button(parts: list[Part]) -> str:
    """What the press does; "" when nothing is left to press for."""
    going, asking = [part for part in parts if part.goes], [part.town for part in parts if part.asks]
    if not going:
        return _("Be om ett ja i %(towns)s", towns=listing(asking)) if asking else ""
    households = sum(part.checked.reach.reached for part in going)
    sends = ngettext(
        "Skicka till ett hushåll i %(towns)s",
        "Skicka till %(num)d hushåll i %(towns)s",
        households,
        towns=listing([part.town for part in going]),
    )
    return _("%(sends)s, be om ett ja i %(towns)s", sends=sends, towns=listing(asking)) if asking else sends
