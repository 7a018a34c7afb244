"""Papers to print: four for everybody, stored nowhere when they are filled in, and one for contact persons."""

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue

from grannsamverkan import printing
from grannsamverkan.domain import networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.people import CONSENT_TEXT_VERSION
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.ids import read_id
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf

pages = Pages("documents")

_FOR_ALL: dict[str, Callable[[str], bytes]] = {
    "lapp-till-grannen": printing.neighbour_note,
    "lista-over-det-du-ager": printing.inventory_list,
    "sa-marker-du-dina-saker": printing.marking_guide,
    "det-har-sag-jag": printing.observation_form,
}
_CONTACT = "Frågor? Ditt kontaktombud eller kommunen svarar."


@pages.get("/papper", may=Action.SEE_PUBLIC)
def index() -> ResponseReturnValue:
    return render_template("documents.html")


@pages.get("/papper/<name>.pdf", may=Action.SEE_PUBLIC)
def paper(name: str) -> ResponseReturnValue:
    made = _FOR_ALL.get(name)
    if made is None:
        raise NotFound
    return pdf(made(_sender()), f"{name}.pdf")


@pages.get("/papper/jag-vill-vara-med.pdf", may=Action.SEE_DOCUMENTS)
def consent() -> ResponseReturnValue:
    """The paper for the doorstep; `?omrade=` one's own network, whose name then stands on it."""
    name, asked = "", read_id(request.args.get("omrade"))
    with current.runtime().database.read() as rows:
        if asked is not None:
            network = access.network(rows, asked, Action.SEE_DOCUMENTS)
            name = networks.network(rows, network.id or 0).name
    return pdf(
        printing.doorstep_consent(_sender(), name, version=CONSENT_TEXT_VERSION, contact=_CONTACT),
        "jag-vill-vara-med.pdf",
    )


def _sender() -> str:
    served = current.served_municipalities()
    if len(served) != 1:
        return "Kommunen och polisen"
    with current.runtime().database.read() as rows:
        return places.served_municipality(rows, served[0].code).sender_name
