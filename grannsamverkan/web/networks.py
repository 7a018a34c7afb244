"""The networks: all in reach, and one of them with its parts, its contact persons and, for these, its households."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import ContactRole, Coverage, NetworkCard, NetworkKind, NetworkState, WatchNetwork
from grannsamverkan.foundation.swedish import search_key, sort_key
from grannsamverkan.web import access, current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.maps import draw
from grannsamverkan.web.network_hints import Hints, hints
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.paging import kept, sheet
from grannsamverkan.web.reach import cards_of, is_neighbour
from grannsamverkan.web.register import shown_names
from grannsamverkan.web.words import link

pages = Pages("networks")

# (endpoint, permission, words) of the pages about one network, in order
LINKS = (
    ("network_life.page", Action.CHANGE_STATE, _l("Läge och nästa steg")),
    ("households.page", Action.SEE_HOUSEHOLDS, _l("Hushåll")),
    ("member_list.page", Action.SEE_MEMBER_LIST, _l("Grannlista")),
    ("contacts.page", Action.SEE_NETWORK, _l("Kontaktombud")),
    ("slips.page", Action.MAKE_SLIPS, _l("Lappar med kod")),
    ("meetings.page", Action.SEE_MEETINGS, _l("Möten")),
    ("signs.page", Action.SEE_SIGNS, _l("Skyltar")),
    ("checks.page", Action.SEE_CHECKS, _l("Årskontroll")),
    ("newcomers.newcomers", Action.ADD_HOUSEHOLD, _l("Nyinflyttade")),
    ("imports.page", Action.IMPORT_MEMBERS, _l("Ta in en lista")),
    ("documents.index", Action.SEE_DOCUMENTS, _l("Papper att skriva ut")),
    ("exports.page", Action.EXPORT_LISTS, _l("Ta ut listor")),
    ("views.views", Action.SEE_VIEWS, _l("Vem har tittat")),
    ("network_parts.parts", Action.MANAGE_NETWORK, _l("Delar")),
    ("network_area.area", Action.MANAGE_NETWORK, _l("Gräns på kartan")),
    ("network_edit.form", Action.MANAGE_NETWORK, _l("Namn och antal bostäder")),
)
_NOT_OF_ONE = ("documents.index",)
_PER_PAGE = 50
_LEAST_SHARE = 10  # households a contact person should have at least, by the guidance of 10 to 12
_LATEST = 5
_FILTERS = ("q", "lage", "sort", "vakant", "stora", "racker", "ordning")
# What the list may be sorted by; the fewest contact persons come first, since they are whom one looks for.
_ORDERS: dict[str, Callable[[NetworkCard], tuple[object, ...]]] = {
    "namn": lambda card: (sort_key(card.name),),
    "lage": lambda card: (list(NetworkState).index(card.state), sort_key(card.name)),
    "hushall": lambda card: (-card.households, sort_key(card.name)),
    "ombud": lambda card: (card.contact_persons, sort_key(card.name)),
}


@dataclass(frozen=True)
class Contact:
    """A contact person as the page shows them. `name` only for those of the same network."""

    roles: tuple[ContactRole, ...]
    name: str
    households: int
    has_too_many: bool


@pages.get("/omraden", may=Action.SEE_NETWORKS)
def index() -> ResponseReturnValue:
    """`?q=` a part of the name, `?lage=` a state, `?sort=` a kind, `?vakant=1` those without a contact person,
    `?stora=1` those that have grown large, `?racker=1` those whose households are hard to reach, `?ordning=` what the
    rows are sorted by, `?sida=` a page."""
    with current.runtime().database.read() as session:
        cards = cards_of(session, current.signed_in_actor())
        names = {row.code: row.name for row in places.served(session)}
        asks_hints = request.args.get("stora") == "1" or request.args.get("racker") == "1"
        found = hints(session, cards) if asks_hints else None
    order = _ORDERS.get(request.args.get("ordning", ""), _ORDERS["namn"])
    fitting = (card for card in cards if _wanted(card) and (found is None or _is_hinted(card, found)))
    wanted = sorted(fitting, key=order)
    return render_template(
        "networks/index.html",
        sheet=sheet(wanted, size=_PER_PAGE),
        found=len(wanted),
        all=len(cards),
        names={code: name for code, name in names.items() if code in {card.municipality_code for card in cards}},
        states=list(NetworkState),
        kinds=list(NetworkKind),
        kept=kept(*_FILTERS),
        order=request.args.get("ordning", ""),
    )


def _wanted(card: NetworkCard) -> bool:
    asked = request.args
    return (
        search_key(asked.get("q", "").strip()) in search_key(card.name)
        and asked.get("lage", "") in ("", card.state.value)
        and asked.get("sort", "") in ("", card.kind.value)
        and (asked.get("vakant") != "1" or _is_vacant(card))
    )


def _is_vacant(card: NetworkCard) -> bool:
    """An ended network needs nobody."""
    return card.contact_persons == 0 and card.state is not NetworkState.ENDED


def _is_hinted(card: NetworkCard, found: Hints) -> bool:
    asked = request.args
    return (asked.get("stora") != "1" or card.id in found.large) and (
        asked.get("racker") != "1" or card.id in found.hard_to_reach
    )


@pages.get("/omraden/<int:network_id>", may=Action.SEE_NETWORK)
def one(network_id: int) -> ResponseReturnValue:
    actor = current.signed_in_actor()
    guidance = current.runtime().settings.networks.households_per_contact_person
    sees_households = is_neighbour(actor) and current.may(Action.SEE_HOUSEHOLDS)
    database = current.runtime().database
    with database.write() if sees_households else database.read() as session:  # names shown are written down
        row = access.network(session, network_id, Action.SEE_NETWORK)
        card = networks.cards(session, [row.municipality_code], [network_id])[0]
        coverage = networks.coverage(session, network_id, guidance=guidance)
        found = hints(session, [card])
        return render_template(
            "networks/one.html",
            card=card,
            municipality=places.municipality(session, card.municipality_code),
            coverage=coverage,
            via_contact_person=row.via_contact_person,
            is_large=network_id in found.large,
            reach=found.reach.get(network_id) if network_id in found.hard_to_reach else None,
            wanted_reach=found.least.get(network_id, 0),
            guidance=guidance,
            least=_LEAST_SHARE,
            contacts=_contacts(session, row, coverage, with_names=sees_households),
            units=_parts(session, network_id),
            sees_households=sees_households,
            links=list(_links(network_id)),
            map=draw(places.outline(card.municipality_code), [card]),
            latest=alerts.latest_to(session, frozenset({network_id}), limit=_LATEST),
            contact_role_words=contact_role_words,
        )


def _links(network_id: int) -> Iterator[tuple[str, str]]:
    """(address, words) of the pages about the network that the one who asks may see."""
    for endpoint, action, words in LINKS:
        address = link(endpoint) if endpoint in _NOT_OF_ONE else link(endpoint, network_id=network_id)
        if address is not None and current.may(action):
            yield address, str(words)


def _contacts(session: Session, network: WatchNetwork, coverage: Coverage, *, with_names: bool) -> list[Contact]:
    """One for each person, whatever number of roles they carry."""
    rows = networks.contact_persons(session, network.id or 0)
    person_ids = [row.person_id for row in rows]
    named = shown_names(session, person_ids, network.municipality_code, network.id) if with_names else {}
    found = []
    for person_id in dict.fromkeys(row.person_id for row in rows):
        theirs = [row for row in rows if row.person_id == person_id]
        found.append(
            Contact(
                roles=tuple(sorted({row.role for row in theirs}, key=list(ContactRole).index, reverse=True)),
                name=named.get(person_id, ""),
                households=sum(coverage.households_of.get(row.id or 0, 0) for row in theirs),
                has_too_many=any(row.id in coverage.too_many for row in theirs),
            )
        )
    return found


def _parts(session: Session, network_id: int) -> list[tuple[str, int]]:
    """(name, households), each building followed by its stairwells."""
    units = networks.units(session, network_id)
    counted = networks.households_by_unit(session, [network_id])
    found = []
    for unit in (unit for unit in units if unit.parent_id is None):
        found.append((unit.name, counted.get(unit.id or 0, 0)))
        parts = [part for part in units if part.parent_id == unit.id]
        found += [(f"{unit.name} {part.name}", counted.get(part.id or 0, 0)) for part in parts]
    return found


def contact_role_words(role: ContactRole) -> str:
    return {
        ContactRole.CONTACT_PERSON: _("Kontaktombud"),
        ContactRole.DEPUTY: _("Ersättare"),
        ContactRole.LEAD: _("Huvudkontaktombud"),
    }[role]
