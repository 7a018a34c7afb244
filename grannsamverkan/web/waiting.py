"""Where households wait to be let in and no contact person can answer: for the coordinator, as numbers and parts."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import tidings
from grannsamverkan.domain import accounts, audit, membership, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import Unanswered
from grannsamverkan.foundation.errors import NotAllowed, NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.pages import Pages

pages = Pages("waiting")


@dataclass(frozen=True)
class Waiting:
    """Households that wait in a part of a network, never who they are. `office_may`: let them in without knowing."""

    network_id: int
    unit_id: int | None
    network_name: str
    unit_name: str
    number: int
    since: datetime
    office_may: bool


@pages.get("/vantar", may=Action.MANAGE_CONTACTS)
def index() -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        return render_template("waiting.html", waiting=_waiting(rows))


@pages.post("/omraden/<int:network_id>/vantar", may=Action.MANAGE_CONTACTS)
def let_in(network_id: int) -> ResponseReturnValue:
    """Those who wait in the part `del` (0: no part was told) are let in, where the municipality has decided so."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MANAGE_CONTACTS)
        if places.rules(rows, network.municipality_code).office_lets_in != places.YES:
            raise NotAllowed
        unit_id = read_id(request.form.get("del")) or None
        alone = next((one for one in unanswered(rows, [network_id]) if one.unit_id == unit_id), None)
        if alone is None:
            raise NotFound
        account_id = current.signed_in_actor().account_id
        joined = membership.let_in_alone(rows, alone, account_id=account_id, now=current.now())
        for one in joined:
            tidings.welcome(current.runtime(), rows, one, network)
        audit.record(
            rows,
            now=current.now(),
            account_id=account_id,
            act="requests.let_in_by_office",
            thing="network",
            thing_id=network_id,
            municipality_code=network.municipality_code,
            unit=unit_id or 0,
            households=len(joined),
        )
    return redirect(url_for("waiting.index"), 303)


def unanswered(rows: Session, network_ids: list[int]) -> list[Unanswered]:
    """Where nobody who can sign in sees those who wait."""
    return membership.unanswered(rows, network_ids, partial(accounts.people_with_accounts, rows))


def _waiting(rows: Session) -> list[Waiting]:
    cards = {card.id: card for card in access.cards_in_reach(rows)}
    found = unanswered(rows, sorted(cards))
    names = networks.unit_names(rows, sorted({one.network_id for one in found}))
    codes = sorted({card.municipality_code for card in cards.values()})
    office = {code: places.rules(rows, code).office_lets_in == places.YES for code in codes}
    shown = [
        Waiting(
            network_id=one.network_id,
            unit_id=one.unit_id,
            network_name=cards[one.network_id].name,
            unit_name=names.get(one.unit_id or 0, "") or _("Ingen särskild del"),
            number=len(one.request_ids),
            since=one.since,
            office_may=office[cards[one.network_id].municipality_code],
        )
        for one in found
    ]
    return sorted(shown, key=lambda one: one.since)
