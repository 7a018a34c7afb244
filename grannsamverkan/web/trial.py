"""A message tried on oneself before anybody else gets it: another page, another word, and no way to reach others."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import deciding, notify
from grannsamverkan.domain import accounts, alerts, notices, people
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import EDITABLE, Alert, Worded
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.web import access, current
from grannsamverkan.web.alert_preview import ShownSms, shown
from grannsamverkan.web.approval import to_alert
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import is_neighbour

_WORTH = timedelta(minutes=15)

pages = Pages("trial")


@dataclass(frozen=True)
class _Trial:
    """What would come, and where: the one's own confirmed addresses, which are nobody else's to choose."""

    alert: Alert
    worded: Worded
    sms: ShownSms
    addresses: list[ContactAddress]


@pages.get("/varningar/<int:alert_id>/prov", may=Action.CHECK_ALERT)
def page(alert_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        alert = access.alert(session, alert_id, Action.CHECK_ALERT)
        if alert.state not in EDITABLE or alert.number is None:
            return to_alert(alert)
        trial = _trial(session, alert)
        places = [row.value for row in trial.addresses]
    return render_template(
        "alerts/trial.html",
        alert=alert,
        sms=trial.sms,
        mail=trial.worded.mail,
        places=places,
        is_sent="skickat" in request.args,
        give_address=url_for("own.page" if is_neighbour(current.signed_in_actor()) else "work_address.page"),
    )


@pages.post("/varningar/<int:alert_id>/prov", may=Action.CHECK_ALERT)
def send(alert_id: int) -> ResponseReturnValue:
    """To the one who asks, at the addresses on their account; nothing in the form says where. Pressed twice within a
    minute it comes once."""
    runtime, now = current.runtime(), current.now()
    with runtime.database.write() as session:
        alert = access.alert(session, alert_id, Action.CHECK_ALERT)
        if alert.state not in EDITABLE or alert.number is None:
            return to_alert(alert)
        trial = _trial(session, alert)
        said = words.trial(trial.worded.sms.text, trial.worded.mail.subject, trial.worded.mail.text)
        for address in trial.addresses:
            notices.queue(
                session,
                address,
                NoticeKind.TRIAL,
                said,
                municipality_code=alert.municipality_code,
                about=f"alert:{alert_id}",
                key=f"trial:{alert.version}:{address.id}:{now:%j%H%M}",
                now=now,
                valid_for=_WORTH,
            )
        notify.nudge(runtime, session)
    return redirect(url_for("trial.page", alert_id=alert_id, skickat=1), 303)


def _trial(session: Session, alert: Alert) -> _Trial:
    worded = deciding.word_alert(current.runtime(), session, alerts.alert(session, alert.id or 0))
    account = accounts.account(session, current.signed_in_actor().account_id)
    mine = people.confirmed_of(session, account.person_id) if account.person_id is not None else []
    return _Trial(alert, worded, shown(words.trial_sms(worded.sms.text), "Grannsamverkan"), mine)
