"""The first question about a crime that is under way: has 112 been called? Until then nothing is written."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.accounts import Action, Actor
from grannsamverkan.domain.alerts import Source
from grannsamverkan.foundation.errors import NotAllowed
from grannsamverkan.web import current
from grannsamverkan.web.alert_preview import source_of
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import cards_of

WORD = "pagar"  # ?klass= of the form

pages = Pages("ongoing")


@pages.get("/varningar/pagar", may=Action.WRITE_ALERT)
def question() -> ResponseReturnValue:
    _refuse_others()
    return _page()


@pages.post("/varningar/pagar", may=Action.WRITE_ALERT)
def answer() -> ResponseReturnValue:
    """Yes leads to the form, no to the number. Neither is written down."""
    _refuse_others()
    said = request.form.get("ringt")
    if said == "ja":
        return redirect(url_for("alerts.compose", klass=WORD, ringt="ja"), 303)
    if said == "nej":
        return render_template("alerts/call_112.html")
    return _page(_("Svara ja eller nej")), 422


def _page(told: str = "") -> str:
    return render_template("alerts/is_112_called.html", told=told)


def _refuse_others() -> None:
    with current.runtime().database.read() as session:
        if not may_tell(session, current.signed_in_actor()):
            raise NotAllowed


def may_tell(session: Session, actor: Actor) -> bool:
    """Whether the actor may tell neighbours of a crime under way, in any municipality in reach."""
    codes = actor.municipality_codes or {card.municipality_code for card in cards_of(session, actor)}
    return any(may_tell_in(session, source_of(actor), code) for code in codes)


def may_tell_in(session: Session, source: Source, municipality_code: str) -> bool:
    """Whether this sender may do so in the municipality."""
    return alerts.may_tell_of_ongoing(source, places.rules(session, municipality_code))
