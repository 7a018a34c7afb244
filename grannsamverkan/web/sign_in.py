"""Signing in and out."""

from collections.abc import Sequence

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, STRONG, Account, Action
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import current
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import go_in, limits, wait_words
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sessions import SIGNED_IN_BY
from grannsamverkan.web.words import link, own_path

pages = Pages("sign_in")
demo_pages = Pages("demo_sign_in")


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    name = StringField(_l("Användarnamn"), [InputRequired(_l("Skriv ditt användarnamn"))])
    password = PasswordField(_l("Lösenord"), [InputRequired(_l("Skriv ditt lösenord"))])
    next = HiddenField()


@pages.get("/logga-in", may=Action.SIGN_IN)
def form() -> ResponseReturnValue:
    if current.actor() is not None and not current.demo_sign_ins():
        return redirect(url_for("home.home"))
    filled = SignInForm(next=own_path(request.args.get("next"), ""))
    return _page(filled)


@pages.post("/logga-in", may=Action.SIGN_IN)
def submit() -> ResponseReturnValue:
    filled = SignInForm()
    if not filled.validate():
        return _page(filled, 422)
    try:
        account = _account(filled.name.data or "", filled.password.data or "")
    except Refused as refused:
        return _refused(filled, refused)
    return go_in(account, filled.next.data)


@demo_pages.post("/logga-in/demo/<int:place>", may=Action.SIGN_IN)
def as_somebody(place: int) -> ResponseReturnValue:
    """Sign in as one of the made-up people of the demo."""
    people = current.demo_sign_ins()
    if place >= len(people):
        raise NotFound
    return go_in(_account(people[place].sign_in_name, people[place].password), None)


@pages.post("/logga-ut", may=Action.SIGN_OUT)
def leave() -> ResponseReturnValue:
    elsewhere = link("municipal_sign_in.signed_out") if session.get(SIGNED_IN_BY) else None
    logout_user()
    session.clear()
    answer = redirect(elsewhere or url_for("public.start"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _account(name: str, password: str) -> Account:
    runtime = current.runtime()
    return accounts.sign_in(
        runtime.database,
        name,
        password,
        current.visitor(),
        current.now(),
        limits=limits(),
        passwords=CHEAP if runtime.settings.is_demo else STRONG,
    )


def _refused(filled: SignInForm, refused: Refused) -> ResponseReturnValue:
    if refused.code != "sign_in_wait":
        refuse(filled.name, _l("Användarnamnet eller lösenordet stämmer inte"))
        return _page(filled, 422)
    minutes = int(refused.facts["minutes"])
    refuse(filled.name, wait_words(minutes))
    answer = _page(filled, 429)
    answer.headers["Retry-After"] = str(minutes * 60)
    return answer


def not_in(faults: Sequence[tuple[str, str]], status: int) -> Response:
    """The page again, for whom another way than name and password did not let in."""
    answer = _page(SignInForm(formdata=None, next=own_path(request.values.get("next"), "")), status, faults)
    if status == 429:
        answer.headers["Retry-After"] = str(60)
    return answer


def _page(filled: SignInForm, status: int = 200, other_faults: Sequence[tuple[str, str]] = ()) -> Response:
    page = render_template(
        "sign_in/form.html", form=filled, people=current.demo_sign_ins(), other_faults=list(other_faults)
    )
    return make_response(page, status)
