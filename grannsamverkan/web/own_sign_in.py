"""Where one's own account is signed in, and the way out of each; its keys; and changing the app of the second step."""

from collections.abc import Sequence

from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf import FlaskForm

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import current, proving
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.second_step import AppCodeForm
from grannsamverkan.web.sessions import device, session_id, session_limits

pages = Pages("own_sign_in")


@pages.get("/konto/inloggning", may=Action.SEE_OWN_SIGN_IN)
def page() -> ResponseReturnValue:
    return _page(AppCodeForm(formdata=None))


@pages.post("/konto/inloggning/ut", may=Action.SEE_OWN_SIGN_IN)
def sign_out() -> ResponseReturnValue:
    """`var` names one of the other places; without it, all of them are signed out."""
    with current.runtime().database.write() as rows:
        accounts.close_others_of(
            rows, current.signed_in_actor().account_id, session_id(), handle=request.form.get("var")
        )
    return redirect(url_for("own_sign_in.page"), 303)


@pages.post("/konto/inloggning/byt-app", may=Action.SEE_OWN_SIGN_IN)
def change_app() -> ResponseReturnValue:
    """With a right code of the old app: everybody is out, and the next sign-in puts the secret into a new one."""
    form, account_id = AppCodeForm(), current.signed_in_actor().account_id
    if not form.validate():
        return _page(form), 422
    database, now = current.runtime().database, current.now()
    try:
        accounts.prove(database, account_id, form.code.data, current.visitor(), now, limits=limits())
    except Refused as refused:
        is_to_wait = refused.code == "sign_in_wait"
        refuse(
            form.code,
            wait_words(int(refused.facts["minutes"])) if is_to_wait else _("Koden stämmer inte. Vänta på nästa kod."),
        )
        return make_response(_page(form), 429 if is_to_wait else 422)
    with database.write() as rows:
        account = accounts.account(rows, account_id)
        accounts.remove(rows, account, now=now, by=account_id)
        tidings.sign_in_changed(current.runtime(), rows, account, SignInChange.APP_REMOVED)
        accounts.close_all_of(rows, account_id)
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.form"), 303)


def own_page(faults: Sequence[tuple[str, str]]) -> str:
    """The page with what was wrong with a key."""
    return _page(AppCodeForm(formdata=None), faults)


def _page(form: FlaskForm, faults: Sequence[tuple[str, str]] = ()) -> str:
    account_id = current.signed_in_actor().account_id
    with current.runtime().database.read() as rows:
        account = accounts.account(rows, account_id)
        here = [
            {
                "handle": accounts.handle_of(row),
                "device": row.device,
                "since": row.created_at,
                "seen": row.seen_at,
                "is_this": accounts.is_session(row, session_id()),
            }
            for row in accounts.sessions_of(rows, account_id, current.now(), session_limits())
        ]
        return render_template(
            "account/sign_in.html",
            form=form,
            name=account.sign_in_name,
            since=account.second_since,
            has_password=bool(account.password_hash),
            here=here,
            keys=accounts.passkeys_of(rows, account_id),
            is_last=accounts.is_last_way_in(rows, account),
            is_full=len(accounts.passkeys_of(rows, account_id)) >= accounts.MOST_KEYS,
            is_proof_due=proving.is_due(),
            key_faults=list(faults),
            key_name=request.form.get("namn") or device() or "",
        )
