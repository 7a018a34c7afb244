"""The main menu of those who have signed in: what exists, and what they may do."""

from collections.abc import Iterator

from flask import Flask, request, url_for

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.reach import is_neighbour
from grannsamverkan.web.words import link

# (endpoint, permission, words), in order
ENTRIES = (
    ("home.home", Action.SEE_HOME, _l("Översikt")),
    ("alerts.compose", Action.WRITE_ALERT, _l("Ny varning")),
    ("live.index", Action.SEE_ALERT, _l("Varningar")),
    ("duties.page", Action.SEE_DUTIES, _l("Kvarten")),
    ("networks.index", Action.SEE_NETWORKS, _l("Områden")),
    ("advice_calendar.index", Action.SEE_ADVICE, _l("Råd")),
    ("interests.index", Action.SEE_INTERESTS, _l("Intresserade")),
    ("trainings.index", Action.MANAGE_TRAINING, _l("Utbildningar")),
    ("action_points.page", Action.SEE_MEETINGS, _l("Åtgärder")),
    ("sign_orders.index", Action.ORDER_SIGNS, _l("Skyltar")),
    ("promise.admin", Action.MANAGE_PROMISE, _l("Löften")),
    ("police.index", Action.SEE_POLICE_EVENTS, _l("Händelser")),
    ("rules.form", Action.SET_RULES, _l("Inställningar")),
    ("holds.index", Action.MANAGE_HOLDS, _l("Undantag från gallring")),
)

# The rooms behind one entry of the menu; each of their pages leads to the others.
ADVICE = (
    ("advice_calendar.index", Action.SEE_ADVICE, _l("Årets råd")),
    ("advice.index", Action.SEE_ADVICE, _l("Alla råd")),
    ("letters.index", Action.SEE_LETTERS, _l("Månadsbrev")),
    ("advice_coverage.page", Action.SEE_ADVICE, _l("Vad råden nådde")),
)
_ABOVE = {"advice_calendar.index": ("/rad", "/manadsbrev")}  # where an entry stands above more than its own address

_OWN_WORDS = _l("Ditt område")


def entries() -> Iterator[tuple[str, str, bool]]:
    """(address, words, whether this is the page at hand or stands above it)."""
    shown = list(_shown())
    above = [(address, below) for address, _words, places in shown for below in places if _is_above(below)]
    here = max(above, key=lambda one: len(one[1]), default=(None, ""))[0]
    for address, words, _places in shown:
        yield address, words, address == here


def advice_rooms(municipality_code: str) -> list[tuple[str, str, bool]]:
    """(address, words, whether this is the page at hand) of the pages about advice in a municipality."""
    shown = [(endpoint, words) for endpoint, action, words in ADVICE if current.may(action)]
    return [
        (url_for(endpoint, kommun=municipality_code), str(words), request.endpoint == endpoint)
        for endpoint, words in shown
    ]


def _shown() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(address, words, the addresses that it stands above)"""
    own = _own_network()
    for endpoint, action, words in ENTRIES:
        address = link(endpoint)
        if address is None or not current.may(action):
            continue
        if endpoint == "networks.index" and own is not None:
            address, words = url_for("networks.one", network_id=own), _OWN_WORDS
        yield address, str(words), _ABOVE.get(endpoint, (address,))


def _own_network() -> int | None:
    """The only network of a contact person: a list of one would be a page in the way."""
    actor = current.actor()
    if actor is None or not is_neighbour(actor) or len(actor.network_ids) != 1:
        return None
    return next(iter(actor.network_ids))


def _is_above(address: str) -> bool:
    return request.path == address or request.path.startswith(f"{address}/")


def furnish(app: Flask) -> None:
    app.jinja_env.globals["menu"] = lambda: list(entries())
    app.jinja_env.globals["advice_rooms"] = advice_rooms
