"""One's own account at work: the phone and the mailbox where staff are asked and told, each shown by a code to be
theirs. Neighbours and contact persons have a page of their own for that.

Whoever is a neighbour too is written down twice: what they choose at home touches nothing here, nor the other way
round.
"""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import accounts, people
from grannsamverkan.domain.accounts import Account, Action
from grannsamverkan.domain.codes import CodePurpose
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.foundation.errors import NotAllowed, NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.web import current, one_time
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.one_time import AddressForm, CodeForm
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.words import role_words

_ASKED = "arbetsadress"  # the address that the open form is about

pages = Pages("work_address")


@pages.get("/konto", may=Action.CHANGE_WORK_ADDRESS)
def page() -> ResponseReturnValue:
    return _page(AddressForm())


@pages.post("/konto", may=Action.CHANGE_WORK_ADDRESS)
def ask() -> ResponseReturnValue:
    """A code to the address; until it is right the old one stays."""
    form = AddressForm()
    given = form.given() if form.validate() else None
    if given is None:
        return _page(form), 422
    try:
        with current.runtime().database.write() as rows:
            account = _account(rows)
            code = min(current.signed_in_actor().municipality_codes, default="")
            if not code:
                raise NotAllowed
            if account.person_id is None:
                account.person_id = people.add_person(rows, code, now=current.now()).id
            person = rows.get_one(Person, account.person_id)
            address = people.add_address(
                rows, person, given.channel, given.value, now=current.now(), is_confirmed=False
            )
            one_time.ask(rows, CodePurpose.NEW_ADDRESS, given, address, code)
            session[_ASKED] = address.id
    except Refused as refused:
        refuse(form.phone if given.channel is ChannelKind.SMS else form.email, one_time.wait_words(refused))
        return _page(form), 429
    return redirect(url_for("work_address.code"), 303)


@pages.get("/konto/kod", may=Action.CHANGE_WORK_ADDRESS)
def code() -> ResponseReturnValue:
    return render_template("account/code.html", form=CodeForm())


@pages.post("/konto/kod", may=Action.CHANGE_WORK_ADDRESS)
def confirm() -> ResponseReturnValue:
    form = CodeForm()
    answer = one_time.try_code(form, CodePurpose.NEW_ADDRESS)
    if answer is None:
        return render_template("account/code.html", form=form), 422
    with current.runtime().database.write() as rows:
        addresses, wanted = _addresses(rows, _account(rows)), session.pop(_ASKED, None)
        fresh = next((row for row in addresses if row.id == wanted), None)
        if fresh is None or fresh.lookup != answer.lookup:
            raise NotFound
        people.prove_address(fresh, now=current.now())
        for old in addresses:
            if old.channel == fresh.channel and old.id != fresh.id:
                people.retire_address(old, now=current.now())
    return redirect(url_for("work_address.page"), 303)


@pages.post("/konto/bort", may=Action.CHANGE_WORK_ADDRESS)
def remove() -> ResponseReturnValue:
    """Nothing goes to the address any more; it can be given again."""
    with current.runtime().database.write() as rows:
        wanted = read_id(request.form.get("adress"))
        found = next((row for row in _addresses(rows, _account(rows)) if row.id == wanted), None)
        if found is None:
            raise NotFound
        people.retire_address(found, now=current.now())
    return redirect(url_for("work_address.page"), 303)


def _account(rows: Session) -> Account:
    return accounts.account(rows, current.signed_in_actor().account_id)


def _addresses(rows: Session, account: Account) -> list[ContactAddress]:
    return people.addresses_of(rows, account.person_id) if account.person_id is not None else []


def _confirmed(addresses: list[ContactAddress]) -> list[ContactAddress]:
    return [row for row in addresses if row.confirmed_at is not None]


def _page(form: AddressForm) -> str:
    with current.runtime().database.read() as rows:
        account = _account(rows)
        mine = _confirmed(_addresses(rows, account))
        shown = [(row.id, row.value) for row in mine]
    return render_template(
        "account/page.html", form=form, name=account.sign_in_name, role=role_words(account.role), addresses=shown
    )
