"""Keys on people's own phones and computers: signing in with one, the first one, one more, and one less.

A script of ours asks the browser for the key's answer and sends it as an ordinary form. Without scripts the forms are
not shown, and what stands beside them is: the password and the code of the app.
"""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan import tidings
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Action, Challenge
from grannsamverkan.domain.notices import SignInChange
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.web import confirming, current, own_sign_in, proving, second_step, sign_in
from grannsamverkan.web.confirming import Question
from grannsamverkan.web.going_in import finish, half_in, limits, wait_words
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.key_challenges import ANSWER, ENTER, FIRST, MORE, give, site, take
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.sessions import device

pages = Pages("passkeys")


@pages.post("/logga-in/nyckel/fraga", may=Action.SIGN_IN)
def ask() -> ResponseReturnValue:
    """What the browser is to sign: the same for everybody, whoever they are."""
    return _json(accounts.options_for_use(site(), give(ENTER)))


@pages.post("/logga-in/nyckel", may=Action.SIGN_IN)
def enter() -> ResponseReturnValue:
    """The key is both steps at once, also for whoever is half way in with a password."""
    half, answer, challenge = half_in(), request.form.get(ANSWER, ""), take(ENTER)
    database, now = current.runtime().database, current.now()
    try:
        if challenge is None:
            raise Refused("passkey_wrong")
        account = accounts.use_passkey(database, site(), answer, challenge, now)
    except Refused:
        return _not_in()
    return finish(account, half.wanted if half is not None else request.form.get("next"))


@pages.post("/logga-in/ny-nyckel/fraga", may=Action.SIGN_IN)
def ask_for_first() -> ResponseReturnValue:
    half = half_in()
    return _none() if half is None or not half.secret else _options_for_new(half.account_id, FIRST)


@pages.post("/logga-in/ny-nyckel", may=Action.SIGN_IN)
def make_first() -> ResponseReturnValue:
    """A key instead of an app, by whoever has given the right password to an account that has neither."""
    half, challenge = half_in(), take(FIRST)
    if half is None or not half.secret:
        return redirect(url_for("sign_in.form"), 303)
    try:
        account_id = half.account_id
        _keep(account_id, challenge, device() or _("Min nyckel"), is_first=True)
    except Refused as refused:
        if refused.code == "second_step_there":
            return redirect(url_for("sign_in.form"), 303)
        return make_response(second_step.new_page(half, [_fault(refused)]), 422)
    with current.runtime().database.read() as rows:
        return finish(accounts.account(rows, account_id), half.wanted)


@pages.post("/konto/inloggning/nyckel/fraga", may=Action.SEE_OWN_SIGN_IN)
def ask_for_more() -> ResponseReturnValue:
    return _options_for_new(current.signed_in_actor().account_id, MORE)


@pages.post("/konto/inloggning/nyckel/borja", may=Action.SEE_OWN_SIGN_IN, needs_proof=True)
def begin() -> ResponseReturnValue:
    """Whoever has just shown who they are finds the form for one more key on the page."""
    return redirect(url_for("own_sign_in.page"), 303)


@pages.post("/konto/inloggning/nyckel", may=Action.SEE_OWN_SIGN_IN)
def make() -> ResponseReturnValue:
    if proving.is_due():  # it was fresh when the page was shown; what a key has answered cannot be carried along
        return redirect(url_for("own_sign_in.page"), 303)
    try:
        _keep(current.signed_in_actor().account_id, take(MORE), request.form.get("namn", ""))
    except Refused as refused:
        return make_response(own_sign_in.own_page([_fault(refused)]), 422)
    return redirect(url_for("own_sign_in.page"), 303)


@pages.post("/konto/inloggning/nyckel/bort", may=Action.SEE_OWN_SIGN_IN, needs_proof=True)
def remove() -> ResponseReturnValue:
    """`var` is the key. It is asked about first: whoever has it on a phone in another room does not get in with it."""
    account_id, wanted = current.signed_in_actor().account_id, read_id(request.form.get("var")) or 0
    with current.runtime().database.read() as rows:
        name = accounts.passkey(rows, account_id, wanted).name
    if not confirming.is_confirmed():
        return confirming.ask(_question(name, wanted))
    try:
        with current.runtime().database.write() as rows:
            account = accounts.account(rows, account_id)
            accounts.remove_passkey(rows, account, wanted, current.now())
            tidings.sign_in_changed(current.runtime(), rows, account, SignInChange.KEY_REMOVED)
    except Refused as refused:
        return make_response(own_sign_in.own_page([_fault(refused)]), 422)
    return redirect(url_for("own_sign_in.page"), 303)


def _question(name: str, key_id: int) -> Question:
    return Question(
        title=_("Ta bort nyckeln ”%(name)s”", name=name),
        follows=[_("Den går inte att logga in med längre. Du kan lägga till en ny när du vill.")],
        yes=_("Ta bort nyckeln ”%(name)s”", name=name),
        back=url_for("own_sign_in.page"),
        kept=[("var", str(key_id))],
    )


def _keep(account_id: int, challenge: Challenge | None, name: str, *, is_first: bool = False) -> None:
    if challenge is None:
        raise Refused("passkey_wrong")
    with current.runtime().database.write() as rows:
        account, answer = accounts.account(rows, account_id), request.form.get(ANSWER, "")
        accounts.add_passkey(rows, account, site(), answer, challenge, name, current.now(), is_first=is_first)
        tidings.sign_in_changed(current.runtime(), rows, account, SignInChange.KEY_ADDED)


def _options_for_new(account_id: int, what_for: str) -> Response:
    challenge = give(what_for)
    with current.runtime().database.read() as rows:
        return _json(accounts.options_for_new(rows, accounts.account(rows, account_id), site(), challenge))


def _not_in() -> ResponseReturnValue:
    """Counted like a wrong password of this visitor, though a signature is not guessed: it fills no log for ever."""
    try:
        accounts.count_visitor(current.runtime().database, current.visitor(), current.now(), limits=limits())
    except Refused as refused:
        return sign_in.not_in([("nyckel", wait_words(int(refused.facts["minutes"])))], 429)
    words = _("Nyckeln gick inte att logga in med. Försök igen, eller skriv namn och lösenord.")
    return sign_in.not_in([("nyckel", words)], 422)


def _fault(refused: Refused) -> tuple[str, str]:
    if refused.code == "passkey_name":
        most = int(refused.facts["most"])
        return "namn", _("Ge nyckeln ett namn på högst %(num)d tecken", num=most)
    return "nyckel", {
        "passkey_there": _("Den nyckeln finns redan"),
        "passkeys_full": _("Du har tio nycklar. Ta bort en först."),
        "last_way_in": _("Nyckeln är din enda väg in. Lägg till en nyckel till först."),
    }.get(refused.code, _("Det gick inte att lägga till nyckeln. Försök igen."))


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")


def _none() -> Response:
    """There is nothing to ask for: the page says that it did not work."""
    return Response("null", 409, mimetype="application/json")
