"""A contact person makes an account with the code they were given, and the staff choose the password of theirs."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, STRONG, Account, Action
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import go_in, limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("invitation")


class InvitationForm(FlaskForm):  # type: ignore[misc]
    """The code, and a name and password of one's own choice."""

    code = StringField(_l("Din kod"), [InputRequired(_l("Skriv koden du fick"))])
    name = StringField(_l("Välj ett användarnamn"), [InputRequired(_l("Välj ett användarnamn"))])
    password = PasswordField(_l("Välj ett lösenord"), [InputRequired(_l("Välj ett lösenord"))])


@pages.get("/inbjudan", may=Action.SEE_PUBLIC)
def form() -> ResponseReturnValue:
    return render_template("invitation.html", form=InvitationForm())


@pages.post("/inbjudan", may=Action.SIGN_IN)
def accept() -> ResponseReturnValue:
    """Wrong codes count as failed sign-ins of the visitor: nobody guesses for long."""
    filled = InvitationForm()
    if not filled.validate():
        return render_template("invitation.html", form=filled), 422
    try:
        account = _accepted(filled)
    except Refused as refused:
        status = _refuse(filled, refused)
        return make_response(render_template("invitation.html", form=filled), status)
    return go_in(account, None)


def _accepted(filled: InvitationForm) -> Account:
    runtime, visitor = current.runtime(), current.visitor()
    accounts.count_visitor(runtime.database, visitor, current.now(), limits=limits())
    with runtime.database.write() as rows:
        account = accounts.accept(
            rows,
            filled.code.data,
            filled.name.data,
            filled.password.data,
            now=current.now(),
            passwords=CHEAP if runtime.settings.is_demo else STRONG,
        )
        if account.created_at < current.now():
            tidings.sign_in_changed(runtime, rows, account, SignInChange.RENEWED)
        return account


def length_words(refused: Refused) -> str:
    least, most = int(refused.facts["least"]), int(refused.facts["most"])
    return _("Lösenordet ska ha %(least)d–%(most)d tecken. Tre eller fyra ord räcker.", least=least, most=most)


def easy_words() -> str:
    return _("Lösenordet är lätt att gissa. Välj tre eller fyra ord som inte hör ihop.")


def _refuse(filled: InvitationForm, refused: Refused) -> int:
    if refused.code == "sign_in_wait":
        refuse(filled.code, wait_words(int(refused.facts["minutes"])))
        return 429
    if refused.code == "sign_in_name_taken":
        refuse(filled.name, _("Användarnamnet är upptaget. Välj ett annat."))
    elif refused.code == "sign_in_name_length":
        refuse(filled.name, _("Användarnamnet får ha högst 80 tecken"))
    elif refused.code == "password_length":
        refuse(filled.password, length_words(refused))
    elif refused.code == "password_easy":
        refuse(filled.password, easy_words())
    else:
        refuse(filled.code, _("Koden stämmer inte, eller så har den gått ut. Be kommunen om en ny."))
    return 422
