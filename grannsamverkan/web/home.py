"""The first page after signing in: what each role needs to see first."""

from collections import Counter

from flask import render_template
from flask.typing import ResponseReturnValue

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.accounts import Action, Actor, Role
from grannsamverkan.domain.networks import NetworkCard, NetworkState
from grannsamverkan.web import current
from grannsamverkan.web.pages import Pages

pages = Pages("home")


@pages.get("/hem", may=Action.SEE_HOME)
def home() -> ResponseReturnValue:
    actor = current.signed_in_actor()
    if actor.role in (Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON):
        return render_template("home/contact_person.html", cards=_own_cards(actor))
    cards = _cards(actor)
    return render_template(
        "home/staff.html",
        cards=cards,
        by_state=_by_state(cards),
        households=sum(card.households for card in cards if card.state is NetworkState.ACTIVE),
        active=sum(card.state is NetworkState.ACTIVE for card in cards),
        vacant=sum(card.state is NetworkState.ACTIVE and card.contact_persons == 0 for card in cards),
        municipalities=_reach(actor),
    )


def _own_cards(actor: Actor) -> list[NetworkCard]:
    with current.runtime().database.read() as session:
        codes = [networks.network(session, network_id).municipality_code for network_id in actor.network_ids]
        return networks.cards(session, codes, sorted(actor.network_ids))


def _cards(actor: Actor) -> list[NetworkCard]:
    with current.runtime().database.read() as session:
        return networks.cards(session, sorted(actor.municipality_codes))


def _by_state(cards: list[NetworkCard]) -> list[tuple[NetworkState, int]]:
    found = Counter(card.state for card in cards)
    return [(state, found[state]) for state in NetworkState if found[state]]


def _reach(actor: Actor) -> dict[str, str]:
    """Code to name of the municipalities in reach, in Swedish order."""
    with current.runtime().database.read() as session:
        return {row.code: row.name for row in places.served(session) if row.code in actor.municipality_codes}
