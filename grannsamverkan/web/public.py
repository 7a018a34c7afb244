"""The start page for neighbours: is there a watch where I live, and is my message genuine."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from grannsamverkan.domain import networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import NetworkCard, NetworkState
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.maps import draw
from grannsamverkan.web.pages import Pages

_CACHE_S = 60
_FEW = 3  # fewer households than this are never counted out, inside a watch or outside it

pages = Pages("public")


@dataclass(frozen=True)
class PublicCard:
    """A network as the public sees it. `joined` None: too few to say; `all_in` when too few are left outside to say."""

    name: str
    kind: networks.NetworkKind
    state: NetworkState
    joined: int | None
    dwellings: int | None
    all_in: bool


@pages.get("/", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def start() -> ResponseReturnValue:
    served = current.served_municipalities()
    if len(served) == 1:
        return _municipality(served[0])
    return render_template("public/start.html", municipalities=served)


@pages.get("/kommun/<code>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def municipality(code: str) -> ResponseReturnValue:
    found = next((row for row in current.served_municipalities() if row.code == code), None)
    if found is None:
        raise NotFound
    return _municipality(found)


def _municipality(row: places.Municipality) -> ResponseReturnValue:
    with current.runtime().database.read() as session:
        cards = [card for card in networks.cards(session, [row.code]) if card.state is not NetworkState.ENDED]
    return render_template(
        "public/municipality.html",
        municipality=row,
        cards=[public_card(card) for card in cards],
        map=draw(places.outline(row.code), cards),
    )


def public_card(card: NetworkCard) -> PublicCard:
    """What of a network everybody may know."""
    left = None if card.dwellings is None else card.dwellings - card.households
    all_in = left is not None and left < _FEW
    return PublicCard(
        name=card.name,
        kind=card.kind,
        state=card.state,
        joined=card.households if card.households >= _FEW and not all_in else None,
        dwellings=None if all_in else card.dwellings,
        all_in=all_in and card.households >= _FEW,
    )
