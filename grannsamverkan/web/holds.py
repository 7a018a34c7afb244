"""What must not be deleted yet, since somebody has asked for it or appealed: what is held, more, and less.

A hold covers the whole installation, and so does whoever decides it here.
"""

from datetime import time, timedelta

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import DateField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan.domain import accounts, keeping
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.keeping import LONGEST_HOLD, REASON_LENGTH, Hold
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.swedish import end_of_day, in_sweden
from grannsamverkan.web import confirming, current
from grannsamverkan.web.confirming import Question
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import moment, today

pages = Pages("holds")

# In the order in which they are shown; each of `upkeep.KINDS` is here.
KIND_WORDS = {
    "copies": _l("Kopior av varningar och vilka de gick till"),
    "receipts": _l("Kvitton på sms och mejl"),
    "replies": _l("Svar på sms"),
    "notices": _l("Meddelanden till en person"),
    "drafts": _l("Utkast som inte skickades"),
    "advice_given": _l("Vilka råd hushåll har fått"),
    "interests": _l("Intresseanmälningar"),
    "enrolments": _l("Påbörjade anmälningar"),
    "imported_rows": _l("Listor som har tagits in"),
    "newcomers": _l("Nyinflyttade som ska besökas"),
    "resigned": _l("Kontaktombud som har slutat"),
    "leavers": _l("Adresser till dem som har lämnat"),
    "stopped_addresses": _l("Adresser som har sagt STOPP"),
    "unproved_addresses": _l("Adresser som ingen har bekräftat"),
    "tasks": _l("Uppgifter för kontaktombud och samordnare"),
    "police_events": _l("Polisens händelser"),
    "views": _l("Loggen över vem som har sett vad"),
    "acts": _l("Loggen över vem som har gjort vad"),
    "sign_ins": _l("Inloggningar"),
    "codes": _l("Engångskoder"),
    "fetched_mails": _l("Vilka svar på mejl som är lästa"),
    "webhook_calls": _l("Anrop till andra system"),
    "minutes": _l("I vilka minuter varningar har kunnat gå ut"),
    "holds": _l("Undantag som är slut"),
}


class HoldForm(FlaskForm):  # type: ignore[misc]
    """What is to be held, why and until when."""

    what = SelectMultipleField(
        _l("Vad får inte raderas?"),
        [InputRequired(_l("Kryssa i vad som inte får raderas"))],
        choices=list(KIND_WORDS.items()),
    )
    reason = StringField(
        _l("Varför?"),
        [
            InputRequired(_l("Skriv varför")),
            Length(max=REASON_LENGTH, message=_l("Skriv högst 200 tecken")),
        ],
    )
    until = DateField(_l("Till och med vilken dag?"), [InputRequired(_l("Skriv datumet"))])


@pages.get("/gallring", may=Action.MANAGE_HOLDS)
def index() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return _page(rows, HoldForm())


@pages.post("/gallring", may=Action.MANAGE_HOLDS, needs_proof=True)
def place() -> ResponseReturnValue:
    form, now = HoldForm(), current.now()
    with current.runtime().database.write() as rows:
        if not form.validate():
            return make_response(_page(rows, form), 422)
        account_id = current.signed_in_actor().account_id
        try:
            until = end_of_day(moment(form.until.data, time(12)))
            for kind in form.what.data:
                keeping.place_hold(rows, kind, reason=form.reason.data, until=until, account_id=account_id, now=now)
        except Refused as refused:
            wrong = form.reason if refused.code == "hold_reason" else form.until
            refuse(wrong, _("Skriv varför") if wrong is form.reason else _wrong_day())
            return make_response(_page(rows, form), 422)
        return redirect(url_for("holds.index"), 303)


@pages.post("/gallring/<int:hold_id>/slapp", may=Action.MANAGE_HOLDS, needs_proof=True)
def release(hold_id: int) -> ResponseReturnValue:
    """Asked about first: what has had its time is deleted within the hour."""
    with current.runtime().database.write() as rows:
        row = keeping.hold(rows, hold_id)
        if not confirming.is_confirmed():
            title = _("Släpp undantaget för ”%(what)s”", what=KIND_WORDS[row.what])
            follows = _("Det som har sparats sin tid raderas inom en timme. Det går inte att ångra.")
            return confirming.ask(Question(title, [follows], title, url_for("holds.index")))
        keeping.release_hold(rows, hold_id, account_id=current.signed_in_actor().account_id, now=current.now())
        return redirect(url_for("holds.index"), 303)


def _wrong_day() -> str:
    last = today(current.now() + LONGEST_HOLD - timedelta(days=1))
    return _("Välj en dag från i dag till %(day)s", day=f"{last:%Y-%m-%d}")


def _page(rows: Session, form: HoldForm) -> str:
    found, now = keeping.holds(rows), current.now()
    return render_template(
        "holds.html",
        form=form,
        rows=[(row, row.holds_at(now), _last_day(row)) for row in reversed(found)],
        kind_words=KIND_WORDS,
        names=accounts.sign_in_names(rows, [row.placed_by for row in found]),
    )


def _last_day(row: Hold) -> str:
    return f"{in_sweden(row.until - timedelta(seconds=1)):%Y-%m-%d}"
