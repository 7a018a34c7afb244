"""The keys with which a municipality's other systems read: which there are, one more, and one less.

A key is shown in the answer to the form that made it, and never again.
"""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import LONGEST_DAYS, NAME_LENGTH, Action, ApiKey, Scope, Thing
from grannsamverkan.domain.notices import KeyChange
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import access, confirming, current
from grannsamverkan.web.confirming import Question
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import chosen_municipality

_USUAL_DAYS = 90

pages = Pages("api_keys")

SCOPE_WORDS = {
    Scope.NETWORKS: _l("Läsa vilka områden som finns"),
    Scope.ALERTS: _l("Läsa det som är skickat"),
    Scope.STATISTICS: _l("Läsa hur snabbt det kom fram"),
    Scope.DRAFTS: _l("Skriva utkast som en av er granskar och skickar"),
}


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A key to be made."""

    name = StringField(
        _l("Vilket system är nyckeln till?"),
        [
            InputRequired(_l("Skriv vilket system nyckeln är till")),
            Length(max=NAME_LENGTH, message=_l("Skriv högst 60 tecken")),
        ],
    )
    scopes = SelectMultipleField(
        _l("Vad får systemet göra?"),
        [InputRequired(_l("Kryssa i vad systemet får göra"))],
        choices=[(scope.value, words) for scope, words in SCOPE_WORDS.items()],
    )
    days = IntegerField(
        _l("Hur många dagar ska den gälla?"),
        [
            InputRequired(_l("Skriv ett tal")),
            NumberRange(1, LONGEST_DAYS, _l("Talet är för litet eller för stort")),
        ],
        default=_USUAL_DAYS,
    )


@pages.get("/installningar/nycklar", may=Action.MANAGE_API_KEYS)
def index() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    with current.runtime().database.read() as rows:
        return _page(rows, KeyForm())


@pages.post("/installningar/nycklar", may=Action.MANAGE_API_KEYS, needs_proof=True)
def make() -> ResponseReturnValue:
    form, code = KeyForm(), chosen_municipality().code
    with current.runtime().database.write() as rows:
        if not form.validate():
            return make_response(_page(rows, form), 422)
        try:
            made = accounts.make_key(
                rows,
                form.name.data,
                code,
                [Scope(scope) for scope in form.scopes.data],
                days=form.days.data,
                now=current.now(),
                account_id=current.signed_in_actor().account_id,
            )
        except Refused as refused:
            refuse(form.name, _fault(refused))
            return make_response(_page(rows, form), 422)
        _tell(rows, code, KeyChange.MADE)
        return _page(rows, KeyForm(formdata=None), made=made)


@pages.post("/installningar/nycklar/<int:key_id>/avsluta", may=Action.MANAGE_API_KEYS, needs_proof=True)
def revoke(key_id: int) -> ResponseReturnValue:
    """Asked about first: what uses the key stands still from then on."""
    with current.runtime().database.write() as rows:
        row = access.allowed(rows, lambda session: _find(session, key_id), Action.MANAGE_API_KEYS)
        if not confirming.is_confirmed():
            return confirming.ask(_question(row))
        if accounts.revoke_key(rows, key_id, current.now(), account_id=current.signed_in_actor().account_id):
            _tell(rows, row.municipality_code, KeyChange.REVOKED)
        return redirect(url_for("api_keys.index", kommun=row.municipality_code), 303)


def _find(session: Session, key_id: int) -> tuple[ApiKey, Thing]:
    row = accounts.key(session, key_id)
    return row, Thing(row.municipality_code)


def _question(row: ApiKey) -> Question:
    title = _("Avsluta nyckeln ”%(name)s”", name=row.name)
    return Question(
        title=title,
        follows=[_("Systemet som använder den får inget svar från och med nu. Det går inte att ångra.")],
        yes=title,
        back=url_for("api_keys.index", kommun=row.municipality_code),
    )


def _tell(rows: Session, municipality_code: str, what: KeyChange) -> None:
    tidings.key_changed(
        current.runtime(),
        rows,
        municipality_code,
        what,
        page=url_for("api_keys.index", kommun=municipality_code),
    )


def _fault(refused: Refused) -> str:
    most = int(refused.facts.get("most", 0))
    return {
        "api_key_name": _("Skriv vilket system nyckeln är till, med högst %(most)d tecken", most=most),
        "api_keys_full": _("Ni har %(most)d nycklar. Avsluta en som inte används först.", most=most),
    }.get(refused.code, _("Det gick inte att göra nyckeln. Försök igen."))


def _page(rows: Session, form: KeyForm, made: str = "") -> str:
    chosen, now = chosen_municipality(), current.now()
    return render_template(
        "api_keys.html",
        form=form,
        municipality=chosen,
        rows=[(row, row.holds_at(now)) for row in accounts.keys(rows, chosen.code)],
        scope_words={scope.value: words for scope, words in SCOPE_WORDS.items()},
        made=made,
        address=f"{current.runtime().settings.installation.base_url}/api/v1",
    )
