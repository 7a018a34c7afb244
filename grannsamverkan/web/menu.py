"""The main menu of those who have signed in: what exists, and what they may do."""

from collections.abc import Iterator

from flask import Flask, request

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web import current
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.words import link

# (endpoint, permission, words), in order
ENTRIES = (
    ("home.home", Action.SEE_HOME, _l("Översikt")),
    ("alerts.compose", Action.WRITE_ALERT, _l("Ny varning")),
    ("live.index", Action.SEE_ALERT, _l("Varningar")),
    ("duties.page", Action.SEE_DUTIES, _l("Kvarten")),
    ("networks.index", Action.SEE_NETWORKS, _l("Områden")),
    ("interests.index", Action.SEE_INTERESTS, _l("Intresserade")),
    ("trainings.index", Action.MANAGE_TRAINING, _l("Utbildningar")),
    ("action_points.page", Action.SEE_MEETINGS, _l("Åtgärder")),
    ("sign_orders.index", Action.ORDER_SIGNS, _l("Skyltar")),
    ("promise.admin", Action.MANAGE_PROMISE, _l("Löften")),
    ("police.index", Action.SEE_POLICE_EVENTS, _l("Polisens händelser")),
    ("rules.form", Action.SET_RULES, _l("Inställningar")),
)


def entries() -> Iterator[tuple[str, str, bool]]:
    """(address, words, whether this is the page at hand)."""
    for endpoint, action, words in ENTRIES:
        address = link(endpoint)
        if address is not None and current.may(action):
            yield address, str(words), request.blueprint == endpoint.partition(".")[0]


def furnish(app: Flask) -> None:
    app.jinja_env.globals["menu"] = lambda: list(entries())
