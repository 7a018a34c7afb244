"""Signing in with the municipality's or the police's own accounts: away to their page, and back again.

Nothing of these pages is there where no provider is set. All ways there are links and none is a form: our own policy
lets forms go to us alone, and browsers hold it for what a form is sent on to as well.
"""

from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import StringField
from wtforms.validators import InputRequired

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Account, Action
from grannsamverkan.foundation.errors import NotAllowed, Refused, Unavailable
from grannsamverkan.oidc import Attempt, Identity, Provider
from grannsamverkan.settings import Settings
from grannsamverkan.web import current, proving, sign_in
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import finish, limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sessions import SIGNED_IN_BY, prove_again
from grannsamverkan.web.words import own_path

_PROVIDER = "grannsamverkan.oidc"
_AWAY, _CODE = "kommun", "kommunkod"  # an attempt that somebody is away for; the code they have for an account
_LIFE = timedelta(minutes=10)
BY = "kommun"

pages = Pages("municipal_sign_in")


class LinkForm(FlaskForm):  # type: ignore[misc]
    """The code for an account that is to be signed in to this way."""

    code = StringField(_l("Din kod"), [InputRequired(_l("Skriv koden du fick"))])


def furnish(app: Flask, settings: Settings) -> None:
    chosen = settings.oidc
    app.extensions[_PROVIDER] = Provider(
        chosen.issuer,
        chosen.client_id,
        chosen.client_secret,
        acr=tuple(chosen.acr.split()),
        timeout_s=chosen.timeout_s,
    )
    app.register_blueprint(pages.blueprint)


@pages.get("/logga-in/kommun", may=Action.SIGN_IN)
def begin() -> ResponseReturnValue:
    return _away(own_path(request.args.get("next"), ""))


@pages.get("/konto/bekrafta/kommun", may=Action.SEE_OWN_SIGN_IN)
def begin_again() -> ResponseReturnValue:
    """By somebody who is signed in and has to show anew who they are."""
    return _away("", account_id=current.signed_in_actor().account_id)


@pages.get("/logga-in/kommun/tillbaka", may=Action.SIGN_IN)
def back() -> ResponseReturnValue:
    """From their page, with an answer that is believed only for the attempt that this browser has begun."""
    kept: dict[str, Any] | None = session.pop(_AWAY, None)
    if kept is None or kept["t"] + _LIFE.total_seconds() <= current.now().timestamp():
        return _failed(Refused("oidc_wrong"))
    account_id = kept["a"]
    try:
        who = _provider().answered(
            Attempt("", kept["s"], kept["n"], kept["v"]),
            request.args,
            _return_to(),
            current.now(),
            signed_in_after=_some_time(kept["t"]) if account_id else None,
        )
        if account_id:
            return _proven(who, account_id)
        with current.runtime().database.write() as rows:
            account = _account(rows, who)
    except (Refused, Unavailable) as error:
        return _failed(error, is_proof=bool(account_id))
    answer = finish(account, kept["w"])
    session[SIGNED_IN_BY] = BY
    return answer


@pages.get("/logga-in/kommun/koppla", may=Action.SIGN_IN)
def link() -> ResponseReturnValue:
    return render_template("sign_in/link.html", form=LinkForm(formdata=None))


@pages.post("/logga-in/kommun/koppla", may=Action.SIGN_IN)
def keep_code() -> ResponseReturnValue:
    """The code stays in this browser until its owner is back from signing in. Wrong codes count like passwords."""
    form = LinkForm()
    if not form.validate():
        return render_template("sign_in/link.html", form=form), 422
    runtime, now = current.runtime(), current.now()
    try:
        accounts.count_visitor(runtime.database, current.visitor(), now, limits=limits())
    except Refused as refused:
        refuse(form.code, wait_words(int(refused.facts["minutes"])))
        return make_response(render_template("sign_in/link.html", form=form), 429)
    with runtime.database.read() as rows:
        is_right = accounts.may_link(rows, form.code.data, now)
    if not is_right:
        refuse(form.code, _("Koden stämmer inte, eller så har den gått ut. Be om en ny."))
        return make_response(render_template("sign_in/link.html", form=form), 422)
    session[_CODE] = form.code.data
    return render_template("sign_in/link.html", form=None)


@pages.get("/logga-in/kommun/utloggad", may=Action.SIGN_IN)
def signed_out() -> ResponseReturnValue:
    """Signed out here; whether there too is for them to choose."""
    return render_template("sign_in/signed_out.html", elsewhere=_provider().sign_out_url)


def _provider() -> Provider:
    return cast(Provider, current_app.extensions[_PROVIDER])


def _return_to() -> str:
    return current.runtime().settings.installation.base_url + url_for("municipal_sign_in.back")


def _away(wanted: str, account_id: int = 0) -> ResponseReturnValue:
    try:
        attempt = _provider().attempt(_return_to(), is_again=bool(account_id))
    except Unavailable as error:
        return _failed(error, is_proof=bool(account_id))
    session[_AWAY] = {
        "s": attempt.state,
        "n": attempt.nonce,
        "v": attempt.verifier,
        "t": current.now().timestamp(),
        "w": wanted,
        "a": account_id,
    }
    return redirect(attempt.url, 302)


def _account(rows: Session, who: Identity) -> Account:
    """Theirs; with a code that this browser has, the code's from now on."""
    typed = session.pop(_CODE, None)
    if typed is None:
        return accounts.sign_in_elsewhere(rows, who.issuer, who.subject, current.now())
    return accounts.link(rows, typed, who.issuer, who.subject, current.now())


def _proven(who: Identity, account_id: int) -> ResponseReturnValue:
    """The same person as the one who is signed in here; what they were doing goes on."""
    if account_id != current.signed_in_actor().account_id:
        raise NotAllowed
    with current.runtime().database.write() as rows:
        if accounts.sign_in_elsewhere(rows, who.issuer, who.subject, current.now()).id != account_id:
            raise Refused("identity_unknown")
    prove_again()
    return proving.go_on()


def _failed(error: Refused | Unavailable, *, is_proof: bool = False) -> ResponseReturnValue:
    code = error.code if isinstance(error, Refused) else "oidc_away"
    words = {
        "oidc_away": _("Den inloggningen svarar inte just nu. Försök igen om en stund."),
        "oidc_cancelled": _("Du avbröt inloggningen. Försök igen när du vill."),
        "oidc_weak": _("Logga in på ett säkrare sätt hos din arbetsgivare, till exempel med e-legitimation."),
        "identity_unknown": _("Ditt konto på arbetet är inte kopplat hit. Be den som sköter Grannsamverkan om en kod."),
        "identity_taken": _("Du har redan ett konto här. Logga in utan kod."),
        "invitation_wrong": _("Koden stämmer inte, eller så har den gått ut. Be om en ny."),
    }.get(code, _("Inloggningen gick inte att kontrollera. Börja om."))
    status = 503 if code == "oidc_away" else 422
    return proving.failed(words, status) if is_proof else sign_in.not_in([("kommun", words)], status)


def _some_time(timestamp: float) -> datetime:
    """When the attempt began, and a minute before it: their clock may be a little behind."""
    return datetime.fromtimestamp(timestamp, tz=current.now().tzinfo) - timedelta(minutes=1)
