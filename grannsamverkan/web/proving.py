"""Showing anew who one is: before what a stranger at an open browser must not do, when the last proof is too old.

Nothing that was typed is lost. The question is the answer to the form, and carries it along; when the proof is right
the browser sends the form again to where it was going (307), under a new session id.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField

from grannsamverkan import flow
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.web import current, key_challenges
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.going_in import limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.key_challenges import ANSWER, site
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sessions import SIGNED_IN_BY, prove_again, proven_at
from grannsamverkan.web.words import own_path

_WHERE, _CODE = "bevis-vart", "bevis-kod"
_OURS = frozenset({"csrf_token", ANSWER, _WHERE, _CODE})

_PUT_BY, _PURPOSE, _MOST_PUT_BY = "vantar", b"session.form", 50_000  # characters

pages = Pages("proving")


class ProofForm(FlaskForm):  # type: ignore[misc]
    """The six digits that the app shows."""

    code = StringField(_l("Koden i appen"), name=_CODE)


def is_due() -> bool:
    """Whether whoever is signed in here has to show anew who they are. Never in a demo, and not where an account has
    nothing but its password, as in a trial."""
    settings, actor, shown = current.runtime().settings, current.actor(), proven_at()
    if settings.is_demo or actor is None or not actor.account_id:
        return False
    if shown is not None and current.now() < shown + timedelta(minutes=settings.web.proof_min):
        return False
    if SIGNED_IN_BY in session:
        return True
    with current.runtime().database.read() as rows:
        account = accounts.account(rows, actor.account_id)
        return account.second_since is not None or accounts.has_passkey(rows, actor.account_id)


def is_due_for(alert_ids: Sequence[int]) -> bool:
    """The same for letting these drafts go: only where many households would get them."""
    if not is_due():
        return False
    looked = flow.look_at_together(current.runtime(), alert_ids=list(alert_ids))
    return sum(one.reach.reached for one in looked) > current.runtime().settings.web.proof_from_households


def question() -> ResponseReturnValue:
    """The page that asks, with the form that led here; nothing has changed."""
    where = request.full_path.rstrip("?")
    if SIGNED_IN_BY in session:
        _put_by(where)
    return _page(ProofForm(formdata=None), where)


def go_on() -> ResponseReturnValue:
    """For whoever was away to show who they are: the form that was put by, to be sent on with one press."""
    where, kept = _taken_up()
    return render_template("account/go_on.html", address=where, kept=kept) if where else redirect(url_for("home.home"))


def failed(words: str, status: int) -> ResponseReturnValue:
    """The question again, for whoever was away and has not shown it."""
    where, kept = _taken_up()
    if not where:
        return redirect(url_for("home.home"), 303)
    _put_by(where, kept)
    return _page(ProofForm(formdata=None), where, [("kommun", words)], status, kept)


@pages.post("/konto/bekrafta/nyckel/fraga", may=Action.SEE_OWN_SIGN_IN)
def ask() -> ResponseReturnValue:
    challenge = key_challenges.give(key_challenges.PROVE)
    return Response(accounts.options_for_use(site(), challenge), mimetype="application/json")


@pages.post("/konto/bekrafta", may=Action.SEE_OWN_SIGN_IN)
def prove() -> ResponseReturnValue:
    """With a key or a code of the account itself; then the form goes where it was going."""
    form, where = ProofForm(), own_path(request.form.get(_WHERE), "")
    if not where:
        raise NotFound
    try:
        _by_key() if request.form.get(ANSWER) else _by_code(form)
    except Refused as refused:
        return _refused(form, refused, where)
    prove_again()
    return redirect(where, 307)


def _by_key() -> None:
    challenge = key_challenges.take(key_challenges.PROVE)
    if challenge is None:
        raise Refused("passkey_wrong")
    accounts.use_passkey(
        current.runtime().database,
        site(),
        request.form[ANSWER],
        challenge,
        current.now(),
        account_id=current.signed_in_actor().account_id,
    )


def _by_code(form: ProofForm) -> None:
    accounts.prove(
        current.runtime().database,
        current.signed_in_actor().account_id,
        form.code.data or "",
        current.visitor(),
        current.now(),
        limits=limits(),
    )


def _refused(form: ProofForm, refused: Refused, where: str) -> ResponseReturnValue:
    if refused.code == "sign_in_wait":
        refuse(form.code, wait_words(int(refused.facts["minutes"])))
        return _page(form, where, status=429)
    if refused.code == "passkey_wrong":
        return _page(form, where, [("nyckel", _("Nyckeln gick inte att använda. Försök igen."))], 422)
    refuse(form.code, _("Koden stämmer inte. Vänta på nästa kod i appen och skriv den."))
    return _page(form, where, status=422)


def _page(
    form: ProofForm,
    where: str,
    faults: Sequence[tuple[str, str]] = (),
    status: int = 200,
    kept: Sequence[tuple[str, str]] | None = None,
) -> Response:
    account_id = current.signed_in_actor().account_id
    with current.runtime().database.read() as rows:
        has_app = accounts.account(rows, account_id).second_since is not None
        has_key = accounts.has_passkey(rows, account_id)
    page = render_template(
        "account/prove.html",
        form=form,
        key_faults=list(faults),
        kept=list(_kept() if kept is None else kept),
        is_municipal=SIGNED_IN_BY in session,
        where=(_WHERE, where),
        has_app=has_app,
        has_key=has_key,
        back=url_for("home.home"),
    )
    return make_response(page, status)


def _put_by(where: str, kept: Sequence[tuple[str, str]] | None = None) -> None:
    """Keep the form in the session, sealed: there may be a number in it."""
    text = json.dumps([where, list(_kept() if kept is None else kept)])
    if len(text) <= _MOST_PUT_BY:
        sealed = current.runtime().database.vault.seal(text, _PURPOSE)
        session[_PUT_BY] = base64.b64encode(sealed).decode()


def _taken_up() -> tuple[str, list[tuple[str, str]]]:
    """Where the form that was put by is going, and its fields; nowhere when there is none."""
    sealed = session.pop(_PUT_BY, None)
    if sealed is None:
        return "", []
    where, kept = json.loads(current.runtime().database.vault.open(base64.b64decode(sealed), _PURPOSE))
    return where, [(name, value) for name, value in kept]


def _kept() -> Iterable[tuple[str, str]]:
    """Every field of the form that led here, as it was sent."""
    return (pair for pair in request.form.items(multi=True) if pair[0] not in _OURS)
