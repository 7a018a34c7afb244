"""Lists taken out, for a purpose that is written down; and who has looked at or taken out what."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from grannsamverkan.domain import accounts, audit, lifecycle, membership, networks, people
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.audit import ViewEntry
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.web import access, current
from grannsamverkan.web.csv_files import csv_answer
from grannsamverkan.web.guarding import Guarded
from grannsamverkan.web.households import address_words, reached_by
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.networks import contact_role_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import is_neighbour

pages = Pages("exports")
view_pages = Pages("views")


class ExportForm(FlaskForm):  # type: ignore[misc]
    """Why the list is needed."""

    purpose = TextAreaField(
        _l("Varför behöver du listan?"),
        [
            InputRequired(_l("Skriv varför")),
            Length(10, 200, message=_l("Skriv mellan 10 och 200 tecken")),
            Guarded(RuleSet.NOTE),
        ],
    )


@pages.get("/omraden/<int:network_id>/ta-ut", may=Action.EXPORT_LISTS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.EXPORT_LISTS)
    return _page(network, ExportForm())


@pages.post("/omraden/<int:network_id>/ta-ut", may=Action.EXPORT_LISTS, needs_proof=True)
def take_out(network_id: int) -> ResponseReturnValue:
    """A contact person's own households, as these show themselves; for the coordinator the register of contact
    persons."""
    form = ExportForm()
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.EXPORT_LISTS)
        if not form.validate():
            return _page(network, form), 422
        actor = current.signed_in_actor()
        own = is_neighbour(actor)
        households, persons = (_ids_of_households(rows, network), []) if own else ([], _carriers(rows, network))
        lines = _households(rows, network) if own else _register(rows, network)
        audit.note_view(
            rows,
            now=current.now(),
            account_id=actor.account_id,
            role=actor.role.value,
            what="export",
            municipality_code=network.municipality_code,
            network_id=network_id,
            household_ids=households,
            person_ids=persons,
            purpose=form.purpose.data.strip(),
        )
        audit.record(
            rows,
            now=current.now(),
            account_id=actor.account_id,
            act="list.exported",
            thing="network",
            thing_id=network_id,
            municipality_code=network.municipality_code,
            rows=len(lines) - 1,
        )
    return csv_answer(lines, "hushall.csv" if own else "kontaktombud.csv")


@view_pages.get("/omraden/<int:network_id>/visningar", may=Action.SEE_VIEWS)
def views(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.SEE_VIEWS)
        found = audit.views_of_network(rows, network_id)
        return _views_page(rows, found, network=network)


@view_pages.get("/visningar", may=Action.SEE_VIEWS)
def all_views() -> ResponseReturnValue:
    """In every network, and of those who are in none yet."""
    with current.runtime().database.read() as rows:
        codes = current.signed_in_actor().municipality_codes
        return _views_page(rows, audit.views_in(rows, codes), network=None)


def _views_page(rows: Session, found: list[ViewEntry], network: WatchNetwork | None) -> str:
    account_ids = {view.account_id for view in found if view.account_id}
    network_ids = {view.network_id for view in found if view.network_id is not None}
    return render_template(
        "exports/views.html",
        network=network,
        views=found,
        names=accounts.sign_in_names(rows, account_ids),
        networks=networks.names(rows, network_ids),
        what_words=what_words,
    )


def what_words(what: str) -> str:
    return {
        "list": _("såg listan"),
        "neighbours": _("såg grannlistan"),
        "print": _("skrev ut listan"),
        "route": _("skrev ut vilka en varning inte nådde"),
        "export": _("tog ut listan"),
        "reveal": _("såg uppgifter"),
        "register": _("såg kontaktombudens register"),
        "import": _("tog in en lista"),
    }.get(what, what)


def _page(network: WatchNetwork, form: ExportForm) -> str:
    own = is_neighbour(current.signed_in_actor())
    return render_template("exports/page.html", network=network, form=form, own=own)


def _ids_of_households(rows: Session, network: WatchNetwork) -> list[int]:
    """Those of whom something stands in the list."""
    seen = membership.visible_households(rows, current.signed_in_actor().person_id, network)
    return [one.id for one in seen if one.label]


def _carriers(rows: Session, network: WatchNetwork) -> list[int]:
    return sorted({role.person_id for role in networks.contact_persons(rows, network.id or 0)})


def _households(rows: Session, network: WatchNetwork) -> list[list[object]]:
    seen = membership.visible_households(rows, current.signed_in_actor().person_id, network)
    head: list[object] = ["gata_eller_trapphus", "namn", "nas_med", "nummer_och_mejl", "fast_telefon"]
    lines: list[list[object]] = [
        [
            one.unit_name,
            one.label,
            reached_by(one.channels),
            ", ".join(address_words(text) for text in one.addresses),
            address_words(one.landline),
        ]
        for one in seen
    ]
    return [head, *lines]


def _register(rows: Session, network: WatchNetwork) -> list[list[object]]:
    roles = networks.contact_persons(rows, network.id or 0)
    person_ids = [role.person_id for role in roles]
    names, trained = people.names(rows, person_ids), lifecycle.trained(rows, person_ids)
    units = networks.unit_names(rows, [network.id or 0])
    reached: dict[int, list[str]] = {}
    for address in people.confirmed_addresses(rows, person_ids):
        reached.setdefault(address.person_id, []).append(address_words(address.value))
    head: list[object] = ["uppdrag", "namn", "nummer_och_mejl", "har_hand_om", "utbildad"]
    lines: list[list[object]] = [
        [
            contact_role_words(role.role),
            names.get(role.person_id, ""),
            ", ".join(reached.get(role.person_id, ())),
            units.get(role.unit_id or 0, ""),
            str(trained.get(role.person_id, "")),
        ]
        for role in roles
    ]
    return [head, *lines]
