"""The systems of a municipality that are called: which there are, how it goes with each, one more, and one less.

A secret is shown in the answer to the form that made it, and never again. Of an address the pages show the host: the
rest of it may be what opens it.
"""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan import tidings
from grannsamverkan.domain import webhooks
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.notices import KeyChange
from grannsamverkan.domain.webhooks import NAME_LENGTH, CallState, Event, Pause, Webhook
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import access, confirming, current
from grannsamverkan.web.confirming import Question
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import chosen_municipality

pages = Pages("webhooks")
_ONE = "/installningar/anrop/<int:webhook_id>"

EVENT_WORDS = {
    Event.SENT: _l("Ett meddelande skickades"),
    Event.CORRECTED: _l("Ett meddelande rättades"),
    Event.CLOSED: _l("Ett meddelande avslutades"),
    Event.PING: _l("Prov"),
}
STATE_WORDS = {
    CallState.WAITING: _l("Väntar"),
    CallState.TAKEN: _l("Mottaget"),
    CallState.GIVEN_UP: _l("Gavs upp"),
    CallState.UNKNOWN: _l("Okänt"),
}
PAUSE_WORDS = {
    Pause.WANTED: _l("En av er har pausat anropen."),
    Pause.FAILING: _l("Systemet har inte tagit emot något på fem dagar. Därför är anropen pausade."),
    Pause.GONE: _l("Systemet har svarat att adressen inte finns längre. Därför är anropen pausade."),
}


class WebhookForm(FlaskForm):  # type: ignore[misc]
    """A system to be called."""

    name = StringField(
        _l("Vilket system ska anropas?"),
        [
            InputRequired(_l("Skriv vilket system som ska anropas")),
            Length(max=NAME_LENGTH, message=_l("Skriv högst 60 tecken")),
        ],
    )
    url = StringField(_l("Vilken adress har det?"), [InputRequired(_l("Skriv adressen"))])


@pages.get("/installningar/anrop", may=Action.MANAGE_API_KEYS)
def index() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        return _list(rows, WebhookForm())


@pages.post("/installningar/anrop", may=Action.MANAGE_API_KEYS, needs_proof=True)
def make() -> ResponseReturnValue:
    form, code = WebhookForm(), chosen_municipality().code
    with current.runtime().database.write() as rows:
        if not form.validate():
            return make_response(_list(rows, form), 422)
        try:
            row, secret = webhooks.add_webhook(
                rows,
                form.name.data,
                code,
                form.url.data,
                hosts=current.runtime().settings.webhooks.named,
                now=current.now(),
                account_id=current.signed_in_actor().account_id,
            )
        except Refused as refused:
            refuse(form.url if refused.code in _OF_ADDRESS else form.name, _fault(refused))
            return make_response(_list(rows, form), 422)
        _tell(rows, row, KeyChange.WEBHOOK_MADE)
        return _show(rows, row, secret=secret)


@pages.get(_ONE, may=Action.MANAGE_API_KEYS)
def show(webhook_id: int) -> ResponseReturnValue:
    """How it has gone lately."""
    with current.runtime().database.read() as rows:
        return _show(rows, _allowed(rows, webhook_id))


@pages.post(f"{_ONE}/prov", may=Action.MANAGE_API_KEYS)
def ping(webhook_id: int) -> ResponseReturnValue:
    """Have it called soon, with nothing to tell."""
    with current.runtime().database.write() as rows:
        row = _allowed(rows, webhook_id, to_change=True)
        if row.paused_at is None:
            webhooks.ping(rows, row, current.now(), account_id=current.signed_in_actor().account_id)
        return _back_to(row)


@pages.post(f"{_ONE}/pausa", may=Action.MANAGE_API_KEYS)
def pause(webhook_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        row = _allowed(rows, webhook_id, to_change=True)
        webhooks.pause(rows, row, current.now(), account_id=current.signed_in_actor().account_id)
        return _back_to(row)


@pages.post(f"{_ONE}/fortsatt", may=Action.MANAGE_API_KEYS)
def resume(webhook_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        row = _allowed(rows, webhook_id, to_change=True)
        webhooks.resume(rows, row, current.now(), account_id=current.signed_in_actor().account_id)
        return _back_to(row)


@pages.post(f"{_ONE}/byt", may=Action.MANAGE_API_KEYS, needs_proof=True)
def change_secret(webhook_id: int) -> ResponseReturnValue:
    """The one before holds for another day."""
    with current.runtime().database.write() as rows:
        row = _allowed(rows, webhook_id, to_change=True)
        secret = webhooks.change_secret(rows, row, current.now(), account_id=current.signed_in_actor().account_id)
        _tell(rows, row, KeyChange.WEBHOOK_CHANGED)
        return _show(rows, row, secret=secret)


@pages.post(f"{_ONE}/ta-bort", may=Action.MANAGE_API_KEYS, needs_proof=True)
def remove(webhook_id: int) -> ResponseReturnValue:
    """Asked about first: what the system was told stands nowhere afterwards."""
    with current.runtime().database.write() as rows:
        row = _allowed(rows, webhook_id, to_change=True)
        if not confirming.is_confirmed():
            title = _("Sluta anropa ”%(name)s”", name=row.name)
            follows = _(
                "Systemet får inte veta något mer. Listan över anropen till det raderas. Det går inte att ångra."
            )
            return confirming.ask(Question(title, [follows], title, _address(row)))
        _tell(rows, row, KeyChange.WEBHOOK_REMOVED)
        code = row.municipality_code
        webhooks.remove_webhook(rows, row, current.now(), account_id=current.signed_in_actor().account_id)
        return redirect(url_for("webhooks.index", kommun=code), 303)


def _allowed(rows: Session, webhook_id: int, *, to_change: bool = False) -> Webhook:
    def find(session: Session) -> tuple[Webhook, Thing]:
        row = webhooks.webhook(session, webhook_id, to_change=to_change)
        return row, Thing(row.municipality_code)

    return access.allowed(rows, find, Action.MANAGE_API_KEYS)


def _tell(rows: Session, row: Webhook, what: KeyChange) -> None:
    tidings.key_changed(
        current.runtime(),
        rows,
        row.municipality_code,
        what,
        page=url_for("webhooks.index", kommun=row.municipality_code),
    )


_OF_ADDRESS = ("webhook_address", "webhook_not_https", "webhook_host")


def _fault(refused: Refused) -> str:
    most = int(refused.facts.get("most", 0))
    return {
        "webhook_name": _("Skriv vilket system som ska anropas, med högst %(most)d tecken", most=most),
        "webhooks_full": _("Ni har redan %(most)d system som anropas. Ta bort ett först.", most=most),
        "webhook_address": _("Skriv en hel adress, som https://karta.exempel.se/anrop, utan lösenord och mellanslag"),
        "webhook_not_https": _("Adressen ska börja med https://"),
        "webhook_host": _("Den servern får inte anropas. Be den som driver programmet att lägga till den."),
    }.get(refused.code, _("Det gick inte att spara systemet. Försök igen."))


def _address(row: Webhook) -> str:
    return url_for("webhooks.show", webhook_id=row.id)


def _back_to(row: Webhook) -> ResponseReturnValue:
    return redirect(_address(row), 303)


def _list(rows: Session, form: WebhookForm) -> str:
    chosen = chosen_municipality()
    return render_template(
        "webhooks.html",
        form=form,
        municipality=chosen,
        rows=webhooks.webhooks(rows, chosen.code),
        taken=webhooks.last_taken(rows, chosen.code),
        may_be_called=bool(current.runtime().settings.webhooks.named),
    )


def _show(rows: Session, row: Webhook, secret: str = "") -> str:
    return render_template(
        "webhook.html",
        row=row,
        calls=webhooks.latest_calls(rows, row.id or 0),
        event_words=EVENT_WORDS,
        state_words=STATE_WORDS,
        pause_words=PAUSE_WORDS,
        secret=secret,
        may_be_called=row.host in current.runtime().settings.webhooks.named,
        both_until=row.before_until if row.before_until is not None and row.before_until > current.now() else None,
    )
