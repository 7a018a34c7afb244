"""The second step of signing in: the code of the app, and putting the secret into the app the first time.

A key does instead of both: see `passkeys`.
"""

from collections.abc import Sequence

import segno
from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import StringField
from wtforms.validators import InputRequired

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import HalfIn, finish, half_in, limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages

pages = Pages("second_step")


class AppCodeForm(FlaskForm):  # type: ignore[misc]
    """The six digits that the app shows."""

    code = StringField(_l("Koden i appen"), [InputRequired(_l("Skriv de sex siffrorna i appen"))])


@pages.get("/logga-in/kod", may=Action.SIGN_IN)
def code() -> ResponseReturnValue:
    half = half_in()
    return _from_start() if half is None or half.secret else _code_page(AppCodeForm(), half)


@pages.post("/logga-in/kod", may=Action.SIGN_IN)
def check() -> ResponseReturnValue:
    half, form = half_in(), AppCodeForm()
    if half is None or half.secret:
        return _from_start()
    if not form.validate():
        return _code_page(form, half), 422
    try:
        accounts.prove(
            current.runtime().database,
            half.account_id,
            form.code.data,
            current.visitor(),
            current.now(),
            limits=limits(),
        )
    except Refused as refused:
        status = _refuse(form, refused)
        return make_response(_code_page(form, half), status)
    return _finish(half)


@pages.get("/logga-in/ny-app", may=Action.SIGN_IN)
def new() -> ResponseReturnValue:
    half = half_in()
    return _from_start() if half is None or not half.secret else _new_page(AppCodeForm(), half)


@pages.post("/logga-in/ny-app", may=Action.SIGN_IN)
def set_up() -> ResponseReturnValue:
    """The app shows the right code, so it has the secret: the account keeps it."""
    half, form = half_in(), AppCodeForm()
    if half is None or not half.secret:
        return _from_start()
    if not form.validate():
        return _new_page(form, half), 422
    try:
        with current.runtime().database.write() as rows:
            account = accounts.account(rows, half.account_id)
            accounts.set_up(rows, account, half.secret, form.code.data, now=current.now())
            tidings.sign_in_changed(current.runtime(), rows, account, SignInChange.APP_ADDED)
    except Refused as refused:
        if refused.code == "second_step_there":
            return _from_start()
        status = _refuse(form, refused)
        return make_response(_new_page(form, half), status)
    return _finish(half)


def _finish(half: HalfIn) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        account = accounts.account(rows, half.account_id)
    return _from_start() if account.ended_at is not None else finish(account, half.wanted)


def _from_start() -> ResponseReturnValue:
    return redirect(url_for("sign_in.form"), 303)


def _refuse(form: AppCodeForm, refused: Refused) -> int:
    if refused.code == "sign_in_wait":
        refuse(form.code, wait_words(int(refused.facts["minutes"])))
        return 429
    refuse(form.code, _("Koden stämmer inte. Vänta på nästa kod i appen och skriv den."))
    return 422


def _code_page(form: AppCodeForm, half: HalfIn) -> str:
    with current.runtime().database.read() as rows:
        has_app = accounts.account(rows, half.account_id).second_since is not None
        has_key = accounts.has_passkey(rows, half.account_id)
    return render_template("sign_in/code.html", form=form, has_app=has_app, has_key=has_key)


def new_page(half: HalfIn, faults: Sequence[tuple[str, str]] = ()) -> str:
    """The page where a first key is made or the secret goes into an app, with what was wrong with the key."""
    return _new_page(AppCodeForm(formdata=None), half, faults)


def _new_page(form: AppCodeForm, half: HalfIn, faults: Sequence[tuple[str, str]] = ()) -> str:
    with current.runtime().database.read() as rows:
        name = accounts.account(rows, half.account_id).sign_in_name
    address = accounts.address_for_app(half.secret, name)
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, light="white", dark="black")
    grouped = [half.secret[at : at + 4] for at in range(0, len(half.secret), 4)]
    return render_template(
        "sign_in/new_app.html",
        form=form,
        key_faults=list(faults),
        qr=Markup(drawn),  # noqa: S704 - drawn here
        address=address,
        secret=" ".join(grouped),
    )
