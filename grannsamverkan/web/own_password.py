"""Changing the password of one's own account."""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, STRONG, Action
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.invitation import easy_words, length_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sessions import session_id

pages = Pages("own_password")


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The password of now, and another."""

    old = PasswordField(_l("Lösenordet du har nu"), [InputRequired(_l("Skriv lösenordet du har nu"))])
    new = PasswordField(_l("Välj ett nytt lösenord"), [InputRequired(_l("Välj ett nytt lösenord"))])


@pages.get("/konto/inloggning/losenord", may=Action.SEE_OWN_SIGN_IN)
def form() -> ResponseReturnValue:
    return _page(PasswordForm(formdata=None))


@pages.post("/konto/inloggning/losenord", may=Action.SEE_OWN_SIGN_IN)
def change() -> ResponseReturnValue:
    """Every other place is signed out, and the owner is told."""
    filled = PasswordForm()
    if not filled.validate():
        return make_response(_page(filled), 422)
    try:
        _change(filled)
    except Refused as refused:
        status = _refuse(filled, refused)
        return make_response(_page(filled), status)
    return redirect(url_for("own_sign_in.page"), 303)


def _change(filled: PasswordForm) -> None:
    runtime, account_id, now = current.runtime(), current.signed_in_actor().account_id, current.now()
    passwords = CHEAP if runtime.settings.is_demo else STRONG
    accounts.check_password(
        runtime.database,
        account_id,
        filled.old.data,
        current.visitor(),
        now,
        limits=limits(),
        passwords=passwords,
    )
    with runtime.database.write() as rows:
        account = accounts.account(rows, account_id)
        accounts.change_password(rows, account, filled.new.data, now, passwords=passwords)
        accounts.close_others_of(rows, account_id, session_id())
        tidings.sign_in_changed(runtime, rows, account, SignInChange.RENEWED)


def _refuse(filled: PasswordForm, refused: Refused) -> int:
    if refused.code == "sign_in_wait":
        refuse(filled.old, wait_words(int(refused.facts["minutes"])))
        return 429
    if refused.code == "password_wrong":
        refuse(filled.old, _("Lösenordet stämmer inte"))
    elif refused.code == "password_length":
        refuse(filled.new, length_words(refused))
    else:
        refuse(filled.new, easy_words())
    return 422


def _page(filled: PasswordForm) -> str:
    with current.runtime().database.read() as rows:
        account = accounts.account(rows, current.signed_in_actor().account_id)
        return render_template("account/password.html", form=filled, name=account.sign_in_name)
