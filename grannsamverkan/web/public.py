"""The start page for neighbours: is there a watch where I live, what is it like, and is my message genuine."""

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, letters, lifecycle, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import NetworkCard, NetworkState
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import current
from grannsamverkan.web.maps import draw
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.paging import sheet

_CACHE_S = 60
_FEW = 3  # fewer households than this are never counted out, inside a watch or outside it
_ROUNDED_TO = 5  # so that two days' answers never differ by one household
_PER_PAGE = 48  # cards stand in two or three columns, which then end evenly
_NEW_FOR = timedelta(days=90)
_YEAR = timedelta(days=365)

pages = Pages("public")


@dataclass(frozen=True)
class PublicCard:
    """A network as the public sees it. `joined`: at least so many households; None: too few to say. `all_in`: nearly
    all of them. `number` is its number on the map."""

    id: int
    number: int
    name: str
    kind: networks.NetworkKind
    state: NetworkState
    joined: int | None
    dwellings: int | None
    all_in: bool
    part: str = ""


@dataclass(frozen=True)
class Hit:
    """A network that fits what was asked for: in which municipality, and by which street if not by its name."""

    id: int
    name: str
    place: str
    part: str


@pages.get("/", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def start() -> ResponseReturnValue:
    """`?q=` an area, a street or a postcode in any of the municipalities."""
    served = current.served_municipalities()
    if len(served) == 1:
        return _municipality(served[0])
    asked = request.args.get("q", "").strip()
    return render_template("public/start.html", municipalities=served, asked=asked[:60], hits=_hits(served, asked))


@pages.get("/kommun/<code>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def municipality(code: str) -> ResponseReturnValue:
    """`?q=` an area, a street or a postcode; `?sida=` a page of the list."""
    found = next((row for row in current.served_municipalities() if row.code == code), None)
    if found is None:
        raise NotFound
    return _municipality(found)


@pages.get("/omrade/<int:network_id>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def area(network_id: int) -> ResponseReturnValue:
    """One network for everybody: where it is, how often it writes, and how one joins. One that has become a part of
    another leads there."""
    with current.runtime().database.read() as session:
        row = networks.successor(session, network_id)
        if row.id != network_id:
            return redirect(url_for("public.area", network_id=row.id))
        card = networks.cards(session, [row.municipality_code], [network_id])[0]
        if card.state is NetworkState.ENDED:
            municipality = places.municipality(session, row.municipality_code)
            return render_template("join/ended.html", municipality=municipality), 410
        return render_template(
            "public/area.html",
            card=public_card(card, 1),
            municipality=places.municipality(session, card.municipality_code),
            parts=[unit.name for unit in networks.units(session, network_id) if unit.parent_id is None],
            messages=messages_a_year(session, card),
            is_vacant=card.contact_persons == 0,
            meeting=lifecycle.next_meeting(session, network_id, now=current.now()),
            map=draw(places.outline(card.municipality_code), [card]),
        )


def _hits(served: list[places.Municipality], asked: str) -> list[Hit]:
    """What fits in any municipality, municipality by municipality."""
    found = []
    with current.runtime().database.read() as session:
        for row in served if asked else []:
            parts = {one.network_id: one.part for one in networks.search(session, row.code, asked)}
            cards = networks.cards(session, [row.code], sorted(parts)) if parts else []
            alive = [card for card in cards if card.state is not NetworkState.ENDED]
            found += [Hit(card.id, card.name, row.name, parts[card.id]) for card in alive]
    return found


def _municipality(row: places.Municipality) -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()
    with current.runtime().database.read() as session:
        cards = [card for card in networks.cards(session, [row.code]) if card.state is not NetworkState.ENDED]
        found = {one.network_id: one.part for one in networks.search(session, row.code, asked)}
        letter = letters.newest_approved(session, row.code)
    shown = [public_card(card, number, found.get(card.id, "")) for number, card in enumerate(cards, start=1)]
    page = sheet(shown, size=_PER_PAGE)
    return render_template(
        "public/municipality.html",
        municipality=row,
        count=len(shown),
        letter=letter.month if letter else None,
        sheet=page,
        asked=asked[:60],
        hits=[card for card in shown if card.id in found] if asked else [],
        map=draw(places.outline(row.code), cards, {card.number for card in page.rows}),
    )


def public_card(card: NetworkCard, number: int, part: str = "") -> PublicCard:
    """What of a network everybody may know."""
    left = None if card.dwellings is None else card.dwellings - card.households
    all_in = left is not None and left < _FEW
    rounded = card.households // _ROUNDED_TO * _ROUNDED_TO
    return PublicCard(
        id=card.id,
        number=number,
        name=card.name,
        kind=card.kind,
        state=card.state,
        joined=rounded if rounded and not all_in else None,
        dwellings=None if all_in else card.dwellings,
        all_in=all_in and card.households >= _ROUNDED_TO,
        part=part,
    )


def messages_a_year(session: Session, card: NetworkCard) -> int | None:
    """How many warnings a year somebody who joins may expect, from those of the last year; None for a new network."""
    now = current.now()
    since = networks.active_since(session, card.id)
    if since is None or now - since < _NEW_FOR:
        return None
    begins = max(since, now - _YEAR)
    sent = alerts.count_to(session, card.id, since=begins)
    return round(sent * (_YEAR / (now - begins)))
